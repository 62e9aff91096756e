"""A matter whose events are held back is somebody's task: the machine that cannot go on is not alone in knowing."""

from uuid import UUID

from sqlalchemy import select

from case_service.cases import Case
from case_service.pages import lock_case
from case_service.tasks import Task, TaskKind, finish_case_tasks, open_task
from shared.platform import Platform
from shared.tables import failed_events

AT_ONCE = 100


async def tell_held_matters(platform: Platform) -> bool:
    """One round: a task for every case with an event set aside, and none any more where it was handled."""
    async with platform.database.unit_of_work("worker:case") as uow:
        keys = (await uow.session.scalars(select(failed_events.c.key).distinct().limit(AT_ONCE))).all()
        held = {case_id for case_id in map(_as_id, keys) if case_id is not None}
        known = set((await uow.session.scalars(select(Case.id).where(Case.id.in_(held)))).all())
        told = select(Task.case_id).where(Task.kind == TaskKind.HELD_MATTER.value, Task.done_at.is_(None))
        already = set((await uow.session.scalars(told)).all())
    for case_id in sorted(known - already):
        async with platform.database.unit_of_work("worker:case") as uow:
            await lock_case(case_id, uow)
            await open_task(case_id, TaskKind.HELD_MATTER, due_at=uow.now, uow=uow)
    for case_id in sorted(already - held):
        async with platform.database.unit_of_work("worker:case") as uow:
            await lock_case(case_id, uow)
            await finish_case_tasks(case_id, TaskKind.HELD_MATTER, "handled", uow)
    return False


def _as_id(key: str) -> UUID | None:
    try:
        return UUID(key)
    except ValueError:
        return None
