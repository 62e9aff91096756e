"""Reviews after a forced disclosure: a lead's countersignature, and whether the person was informed (fact 12)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from case_service.db import Base
from case_service.recipients.models import CaseRecipient
from shared.db.columns import CodeText, code_of
from shared.domain.vocabulary import NotInformedReason
from shared.ids import new_id

CALL_CONFIRMED = "call-confirmed"
"""Finding of a lead about a call that nothing written can confirm."""


class Countersignature(Base):
    """A lead's review within 24 hours, never a condition of sending. Written once."""

    __tablename__ = "countersignatures"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    recipient_id: Mapped[UUID] = mapped_column(ForeignKey("case_recipients.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    signed_by: Mapped[str] = mapped_column(CodeText)
    signed_at: Mapped[datetime]
    finding: Mapped[str] = mapped_column(CodeText)

    @classmethod
    def of(cls, recipient: CaseRecipient, *, by: str, at: datetime, finding: str) -> "Countersignature":
        return cls(
            id=new_id(),
            recipient_id=recipient.id,
            case_id=recipient.case_id,
            signed_by=by,
            signed_at=at,
            finding=finding,
        )

    @classmethod
    def of_call(cls, recipient: CaseRecipient, *, by: str, at: datetime) -> "Countersignature":
        """Return the signature under a call that nothing written can confirm."""
        return cls.of(recipient, by=by, at=at, finding=CALL_CONFIRMED)


class PersonInformed(Base):
    """Record that a person was told how their information is shared, or the coded reason why not. Written once."""

    __tablename__ = "persons_informed"
    __table_args__ = (CheckConstraint("informed = (reason IS NULL)", name="informed_or_reason"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    recipient_id: Mapped[UUID] = mapped_column(ForeignKey("case_recipients.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    informed: Mapped[bool]
    reason: Mapped[NotInformedReason | None] = mapped_column(code_of(NotInformedReason, name="reason_known"))
    recorded_by: Mapped[str] = mapped_column(CodeText)
    recorded_at: Mapped[datetime]
