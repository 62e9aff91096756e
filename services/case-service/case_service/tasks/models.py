"""Tasks: each has a named holder and a time by which it is due; nothing due is ever silent."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, select, text
from sqlalchemy.orm import Mapped, mapped_column

from case_service.db import Base
from case_service.sharing.effects import TaskKind
from shared.db.columns import CodeText, code_of
from shared.db.unit_of_work import UnitOfWork
from shared.errors import Conflict
from shared.ids import new_id


class TaskAlreadyCompleted(Conflict):
    """The task was completed before."""

    code = "task-already-completed"
    title = "This task is completed"


class OnCallShift(Base):
    """Shift of the person on call, who holds what nobody has claimed; the newest counts."""

    __tablename__ = "on_call_shifts"

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    holder: Mapped[str] = mapped_column(CodeText)
    since: Mapped[datetime]


class Task(Base):
    """One task of one case."""

    __tablename__ = "tasks"
    __table_args__ = (
        Index("ix_tasks_open", "due_at", "id", postgresql_where=text("completed_at IS NULL")),
        Index(
            "uq_tasks_one_open",
            "case_id",
            "kind",
            text("coalesce(recipient_id, case_id)"),
            unique=True,
            postgresql_where=text("completed_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    recipient_id: Mapped[UUID | None]
    version: Mapped[int]
    kind: Mapped[TaskKind] = mapped_column(code_of(TaskKind, name="kind_known"))
    holder: Mapped[str] = mapped_column(CodeText)
    claimed: Mapped[bool]
    """True once it was claimed; before, its holder is the person on call."""
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    completed_by: Mapped[str | None] = mapped_column(CodeText)
    outcome: Mapped[str | None] = mapped_column(CodeText)

    @classmethod
    def open(
        cls,
        case_id: UUID,
        kind: TaskKind,
        *,
        holder: str,
        due_at: datetime,
        at: datetime,
        recipient_id: UUID | None = None,
    ) -> "Task":
        return cls(
            id=new_id(),
            case_id=case_id,
            recipient_id=recipient_id,
            version=1,
            kind=kind,
            holder=holder,
            claimed=False,
            opened_at=at,
            due_at=due_at,
        )

    @property
    def is_open(self) -> bool:
        return self.completed_at is None

    def is_overdue(self, now: datetime) -> bool:
        return self.is_open and self.due_at <= now

    def make_due(self, due_at: datetime) -> None:
        """Make it due then, or leave it due earlier."""
        if due_at < self.due_at:
            self.due_at = due_at
            self.version += 1

    def claim(self, holder: str) -> bool:
        """Give it to the person who claims it; return False where that person has claimed it before."""
        if self.claimed and self.holder == holder:
            return False
        if not self.is_open:
            raise TaskAlreadyCompleted
        self.holder, self.claimed = holder, True
        self.version += 1
        return True

    def give_to(self, holder: str | None, *, on_call: str) -> None:
        """Give it to a person by name, or back to the person on call."""
        self.holder, self.claimed = holder or on_call, holder is not None
        self.version += 1

    def pass_to(self, holder: str) -> None:
        """Give a task that nobody has claimed to the person on call."""
        self.holder = holder
        self.version += 1

    def move_to(self, case_id: UUID, recipient_id: UUID | None) -> None:
        """Put it on another case, with the case recipient that it is about there."""
        self.case_id, self.recipient_id = case_id, recipient_id
        self.version += 1

    def was_completed(self, outcome: str, *, by: str) -> bool:
        """Return whether this person completed it before, with this outcome."""
        return (self.outcome, self.completed_by) == (outcome, by)

    def complete(self, outcome: str, *, by: str, at: datetime) -> None:
        if not self.is_open:
            raise TaskAlreadyCompleted
        self.completed_at, self.completed_by, self.outcome = at, by, outcome
        self.version += 1


async def tasks_of(case_id: UUID, uow: UnitOfWork) -> tuple[str, list[Task]]:
    """Return the person on call, and all tasks of a case with the soonest due first; one statement."""
    newest = select(OnCallShift.holder).order_by(OnCallShift.number.desc()).limit(1).subquery()
    found = (
        select(newest.c.holder, Task)
        .select_from(newest)
        .outerjoin(Task, Task.case_id == case_id)
        .order_by(Task.due_at, Task.id)
    )
    rows = (await uow.session.execute(found)).all()
    return rows[0][0], [task for _, task in rows if task is not None]
