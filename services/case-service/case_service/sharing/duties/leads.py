"""Leads: the places from which an override finds its agencies, rank by rank (section 4, facts 0 and 10)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from case_service.sharing.facts import CaseFacts, DangerFact, Person
from case_service.sharing.people import children, counted_in_danger, is_witness
from case_service.sharing.places import KnownPlace
from shared.domain.vocabulary import PlaceSetting


class LeadKind(StrEnum):
    """Kinds of place that lead to an agency; the message says which."""

    DANGER = "danger"
    FOUND = "found"
    PREMISES = "premises"
    HOME = "home"
    CARERS_HOME = "carers_home"
    LAST_KNOWN = "last_known"
    DESK = "desk"
    REDIRECTED = "redirected"
    """An adviser chose the agency after another one declined."""


@dataclass(frozen=True)
class Lead:
    """One place that leads to agencies. `stands_in`: it stands in for a better place, which is not known."""

    kind: LeadKind
    place: KnownPlace
    stands_in: bool = False


def leads_of_danger(facts: CaseFacts, danger: DangerFact, on: date) -> tuple[Lead, ...]:
    """Return all leads of the first rank that is known: where it is, else premises and found, else homes."""
    for rank in (_first_rank, _second_rank, _third_rank):
        found = _known(rank(facts, danger, on))
        if found:
            return found
    counted = counted_in_danger(facts, [danger], on)
    own = [one.last_known for one in facts.persons if one.id in counted]
    return _last_known([*own, facts.last_known_premises])


def is_at_sea(facts: CaseFacts, danger: DangerFact) -> bool:
    """Return whether a danger is at sea: its own place, that of whom it names, or the premises for want of both."""
    found = facts.person(danger.person).found if danger.person is not None else danger.place
    places = [danger.place, found]
    if not any(place.is_known for place in places):
        places.append(facts.premises)
    return any(place.setting is PlaceSetting.SEA for place in places)


def is_place_of_danger_known(facts: CaseFacts, danger: DangerFact, on: date) -> bool:
    """Return whether any place of a danger is known, of whatever rank; last known or a railway alone does not count."""
    return any(
        lead.kind is not LeadKind.LAST_KNOWN and lead.place.police
        for lead in leads_of_danger(facts, danger, on)
    )


def _first_rank(facts: CaseFacts, danger: DangerFact, on: date) -> Iterable[Lead]:
    yield Lead(LeadKind.DANGER, danger.place)
    if danger.person is not None:
        yield Lead(LeadKind.FOUND, facts.person(danger.person).found)


def _second_rank(facts: CaseFacts, danger: DangerFact, on: date) -> Iterable[Lead]:
    yield Lead(LeadKind.PREMISES, facts.premises, stands_in=True)
    if danger.person is None:
        for person in facts.persons:
            if person.is_of_concern:
                yield Lead(LeadKind.FOUND, person.found, stands_in=True)


def _third_rank(facts: CaseFacts, danger: DangerFact, on: date) -> Iterable[Lead]:
    counted = counted_in_danger(facts, [danger], on)
    for person in facts.persons:
        if person.id in counted:
            yield Lead(LeadKind.HOME, person.home, stands_in=True)


def leads_of_child(facts: CaseFacts, child: Person, on: date) -> tuple[Lead, ...]:
    """Return where a child lives and where it is found; else what stands in for both, else the last known places."""
    lives = _known([Lead(LeadKind.HOME, child.home)]) or _carers_homes(facts, child)
    found = _known([*_dangers_of(facts, child), Lead(LeadKind.FOUND, child.found)])
    witness = is_witness(child)
    takes_part = child.is_of_concern or child.is_exploiter
    if not found and not witness and (takes_part or not lives):
        found = _known([Lead(LeadKind.PREMISES, facts.premises, stands_in=True)])
    if lives or found:
        return (*lives, *found)
    if witness:
        return ()
    own = _last_known([child.last_known])
    return _last_known([child.last_known, facts.last_known_premises]) if takes_part or not own else own


def _dangers_of(facts: CaseFacts, child: Person) -> Iterable[Lead]:
    """Yield the places of the dangers that name a child: it is found there too."""
    for danger in facts.dangers:
        if danger.person == child.id:
            yield Lead(LeadKind.DANGER, danger.place)


def _carers_homes(facts: CaseFacts, child: Person) -> tuple[Lead, ...]:
    """Return the homes of the carers with whom a child lives, which stand in for its own."""
    carers = [one for one in facts.persons if child.id in one.cares_for and one.id in child.lives_with]
    return _known(Lead(LeadKind.CARERS_HOME, one.home, stands_in=True) for one in carers)


def _last_known(places: Iterable[KnownPlace]) -> tuple[Lead, ...]:
    return _known(Lead(LeadKind.LAST_KNOWN, one, stands_in=True) for one in places)


def _known(leads: Iterable[Lead]) -> tuple[Lead, ...]:
    """Return the leads to agencies, each once."""
    return tuple(dict.fromkeys(lead for lead in leads if lead.place.is_known))


def children_in_danger(facts: CaseFacts, on: date) -> frozenset[str]:
    """Return the children whom any danger on the case counts."""
    return children(facts, on) & counted_in_danger(facts, facts.dangers, on).keys()
