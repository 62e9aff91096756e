"""Answers about tasks."""

from datetime import datetime
from uuid import UUID

from case_service.sharing.effects import TaskKind
from case_service.tasks.models import Task
from shared.http.schemas import Changed


class TaskOut(Changed):
    """One task."""

    case_id: UUID
    """Case that it is about."""
    recipient_id: UUID | None
    """Case recipient that it is about; null for the case as a whole."""
    kind: TaskKind
    """Kind of task."""
    holder: str
    """Person who must do it."""
    claimed: bool
    """True once it was claimed; before, its holder is the person on call."""
    opened_at: datetime
    """Time at which it was opened."""
    due_at: datetime
    """Time by which it must be done."""
    completed_at: datetime | None
    """Time at which it was completed."""
    completed_by: str | None
    """Person or process that completed it."""
    outcome: str | None
    """Code of how it ended."""
    overdue: bool
    """It is open and past its time."""

    @classmethod
    def of(cls, task: Task, now: datetime) -> "TaskOut":
        return cls(
            id=task.id,
            version=task.version,
            case_id=task.case_id,
            recipient_id=task.recipient_id,
            kind=task.kind,
            holder=task.holder,
            claimed=task.claimed,
            opened_at=task.opened_at,
            due_at=task.due_at,
            completed_at=task.completed_at,
            completed_by=task.completed_by,
            outcome=task.outcome,
            overdue=task.is_overdue(now),
        )
