"""Details of a decision: how much of the premises goes, who is shown in danger, and which exploiters are named."""

from datetime import date
from enum import StrEnum

from case_service.sharing.decisions.decision import OVERRIDES, Decision, Extent
from case_service.sharing.duties.leads import LeadKind, leads_of_child
from case_service.sharing.facts import CaseFacts
from case_service.sharing.people import (
    InDanger,
    children,
    counted_in_danger,
    exploiters_of,
    household_of,
    own_children,
)
from shared.domain.vocabulary import FieldGroup, Ground, RecipientKind


class PremisesExtent(StrEnum):
    """Extent to which the premises go."""

    WHOLE = "whole"
    COUNCIL = "council"
    NONE = "none"


NAMES_EXPLOITERS = frozenset(
    {
        RecipientKind.POLICE,
        RecipientKind.CHILDREN_SOCIAL_CARE,
        RecipientKind.ADULT_SOCIAL_CARE,
        RecipientKind.LABOUR_ENFORCEMENT,
        RecipientKind.NRM_FIRST_RESPONDER,
    }
)
"""Recipient kinds to which the situation names an adult alleged exploiter who is no person of concern (section 1)."""


def shown_in_danger(facts: CaseFacts, decision: Decision, on: date) -> dict[str, InDanger]:
    """Return the persons shown as in danger: by dangers of this agency, children by any danger."""
    shown: dict[str, InDanger] = {}
    if Ground.OVERRIDE_DANGER in decision.grounds:
        shown = counted_in_danger(facts, facts.own_dangers, on)
    if Ground.OVERRIDE_CHILD in decision.grounds:
        every = counted_in_danger(facts, facts.dangers, on)
        own = own_children(facts, on)
        here = household_of(facts, own) & children(facts, on)
        going = (here | exploiters_of(facts, here, own)) & children(facts, on)
        shown |= {child: every[child] for child in going & every.keys()}
    return shown


def premises_extent(facts: CaseFacts, decision: Decision, kind: RecipientKind, on: date) -> PremisesExtent:
    """Return how much of the premises goes with the situation.

    Cut down to protect a child, only where they stand for the place where a child of this message is found. By
    consent, only their council where they are the home of somebody whose identity may not go (section 1).
    """
    extents = {item.extent for item in decision.items if item.group is FieldGroup.SITUATION}
    if Extent.FULL in extents:
        forced = bool(decision.grounds & OVERRIDES)
        named = exploiters_named(facts, decision, kind, on)
        known = decision.persons(FieldGroup.PERSONS) | decision.persons(FieldGroup.REPORTER) | named
        hidden = [one for one in facts.persons if one.lives_at_premises and one.id not in known]
        return PremisesExtent.WHOLE if forced or not hidden else PremisesExtent.COUNCIL
    if Extent.TO_PROTECT_CHILD in extents and _stand_in_for_a_child(facts, on):
        return PremisesExtent.WHOLE
    return PremisesExtent.NONE


def _stand_in_for_a_child(facts: CaseFacts, on: date) -> bool:
    own = [facts.person(one) for one in own_children(facts, on)]
    leads = [leads_of_child(facts, child) for child in own]
    return any(lead.kind is LeadKind.PREMISES for one in leads for lead in (*one.police, *one.social_care))


def exploiters_named(facts: CaseFacts, decision: Decision, kind: RecipientKind, on: date) -> frozenset[str]:
    """Return the adult alleged exploiters whom the situation names; never a reporter, whose choice is their own."""
    extents = {item.extent for item in decision.items if item.group is FieldGroup.SITUATION}
    if kind not in NAMES_EXPLOITERS or Extent.FULL not in extents:
        return frozenset()
    minors = children(facts, on)
    return frozenset(
        one.id
        for one in facts.persons
        if one.is_exploiter and not one.is_of_concern and not one.is_reporter and one.id not in minors
    )
