"""Corrections: an agency that received a child's details under an override learns that they are an adult (fact 14)."""

from collections.abc import Sequence
from datetime import datetime

from case_service.sharing.deadlines import ShorterDeadlines
from case_service.sharing.duty import Duty
from case_service.sharing.duty_changes import Changes
from case_service.sharing.effects import AuthoriseDisclosure
from case_service.sharing.facts import CaseFacts
from case_service.sharing.shared_so_far import RecipientSoFar, SharedSoFar
from shared.domain.age import age_status, british_date
from shared.domain.vocabulary import AgeStatus, DisclosureKind

ADULT = (AgeStatus.ADULT_CONFIRMED, AgeStatus.ADULT_STATED)


def correct_mistaken(
    facts: CaseFacts, shared: SharedSoFar, now: datetime, deadlines: ShorterDeadlines
) -> Changes:
    """Correct every agency that received details of a child who turned out to be an adult (fact 14).

    Also where the mistake was known before it was sent and nobody stood the duty down. What was forced before is still
    sent until the agency has it, and the correction follows it.
    """
    changes = Changes([], shared)
    for recipient, duty in shared.duties():
        if duty.is_forced and duty.was_sent:
            changes = correct_recipient(changes, recipient, facts, now, deadlines)
    return changes


def correct_recipient(
    changes: Changes,
    recipient: RecipientSoFar,
    facts: CaseFacts,
    now: datetime,
    deadlines: ShorterDeadlines,
) -> Changes:
    """Correct one agency that was just told, where a child was known to be an adult by then."""
    duty = recipient.duty
    for person_id in mistaken_children(duty, facts, now) if duty else ():
        assert duty is not None
        duty = duty.corrected(person_id).authorised(now, deadlines)
        correction = AuthoriseDisclosure(
            recipient.key, DisclosureKind.CORRECTION, duty.grounds, about=(person_id,)
        )
        changes = changes.with_duty(changes.shared.by_key()[recipient.key], duty, correction)
    return changes


def mistaken_children(duty: Duty, facts: CaseFacts, now: datetime) -> Sequence[str]:
    """Return those who, by what was said since, were adults already when this agency was told.

    Nobody is called an adult because nothing is known, and a birthday is no mistake.
    """
    informed_at = max(
        moment for moment in (duty.opened_at, duty.authorised_at, duty.handed_over_at) if moment
    )
    days = {british_date(informed_at), british_date(now)}
    return [
        person.id
        for person in facts.persons
        if person.id in duty.child_ids
        and person.age_fact not in duty.facts
        and all(age_status(person.age, day) in ADULT for day in days)
    ]
