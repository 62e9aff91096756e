"""Towns of the histories with the agencies that answer for them, written out."""

from tools.simulation.rules_model.world import AgencyBook, Place

TOWNS = {
    "leeds": ("E08000035", "police:E23000010"),
    "bradford": ("E08000032", "police:E23000010"),
    "york": ("E06000014", "police:E23000009"),
    "hull": ("E06000010", "police:E23000012"),
}
"""GSS code of each town's council, and its force."""
PLACES = {name: Place(name, (force,), (f"social_care:{code}",)) for name, (code, force) in TOWNS.items()}
DESCRIBED = (Place("described"),)
"""Place of which only directions are known."""
BOOK = AgencyBook("police:nca", "police:nca", "police:btp", "police:coastguard")
FORCES = sorted({force for _, force in TOWNS.values()})

AGENCIES = {
    "police": FORCES[:2],
    "children_social_care": [f"social_care:{code}" for code, _ in list(TOWNS.values())[:2]],
}
"""Agencies of each recipient kind that advisers choose."""


def said(town: str | None) -> dict[str, str]:
    """Return a place as a report or an adviser says it."""
    return {"council": TOWNS[town][0]} if town else {}


def known(town: str | None) -> tuple[Place, ...]:
    return (PLACES[town],) if town else ()
