"""Stand-down before anything was sent: two people, the second a safeguarding lead, and a coded reason (fact 8)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from case_service.cases.case_file import CaseFile
from case_service.dangers.models import Danger
from case_service.db import Base
from case_service.disclosures.models import facts_as_json
from case_service.recipients.models import CaseRecipient
from case_service.sharing.duty import AlreadySent, Duty, DutyNotOpen, DutyState
from case_service.sharing.facts import FactKind, FactRef
from shared.db.columns import Codes, CodeText, code_of
from shared.db.unit_of_work import UnitOfWork
from shared.domain.vocabulary import StandDownReason
from shared.errors import Conflict
from shared.events import OverrideStoodDown
from shared.ids import new_id


class SignedByTheSamePerson(Conflict):
    """The first and the second signature are two people's."""

    code = "second-signature-by-the-same-person"
    title = "Another person than the first must sign"


class NewFactSinceFirstSignature(Conflict):
    """A fact became known after the first signature, which did not cover it."""

    code = "new-fact-since-first-signature"
    title = "A new fact came in after the first signature; read it, and sign anew"


class StandDown(Base):
    """One proposal to stand a duty down. Until the second has signed, the clock runs."""

    __tablename__ = "stand_downs"
    __table_args__ = (
        CheckConstraint("second_signed_by IS NULL OR second_signed_by <> first_signed_by", name="two_people"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    recipient_id: Mapped[UUID] = mapped_column(ForeignKey("case_recipients.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    version: Mapped[int]
    reason: Mapped[StandDownReason] = mapped_column(code_of(StandDownReason, name="reason_known"))
    facts: Mapped[list[dict[str, str]]] = mapped_column(Codes)
    """Facts that the first signature covers."""
    first_signed_by: Mapped[str] = mapped_column(CodeText)
    first_signed_at: Mapped[datetime]
    second_signed_by: Mapped[str | None] = mapped_column(CodeText)
    second_signed_at: Mapped[datetime | None]

    @classmethod
    def propose(
        cls, recipient: CaseRecipient, reason: StandDownReason, *, by: str, at: datetime
    ) -> "StandDown":
        """Return a proposal with its first signature."""
        duty = _waiting_duty(recipient)
        return cls(
            id=new_id(),
            recipient_id=recipient.id,
            case_id=recipient.case_id,
            version=1,
            reason=reason,
            facts=facts_as_json(duty.facts),
            first_signed_by=by,
            first_signed_at=at,
        )

    def sign(self, recipient: CaseRecipient, *, by: str, at: datetime) -> None:
        """Add the second signature and stand the duty down, if nothing was sent and no new fact came meanwhile."""
        if by == self.first_signed_by:
            raise SignedByTheSamePerson
        duty = _waiting_duty(recipient)
        signed_facts = {FactRef(FactKind(one["kind"]), one["subject_id"], one["id"]) for one in self.facts}
        if duty.facts - signed_facts:
            raise NewFactSinceFirstSignature
        self.second_signed_by, self.second_signed_at = by, at
        self.version += 1
        recipient.change_duty(duty.stood_down())

    def event(self) -> OverrideStoodDown:
        return OverrideStoodDown(case_id=self.case_id, recipient_id=self.recipient_id, reason=self.reason)


def _waiting_duty(recipient: CaseRecipient) -> Duty:
    duty = recipient.duty.value if recipient.duty else None
    if duty is None:
        raise DutyNotOpen
    if duty.state is not DutyState.WAITING:
        raise AlreadySent if duty.was_sent or duty.authorised_at else DutyNotOpen
    return duty


async def unsigned_proposal(recipient_id: UUID, uow: UnitOfWork) -> StandDown | None:
    """Return the newest proposal without a second signature; another person's before the caller's own."""
    found = select(StandDown).where(
        StandDown.recipient_id == recipient_id, StandDown.second_signed_by.is_(None)
    )
    newest = found.order_by(StandDown.first_signed_by == uow.actor, StandDown.first_signed_at.desc())
    proposal: StandDown | None = await uow.session.scalar(newest.limit(1))
    return proposal


def dangers_without_duty(recipient: CaseRecipient, case_file: CaseFile) -> Sequence[Danger]:
    """Return the dangers that were stood down here and support no other duty: they no longer count anywhere."""
    stood_down = recipient.duty.value.stood_down_facts if recipient.duty else frozenset[FactRef]()
    relied_on = {
        fact for one in case_file.recipients if one.duty is not None for fact in one.duty.value.facts
    }
    facts = {danger: danger.as_fact().fact for danger in case_file.dangers}
    return [danger for danger, fact in facts.items() if fact in stood_down and fact not in relied_on]
