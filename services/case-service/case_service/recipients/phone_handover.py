"""Phone handover: a call stops the telephone alarm, and never replaces the message (fact 9)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from case_service.cases.case_file import CaseFile
from case_service.db import Base
from case_service.disclosures.content import decision_on
from case_service.disclosures.issue import after_disclosing, record_told_by_phone
from case_service.disclosures.models import Disclosure, NothingMayBeShared
from case_service.disclosures.teller import own_teller
from case_service.recipients.apply_effects import apply_effects
from case_service.recipients.models import CaseRecipient
from case_service.sharing.duties.changes import send
from case_service.sharing.duties.deadlines import COUNTERSIGN_WITHIN, ShorterDeadlines
from case_service.sharing.duties.duty import DutyNotOpen, DutyState
from case_service.sharing.effects import TELEPHONE_TASKS, TaskKind, TaskOutcome
from shared.crypto.vault import SealedField
from shared.db.columns import CodeText, Sealed
from shared.db.unit_of_work import UnitOfWork
from shared.events import PhoneHandoverRecorded
from shared.ids import new_id


@dataclass(frozen=True)
class HandedTo:
    """Person at the agency who was spoken to, and the reference that the agency gave."""

    spoken_to: str
    reference: str


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

    async def open(self, uow: UnitOfWork) -> HandedTo:
        content = await uow.keys.open(self.case_id, handed_to_field(self.id), self.handed_to)
        return HandedTo(str(content["spoken_to"]), str(content["reference"]))


def handed_to_field(handover_id: UUID) -> SealedField:
    return SealedField("phone_handovers", "handed_to", handover_id)


def record_handover(recipient: CaseRecipient, case_file: CaseFile, deadlines: ShorterDeadlines) -> None:
    """Record that the agency was told by telephone, under a duty or, without one, about what is permitted.

    Under a duty the call never replaces the message: the message goes at once and says that it confirms the call, and
    the duty ends when both exist. A place that is still to be found stays to be found.
    """
    if recipient.duty is not None and recipient.duty.value.is_forced:
        _hand_over_duty(recipient, case_file, deadlines)
    else:
        _hand_over_permitted(recipient, case_file)
    case_file.records.end_tasks(TELEPHONE_TASKS, TaskOutcome.HANDED_OVER, recipient.id)


def _hand_over_duty(recipient: CaseRecipient, case_file: CaseFile, deadlines: ShorterDeadlines) -> None:
    uow = case_file.uow
    duty = recipient.so_far().duty
    assert duty is not None  # the caller asked
    if duty.state is DutyState.WAITING:
        apply_effects(send(recipient.key, duty, uow.now, deadlines), case_file.records)
        duty = recipient.so_far().duty
        assert duty is not None
    called = duty.handed_over(by=uow.actor, at=uow.now)
    recipient.change_duty(called)
    uow.publish(
        PhoneHandoverRecorded(case_id=recipient.case_id, recipient_id=recipient.id, handed_over_at=uow.now)
    )
    if called.waits_for_countersignature:
        case_file.records.open_task(TaskKind.COUNTERSIGN_CALL, uow.now + COUNTERSIGN_WITHIN, recipient.id)
    after_disclosing(recipient, case_file, deadlines)
    uow.record("override.handed_over", recipient.case_id, recipient_id=recipient.id)


def _unanswered(recipient: CaseRecipient) -> list[Disclosure]:
    return [one for one in recipient.disclosures if not one.is_forced and one.is_unanswered]


def _hand_over_permitted(recipient: CaseRecipient, case_file: CaseFile) -> None:
    """Tell what is permitted; the rules decide, so that consent that was taken back is not told either."""
    pending = _unanswered(recipient)
    if not pending:
        raise DutyNotOpen
    teller = own_teller(recipient, case_file)
    permitted = [one for one in pending if decision_on(one, teller).permits_anything]
    if not permitted:
        raise NothingMayBeShared
    for disclosure in permitted:
        record_told_by_phone(disclosure, recipient, case_file)
    if not _unanswered(recipient):
        recipient.mark_permission_sent(case_file.uow.now)
        recipient.acknowledge_permission(case_file.uow.now)
    case_file.uow.record("referral.handed_over", recipient.case_id, recipient_id=recipient.id)


async def open_handovers(
    recipient_ids: Iterable[UUID], uow: UnitOfWork
) -> list[tuple[PhoneHandover, HandedTo]]:
    """Return the handovers to some recipients with the name and the reference, the oldest first."""
    found = select(PhoneHandover).where(PhoneHandover.recipient_id.in_(list(recipient_ids)))
    rows = (await uow.session.scalars(found.order_by(PhoneHandover.recorded_at, PhoneHandover.id))).all()
    return [(row, await row.open(uow)) for row in rows]
