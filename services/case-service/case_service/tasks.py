"""Tasks: what a named person has to do, and by when; nothing due is ever silent."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from case_service.tables import Base
from shared.database import UnitOfWork
from shared.errors import Conflict
from shared.tables import CodeText


class TaskAlreadyDone(Conflict):
    code = "task-already-done"
    title = "This task is done"


class TaskKind(StrEnum):
    TAKE_OVER_REPORT = "take_over_report"
    FIND_PLACE = "find_place"
    TELEPHONE_AGENCY = "telephone_agency"
    TELEPHONE_AGENCY_AGAIN = "telephone_agency_again"
    COUNTERSIGN = "countersign"
    TELL_PERSON = "tell_person"
    AUTHORISE_DISCLOSURE = "authorise_disclosure"
    DECLINED_BY_AGENCY = "declined_by_agency"
    HELD_MATTER = "held_matter"
    """An event about the case could not be handled and waits for replay: what hangs on it is a person's meanwhile."""


class Duty(Base):
    """Who is on duty and holds what nobody else has taken; the newest line counts."""

    __tablename__ = "duty"

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    holder: Mapped[str] = mapped_column(CodeText)
    since: Mapped[datetime]


class Task(Base):
    __tablename__ = "tasks"
    __table_args__ = (
        Index("ix_tasks_open", "due_at", "id", postgresql_where=text("done_at IS NULL")),
        Index("uq_tasks_one_open", "case_id", "kind", text("coalesce(leg_id, case_id)"), unique=True,
              postgresql_where=text("done_at IS NULL")),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    leg_id: Mapped[UUID | None]
    kind: Mapped[str] = mapped_column(CodeText)
    holder: Mapped[str] = mapped_column(CodeText)
    taken: Mapped[bool] = mapped_column(default=False)
    """Somebody took it; else its holder is whoever is on duty."""
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None] = mapped_column(CodeText)
    outcome: Mapped[str | None] = mapped_column(CodeText)

    def finish(self, outcome: str, *, by: str, at: datetime) -> None:
        if self.done_at is not None:
            raise TaskAlreadyDone
        self.done_at, self.done_by, self.outcome = at, by, outcome


async def holder_now(uow: UnitOfWork) -> str:
    newest = select(Duty.holder).order_by(Duty.number.desc()).limit(1)
    return str(await uow.session.scalar(newest))


async def open_task(
    case_id: UUID,
    kind: TaskKind,
    *,
    due_at: datetime,
    uow: UnitOfWork,
    leg_id: UUID | None = None,
) -> Task:
    """A task for whoever is on duty. One that is open already is made due no later."""
    found = select(Task).where(Task.case_id == case_id, Task.kind == kind.value, Task.done_at.is_(None))
    task = await uow.session.scalar(found.where(Task.leg_id == leg_id if leg_id else Task.leg_id.is_(None)))
    if task is not None:
        task.due_at = min(task.due_at, due_at)
        return task
    task = Task(
        id=uuid4(),
        case_id=case_id,
        leg_id=leg_id,
        kind=kind.value,
        holder=await holder_now(uow),
        taken=False,
        opened_at=uow.now,
        due_at=due_at,
    )
    uow.session.add(task)
    await uow.session.flush()
    return task


async def finish_tasks(leg_id: UUID, kinds: Sequence[TaskKind], outcome: str, uow: UnitOfWork) -> None:
    """Closes what has become needless on a leg, with the reason."""
    found = select(Task).where(Task.leg_id == leg_id, Task.done_at.is_(None)).order_by(Task.id)
    for task in (await uow.session.scalars(found.where(Task.kind.in_([k.value for k in kinds])))).all():
        task.finish(outcome, by=uow.actor, at=uow.now)


async def finish_case_tasks(case_id: UUID, kind: TaskKind, outcome: str, uow: UnitOfWork) -> None:
    """Closes what has become needless on a case as a whole."""
    found = select(Task).where(Task.case_id == case_id, Task.kind == kind.value, Task.done_at.is_(None))
    for task in (await uow.session.scalars(found.where(Task.leg_id.is_(None)).order_by(Task.id))).all():
        task.finish(outcome, by=uow.actor, at=uow.now)


async def open_tasks(case_id: UUID, kind: TaskKind, uow: UnitOfWork) -> int:
    found = select(func.count()).where(
        Task.case_id == case_id, Task.kind == kind.value, Task.done_at.is_(None)
    )
    return int(await uow.session.scalar(found) or 0)


TELEPHONE = (TaskKind.TELEPHONE_AGENCY, TaskKind.TELEPHONE_AGENCY_AGAIN)


async def telephoned_at(leg_id: UUID, uow: UnitOfWork) -> datetime | None:
    """When a person last ended a telephone task of this leg; one that an acknowledgement ended was no telephoning."""
    done = select(Task.done_at).where(
        Task.leg_id == leg_id, Task.kind.in_([kind.value for kind in TELEPHONE])
    )
    done = done.where(Task.done_at.is_not(None), Task.outcome != "acknowledged")
    newest: datetime | None = await uow.session.scalar(done.order_by(Task.done_at.desc()).limit(1))
    return newest
