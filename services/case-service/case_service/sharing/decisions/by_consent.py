"""Items that consent permits (section 3), and those that a lead's named decision adds (section 1)."""

from datetime import datetime

from case_service.sharing.consent import agrees_to, may_pass_situation
from case_service.sharing.decisions.decision import A, Extent, Item, P, R, S, handling_of
from case_service.sharing.decisions.sources import sources_of_dangers
from case_service.sharing.facts import CaseFacts, Person
from shared.domain.vocabulary import FieldGroup, RecipientKind


def by_consent(facts: CaseFacts, kind: RecipientKind, at: datetime) -> set[Item]:
    """Return what reporters let go of what they told, and what persons of concern let go for themselves.

    Each reporter's choice governs what that reporter told. No reporter stops what a person of concern agreed to.
    """
    items: set[Item] = set()
    for person in facts.persons:
        if person.is_reporter:
            items |= _of_reporter(facts, person, kind, at)
        elif agrees_to(facts, person, kind, at):
            items.add(Item(P, person.id))
            if person.is_of_concern:
                items.add(Item(S, person.id, Extent.OWN))
    items |= handling_of(items)
    tellers = _tellers(facts)
    if tellers and all(_lets_situation_go(facts, one, kind, at) for one in tellers):
        return {item for item in items if item.group is not S} | {Item(S)}
    return items


def _tellers(facts: CaseFacts) -> list[Person]:
    """Return the reporters who told the situation, in a report or to an adviser; else every reporter."""
    sources = sources_of_dangers(facts.dangers).union(*(_sources_of(one) for one in facts.persons))
    reporters = [one for one in facts.persons if one.is_reporter]
    return [one for one in reporters if one.made_report or one.id in sources] or reporters


def _sources_of(person: Person) -> frozenset[str]:
    """Return the reporters who told of a person, or of the person's age."""
    return person.heard_from.union(*(one.heard_from for one in person.statements))


def _lets_situation_go(facts: CaseFacts, reporter: Person, kind: RecipientKind, at: datetime) -> bool:
    return agrees_to(facts, reporter, kind, at) or may_pass_situation(facts, reporter, at)


def _of_reporter(facts: CaseFacts, reporter: Person, kind: RecipientKind, at: datetime) -> set[Item]:
    """Return what one reporter lets go of themselves and of their words."""
    if not agrees_to(facts, reporter, kind, at):
        return set()
    items = {Item(R, reporter.id)} if reporter.identity_is_held else set[Item]()
    if not reporter.is_only_reporter:
        items.add(Item(P, reporter.id))
    if reporter.is_of_concern:
        items.add(Item(S, reporter.id, Extent.OWN))
    if reporter.made_report and _account_may_go(facts, reporter, kind, at):
        items.add(Item(A, reporter.id))
    return items


def _account_may_go(facts: CaseFacts, reporter: Person, kind: RecipientKind, at: datetime) -> bool:
    """Return whether every other person of concern agrees to this recipient kind too.

    A third party's account needs at least one recorded person of concern, and nobody known by number only.
    """
    others = [one for one in facts.persons if one.is_of_concern and one.id != reporter.id]
    if not reporter.is_of_concern and (not others or facts.known_by_number_only):
        return False
    return all(agrees_to(facts, one, kind, at) for one in others)


def by_authorisation(facts: CaseFacts, kind: RecipientKind, at: datetime) -> set[Item]:
    """Return the named groups of the named persons, and nobody else's."""
    items: set[Item] = set()
    for decision in [one for one in facts.authorisations if one.recipient_kind is kind]:
        for person in [one for one in facts.persons if one.id in decision.persons]:
            items |= _named(person, decision.groups)
        if S in decision.groups:
            items.add(Item(S))
    return items


def _named(person: Person, groups: frozenset[FieldGroup]) -> set[Item]:
    items: set[Item] = set()
    if P in groups and not person.is_only_reporter:
        items.add(Item(P, person.id))
    if R in groups and person.is_reporter and person.identity_is_held:
        items.add(Item(R, person.id))
    if A in groups and person.made_report:
        items.add(Item(A, person.id))
    return items | handling_of(items)
