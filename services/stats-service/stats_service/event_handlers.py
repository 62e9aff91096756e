"""Event handlers of statistics: each counts one kind of fact."""

from shared.audit.chain import remember_head
from shared.db.unit_of_work import UnitOfWork
from shared.events import (
    AuditHeadAnnounced,
    CaseClassified,
    CaseMerged,
    CaseOpened,
    ContactReceived,
    DisclosureAuthorised,
    DisclosureWithheld,
    OverrideOpened,
    PhoneHandoverRecorded,
    ReferralAccepted,
    ReferralAcknowledged,
    ReferralDeclined,
    ReferralEvent,
    ReferralSent,
    ReportImported,
)
from shared.messaging.consumer import EventHandlers
from stats_service.facts.models import (
    add_ground,
    count_case,
    count_once,
    link_contact,
    merge_counted_case,
    replace_classification,
)
from stats_service.measures.definitions import MeasureName, forcing_ground


async def count_contact(event: ContactReceived, uow: UnitOfWork) -> None:
    await count_once(
        uow,
        MeasureName.CONTACTS,
        event.contact_id,
        event.received_at,
        None,
        channel=event.channel,
        caller_type=event.caller_type,
        purpose=event.purpose,
        privacy=event.privacy,
        language=event.language,
        nation=event.nation,
    )


async def count_opened_case(event: CaseOpened, uow: UnitOfWork) -> None:
    await count_case(uow, event)
    await link_contact(uow, event.contact_id, event.case_id)


async def link_imported_contact(event: ReportImported, uow: UnitOfWork) -> None:
    await link_contact(uow, event.contact_id, event.case_id)


async def count_classification(event: CaseClassified, uow: UnitOfWork) -> None:
    await replace_classification(uow, event)


async def count_merged_case_once(event: CaseMerged, uow: UnitOfWork) -> None:
    await merge_counted_case(uow, event.case_id, event.merged_into_case_id)


async def count_override(event: OverrideOpened, uow: UnitOfWork) -> None:
    """Count a sharing duty once: one that was stood down may open again, on more grounds."""
    ground = forcing_ground(event.grounds)
    await count_once(
        uow,
        MeasureName.OVERRIDES,
        event.recipient_id,
        event.opened_at,
        event.case_id,
        ground=ground,
        recipient_kind=event.recipient_kind,
        nation=event.nation,
    )
    await add_ground(uow, event.recipient_id, ground)


async def add_grounds(event: DisclosureAuthorised, uow: UnitOfWork) -> None:
    """Add a ground that joined a duty after it opened; it is known once a disclosure on it is authorised."""
    await add_ground(uow, event.recipient_id, forcing_ground(event.grounds))


async def count_phone_handover(event: PhoneHandoverRecorded, uow: UnitOfWork) -> None:
    await count_once(
        uow, MeasureName.PHONE_HANDOVERS, event.recipient_id, event.handed_over_at, event.case_id
    )


async def count_withheld(event: DisclosureWithheld, uow: UnitOfWork) -> None:
    codes = {"recipient_kind": event.recipient_kind, "reason": event.reason}
    await count_once(
        uow, MeasureName.WITHHELD, event.disclosure_id, event.withheld_at, event.case_id, **codes
    )


async def count_sent(event: ReferralSent, uow: UnitOfWork) -> None:
    await _count_step(uow, MeasureName.REFERRALS, event, forced=_yes_or_no(event.forced))


async def count_acknowledged(event: ReferralAcknowledged, uow: UnitOfWork) -> None:
    await _count_step(
        uow,
        MeasureName.REFERRALS_ACKNOWLEDGED,
        event,
        forced=_yes_or_no(event.forced),
        acknowledged_by=event.acknowledged_by,
    )


async def count_accepted(event: ReferralAccepted, uow: UnitOfWork) -> None:
    await _count_step(uow, MeasureName.REFERRALS_ACCEPTED, event)


async def count_declined(event: ReferralDeclined, uow: UnitOfWork) -> None:
    await _count_step(uow, MeasureName.REFERRALS_DECLINED, event, reason=event.reason)


async def _count_step(uow: UnitOfWork, step: MeasureName, event: ReferralEvent, **codes: str) -> None:
    codes["recipient_kind"] = event.recipient_kind
    await count_once(uow, step, event.referral_id, event.occurred_at, event.case_id, **codes)


def _yes_or_no(value: bool) -> str:
    return "yes" if value else "no"


EVENT_HANDLERS: EventHandlers = {
    ContactReceived: count_contact,
    CaseOpened: count_opened_case,
    ReportImported: link_imported_contact,
    CaseClassified: count_classification,
    CaseMerged: count_merged_case_once,
    OverrideOpened: count_override,
    PhoneHandoverRecorded: count_phone_handover,
    DisclosureAuthorised: add_grounds,
    DisclosureWithheld: count_withheld,
    ReferralSent: count_sent,
    ReferralAcknowledged: count_acknowledged,
    ReferralAccepted: count_accepted,
    ReferralDeclined: count_declined,
    AuditHeadAnnounced: remember_head,
}
