"""Event handlers of the case service: new contacts, and what becomes of disclosures at their agencies."""

from uuid import UUID

from sqlalchemy import select

from case_service.agencies.registered import remember_agency
from case_service.cases.models import Case
from case_service.disclosures.models import Disclosure
from case_service.recipients import agency_answers
from case_service.recipients.models import CaseRecipient
from case_service.recipients.sharing_records import SharingRecords, lock_sharing_records
from case_service.redirections.models import redirections_of
from case_service.report_import.open_case import open_case
from shared.audit.chain import remember_head
from shared.db.unit_of_work import UnitOfWork
from shared.domain.vocabulary import RecallAnswer
from shared.events import (
    AgencyRegistered,
    AuditHeadAnnounced,
    ContactReceived,
    RecallAnswered,
    RecallNotNeeded,
    ReferralAcknowledged,
    ReferralDeclined,
    ReferralEvent,
    ReferralUndeliverable,
)
from shared.messaging.consumer import CannotHandle, EventHandlers


async def record_acknowledgement(event: ReferralAcknowledged, uow: UnitOfWork) -> None:
    records, recipient, known = await _recipient_of(event, uow)
    if event.declined:  # the agency has the message, and does not act on it (fact 9)
        agency_answers.mark_received(known, recipient)
        return
    redirections = await redirections_of(records.case.id, uow)
    agency_answers.acknowledge(known, recipient, records, redirections)


async def telephone_instead(event: ReferralUndeliverable, uow: UnitOfWork) -> None:
    records, recipient, disclosure = await _recipient_of(event, uow)
    agency_answers.telephone_instead(disclosure, recipient, records, event.reason)


async def find_another_agency(event: ReferralDeclined, uow: UnitOfWork) -> None:
    records, recipient, disclosure = await _recipient_of(event, uow)
    agency_answers.decline(disclosure, recipient, records, event.reason)


async def record_recall_answer(event: RecallAnswered, uow: UnitOfWork) -> None:
    records, recipient, disclosure = await _recipient_of(event, uow)
    agency_answers.record_recall_answer([disclosure], recipient, records, event.answer)


async def end_needless_recall(event: RecallNotNeeded, uow: UnitOfWork) -> None:
    """End the recall of what was never sent in writing; what was told by telephone is asked for by telephone."""
    records, recipient, disclosure = await _recipient_of(event, uow)
    if not disclosure.told_by_phone:
        agency_answers.record_recall_answer([disclosure], recipient, records, RecallAnswer.NOT_HELD)


async def _recipient_of(
    event: ReferralEvent, uow: UnitOfWork
) -> tuple[SharingRecords, CaseRecipient, Disclosure]:
    case_id = await uow.session.scalar(select(Disclosure.case_id).where(Disclosure.id == event.disclosure_id))
    if case_id is None or case_id not in (event.case_id, await _merged_into(event.case_id, uow)):
        raise CannotHandle("disclosure-unknown")
    records = await lock_sharing_records(case_id, uow)
    recipient, disclosure = records.disclosure(event.disclosure_id)
    return records, recipient, disclosure


async def _merged_into(case_id: UUID, uow: UnitOfWork) -> UUID | None:
    """Return the case of which this one is a part: referral may not have heard of it yet."""
    return await uow.session.scalar(select(Case.merged_into_id).where(Case.id == case_id))


EVENT_HANDLERS: EventHandlers = {
    ContactReceived: open_case,
    ReferralAcknowledged: record_acknowledgement,
    ReferralUndeliverable: telephone_instead,
    ReferralDeclined: find_another_agency,
    AgencyRegistered: remember_agency,
    RecallAnswered: record_recall_answer,
    RecallNotNeeded: end_needless_recall,
    AuditHeadAnnounced: remember_head,
}
