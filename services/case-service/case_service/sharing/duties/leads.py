"""Leads: the places from which an override finds its agencies, rank by rank (section 4, facts 0 and 10)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from case_service.sharing.facts import CaseFacts, DangerFact, Person
from case_service.sharing.people import counted_in_danger, is_witness
from case_service.sharing.places import NO_PLACE, KnownPlace
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

    @property
    def leads_to_police(self) -> bool:
        """Return whether it leads to a force, that of the railway, or the desk for who is abroad."""
        place = self.place
        return bool(place.police) or place.abroad or place.setting is PlaceSetting.RAILWAY

    @property
    def must_be_found(self) -> bool:
        """Return whether a person must find the place: it is not known well enough (fact 10).

        Only who is found abroad, or in danger there, is not searched for.
        """
        if self.place.abroad:
            return self.kind not in (LeadKind.FOUND, LeadKind.DANGER)
        return self.kind in (LeadKind.LAST_KNOWN, LeadKind.DESK) or not self.place.police


DESK = Lead(LeadKind.DESK, NO_PLACE, stands_in=True)
"""Nothing is known: the national desk of the police, and the search."""


def leads_of_danger(facts: CaseFacts, danger: DangerFact, on: date) -> tuple[Lead, ...]:
    """Return the leads of the first rank that leads to police: where it is, premises and found, homes, last known.

    What is at sea leads to the coastguard as well, also where the port is not known.
    """
    counted = [one for one in facts.persons if one.id in counted_in_danger(facts, [danger], on)]
    at_sea: list[Lead] = []
    for rank in (
        _first_rank(facts, danger),
        _second_rank(facts, danger),
        [Lead(LeadKind.HOME, one.home, stands_in=True) for one in counted if not one.home.abroad],
    ):
        leading = [lead for lead in rank if lead.leads_to_police]
        at_sea += [lead for lead in rank if lead.place.setting is PlaceSetting.SEA and lead not in leading]
        if leading:
            return _each_once([*at_sea, *leading])
    last_known = [*(one.last_known for one in counted), facts.last_known_premises]
    at_sea += [
        Lead(LeadKind.LAST_KNOWN, one, stands_in=True)
        for one in last_known
        if one.setting is PlaceSetting.SEA
    ]
    return _each_once([*at_sea, *_fallback(last_known, counted)])


def is_place_of_danger_known(facts: CaseFacts, danger: DangerFact, on: date) -> bool:
    """Return whether nobody has to find the place of a danger; one that stands in for it counts."""
    return any(not lead.must_be_found for lead in leads_of_danger(facts, danger, on))


def _first_rank(facts: CaseFacts, danger: DangerFact) -> list[Lead]:
    found = [Lead(LeadKind.FOUND, facts.person(danger.person).found)] if danger.person is not None else []
    return [Lead(LeadKind.DANGER, danger.place), *found]


def _second_rank(facts: CaseFacts, danger: DangerFact) -> list[Lead]:
    concerned = [one for one in facts.persons if one.is_of_concern and danger.person is None]
    found = [Lead(LeadKind.FOUND, one.found, stands_in=True) for one in concerned]
    return [Lead(LeadKind.PREMISES, facts.premises, stands_in=True), *found]


def _fallback(last_known: Iterable[KnownPlace], persons: Iterable[Person]) -> list[Lead]:
    """Return the last known places here; else a home or a last known place abroad; else the desk."""
    places = [Lead(LeadKind.LAST_KNOWN, one, stands_in=True) for one in last_known]
    here = [lead for lead in places if lead.leads_to_police and not lead.place.abroad]
    homes = [Lead(LeadKind.HOME, one.home, stands_in=True) for one in persons]
    abroad = [lead for lead in (*homes, *places) if lead.place.abroad]
    return here or abroad or [DESK]


@dataclass(frozen=True)
class ChildLeads:
    """Leads of one child, to police and to social care; each is decided by itself."""

    police: tuple[Lead, ...]
    social_care: tuple[Lead, ...]


def leads_of_child(facts: CaseFacts, child: Person) -> ChildLeads:
    """Return where a child lives and is found; else stand-ins, else the last known places.

    A witness has no stand-in: an adviser looks for its place. Who is found abroad has no council here.
    """
    places = [*_lives(facts, child), *_found(facts, child)]
    police = [lead for lead in places if lead.leads_to_police]
    care = [lead for lead in places if lead.place.social_care]
    if is_witness(child):
        return ChildLeads(_each_once(police), _each_once(care))
    last_known = _last_known(facts, child)
    if not care and not any(lead.place.abroad for lead in _own_found(facts, child)):
        known = [Lead(LeadKind.LAST_KNOWN, one, stands_in=True) for one in last_known if one.social_care]
        care = known or [DESK]
    return ChildLeads(_each_once(police or _fallback(last_known, [child])), _each_once(care))


def _leads_anywhere(lead: Lead) -> bool:
    return lead.leads_to_police or bool(lead.place.social_care)


def _lives(facts: CaseFacts, child: Person) -> list[Lead]:
    """Return the home; else the homes of the carers with whom a child lives, which stand in for it."""
    homes = [Lead(LeadKind.HOME, child.home)]
    carers = [one for one in facts.persons if child.id in one.cares_for and one.id in child.lives_with]
    theirs = [Lead(LeadKind.CARERS_HOME, one.home, stands_in=True) for one in carers]
    for leads in (homes, theirs):
        known = [lead for lead in leads if _leads_anywhere(lead) and not lead.place.abroad]
        if known:
            return known
    return []


def _own_found(facts: CaseFacts, child: Person) -> list[Lead]:
    """Return where a child is found, and the places of the dangers that name it."""
    dangers = [Lead(LeadKind.DANGER, one.place) for one in facts.dangers if one.person == child.id]
    return [lead for lead in (*dangers, Lead(LeadKind.FOUND, child.found)) if _leads_anywhere(lead)]


def _found(facts: CaseFacts, child: Person) -> list[Lead]:
    """Return where a child is found. The premises stand in for a child of concern, or for want of others."""
    own = _own_found(facts, child)
    takes_part = child.is_of_concern or child.is_exploiter
    if own or is_witness(child) or not (takes_part or not _lives(facts, child)):
        return own
    return [
        lead for lead in [Lead(LeadKind.PREMISES, facts.premises, stands_in=True)] if _leads_anywhere(lead)
    ]


def _last_known(facts: CaseFacts, child: Person) -> list[KnownPlace]:
    """Return its last known place; the case's too where the premises might stand in for it."""
    takes_part = child.is_of_concern or child.is_exploiter
    own = [child.last_known] if child.last_known != NO_PLACE else []
    return [*own, facts.last_known_premises] if takes_part or not own else own


def _each_once(leads: Iterable[Lead]) -> tuple[Lead, ...]:
    return tuple(dict.fromkeys(leads))
