"""Builders that state only what matters to a test; everything else is ordinary."""

from typing import Any


def a_report(**told: Any) -> dict[str, Any]:
    """The body of a report by a neighbour about somebody, as JSON."""
    return {
        "channel": "app",
        "caller_type": "neighbour_or_community",
        "what_happened": "Several people are driven to the car wash before dawn and never seem to leave.",
        "place": {"postcode": "M1 1AE"},
        "exploitation_types": ["labour"],
        "sectors": ["car_wash"],
        **told,
    }


def a_reporter(**told: Any) -> dict[str, Any]:
    return {"name": "Rowan Ashdown", "phone": "+44 7700 900123", "email": "rowan@example.org", **told}


def a_child(**told: Any) -> dict[str, Any]:
    return {"name": "Mika", "age": {"years": 15}, "description": "red coat", **told}
