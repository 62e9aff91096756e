"""Routes of tasks, the soonest due first, and of the shift on call."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import ConfigDict
from sqlalchemy import select, tuple_

from case_service.access import Adviser, Lead, LockedTask, TaskToChange
from case_service.sharing.effects import TELEPHONE_TASKS, TaskKind
from case_service.tasks.models import OnCallShift, Task, TaskAlreadyCompleted
from case_service.tasks.schemas import TaskOut
from shared.domain.vocabulary import Code
from shared.errors import Conflict
from shared.http import pagination
from shared.http.auth import Uow
from shared.http.pagination import Page
from shared.http.problems import raises
from shared.http.records import record_router
from shared.http.schemas import Answer, Command

router = record_router(prefix="/v1", tag="tasks")


ENDS_BY_ITSELF = frozenset(
    {
        TaskKind.COUNTERSIGN,
        TaskKind.COUNTERSIGN_CALL,
        TaskKind.INFORM_PERSON,
        TaskKind.FIND_PLACE,
        TaskKind.LOOK_AT_WITNESS,
        TaskKind.SIGN_PROPOSAL,
        TaskKind.CHECK_WITHDRAWAL,
        TaskKind.TELEPHONE_RECALL,
    }
)
"""Tasks that end with the record, the signature, the place or the answer that they ask for."""


class TaskEndsByItself(Conflict):
    """The task ends with an acknowledgement, a handover, a signature, a place or the report."""

    code = "task-ends-by-itself"
    title = "This task ends with what it asks for: an answer, a handover, a signature, a place or the report"


class TaskPage(Page[TaskOut]):
    """Open tasks, the soonest due first."""


class CompleteTask(Command):
    """End of a task."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"outcome": "spoken-to-control-room"}]})

    outcome: Code
    """Code of how it ended."""


class StartShift(Command):
    """Person who is on call from now on."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"holder": "lead-7"}]})

    holder: Code
    """Name under which the person signs in."""


class OnCallOut(Answer):
    """Person on call."""

    holder: str
    """Name under which the person signs in."""
    since: datetime
    """Start of the shift."""


@router.get("/tasks", summary="List open tasks, the soonest due first")
@raises(pagination.InvalidCursor)
async def list_tasks(
    _: Adviser,
    uow: Uow,
    holder: Annotated[Code | None, Query(description="Only the tasks that this person holds")] = None,
    cursor: pagination.Cursor = None,
    limit: pagination.PageLimit = pagination.DEFAULT_LIMIT,
) -> TaskPage:
    order = (Task.due_at, Task.id)
    query = select(Task).where(Task.completed_at.is_(None)).order_by(*order).limit(limit + 1)
    if holder is not None:
        query = query.where(Task.holder == holder)
    if cursor is not None:
        query = query.where(tuple_(*order) > tuple_(*pagination.decode(cursor, datetime, UUID)))
    rows, following = pagination.cut((await uow.session.scalars(query)).all(), limit, _sort_key)
    return TaskPage(items=[TaskOut.of(row, uow.now) for row in rows], next=following)


def _sort_key(task: Task) -> tuple[Any, ...]:
    return task.due_at, task.id


@router.post("/tasks/{task_id}/claim", summary="Claim a task")
@raises(TaskAlreadyCompleted)
async def claim_task(change: TaskToChange, uow: Uow) -> TaskOut:
    task = change.task
    if task.claim(uow.actor.removeprefix("user:")):
        uow.record("task.claimed", task.case_id, task_id=task.id)
    return TaskOut.of(task, uow.now)


@router.post("/tasks/{task_id}/completion", summary="Complete a task, with how it ended")
@raises(TaskAlreadyCompleted, TaskEndsByItself)
async def complete_task(body: CompleteTask, change: TaskToChange, uow: Uow) -> TaskOut:
    """Complete a task. Where a duty depends on a task, only what it asks for ends it.

    A telephone task ends with an answer from the agency (sharing rules, fact 9). A task to countersign, or to inform
    the person, ends with that record (fact 12). A task to find a place ends with a place (fact 10).
    """
    task = change.task
    if task.was_completed(body.outcome, by=uow.actor):
        return TaskOut.of(task, uow.now)
    if _ends_by_itself(change):
        raise TaskEndsByItself
    task.complete(body.outcome, by=uow.actor, at=uow.now)
    uow.record("task.completed", task.case_id, task_id=task.id, outcome=body.outcome)
    return TaskOut.of(task, uow.now)


def _ends_by_itself(locked: LockedTask) -> bool:
    task, case_file = locked.task, locked.case_file
    if task.kind in ENDS_BY_ITSELF:
        return True
    if task.kind is TaskKind.DECLINED_BY_AGENCY and task.recipient_id is not None:
        return case_file.records.recipient(task.recipient_id).has_open_duty
    if task.kind is TaskKind.IMPORT_REPORT:
        return case_file.case.report_imported_at is None
    if task.kind in TELEPHONE_TASKS and task.recipient_id is not None:
        return case_file.records.recipient(task.recipient_id).has_open_duty
    return False


@router.put("/on-call", summary="Start a shift: who holds, from now on, what nobody has claimed")
async def start_shift(_: Lead, body: StartShift, uow: Uow) -> OnCallOut:
    """Tasks that are open and unclaimed pass to them too, and are not left with who went home."""
    shift = OnCallShift(holder=body.holder, since=uow.now)
    uow.session.add(shift)
    unclaimed = select(Task).where(Task.completed_at.is_(None), Task.claimed.is_(False)).order_by(Task.id)
    for task in (await uow.session.scalars(unclaimed.with_for_update())).all():
        task.pass_to(body.holder)
    return OnCallOut.model_validate(shift)
