"""Required facts: each disclosure that the facts force, with the facts that require it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from case_service.sharing.duties import (
    AgencyKey,
    RequiredDisclosure,
    ResponsibleAgencies,
    required_disclosures,
)
from case_service.sharing.facts import CaseFacts, FactKind, FactRef, Person
from case_service.sharing.rules import children
from case_service.sharing.shared_so_far import RecipientSoFar, SharedSoFar
from shared.domain.age import Age, british_date, on_child_path
from shared.domain.vocabulary import Ground


@dataclass(frozen=True)
class Required:
    """Required disclosure to one agency, with the ground of each fact that requires it."""

    disclosure: RequiredDisclosure
    grounds: dict[FactRef, frozenset[Ground]] = field(default_factory=dict)

    @property
    def facts(self) -> frozenset[FactRef]:
        return frozenset(self.grounds)

    @property
    def all_grounds(self) -> frozenset[Ground]:
        return frozenset(one for grounds in self.grounds.values() for one in grounds)

    def without(self, facts: Collection[FactRef]) -> "Required":
        return Required(
            self.disclosure, {fact: grounds for fact, grounds in self.grounds.items() if fact not in facts}
        )


def required_by_fact(
    facts: CaseFacts, shared: SharedSoFar, now: datetime, agencies: ResponsibleAgencies
) -> dict[AgencyKey, Required]:
    """Return every disclosure that the facts require together, and what each fact alone contributes to it."""
    whole = replace(facts, child_ids=shared.child_ids())
    found = {one.key: Required(one) for one in required_disclosures(whole, agencies, at=now)}
    for fact, alone in _one_fact_at_a_time(whole, shared, now):
        for one in required_disclosures(alone, agencies, at=now):
            found[one.key].grounds[fact] = one.grounds
    return found


def _one_fact_at_a_time(
    whole: CaseFacts, shared: SharedSoFar, now: datetime
) -> Iterable[tuple[FactRef, CaseFacts]]:
    today = british_date(now)
    child_ids = children(whole, today)
    adults = tuple(replace(person, age=Age()) for person in whole.persons)
    for danger in whole.dangers:
        yield danger.fact, replace(whole, persons=adults, child_ids=frozenset(), dangers=(danger,))
    for person in whole.persons:
        if person.id in child_ids:
            alone = replace(whole, persons=adults, dangers=(), child_ids=frozenset({person.id}))
            for fact in _facts_about_child(person, shared, today):
                yield fact, alone


def _facts_about_child(person: Person, shared: SharedSoFar, today: date) -> Collection[FactRef]:
    """Return the statements of age that count.

    For a person who is an adult by now, they are those on which an open duty rests. A correction to an older age, or a
    birthday, is no new fact.
    """
    if on_child_path(person.age, today):
        return [person.age_fact]
    known = {
        fact
        for _, duty in shared.duties()
        for fact in (*duty.facts, *duty.stood_down_facts)
        if fact.subject == person.age_fact.subject
    }
    return sorted(known) or [person.age_fact]


def nothing_new_of_adults(
    required: dict[AgencyKey, Required], facts: CaseFacts, shared: SharedSoFar, today: date
) -> dict[AgencyKey, Required]:
    """Leave persons who are on the child path no longer with the agencies that know of them (section 2).

    They become known to no other agency. Only a duty that waits at a wrong place gives way to that of the right one.
    """
    adults = {person.id for person in facts.persons if not on_child_path(person.age, today)}

    def keeps(key: AgencyKey, child_id: str) -> bool:
        named = [
            recipient
            for recipient in shared.recipients
            if recipient.recipient_kind is key[0] and child_id in recipient.child_ids
        ]
        return any(recipient.key == key or gives_way(recipient, required) for recipient in named)

    return {
        key: one.without(
            [
                fact
                for fact in one.facts
                if fact.kind is FactKind.CHILD
                and fact.subject_id in adults
                and not keeps(key, fact.subject_id)
            ]
        )
        for key, one in required.items()
    }


def gives_way(recipient: RecipientSoFar, required: Collection[AgencyKey]) -> bool:
    return recipient.duty is not None and recipient.duty.is_unsent and recipient.key not in required
