"""People on a case as the rules count them: in danger, children, households, withholding (section 4)."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum

from case_service.sharing.consent import agrees_to
from case_service.sharing.facts import CaseFacts, DangerFact, FactKind, Person
from shared.domain.age import british_date, on_child_path
from shared.domain.vocabulary import CodedConcern, RecipientKind


class InDanger(StrEnum):
    """Danger of a person as it is shown: never that somebody is not in danger."""

    YES = "yes"
    MAY_BE = "may_be"


def children(facts: CaseFacts, on: date) -> frozenset[str]:
    """Return everyone on the child path, whatever their role, and everyone for whom a child's duty runs."""
    return frozenset(
        one.id for one in facts.persons if one.id in facts.kept_children or on_child_path(one.age, on)
    )


def own_children(facts: CaseFacts, on: date) -> frozenset[str]:
    """Return the children on whose facts the sharing with this agency rests."""
    every = children(facts, on)
    if facts.own_facts is None:
        return every
    return every & {fact.subject_id for fact in facts.own_facts if fact.kind is FactKind.CHILD}


def counted_in_danger(facts: CaseFacts, dangers: Iterable[DangerFact], on: date) -> dict[str, InDanger]:
    """Return the persons whom dangers count, and how (fact 4).

    A danger counts the person it names, or every person of concern where it names nobody, and the children of their
    households.
    """
    counted: dict[str, InDanger] = {}
    for danger in dangers:
        if danger.person is not None:
            counted[danger.person] = InDanger.YES
    if any(danger.person is None for danger in dangers):
        for person in facts.persons:
            if person.is_of_concern:
                counted.setdefault(person.id, InDanger.MAY_BE)
    minors = children(facts, on)
    for person in facts.persons:
        if person.id in minors and any(other in counted for other in person.lives_with - {person.id}):
            counted.setdefault(person.id, InDanger.MAY_BE)
    return counted


def is_witness(child: Person) -> bool:
    """Return whether a child's only role is reporter (fact 7)."""
    return child.is_only_reporter


def is_harmed(child: Person) -> bool:
    return CodedConcern.HARMED_OR_EXPLOITED in child.coded_concerns


def household_of(facts: CaseFacts, child_ids: frozenset[str]) -> frozenset[str]:
    """Return the persons who live with one of these children, and the children themselves."""
    return child_ids | {one.id for one in facts.persons if one.lives_with & child_ids}


def carers_of(facts: CaseFacts, child_ids: frozenset[str]) -> frozenset[str]:
    return frozenset(one.id for one in facts.persons if one.cares_for & child_ids)


def exploiters_of(facts: CaseFacts, here: frozenset[str], own: frozenset[str]) -> frozenset[str]:
    """Return the alleged exploiters recorded as theirs, or as nobody's where a child is itself of concern (fact 4)."""
    of_concern = any(facts.person(one).is_of_concern for one in own)
    return frozenset(
        one.id
        for one in facts.persons
        if one.is_exploiter and (one.exploits & here or (of_concern and one.exploits_nobody_in_particular))
    )


def adult_withholds(facts: CaseFacts, kind: RecipientKind, at: datetime) -> bool:
    """Return whether an adult of concern has not agreed to this recipient kind (fact 5). No answer counts as no."""
    minors = children(facts, british_date(at))
    adults = [one for one in facts.persons if one.is_of_concern and one.id not in minors]
    return not all(agrees_to(facts, adult, kind, at) for adult in adults)


def concerns_of(facts: CaseFacts, child: Person) -> frozenset[CodedConcern]:
    """Return the coded concerns about a child, at least one (fact 5)."""
    in_danger = {danger.person for danger in facts.dangers}
    carers = [one for one in facts.persons if child.id in one.cares_for]
    holds = {
        CodedConcern.HARMED_OR_EXPLOITED: child.is_of_concern or child.is_exploiter,
        CodedConcern.WITNESS: is_witness(child) and not is_harmed(child),
        CodedConcern.LIVES_WITH_SOMEBODY_IN_DANGER: bool((child.lives_with - {child.id}) & in_danger),
        CodedConcern.CARER_MAY_BE_CONTROLLED: any(one.is_of_concern for one in carers),
    }
    found = child.coded_concerns | {concern for concern, is_so in holds.items() if is_so}
    return found or frozenset({CodedConcern.LIVES_WHERE_PEOPLE_MAY_BE_EXPLOITED})
