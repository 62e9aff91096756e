"""Reconciliation: everything that follows from a change of a case's facts, worked out in one pure place.

An endpoint records facts and nothing else. The guard that opened the case file asks here for the effects, and one
applier writes them: no endpoint knows their order, and a new effect is added here.
"""

from collections.abc import Iterator
from datetime import datetime

from case_service.sharing import corrections, duty_changes
from case_service.sharing.deadlines import ShorterDeadlines, end_of_british_day
from case_service.sharing.decision import Item
from case_service.sharing.duties import ResponsibleAgencies
from case_service.sharing.duty_changes import Changes
from case_service.sharing.effects import (
    AnnounceClassification,
    AuthoriseDisclosure,
    Effect,
    EndTasks,
    OpenTaskFor,
    RecallDisclosure,
    ReopenCase,
    TaskKind,
    TaskOutcome,
)
from case_service.sharing.facts import CaseFacts, ConsentEntry
from case_service.sharing.rules import decide, effective_consent
from case_service.sharing.shared_so_far import DisclosureSoFar, DisclosureState, RecipientSoFar, SharedSoFar
from shared.domain.vocabulary import DisclosureKind, Ground, RecipientKind

CONSENT = [Ground.CONSENT]


def reconcile(
    before: CaseFacts,
    after: CaseFacts,
    shared: SharedSoFar,
    now: datetime,
    *,
    agencies: ResponsibleAgencies,
    deadlines: ShorterDeadlines,
) -> list[Effect]:
    """Return what follows from the change, in the order in which it is to be written.

    `shared` is what was shared before this change; `now` is the time of the change.
    """
    effects: list[Effect] = []
    if after.confirmed_at != before.confirmed_at:
        changes = duty_changes.confirm(shared, now)
        effects, shared = [*effects, *changes.effects], changes.shared
    if after.content_revision != before.content_revision or after.report_imported != before.report_imported:
        for changes in _recorded(before, after, shared, now, agencies, deadlines):
            effects, shared = [*effects, *changes.effects], changes.shared
    new_entries = after.consents[len(before.consents) :]
    if before.report_imported and new_entries:
        effects += recalls(before, after, new_entries, shared, now)
    return [*effects, *proposal(after, shared, now)]


def _recorded(
    before: CaseFacts,
    after: CaseFacts,
    shared: SharedSoFar,
    now: datetime,
    agencies: ResponsibleAgencies,
    deadlines: ShorterDeadlines,
) -> Iterator[Changes]:
    """Yield the changes that follow from recorded content, each over what the one before leaves."""
    if not after.is_open:
        yield Changes([ReopenCase()], shared)
    changes = corrections.correct_mistaken(after, shared, now, deadlines)
    yield changes
    said_by_report = not before.report_imported
    changes = duty_changes.open_duties(
        after, changes.shared, now, agencies, deadlines, said_by_report=said_by_report
    )
    yield changes
    if not said_by_report and not _only_left_the_source_out(before, after):
        changes = supplements(after, changes.shared, now, deadlines)
        yield changes
    if after.classification is not None and after.classification != before.classification:
        yield Changes([AnnounceClassification(after.classification)], changes.shared)


def _only_left_the_source_out(before: CaseFacts, after: CaseFacts) -> bool:
    """Return whether the source was left out just now: that is not announced to those who were told of it."""
    return before.source_left_out != after.source_left_out and after.source_left_out is not None


def supplements(facts: CaseFacts, shared: SharedSoFar, now: datetime, deadlines: ShorterDeadlines) -> Changes:
    """Send one supplement to each agency that was told under an override and would read something new.

    Nothing goes where the change concerns only what this agency may not know: that would tell it that there is more.
    """
    changes = Changes([], shared)
    for recipient, duty in shared.duties():
        if duty.is_forced and duty.was_sent and _has_news(recipient, facts, shared, now):
            authorise = AuthoriseDisclosure(recipient.key, DisclosureKind.SUPPLEMENT, duty.grounds)
            changes = changes.with_duty(recipient, duty.authorised(now, deadlines), authorise)
    return changes


