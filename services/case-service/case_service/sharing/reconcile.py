"""Reconciliation: everything that follows from a change of a case's facts, worked out in one pure place.

An endpoint records facts and nothing else. The guard that opened the case file asks here for the effects, and one
applier writes them: no endpoint knows their order, and a new effect is added here.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from case_service.sharing.consented import proposal, recalls
from case_service.sharing.decisions.decide import decide
from case_service.sharing.duties import changes as duty_changes
from case_service.sharing.duties.changes import Changes
from case_service.sharing.duties.corrections import correct_informed, propose_mistaken_ages
from case_service.sharing.duties.deadlines import ShorterDeadlines
from case_service.sharing.duties.required import required_disclosures
from case_service.sharing.duties.searches import notice_mass_notification, search
from case_service.sharing.effects import (
    AnnounceClassification,
    AuthoriseDisclosure,
    Effect,
    MarkUrgency,
    ReopenCase,
)
from case_service.sharing.facts import CaseFacts
from case_service.sharing.places import NationalAgencies
from case_service.sharing.shared_so_far import DisclosureState, RecipientSoFar, SharedSoFar, is_news
from shared.domain.age import british_date
from shared.domain.vocabulary import DisclosureKind, Ground


def reconcile(
    before: CaseFacts,
    after: CaseFacts,
    shared: SharedSoFar,
    now: datetime,
    *,
    agencies: NationalAgencies,
    deadlines: ShorterDeadlines,
) -> list[Effect]:
    """Return what follows from the change, in the order in which it is to be written.

    `shared` is what was shared before this change; `now` is the time of the change.
    """
    effects: list[Effect] = []
    if _without_consent(after) != _without_consent(before):
        for changes in _recorded(before, after, shared, now, agencies, deadlines):
            effects, shared = [*effects, *changes.effects], changes.shared
    if before.report_imported and after.consents != before.consents:
        effects += recalls(before, after, shared, now)
        effects += _named_by_choice(before, after, shared, now, deadlines)
    effects += propose_mistaken_ages(after, shared, now)
    return [*effects, *proposal(after, shared, now)]


def _without_consent(facts: CaseFacts) -> CaseFacts:
    return replace(facts, consents=())


def _recorded(
    before: CaseFacts,
    after: CaseFacts,
    shared: SharedSoFar,
    now: datetime,
    agencies: NationalAgencies,
    deadlines: ShorterDeadlines,
) -> Iterator[Changes]:
    """Yield the changes that follow from recorded content, each over what the one before leaves."""
    recorded = after.content_revision != before.content_revision
    if not after.is_open and recorded:
        yield Changes([ReopenCase()], shared)
    changes = correct_informed(after, shared, now, deadlines)
    yield changes
    required = required_disclosures(after, agencies, british_date(now))
    changes = duty_changes.open_duties(after, required, changes.shared, now, deadlines)
    changes = search(after, required, changes, now)
    if not before.report_imported:
        changes = notice_mass_notification(changes, now)
    grounds = {fact.ground for one in required.values() for fact in one.facts}
    danger, child = Ground.OVERRIDE_DANGER in grounds, Ground.OVERRIDE_CHILD in grounds
    changes = changes.with_effects(MarkUrgency(danger=danger, child=child))
    yield changes
    if before.report_imported and recorded:
        changes = supplements(after, changes.shared, now, deadlines)
        yield changes
    if after.classification is not None and after.classification != before.classification:
        yield Changes([AnnounceClassification(after.classification)], changes.shared)


def _named_by_choice(
    before: CaseFacts, after: CaseFacts, shared: SharedSoFar, now: datetime, deadlines: ShorterDeadlines
) -> list[Effect]:
    """Send what a new choice lets go, such as a name, to those told under an override."""
    return (
        supplements(after, shared, now, deadlines).effects
        if len(after.consents) > len(before.consents)
        else []
    )


def supplements(facts: CaseFacts, shared: SharedSoFar, now: datetime, deadlines: ShorterDeadlines) -> Changes:
    """Send one supplement to each agency that was told under an override and would read something that was added.

    What goes less, because a person was added or a choice changed, is never announced (fact 5).
    """
    changes = Changes([], shared)
    for recipient, duty in shared.duties():
        if duty.is_forced and duty.was_sent and _has_news(recipient, facts, shared, now):
            authorise = AuthoriseDisclosure(recipient.key, DisclosureKind.SUPPLEMENT, duty.grounds)
            changes = changes.with_duty(recipient, duty.authorised(now, deadlines), authorise)
    return changes


def _has_news(recipient: RecipientSoFar, facts: CaseFacts, shared: SharedSoFar, now: datetime) -> bool:
    """Return whether this agency would read anything that it was not sent.

    False while a disclosure waits to be issued, because that one will say it. One of a duplicate says its own alone.
    """
    forced = [
        one for one in recipient.disclosures if one.is_forced and one.kind is not DisclosureKind.CORRECTION
    ]
    sent = [one for one in forced if one.issued]
    own = [one for one in forced if not one.is_of_duplicate]
    duty = recipient.duty
    if duty is None or not sent or any(one.state is DisclosureState.AUTHORISED for one in own):
        return False
    known = facts.for_agency(recipient.agency_code, recipient.facts)
    decision = decide(known, recipient.recipient_kind, duty.grounds, at=facts.decided_at(now))
    if not decision.permits_anything:
        return False
    return is_news(shared.content_parts(recipient, decision), recipient.parts_sent())
