"""The tasks of everybody, the soonest due first, and who is on duty."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import select, tuple_

from case_service.access import Adviser, Lead, TaskToActOn
from case_service.case_schemas import TaskOut
from case_service.cases import Case
from case_service.legs import Leg
from case_service.situations import Kept
from case_service.tasks import TELEPHONE, Duty, Task, TaskKind
from shared import cursors
from shared.access import Uow
from shared.database import UnitOfWork
from shared.errors import Conflict
from shared.vocabulary import Code

router = APIRouter(prefix="/v1", tags=["tasks"])


class NotDoneYet(Conflict):
    code = "leg-still-open"
    title = "This task ends with what it asks for: an answer, a hand-over, a signature, a place or the report"


class TaskPage(BaseModel):
    tasks: list[TaskOut]
    next: str | None


class FinishTask(Kept):
    outcome: Code


class TakeDuty(Kept):
    """The name under which the holder signs in."""

    holder: Code


class DutyOut(BaseModel):
    holder: str


@router.get("/tasks", summary="Open tasks, the soonest due first")
async def list_tasks(
    _: Adviser, uow: Uow, holder: Code | None = None, cursor: cursors.Cursor = None, limit: cursors.Limit = 50
) -> TaskPage:
    order = (Task.due_at, Task.id)
    page = select(Task).where(Task.done_at.is_(None)).order_by(*order).limit(limit + 1)
    if holder is not None:
        page = page.where(Task.holder == holder)
    if cursor is not None:
        page = page.where(tuple_(*order) > tuple_(*cursors.decode(cursor, datetime, UUID)))
    rows = list((await uow.session.scalars(page)).all())
    after = rows[limit - 1] if len(rows) > limit else None
    return TaskPage(
        tasks=[TaskOut.of(row, uow.now) for row in rows[:limit]],
        next=cursors.encode(after.due_at, after.id) if after else None,
    )


@router.post("/tasks/{task_id}/take", summary="Hold a task yourself")
async def take(task: TaskToActOn, who: Adviser, uow: Uow) -> TaskOut:
    task.holder, task.taken = uow.actor.removeprefix("user:"), True
    uow.record("task.taken", task.case_id, task_id=task.id)
    return TaskOut.of(task, uow.now)


@router.post("/tasks/{task_id}/done", summary="The task is done, and how it ended")
async def finish(task: TaskToActOn, told: FinishTask, uow: Uow) -> TaskOut:
    """What a duty hangs on cannot be ticked off: only an answer from the agency ends a telephone task (fact 9), only
    the record itself a countersignature or whether the person was told (fact 12), and only a place the search for it,
    whoever was told meanwhile (fact 10)."""
    if await _ends_by_itself(task, uow):
        raise NotDoneYet
    task.finish(told.outcome, by=uow.actor, at=uow.now)
    uow.record("task.done", task.case_id, task_id=task.id, outcome=told.outcome)
    return TaskOut.of(task, uow.now)


async def _ends_by_itself(task: Task, uow: UnitOfWork) -> bool:
    if task.kind in (TaskKind.COUNTERSIGN, TaskKind.TELL_PERSON, TaskKind.FIND_PLACE):
        return True
    if task.kind == TaskKind.TAKE_OVER_REPORT:
        return (await uow.session.get_one(Case, task.case_id)).taken_over_at is None
    if task.kind in TELEPHONE and task.leg_id is not None:
        return (await uow.session.get_one(Leg, task.leg_id)).open_duty
    return False


@router.put("/duty", summary="Who holds, from now on, what nobody else has taken")
async def take_duty(_: Lead, told: TakeDuty, uow: Uow) -> DutyOut:
    """What nobody has taken is theirs from now on, what is open already too: it is not left with who went home."""
    uow.session.add(Duty(holder=told.holder, since=uow.now))
    untaken = select(Task).where(Task.done_at.is_(None), Task.taken.is_(False)).order_by(Task.id)
    for task in (await uow.session.scalars(untaken.with_for_update())).all():
        task.holder = told.holder
    return DutyOut(holder=told.holder)