def _has_news(recipient: RecipientSoFar, facts: CaseFacts, shared: SharedSoFar, now: datetime) -> bool:
    """Return whether this agency would read anything that it was not told.

    False while a disclosure waits to be issued, because that one will say it.
    """
    forced = [
        one for one in recipient.disclosures if one.is_forced and one.kind is not DisclosureKind.CORRECTION
    ]
    sent = [one for one in forced if one.state in (DisclosureState.ISSUED, DisclosureState.ACKNOWLEDGED)]
    duty = recipient.duty
    if duty is None or not sent or any(one.state is DisclosureState.AUTHORISED for one in forced):
        return False
    own = facts.for_agency(recipient.agency_code, recipient.child_ids)
    decision = decide(own, recipient.recipient_kind, duty.grounds, at=facts.decided_at(now))
    if not decision.permits_anything:
        return False
    newest = sent[-1].issued[-1].digest if sent[-1].issued else None
    return shared.content_digest(recipient, sent[-1], decision) != newest


def recalls(
    before: CaseFacts,
    after: CaseFacts,
    new_entries: tuple[ConsentEntry, ...],
    shared: SharedSoFar,
    now: datetime,
) -> list[Effect]:
    """Recall what left on consent that an entry of the ledger has taken back, and nothing that an override sent."""
    effects: list[Effect] = []
    withdrawn = {entry.person for entry in new_entries if entry.withdraws}
    reporters = {person.id for person in after.persons if person.is_reporter}
    for recipient, disclosure in _left_on_consent(shared):
        lost = _permitted(before, recipient, now) - _permitted(after, recipient, now)
        taken_back = not withdrawn and any(lost & record.items for record in disclosure.issued)
        persons = {person for record in disclosure.issued for person in record.persons}
        if taken_back or withdrawn & reporters or withdrawn & persons:
            effects.append(RecallDisclosure(disclosure.id))
            if disclosure.told_by_phone:  # no message holds it that a recall could name
                effects.append(OpenTaskFor(TaskKind.TELEPHONE_AGENCY, now, recipient.key))
    return effects


def _left_on_consent(shared: SharedSoFar) -> Iterator[tuple[RecipientSoFar, DisclosureSoFar]]:
    for recipient in shared.recipients:
        for one in recipient.disclosures:
            recalled = one.state is DisclosureState.RECALLED
            if one.issued and not recalled and Ground.CONSENT in one.grounds and not one.is_forced:
                yield recipient, one


def _permitted(facts: CaseFacts, recipient: RecipientSoFar, now: datetime) -> frozenset[Item]:
    own = facts.for_agency(recipient.agency_code, recipient.child_ids)
    return decide(own, recipient.recipient_kind, CONSENT, at=facts.decided_at(now)).items


def proposal(facts: CaseFacts, shared: SharedSoFar, now: datetime) -> list[Effect]:
    """Keep one task open while consent permits more than a recipient kind was told on it (section 3).

    Consent permits and does not send: an adviser authorises it.
    """
    if not facts.is_open:
        return []
    if any(_permits_more(kind, facts, shared, now) for kind in _consented_kinds(facts, now)):
        return [OpenTaskFor(TaskKind.AUTHORISE_DISCLOSURE, end_of_british_day(now))]
    return [EndTasks((TaskKind.AUTHORISE_DISCLOSURE,), TaskOutcome.NOTHING_TO_AUTHORISE)]


def _consented_kinds(facts: CaseFacts, now: datetime) -> list[RecipientKind]:
    at = facts.decided_at(now)
    return sorted(
        {kind for one in facts.persons for kind in effective_consent(facts, one.id, at).recipient_kinds}
    )


def _permits_more(kind: RecipientKind, facts: CaseFacts, shared: SharedSoFar, now: datetime) -> bool:
    """Return whether consent permits more than this kind was told on consent last.

    What is authorised and not issued yet will carry everything.
    """
    permitted = decide(facts, kind, CONSENT, at=facts.decided_at(now)).items
    sent = [
        one
        for recipient in shared.recipients
        if recipient.recipient_kind is kind
        for one in recipient.disclosures
        if Ground.CONSENT in one.grounds
        and one.state in (DisclosureState.AUTHORISED, DisclosureState.ISSUED, DisclosureState.ACKNOWLEDGED)
    ]
    if not permitted or any(one.state is DisclosureState.AUTHORISED for one in sent):
        return False
    records = [record for one in sent for record in one.issued]
    newest = max(records, key=lambda record: (record.issued_at, record.attempt), default=None)
    return not permitted <= (newest.items if newest else frozenset())
