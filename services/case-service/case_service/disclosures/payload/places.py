"""Places in a payload: whole, with the words that say where somebody is; or the council alone."""

from collections.abc import Mapping
from typing import Any

from case_service.cases.content import Place
from shared.domain.geography import NORTHERN_IRELAND, UnknownCouncil, council
from shared.domain.vocabulary import Nation


def place_out(place: Place | None, *, in_full: bool = True) -> dict[str, Any] | None:
    """Return a place; None where nothing of it is known."""
    if place is None:
        return None
    written = place.model_dump(
        mode="json", include={"postcode", "address", "description", "setting", "country"}
    )
    area = place.gss
    named = {"council": area, "council_name": council_name(area)} if area is not None else {}
    return without_gaps({**(written if in_full else {}), **named}) or None


def council_name(gss: str) -> str | None:
    if gss == NORTHERN_IRELAND:
        return Nation.NORTHERN_IRELAND.value
    try:
        return council(gss).name
    except UnknownCouncil:
        return None


def without_gaps(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, [], {}, "")}
