"""Event handlers of the case service: new contacts, and what becomes of disclosures at their agencies."""

from sqlalchemy import select

from case_service.disclosures.models import Disclosure
from case_service.recipients.models import SCHEDULER_CHANNEL, CaseRecipient
from case_service.recipients.sharing_records import SharingRecords, lock_sharing_records
from case_service.report_import.open_case import open_case
from case_service.sharing.effects import TELEPHONE_TASKS, TaskKind, TaskOutcome
from case_service.sharing.shared_so_far import DisclosureState
from shared.audit.chain import remember_head
from shared.db.unit_of_work import UnitOfWork
from shared.events import (
    AuditHeadAnnounced,
    ContactReceived,
    ReferralAcknowledged,
    ReferralDeclined,
    ReferralEvent,
    ReferralUndeliverable,
)
from shared.messaging.consumer import CannotHandle, EventHandlers


async def record_acknowledgement(event: ReferralAcknowledged, uow: UnitOfWork) -> None:
    """Record that the agency has a disclosure, and everything issued to it before; clocks of what it has stop."""
    records, recipient, known = await _recipient_of(event, uow)
    for one in recipient.disclosures:
        if _is_covered(one, known):
            one.acknowledge()
    unanswered = [one for one in recipient.disclosures if one.is_unanswered]
    if known.is_forced and not any(one.is_forced for one in unanswered):
        _acknowledge_duty(recipient, records)
    if not any(not one.is_forced for one in unanswered):
        _acknowledge_permission(recipient, records)
    if not recipient.has_open_duty and not unanswered:
        records.end_tasks(TELEPHONE_TASKS, TaskOutcome.ACKNOWLEDGED, recipient.id)


def _is_covered(one: Disclosure, known: Disclosure) -> bool:
    """Return whether an answer to `known` speaks of this one too.

    It speaks of what was issued before to the same recipient, because an agency is brought one thing after the other.
    What was permitted never answers for what was forced.
    """
    earlier = one.authorised_at <= known.authorised_at and (known.is_forced or not one.is_forced)
    return one is known or earlier


def _acknowledge_duty(recipient: CaseRecipient, records: SharingRecords) -> None:
    uow = records.uow
    duty = recipient.duty.value if recipient.duty else None
    if duty is None or not duty.is_open:
        return
    acknowledged = duty.acknowledged(uow.now)
    if acknowledged == duty:  # it waits again, for a fact that is not sent yet
        return
    recipient.change_duty(acknowledged)
    records.end_tasks(TELEPHONE_TASKS, TaskOutcome.ACKNOWLEDGED, recipient.id)
    if recipient.permission is not None and recipient.permission.is_open:
        # The task that ended may have been about what is permitted too: its clock decides anew.
        recipient.permission.set_deadline(uow.now)
        uow.notify(SCHEDULER_CHANNEL)
    uow.record("override.acknowledged", recipient.case_id, recipient_id=recipient.id)


def _acknowledge_permission(recipient: CaseRecipient, records: SharingRecords) -> None:
    if recipient.permission is None or not recipient.permission.is_open:
        return
    recipient.acknowledge_permission(records.uow.now)
    records.uow.record("referral.acknowledged", recipient.case_id, recipient_id=recipient.id)


async def telephone_instead(event: ReferralUndeliverable, uow: UnitOfWork) -> None:
    """Open a telephone task at once: there is no way to the agency (sharing rules, fact 11).

    Also where only a permitted disclosure, or a recall, waits.
    """
    records, recipient, disclosure = await _recipient_of(event, uow)
    waits = disclosure.is_unanswered or disclosure.state is DisclosureState.RECALLED
    if recipient.has_open_duty if disclosure.is_forced else waits:
        records.open_task(TaskKind.TELEPHONE_AGENCY, uow.now, recipient.id)
        uow.record(
            "referral.undeliverable", recipient.case_id, recipient_id=recipient.id, reason=event.reason
        )


async def find_another_agency(event: ReferralDeclined, uow: UnitOfWork) -> None:
    """Open a task: an agency that declines leaves a person unprotected until somebody has decided what now."""
    records, recipient, _ = await _recipient_of(event, uow)
    records.open_task(TaskKind.DECLINED_BY_AGENCY, uow.now, recipient.id)
    uow.record("referral.declined", recipient.case_id, recipient_id=recipient.id, reason=event.reason)


async def _recipient_of(
    event: ReferralEvent, uow: UnitOfWork
) -> tuple[SharingRecords, CaseRecipient, Disclosure]:
    case_id = await uow.session.scalar(select(Disclosure.case_id).where(Disclosure.id == event.disclosure_id))
    if case_id is None or case_id != event.case_id:
        raise CannotHandle("disclosure-unknown")
    records = await lock_sharing_records(case_id, uow)
    recipient, disclosure = records.disclosure(event.disclosure_id)
    return records, recipient, disclosure


EVENT_HANDLERS: EventHandlers = {
    ContactReceived: open_case,
    ReferralAcknowledged: record_acknowledgement,
    ReferralUndeliverable: telephone_instead,
    ReferralDeclined: find_another_agency,
    AuditHeadAnnounced: remember_head,
}
