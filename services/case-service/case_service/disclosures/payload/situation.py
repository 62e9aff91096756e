"""Situation in a payload: coded facts, an adviser's summary, and what protects a child (section 1 and fact 5)."""

from collections.abc import Iterable
from typing import Any

from case_service.disclosures.payload.message import Message
from case_service.disclosures.payload.places import place_out, without_gaps
from case_service.people.models import OpenedPerson
from case_service.sharing.decisions.decision import Extent
from case_service.sharing.decisions.details import PremisesExtent, exploiters_named, premises_extent
from case_service.sharing.people import concerns_of
from shared.domain.age import british_date
from shared.domain.vocabulary import FieldGroup


def situation(message: Message) -> dict[str, Any]:
    extents = {item.extent for item in message.decision.items if item.group is FieldGroup.SITUATION}
    if Extent.FULL in extents:
        return _whole(message)
    own = _of_those_who_agree(message) if Extent.OWN in extents else {}
    return {**own, **(_of_children(message) if Extent.TO_PROTECT_CHILD in extents else {})}


def _whole(message: Message) -> dict[str, Any]:
    """Return all of it, with all that the cut-down form says: being cut down is no news (fact 5)."""
    known = message.case_file.situation
    types = [one.value for one in known.exploitation_types]
    return without_gaps(
        {
            "exploitation_types": [*types, *sorted(_types_of(message.children()) - set(types))],
            "sectors": [one.value for one in known.sectors],
            "when": _when(message),
            "still_happening": known.still_happening.value,
            "how_many": known.how_many,
            "place": _place(message),
            "danger_now": True if message.facts.dangers else None,
            "alleged_exploiters": list(_alleged_exploiters(message)),
            "summary": known.summary,
        }
    )


def _when(message: Message) -> str | None:
    """Return when it happened, in the words of each reporter whose account goes."""
    return "; ".join(message.words_in(lambda account: account.when_happened)) or None


def _of_those_who_agree(message: Message) -> dict[str, Any]:
    """Return the coded facts about the persons who agreed for themselves, and no premises."""
    agreeing = message.decision.persons(FieldGroup.SITUATION, Extent.OWN)
    persons = [one for one in message.case_file.persons if str(one.id) in agreeing]
    shown = message.in_danger()
    danger = any(str(one.id) in shown for one in persons)
    return without_gaps(
        {"exploitation_types": sorted(_types_of(persons)), "danger_now": True if danger else None}
    )


def _of_children(message: Message) -> dict[str, Any]:
    """Return coded facts about the children alone; the premises only where they stand in for a child's own place."""
    children = message.children()
    shown = message.in_danger()
    danger = any(str(one.id) in shown for one in children)
    return without_gaps(
        {
            "exploitation_types": sorted(_types_of(children)),
            "place": _place(message),
            "danger_now": True if danger else None,
        }
    )


def _types_of(persons: Iterable[OpenedPerson]) -> set[str]:
    return {kind.value for one in persons for kind in one.identity.exploitation_types}


def children(message: Message) -> list[dict[str, Any]]:
    """Return each child on whose facts the message rests, with the coded concerns (fact 5)."""
    return [
        {
            "ref": str(child.id),
            "concerns": sorted(concerns_of(message.facts, message.facts.person(str(child.id)))),
        }
        for child in message.children()
    ]


def _alleged_exploiters(message: Message) -> Iterable[dict[str, Any]]:
    """Yield the alleged exploiters who are named; nobody who was a child when the case opened."""
    named = exploiters_named(message.facts, message.decision, message.recipient_kind, message.today)
    opened_on = british_date(message.case_file.case.opened_at)
    for person in message.case_file.persons:
        status = person.age_status(opened_on)
        if str(person.id) in named and not (status is not None and status.child_path):
            described = message.words_about(person, person.identity.description)
            yield without_gaps({"name": person.identity.name, "description": described})


def _place(message: Message) -> dict[str, Any] | None:
    """Return the premises, as far as they go."""
    extent = premises_extent(message.facts, message.decision, message.recipient_kind, message.today)
    if extent is PremisesExtent.NONE:
        return None
    return place_out(message.case_file.situation.place, in_full=extent is PremisesExtent.WHOLE)
