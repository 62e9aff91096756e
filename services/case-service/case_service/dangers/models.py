"""Dangers: imminent danger and life-threatening emergencies. One that was recorded stays."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from case_service.db import Base
from case_service.sharing.facts import DangerFact
from shared.db.columns import CodeText, code_of
from shared.db.unit_of_work import UnitOfWork
from shared.ids import new_id


class DangerOrigin(StrEnum):
    """Source of a danger: the report itself, or an adviser."""

    REPORT = "report"
    ADVISER = "adviser"


class Danger(Base):
    """One danger. Without `person_id` it is not known who is in danger."""

    __tablename__ = "dangers"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    place_gss: Mapped[str | None] = mapped_column(CodeText)
    origin: Mapped[DangerOrigin] = mapped_column(code_of(DangerOrigin, name="origin_known"))
    source_reporter_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    """Reporter on the case who said so; None: whoever made the report."""
    recorded_by: Mapped[str] = mapped_column(CodeText)
    recorded_at: Mapped[datetime]
    stood_down_at: Mapped[datetime | None]

    def as_fact(self) -> DangerFact:
        return DangerFact(
            person=str(self.person_id) if self.person_id else None,
            place=self.place_gss,
            id=str(self.id),
            recorded_by_adviser=self.origin is DangerOrigin.ADVISER,
        )

    def stand_down(self, at: datetime) -> None:
        """Stop counting it: two people stood down every duty that rested on it."""
        self.stood_down_at = at


def new_danger(
    case_id: UUID,
    uow: UnitOfWork,
    *,
    origin: DangerOrigin,
    person_id: UUID | None = None,
    place_gss: str | None = None,
    source_reporter_id: UUID | None = None,
) -> Danger:
    """Add a danger to a case."""
    danger = Danger(
        id=new_id(),
        case_id=case_id,
        person_id=person_id,
        place_gss=place_gss,
        origin=origin,
        source_reporter_id=source_reporter_id,
        recorded_by=uow.actor,
        recorded_at=uow.now,
    )
    uow.session.add(danger)
    return danger


async def dangers_of(case_id: UUID, uow: UnitOfWork) -> Sequence[Danger]:
    """Return the dangers that count: all but those that two people stood down."""
    found = select(Danger).where(Danger.case_id == case_id, Danger.stood_down_at.is_(None))
    return (await uow.session.scalars(found.order_by(Danger.recorded_at, Danger.id))).all()
