"""Events about sharing duties, for statistics and alarms."""

from datetime import datetime

from case_service.recipients.models import CaseRecipient
from case_service.sharing.duties.duty import Duty
from shared.domain.geography import nation_of
from shared.events import OverrideEscalated, OverrideOpened


def opened_event(recipient: CaseRecipient, duty: Duty) -> OverrideOpened:
    return OverrideOpened(
        case_id=recipient.case_id,
        recipient_id=recipient.id,
        grounds=tuple(sorted(duty.grounds)),
        recipient_kind=recipient.recipient_kind,
        agency_code=recipient.agency_code,
        nation=nation_of(duty.place) if duty.place else None,
        opened_at=duty.opened_at,
        send_at=duty.send_at,
    )


def escalated_event(recipient: CaseRecipient, at: datetime) -> OverrideEscalated:
    return OverrideEscalated(case_id=recipient.case_id, recipient_id=recipient.id, escalated_at=at)
