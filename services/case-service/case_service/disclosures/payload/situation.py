"""Situation in a payload: coded facts, an adviser's summary, and what protects a child (section 1 and fact 5)."""

from collections.abc import Iterable
from typing import Any

from case_service.disclosures.payload.message import Message
from case_service.disclosures.payload.places import place_out, without_gaps
from case_service.people.models import OpenedPerson
from case_service.sharing.decisions.decision import Extent
from case_service.sharing.people import concerns_of
from shared.domain.age import british_date
from shared.domain.vocabulary import FieldGroup, PersonRole, RecipientKind

NAMES_EXPLOITERS = frozenset(
    {
        RecipientKind.POLICE,
        RecipientKind.CHILDREN_SOCIAL_CARE,
        RecipientKind.ADULT_SOCIAL_CARE,
        RecipientKind.LABOUR_ENFORCEMENT,
        RecipientKind.NRM_FIRST_RESPONDER,
    }
)
"""Recipient kinds to which the situation names an adult alleged exploiter who is no person of concern."""


def situation(message: Message) -> dict[str, Any]:
    extents = {item.extent for item in message.decision.items if item.group is FieldGroup.SITUATION}
    if Extent.FULL in extents:
        return _whole(message)
    own = _of_those_who_agree(message) if Extent.OWN in extents else {}
    return {**own, **(_of_children(message) if Extent.TO_PROTECT_CHILD in extents else {})}


def _whole(message: Message) -> dict[str, Any]:
    known = message.case_file.situation
    return without_gaps(
        {
            "exploitation_types": [one.value for one in known.exploitation_types],
            "sectors": [one.value for one in known.sectors],
            "when": message.makers_words(known.when_happened),
            "still_happening": known.still_happening.value,
            "how_many": known.how_many,
            "place": place_out(known.place, in_full=message.decision.premises_in_full),
            "danger_now": True if message.facts.dangers else None,
            "alleged_exploiters": list(_alleged_exploiters(message)),
            "summary": known.summary,
        }
    )


def _of_those_who_agree(message: Message) -> dict[str, Any]:
    """Return the coded facts about the persons who agreed for themselves, and no premises."""
    agreeing = message.decision.persons(FieldGroup.SITUATION, Extent.OWN)
    persons = [one for one in message.case_file.persons if str(one.id) in agreeing]
    types = {kind.value for one in persons for kind in one.identity.exploitation_types}
    shown = message.in_danger()
    danger = any(str(one.id) in shown for one in persons)
    return without_gaps({"exploitation_types": sorted(types), "danger_now": True if danger else None})


def _of_children(message: Message) -> dict[str, Any]:
    """Return coded facts about the children alone; the premises only where they stand in for a child's own place."""
    children = message.children()
    types = {kind.value for one in children for kind in one.identity.exploitation_types}
    shown = message.in_danger()
    danger = any(str(one.id) in shown for one in children)
    return without_gaps(
        {
            "exploitation_types": sorted(types),
            "place": place_out(message.case_file.situation.place) if _premises_stand_in(message) else None,
            "danger_now": True if danger else None,
        }
    )


def _premises_stand_in(message: Message) -> bool:
    """Return whether a child of this message is found at the premises for want of a place of its own."""
    return any(_is_at_premises(one, message) for one in message.children())


def _is_at_premises(child: OpenedPerson, message: Message) -> bool:
    person = message.facts.person(str(child.id))
    if person.is_only_reporter or person.found.is_known:
        return False
    if any(one.person == person.id and one.place.is_known for one in message.facts.dangers):
        return False
    return not person.home.is_known and not _carer_has_home(person.id, message)


def _carer_has_home(child_id: str, message: Message) -> bool:
    return any(
        one.home.is_known for one in message.facts.persons if child_id in one.cares_for & one.lives_with
    )


def children(message: Message) -> list[dict[str, Any]]:
    """Return each child on whose facts the message rests, with the coded concerns (fact 5)."""
    shown = message.in_danger()
    return [
        {
            "ref": str(child.id),
            "concerns": sorted(
                concerns_of(message.facts, message.facts.person(str(child.id)), shown, message.today)
            ),
        }
        for child in message.children()
    ]


def _alleged_exploiters(message: Message) -> Iterable[dict[str, Any]]:
    """Yield those who are nothing else on the case.

    Someone who may be exploited too, or who was a child when the case opened, is not named as an exploiter.
    """
    if message.recipient_kind not in NAMES_EXPLOITERS:
        return
    for person in message.case_file.persons:
        days = (british_date(message.case_file.case.opened_at), message.today)
        statuses = [person.age_status(day) for day in days]
        was_child = any(status is not None and status.child_path for status in statuses)
        if person.roles == {PersonRole.ALLEGED_EXPLOITER} and not was_child:
            described = message.words_about(person, person.identity.description)
            yield without_gaps({"name": person.identity.name, "description": described})
