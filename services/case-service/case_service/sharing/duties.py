"""Required disclosures: the agencies that an override forces to be told, one per agency (sharing rules, section 4)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from case_service.sharing.facts import CaseFacts, Person
from case_service.sharing.rules import children
from shared.domain.age import british_date
from shared.domain.vocabulary import Ground, PersonRole, RecipientKind

AgencyOf = Callable[[str], str]
"""Agency code that answers for a place, given as a GSS code."""
AgencyKey = tuple[RecipientKind, str]
"""Recipient kind and agency code: at most one case recipient of a case has them."""


@dataclass(frozen=True)
class RequiredDisclosure:
    """One agency that must be told, on which grounds, and the place that led to it."""

    recipient_kind: RecipientKind
    agency_code: str
    grounds: frozenset[Ground]
    place: str | None
    """GSS code of the council whose area led here; None when no place at all is known."""
    fallback: bool = False
    """The place is only the last known one (in danger, else a home), or leads to a national desk alone.
    A person must find the right one, now (fact 10)."""
    acknowledge_at_once: bool = False
    """A person is in danger, so that this agency must acknowledge at once, whatever its grounds."""

    @property
    def key(self) -> AgencyKey:
        return self.recipient_kind, self.agency_code


@dataclass(frozen=True)
class ResponsibleAgencies:
    """Agencies that answer for a place, from reference data, and the desks for an unknown place."""

    police_force_of: AgencyOf
    social_care_of: AgencyOf
    police_desk: str
    social_care_desk: str


def required_disclosures(
    facts: CaseFacts, agencies: ResponsibleAgencies, *, at: datetime
) -> tuple[RequiredDisclosure, ...]:
    """Return every disclosure that the facts require at this moment, one per agency, in a fixed order.

    Facts only add: danger and a child each bring their own agencies and never remove another's (property 5).
    """
    found = [*_for_dangers(facts, agencies), *_for_children(facts, agencies, at)]
    return tuple(_one_per_agency(found))


def _for_dangers(facts: CaseFacts, agencies: ResponsibleAgencies) -> Iterable[RequiredDisclosure]:
    for danger in facts.dangers:
        found_in, lives_in = _whereabouts(facts, danger.person)
        known = danger.place or found_in or facts.place
        yield _police(agencies, known, facts.last_known_place or lives_in, Ground.OVERRIDE_DANGER)


def _whereabouts(facts: CaseFacts, person_id: str | None) -> tuple[str | None, str | None]:
    """Return where this person, and nobody else, is found and lives."""
    return next(((p.found_in, p.lives_in) for p in facts.persons if p.id == person_id), (None, None))


def _for_children(
    facts: CaseFacts, agencies: ResponsibleAgencies, at: datetime
) -> Iterable[RequiredDisclosure]:
    child_ids = children(facts, british_date(at))
    for child in (p for p in facts.persons if p.id in child_ids):
        found_in = _where_child_is_found(child, facts)
        police = _police(agencies, found_in or child.lives_in, facts.last_known_place, Ground.OVERRIDE_CHILD)
        councils = _councils(agencies, child, found_in, facts.last_known_place)
        for required in (police, *councils):
            yield replace(required, acknowledge_at_once=_may_be_in_danger(child, facts))


def _where_child_is_found(child: Person, facts: CaseFacts) -> str | None:
    """Return where the child is found, or the premises where nothing is recorded.

    The premises do not count for a child who has a home and is only the reporter or of the household: somebody else's
    workplace says nothing about them.
    """
    part_of_it = bool(child.roles & {PersonRole.PERSON_OF_CONCERN, PersonRole.ALLEGED_EXPLOITER})
    if child.found_in is None and (part_of_it or child.lives_in is None):
        return facts.place
    return child.found_in


def _may_be_in_danger(child: Person, facts: CaseFacts) -> bool:
    return any(danger.person in (None, child.id) for danger in facts.dangers)


def _councils(
    agencies: ResponsibleAgencies, child: Person, found_in: str | None, last_known: str | None
) -> Iterable[RequiredDisclosure]:
    places = {gss for gss in (child.lives_in, found_in) if gss is not None}
    for gss in sorted(places):
        code = agencies.social_care_of(gss)
        yield _social_care(code, gss, fallback=code == agencies.social_care_desk)
    if not places and last_known is not None:
        yield _social_care(agencies.social_care_of(last_known), last_known, fallback=True)
    elif not places:
        yield _social_care(agencies.social_care_desk, None, fallback=True)


def _social_care(agency_code: str, place: str | None, *, fallback: bool) -> RequiredDisclosure:
    grounds = frozenset({Ground.OVERRIDE_CHILD})
    return RequiredDisclosure(RecipientKind.CHILDREN_SOCIAL_CARE, agency_code, grounds, place, fallback)


def _police(
    agencies: ResponsibleAgencies, known: str | None, last_known: str | None, ground: Ground
) -> RequiredDisclosure:
    place = known or last_known
    code = agencies.police_force_of(place) if place is not None else agencies.police_desk
    return RequiredDisclosure(
        RecipientKind.POLICE,
        code,
        frozenset({ground}),
        place,
        fallback=known is None or code == agencies.police_desk,
        acknowledge_at_once=ground is Ground.OVERRIDE_DANGER,
    )


def _one_per_agency(required: Iterable[RequiredDisclosure]) -> Iterable[RequiredDisclosure]:
    """Join what is required of one agency: grounds are a set, and the strictest time counts.

    A known place is named before a fallback, and a place that is still to be found stays to be found (fact 10).
    """
    joined: dict[AgencyKey, RequiredDisclosure] = {}
    for one in required:
        before = joined.get(one.key, one)
        known = one if before.fallback and not one.fallback else before
        joined[one.key] = replace(
            before,
            grounds=before.grounds | one.grounds,
            place=known.place or one.place,
            fallback=before.fallback or one.fallback,
            acknowledge_at_once=before.acknowledge_at_once or one.acknowledge_at_once,
        )
    return [joined[key] for key in sorted(joined)]
