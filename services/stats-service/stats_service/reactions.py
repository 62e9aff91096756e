"""What statistics counts when other services announce something."""

from shared import audit
from shared.consumer import Reactions
from shared.database import UnitOfWork
from shared.events import (
    AuditHeadAnnounced,
    CaseAssessed,
    CaseOpened,
    ContactReceived,
    DisclosureAuthorised,
    DisclosureWithheld,
    OverrideHandedOver,
    OverrideOpened,
    ReferralAccepted,
    ReferralAcknowledged,
    ReferralDeclined,
    ReferralEvent,
    ReferralSent,
    ReportTakenOver,
)
from stats_service.facts import count_case, count_once, join_contact, join_ground, replace_assessment
from stats_service.measures import MeasureName, forcing_ground


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
    await join_contact(uow, event.contact_id, event.case_id)


async def join_further_contact(event: ReportTakenOver, uow: UnitOfWork) -> None:
    await join_contact(uow, event.contact_id, event.case_id)


async def correct_case(event: CaseAssessed, uow: UnitOfWork) -> None:
    await replace_assessment(uow, event)


async def count_override(event: OverrideOpened, uow: UnitOfWork) -> None:
    """A duty that was stood down may open again, on more grounds: it stays one duty."""
    ground = forcing_ground(event.grounds)
    await count_once(
        uow,
        MeasureName.OVERRIDES,
        event.leg_id,
        event.opened_at,
        event.case_id,
        ground=ground,
        recipient=event.recipient,
        nation=event.nation,
    )
    await join_ground(uow, event.leg_id, ground)


async def join_further_grounds(event: DisclosureAuthorised, uow: UnitOfWork) -> None:
    """A ground that joined a duty after it opened is heard of when what it lets leave is authorised."""
    await join_ground(uow, event.leg_id, forcing_ground(event.grounds))


async def count_handed_over(event: OverrideHandedOver, uow: UnitOfWork) -> None:
    await count_once(uow, MeasureName.HANDED_OVER, event.leg_id, event.handed_over_at, event.case_id)


async def count_withheld(event: DisclosureWithheld, uow: UnitOfWork) -> None:
    codes = {"recipient": event.recipient, "reason": event.reason}
    await count_once(
        uow, MeasureName.WITHHELD, event.disclosure_id, event.withheld_at, event.case_id, **codes
    )


async def count_sent(event: ReferralSent, uow: UnitOfWork) -> None:
    await _count_step(uow, MeasureName.REFERRALS, event, forced=_yes_or_no(event.forced))


async def count_acknowledged(event: ReferralAcknowledged, uow: UnitOfWork) -> None:
    forced = _yes_or_no(event.forced)
    await _count_step(uow, MeasureName.REFERRALS_ACKNOWLEDGED, event, forced=forced, by=event.by)


async def count_accepted(event: ReferralAccepted, uow: UnitOfWork) -> None:
    await _count_step(uow, MeasureName.REFERRALS_ACCEPTED, event)


async def count_declined(event: ReferralDeclined, uow: UnitOfWork) -> None:
    await _count_step(uow, MeasureName.REFERRALS_DECLINED, event, reason=event.reason)


async def _count_step(uow: UnitOfWork, step: MeasureName, event: ReferralEvent, **codes: str) -> None:
    codes["recipient"] = event.recipient
    await count_once(uow, step, event.referral_id, event.occurred_at, event.case_id, **codes)


def _yes_or_no(said: bool) -> str:
    return "yes" if said else "no"


REACTIONS: Reactions = {
    ContactReceived: count_contact,
    CaseOpened: count_opened_case,
    ReportTakenOver: join_further_contact,
    CaseAssessed: correct_case,
    OverrideOpened: count_override,
    OverrideHandedOver: count_handed_over,
    DisclosureAuthorised: join_further_grounds,
    DisclosureWithheld: count_withheld,
    ReferralSent: count_sent,
    ReferralAcknowledged: count_acknowledged,
    ReferralAccepted: count_accepted,
    ReferralDeclined: count_declined,
    AuditHeadAnnounced: audit.witness,
}
