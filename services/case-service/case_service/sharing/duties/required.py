"""Required disclosures: the agencies that each fact forces to be told, one per agency (sharing rules, section 4)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from case_service.sharing.duties.leads import Lead, LeadKind, leads_of_child, leads_of_danger
from case_service.sharing.facts import CaseFacts, FactKind, FactRef, Person
from case_service.sharing.people import children, counted_in_danger, is_harmed, is_witness
from case_service.sharing.places import NationalAgencies
from shared.domain.vocabulary import PlaceSetting, RecipientKind

AgencyKey = tuple[RecipientKind, str]
"""Recipient kind and agency code: at most one case recipient of a case has them."""
POLICE, SOCIAL_CARE = RecipientKind.POLICE, RecipientKind.CHILDREN_SOCIAL_CARE


@dataclass(frozen=True)
class RequiredDisclosure:
    """One agency that must be told, the facts that require it, and the place that led to it."""

    recipient_kind: RecipientKind
    agency_code: str
    facts: frozenset[FactRef] = frozenset()
    lead: LeadKind = LeadKind.DESK
    place: str | None = None
    """GSS code of the area that led here; None when no place at all is known."""
    fallback: bool = False
    """A person must find the place, or check it, now (fact 10)."""
    acknowledge_at_once: bool = False
    """A person is in danger, so that this agency must acknowledge at once, whatever its grounds."""

    @property
    def key(self) -> AgencyKey:
        return self.recipient_kind, self.agency_code

    def without(self, facts: Iterable[FactRef]) -> "RequiredDisclosure":
        return replace(self, facts=self.facts - frozenset(facts))


def required_disclosures(
    facts: CaseFacts, agencies: NationalAgencies, on: date
) -> dict[AgencyKey, RequiredDisclosure]:
    """Return every disclosure that the facts require on a day, one per agency.

    Facts only add: each danger and each child bring their own agencies and never remove another's (property 5).
    """
    found = [*_for_dangers(facts, agencies, on), *_for_children(facts, agencies, on), *_redirected(facts)]
    joined: dict[AgencyKey, RequiredDisclosure] = {}
    for one in found:
        joined[one.key] = _joined(joined[one.key], one) if one.key in joined else one
    return dict(sorted(joined.items()))


def _joined(one: RequiredDisclosure, other: RequiredDisclosure) -> RequiredDisclosure:
    """Join what is required of one agency. The better place is named, and a search stays (fact 10)."""
    better = other if one.fallback and not other.fallback else one
    return replace(
        better,
        facts=one.facts | other.facts,
        place=better.place or one.place or other.place,
        fallback=one.fallback or other.fallback,
        acknowledge_at_once=one.acknowledge_at_once or other.acknowledge_at_once,
    )


def _for_dangers(facts: CaseFacts, agencies: NationalAgencies, on: date) -> Iterable[RequiredDisclosure]:
    for danger in facts.dangers:
        if danger.fact in facts.stood_down:
            continue
        for lead in leads_of_danger(facts, danger, on):
            for one in [*_police(lead, agencies, in_danger=True), *_coastguard(lead, agencies)]:
                yield replace(
                    one,
                    facts=frozenset({danger.fact}),
                    fallback=one.fallback and danger.fact not in facts.ended_searches,
                    acknowledge_at_once=True,
                )


def _redirected(facts: CaseFacts) -> Iterable[RequiredDisclosure]:
    """Yield the agencies that an adviser chose after a decline (fact 9)."""
    for one in facts.redirections:
        open_facts = one.facts - facts.stood_down
        if open_facts:
            urgent = any(fact.kind is FactKind.DANGER for fact in open_facts)
            yield RequiredDisclosure(
                one.recipient_kind,
                one.to_agency,
                open_facts,
                LeadKind.REDIRECTED,
                acknowledge_at_once=urgent,
            )


def _for_children(facts: CaseFacts, agencies: NationalAgencies, on: date) -> Iterable[RequiredDisclosure]:
    endangered = counted_in_danger(facts, facts.dangers, on)
    minors = children(facts, on)
    for child in [one for one in facts.persons if one.id in minors]:
        open_facts = frozenset(child_facts(child)) - facts.stood_down
        for one in _for_child(facts, child, agencies, in_danger=child.id in endangered):
            if open_facts:
                yield replace(
                    one,
                    facts=open_facts,
                    fallback=one.fallback and child.age_fact not in facts.ended_searches,
                    acknowledge_at_once=child.id in endangered,
                )


def child_facts(child: Person) -> list[FactRef]:
    """Return the references to the statements of age by which somebody is or may be under 18."""
    return [FactRef(FactKind.CHILD, child.id, one.id) for one in child.statements if one.says_child]


def _for_child(
    facts: CaseFacts, child: Person, agencies: NationalAgencies, *, in_danger: bool
) -> Iterable[RequiredDisclosure]:
    """Yield the councils and the forces; of a witness the council alone, unless it is harmed (fact 7)."""
    leads = leads_of_child(facts, child)
    for lead in leads.social_care:
        yield from _social_care(lead, agencies, in_danger=in_danger)
    if not is_witness(child) or is_harmed(child):
        for lead in leads.police:
            yield from _police(lead, agencies, in_danger=in_danger)


def _police(lead: Lead, agencies: NationalAgencies, *, in_danger: bool) -> list[RequiredDisclosure]:
    if lead.place.abroad or lead.kind is LeadKind.DESK:
        return [_led(POLICE, agencies.police_desk, lead, fallback=lead.must_be_found)]
    unsure = lead.kind is LeadKind.LAST_KNOWN or not lead.place.is_sure
    found = [
        _led(POLICE, code, lead, fallback=unsure) for code in lead.place.police_to_tell(in_danger=in_danger)
    ]
    if lead.place.setting is PlaceSetting.RAILWAY:
        found.append(_led(POLICE, agencies.railway_police, lead, fallback=lead.must_be_found))
    return found


def _coastguard(lead: Lead, agencies: NationalAgencies) -> list[RequiredDisclosure]:
    """Return the coastguard for a danger at sea (fact 0)."""
    if lead.place.setting is not PlaceSetting.SEA:
        return []
    return [_led(POLICE, agencies.coastguard, lead, fallback=lead.must_be_found)]


def _social_care(lead: Lead, agencies: NationalAgencies, *, in_danger: bool) -> list[RequiredDisclosure]:
    """Return the council. There is no national desk: the police desk stands for it, on the child's ground (fact 10)."""
    if lead.kind is LeadKind.DESK:
        return [_led(POLICE, agencies.police_desk, lead, fallback=True)]
    unsure = lead.kind is LeadKind.LAST_KNOWN or not lead.place.is_sure
    codes = lead.place.social_care_to_tell(in_danger=in_danger)
    return [_led(SOCIAL_CARE, code, lead, fallback=unsure) for code in codes]


def _led(kind: RecipientKind, code: str, lead: Lead, *, fallback: bool) -> RequiredDisclosure:
    return RequiredDisclosure(kind, code, lead=lead.kind, place=lead.place.area, fallback=fallback)
