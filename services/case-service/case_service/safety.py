"""Imminent danger and life-threatening emergencies, as they were told or seen; a danger that was recorded stays."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from case_service.tables import Base
from shared.database import UnitOfWork
from shared.sharing import DangerFact
from shared.tables import CodeText


class Danger(Base):
    """Somebody is in imminent danger. `person_id` None: it was not said who. `source`: report or adviser. `told_by`
    is the reporter on the case who said so; None: whoever made the report."""

    __tablename__ = "dangers"
    __table_args__ = (CheckConstraint("source IN ('report', 'adviser')", name="source_known"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    place_gss: Mapped[str | None] = mapped_column(CodeText)
    source: Mapped[str] = mapped_column(CodeText)
    told_by: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    recorded_by: Mapped[str] = mapped_column(CodeText)
    recorded_at: Mapped[datetime]
    stood_down_at: Mapped[datetime | None]

    def as_fact(self) -> DangerFact:
        return DangerFact(person=str(self.person_id) if self.person_id else None, place=self.place_gss)


async def record_danger(
    case_id: UUID,
    *,
    person_id: UUID | None,
    place_gss: str | None,
    source: str,
    uow: UnitOfWork,
    told_by: UUID | None = None,
) -> Danger:
    danger = Danger(
        id=uuid4(),
        case_id=case_id,
        person_id=person_id,
        place_gss=place_gss,
        source=source,
        told_by=told_by,
        recorded_by=uow.actor,
        recorded_at=uow.now,
    )
    uow.session.add(danger)
    await uow.session.flush()
    return danger


async def dangers_of(case_id: UUID, uow: UnitOfWork) -> Sequence[Danger]:
    """Dangers that count: all but those that two people stood down."""
    found = select(Danger).where(Danger.case_id == case_id, Danger.stood_down_at.is_(None))
    return (await uow.session.scalars(found.order_by(Danger.recorded_at, Danger.id))).all()
