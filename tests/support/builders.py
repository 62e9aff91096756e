"""Builders that state only what matters to a test; everything else is ordinary."""

from typing import Any
from uuid import UUID, uuid4

from shared.events import ContactReceived


def a_report(**said: Any) -> dict[str, Any]:
    """Return the body of a report by a neighbour about somebody, as JSON."""
    return {
        "channel": "app",
        "caller_type": "neighbour_or_community",
        "what_happened": "Several people are driven to the car wash before dawn and never seem to leave.",
        "place": {"postcode": "M1 1AE"},
        "exploitation_types": ["labour"],
        "sectors": ["car_wash"],
        **said,
    }


def a_reporter(**said: Any) -> dict[str, Any]:
    return {"name": "Rowan Ashdown", "phone": "+44 7700 900123", "email": "rowan@example.org", **said}


def a_child(**said: Any) -> dict[str, Any]:
    return {"name": "Mika", "age": {"years": 15}, "description": "red coat", **said}


def a_contact_received(contact_id: UUID | None = None, **said: Any) -> ContactReceived:
    """Return the event with which intake announces a report."""
    ordinary = {
        "contact_id": contact_id or uuid4(),
        "received_at": "2026-03-01T10:00:00Z",
        "channel": "app",
        "purpose": "reporting",
        "caller_type": "neighbour_or_community",
        "privacy": None,
        "language": "en",
        "nation": None,
        "opens_case": True,
        "danger_stated": False,
        "child_stated": False,
    }
    return ContactReceived.model_validate(ordinary | said)
