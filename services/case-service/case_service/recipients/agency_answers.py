"""Answers of agencies: acknowledgements, declines, answers to recalls, and messages that nobody can deliver."""

from collections.abc import Iterable

from case_service.disclosures.models import Disclosure
from case_service.recipients.models import DUTY_ENDED_CHANNEL, SCHEDULER_CHANNEL, CaseRecipient
from case_service.recipients.sharing_records import SharingRecords
from case_service.redirections.models import Redirection
from case_service.sharing.effects import TELEPHONE_TASKS, TaskKind, TaskOutcome
from case_service.sharing.shared_so_far import DisclosureState


def acknowledge(
    known: Disclosure,
    recipient: CaseRecipient,
    records: SharingRecords,
    redirections: Iterable[Redirection],
) -> None:
    """Record that the agency has a disclosure, and everything issued to it before; clocks of what it has stop."""
    mark_received(known, recipient)
    unanswered = [one for one in recipient.disclosures if one.is_unanswered]
    if known.is_forced and not any(one.is_forced for one in unanswered):
        _acknowledge_duty(recipient, records, redirections)
    if not any(not one.is_forced for one in unanswered):
        _acknowledge_permission(recipient, records)
    if not recipient.has_open_duty and not unanswered:
        records.end_tasks(TELEPHONE_TASKS, TaskOutcome.ACKNOWLEDGED, recipient.id)


def mark_received(known: Disclosure, recipient: CaseRecipient) -> None:
    """Record that the agency has a message, and everything issued to it before."""
    for one in recipient.disclosures:
        if _is_covered(one, known):
            one.acknowledge()


def _is_covered(one: Disclosure, known: Disclosure) -> bool:
    """Return whether an answer to `known` speaks of this one too.

    It speaks of what was issued before to the same recipient, because an agency is brought one thing after the other.
    What was permitted never answers for what was forced. What two cases sent before they were merged is brought apart.
    """
    earlier = one.authorised_at <= known.authorised_at and (known.is_forced or not one.is_forced)
    return one is known or (earlier and one.sent_under_id == known.sent_under_id)


def _acknowledge_duty(
    recipient: CaseRecipient, records: SharingRecords, redirections: Iterable[Redirection]
) -> None:
    uow = records.uow
    duty = recipient.duty.value if recipient.duty else None
    if duty is None:
        return
    acknowledged = duty.acknowledged(uow.now)
    if acknowledged == duty:  # it waits again, for a fact that is not sent yet
        return
    recipient.change_duty(acknowledged)
    tasks = (*TELEPHONE_TASKS, TaskKind.COUNTERSIGN_CALL)
    records.end_tasks(tasks, TaskOutcome.ACKNOWLEDGED, recipient.id)
    if recipient.permission is not None and recipient.permission.is_open:
        # The task that ended may have been about what is permitted too: its clock decides anew.
        recipient.permission.set_deadline(uow.now)
        uow.notify(SCHEDULER_CHANNEL)
    uow.record("override.acknowledged", recipient.case_id, recipient_id=recipient.id)
    _answer_declined(recipient, records, redirections)
    uow.notify(DUTY_ENDED_CHANNEL)


def _answer_declined(
    acknowledged: CaseRecipient, records: SharingRecords, redirections: Iterable[Redirection]
) -> None:
    """End the duties that were declined and redirected here: another agency has acknowledged (fact 9)."""
    of_this_kind = [one for one in redirections if one.recipient_kind is acknowledged.recipient_kind]
    came_from = _led_to(acknowledged.agency_code, of_this_kind)
    for recipient in records.recipients:
        duty = recipient.so_far().duty
        same_kind = recipient.recipient_kind is acknowledged.recipient_kind
        if duty is None or not same_kind or recipient.agency_code not in came_from:
            continue
        if duty.is_declined and duty.facts <= acknowledged.so_far().facts:
            recipient.change_duty(duty.answered_elsewhere())
            records.end_tasks([TaskKind.DECLINED_BY_AGENCY], TaskOutcome.ELSEWHERE, recipient.id)
            records.uow.record("override.elsewhere", recipient.case_id, recipient_id=recipient.id)


def _led_to(agency_code: str, redirections: Iterable[Redirection]) -> frozenset[str]:
    """Return the agencies from which redirections led to one, also by way of others that declined too."""
    steps = {(one.from_agency, one.to_agency) for one in redirections}
    found = frozenset({agency_code})
    while more := {before for before, after in steps if after in found} - found:
        found |= more
    return found - {agency_code}


def _acknowledge_permission(recipient: CaseRecipient, records: SharingRecords) -> None:
    if recipient.permission is None or not recipient.permission.is_open:
        return
    recipient.acknowledge_permission(records.uow.now)
    records.uow.record("referral.acknowledged", recipient.case_id, recipient_id=recipient.id)


def decline(disclosure: Disclosure, recipient: CaseRecipient, records: SharingRecords, reason: str) -> None:
    """Record that the agency hands it back: a person must choose another one, or two people end it (fact 9)."""
    duty = recipient.so_far().duty
    if duty is not None and disclosure.is_forced:
        recipient.change_duty(duty.declined(records.uow.now))
        tasks = (*TELEPHONE_TASKS, TaskKind.COUNTERSIGN_CALL)
        records.end_tasks(tasks, TaskOutcome.HANDLED, recipient.id)
    records.open_task(TaskKind.DECLINED_BY_AGENCY, records.uow.now, recipient.id)
    records.uow.record("referral.declined", recipient.case_id, recipient_id=recipient.id, reason=reason)


def telephone_instead(
    disclosure: Disclosure, recipient: CaseRecipient, records: SharingRecords, reason: str
) -> None:
    """Open a telephone task at once: there is no way to the agency (sharing rules, fact 11).

    Where a person has called already, a lead countersigns the call instead (fact 9).
    """
    now = records.uow.now
    if disclosure.is_forced:
        duty = recipient.so_far().duty
        undeliverable = duty.found_undeliverable(now) if duty is not None else None
        if undeliverable is None or not undeliverable.is_open:
            return
        recipient.change_duty(undeliverable)
        called = undeliverable.waits_for_countersignature
        kind = TaskKind.COUNTERSIGN_CALL if called else TaskKind.TELEPHONE_AGENCY
    elif disclosure.state is DisclosureState.RECALLED:
        disclosure.recall_by_phone()
        kind = TaskKind.TELEPHONE_RECALL
    elif disclosure.is_unanswered:
        kind = TaskKind.TELEPHONE_AGENCY
    else:
        return
    records.open_task(kind, now, recipient.id)
    records.uow.record("referral.undeliverable", recipient.case_id, recipient_id=recipient.id, reason=reason)


def record_recall_answer(
    copies: Iterable[Disclosure], recipient: CaseRecipient, records: SharingRecords, answer: str
) -> None:
    """Record what the agency did with copies that were recalled.

    Nothing else ends the task (fact 9), and an answer about one copy is none about another.
    """
    for one in copies:
        one.answer_recall()
    if not any(one.recalled_by_phone for one in recipient.disclosures):
        records.end_tasks([TaskKind.TELEPHONE_RECALL], TaskOutcome.RECALL_ANSWERED, recipient.id)
    records.uow.record("recall.answered", recipient.case_id, recipient_id=recipient.id, answer=answer)
