"""After a forced disclosure: the lead's countersignature, and whether the person was told (fact 12)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from case_service.tables import Base
from shared.tables import CodeText


class Countersignature(Base):
    """A review within 24 hours, and never a condition of sending. Written once."""

    __tablename__ = "countersignatures"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    leg_id: Mapped[UUID] = mapped_column(ForeignKey("legs.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    signed_by: Mapped[str] = mapped_column(CodeText)
    signed_at: Mapped[datetime]
    finding: Mapped[str] = mapped_column(CodeText)


class Told(Base):
    """Whether a person was told how their information is shared, or the coded reason why not. Written once."""

    __tablename__ = "told"
    __table_args__ = (CheckConstraint("told = (reason IS NULL)", name="told_or_reason"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    leg_id: Mapped[UUID] = mapped_column(ForeignKey("legs.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    told: Mapped[bool]
    reason: Mapped[str | None] = mapped_column(CodeText)
    recorded_by: Mapped[str] = mapped_column(CodeText)
    recorded_at: Mapped[datetime]
