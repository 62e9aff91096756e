"""Phone handover: a person told the agency by telephone.

It is the only way in which one person can end a duty (sharing rules, fact 9).
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from case_service.cases.case_file import CaseFile
from case_service.db import Base
from case_service.disclosures.issue import after_telling, decision_on, record_told_by_phone
from case_service.disclosures.models import Disclosure, NothingMayBeShared
from case_service.recipients.apply_effects import apply_effects
from case_service.recipients.models import CaseRecipient
from case_service.sharing.deadlines import ShorterDeadlines
from case_service.sharing.duty import DutyNotOpen
from case_service.sharing.duty_changes import send
from case_service.sharing.effects import TELEPHONE_TASKS, TaskOutcome
from shared.crypto.vault import SealedField
from shared.db.columns import CodeText, Sealed
from shared.db.unit_of_work import UnitOfWork
from shared.events import PhoneHandoverRecorded
from shared.ids import new_id


class PhoneHandover(Base):
    """Record of one handover: the name spoken to and the agency's reference, sealed under the case's key."""

    __tablename__ = "phone_handovers"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    recipient_id: Mapped[UUID] = mapped_column(ForeignKey("case_recipients.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    recorded_by: Mapped[str] = mapped_column(CodeText)
    recorded_at: Mapped[datetime]
    handed_to: Mapped[bytes] = mapped_column(Sealed)

    @classmethod
    async def seal(
        cls, recipient: CaseRecipient, uow: UnitOfWork, *, spoken_to: str, reference: str
    ) -> "PhoneHandover":
        row_id = new_id()
        content = {"spoken_to": spoken_to, "reference": reference}
        return cls(
            id=row_id,
            recipient_id=recipient.id,
            case_id=recipient.case_id,
            recorded_by=uow.actor,
            recorded_at=uow.now,
            handed_to=await uow.keys.seal(recipient.case_id, handed_to_field(row_id), content),
        )


def handed_to_field(handover_id: UUID) -> SealedField:
    return SealedField("phone_handovers", "handed_to", handover_id)


def record_handover(recipient: CaseRecipient, case_file: CaseFile, deadlines: ShorterDeadlines) -> None:
    """Record that the agency was told by telephone, under a duty or, without one, about what is permitted.

    What was told by telephone is not sent as well. A correction is, since the telephone was about what it corrects.
    A place that is still to be found stays to be found.
    """
    if recipient.has_open_duty:
        _hand_over_duty(recipient, case_file, deadlines)
    else:
        _hand_over_permitted(recipient, case_file)
    case_file.records.end_tasks(TELEPHONE_TASKS, TaskOutcome.HANDED_OVER, recipient.id)


def _hand_over_duty(recipient: CaseRecipient, case_file: CaseFile, deadlines: ShorterDeadlines) -> None:
    uow = case_file.uow
    if not _unanswered(recipient, forced=True):  # nothing was sent yet: the telephone tells it first
        duty = recipient.so_far().duty
        assert duty is not None  # it is open
        apply_effects(send(recipient.key, duty, uow.now, deadlines), case_file.records)
    pending = _unanswered(recipient, forced=True)
    for disclosure in [one for one in pending if not one.is_correction] or pending:
        record_told_by_phone(disclosure, recipient, case_file)
    duty = recipient.so_far().duty
    assert duty is not None  # it is open
    recipient.change_duty(duty.handed_over(by=uow.actor, at=uow.now))
    uow.publish(
        PhoneHandoverRecorded(case_id=recipient.case_id, recipient_id=recipient.id, handed_over_at=uow.now)
    )
    after_telling(recipient, case_file, deadlines)
    uow.record("override.handed_over", recipient.case_id, recipient_id=recipient.id)


def _unanswered(recipient: CaseRecipient, *, forced: bool) -> list[Disclosure]:
    return [one for one in recipient.disclosures if one.is_forced is forced and one.is_unanswered]


def _hand_over_permitted(recipient: CaseRecipient, case_file: CaseFile) -> None:
    """Tell what is permitted; the rules decide, so that consent that was taken back is not told either."""
    pending = _unanswered(recipient, forced=False)
    if not pending:
        raise DutyNotOpen
    permitted = [one for one in pending if decision_on(one, recipient, case_file).permits_anything]
    if not permitted:
        raise NothingMayBeShared
    for disclosure in permitted:
        record_told_by_phone(disclosure, recipient, case_file)
    if not _unanswered(recipient, forced=False):
        recipient.mark_permission_sent(case_file.uow.now)
        recipient.acknowledge_permission(case_file.uow.now)
    case_file.uow.record("referral.handed_over", recipient.case_id, recipient_id=recipient.id)
