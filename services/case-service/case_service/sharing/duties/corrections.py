"""Corrections: everyone who was told of a fact that proves wrong learns that it is (facts 5, 8 and 14)."""

from collections.abc import Iterable
from datetime import datetime

from case_service.sharing.duties.changes import Changes
from case_service.sharing.duties.deadlines import ShorterDeadlines
from case_service.sharing.effects import AuthoriseDisclosure, Effect, ProposeTakingBack
from case_service.sharing.facts import CaseFacts, FactKind, FactRef, Person
from case_service.sharing.shared_so_far import DisclosureSoFar, RecipientSoFar, SharedSoFar
from shared.domain.age import british_date, is_known_adult
from shared.domain.vocabulary import DisclosureKind


def correct_informed(
    facts: CaseFacts, shared: SharedSoFar, now: datetime, deadlines: ShorterDeadlines
) -> Changes:
    """Correct every agency that was told of a fact which two people took back, once.

    What was forced before is still sent until the agency has it, and the correction follows it.
    """
    changes = Changes([], shared)
    for recipient, duty in shared.duties():
        wrong = tuple(sorted(fact for fact in facts.stood_down if _must_learn(recipient, fact)))
        if wrong:
            grounds = frozenset(fact.ground for fact in wrong)
            correction = AuthoriseDisclosure(recipient.key, DisclosureKind.CORRECTION, grounds, about=wrong)
            changes = changes.with_duty(recipient, duty.authorised(now, deadlines), correction)
    return changes


def is_informed_of(recipient: RecipientSoFar, fact: FactRef) -> bool:
    """Return whether an agency was told of a fact, in writing or by telephone."""
    duty = recipient.duty
    by_phone = duty is not None and duty.handed_over_at is not None and fact in duty.facts
    return by_phone or any(tells_of(one, fact) for one in _sent(recipient))


def _must_learn(recipient: RecipientSoFar, fact: FactRef) -> bool:
    corrected = any(fact in one.about for one in recipient.disclosures)
    return not corrected and is_informed_of(recipient, fact)


def _sent(recipient: RecipientSoFar) -> Iterable[DisclosureSoFar]:
    return (
        one
        for one in recipient.disclosures
        if one.is_forced and one.issued and one.kind is not DisclosureKind.CORRECTION
    )


def tells_of(disclosure: DisclosureSoFar, fact: FactRef) -> bool:
    """Return whether an agency read of a fact: a child among the persons, a danger among the facts."""
    if fact.kind is FactKind.CHILD:
        return any(fact.subject_id in record.persons for record in disclosure.issued)
    return any(fact in record.facts for record in disclosure.issued)


def propose_mistaken_ages(facts: CaseFacts, shared: SharedSoFar, now: datetime) -> list[Effect]:
    """Propose to take back the facts about persons who prove to have been adults at the time.

    Nobody is called an adult because nothing is known, and a birthday is no mistake.
    """
    effects: list[Effect] = []
    for person in facts.persons:
        if person.id in facts.kept_children and is_known_adult(person.age, british_date(now)):
            effects += _proposals_about(person, facts, shared)
    return effects


def _proposals_about(person: Person, facts: CaseFacts, shared: SharedSoFar) -> list[Effect]:
    own = frozenset(
        fact for _, duty in shared.duties() for fact in duty.facts if fact.subject_id == person.id
    )
    opened = [duty.opened_at for _, duty in shared.duties() if duty.facts & own]
    if not opened or not is_known_adult(person.age, british_date(min(opened))):
        return []
    was_sent = any(is_informed_of(recipient, fact) for recipient, _ in shared.duties() for fact in own)
    if all((fact, was_sent) in facts.proposed for fact in own):
        return []
    return [ProposeTakingBack(own, was_sent, person.statement.recorded_by)]
