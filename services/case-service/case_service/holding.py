"""A matter whose events are held back is somebody's task: the machine that cannot go on is not alone in knowing."""

from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import func, or_, select

from case_service.cases import Case
from case_service.pages import lock_case
from case_service.takeovers import open_case_of
from case_service.tasks import Task, TaskKind, finish_case_tasks, open_task
from shared.database import UnitOfWork
from shared.events import ContactReceived
from shared.platform import Platform
from shared.tables import failed_events, outbox

log = structlog.get_logger()


async def tell_held_matters(platform: Platform) -> bool:
    """One round: a task for every case with an event set aside or that no bus takes; none any more once it went on.

    A contact whose event cannot be handled opens its case all the same: its id is enough to fetch the report, which
    says whether it is a question that needs none.
    """
    for contact_id, received_at in await _contacts_without_case(platform):
        try:
            async with platform.database.unit_of_work("worker:case") as uow:
                await open_case_of(contact_id, received_at, uow, danger=True, child=True)
        except Exception as error:  # what kept its event kept it here too; the others must not wait for it
            log.error("case not opened", contact_id=contact_id, error=type(error).__name__)
    async with platform.database.unit_of_work("worker:case") as uow:
        held = await _held_cases(uow)
        told = select(Task.case_id).where(Task.kind == TaskKind.HELD_MATTER.value, Task.done_at.is_(None))
        already = set((await uow.session.scalars(told)).all())
    for case_id in sorted(held - already):
        async with platform.database.unit_of_work("worker:case") as uow:
            await lock_case(case_id, uow)
            await open_task(case_id, TaskKind.HELD_MATTER, due_at=uow.now, uow=uow)
    for case_id in sorted(already - held):
        async with platform.database.unit_of_work("worker:case") as uow:
            await lock_case(case_id, uow)
            await finish_case_tasks(case_id, TaskKind.HELD_MATTER, "handled", uow)
    return False


async def _contacts_without_case(platform: Platform) -> list[tuple[UUID, datetime]]:
    """Contacts that were announced and could not be heard; what is not known of them is taken for urgent. One that was
    left with intake and is announced again belongs to them: an adviser may have read a concern in it."""
    c = failed_events.c
    held = select(c.key, func.min(c.time), func.max(c.failed_at)).where(c.topic == ContactReceived.topic)
    async with platform.database.unit_of_work("worker:case") as uow:
        rows = (await uow.session.execute(held.group_by(c.key))).all()
        announced = {contact: times for key, *times in rows if (contact := _as_id(key)) is not None}
        found = await uow.session.scalars(select(Case).where(Case.contact_id.in_(announced)))
        cases = {case.contact_id: case for case in found.all()}
        return [
            (contact, first)
            for contact, (first, newest) in sorted(announced.items())
            if contact not in cases or cases[contact].left_with_intake_before(newest)
        ]


async def _held_cases(uow: UnitOfWork) -> set[UUID]:
    keys = (await uow.session.scalars(select(failed_events.c.key).distinct())).all()
    refused = select(outbox.c.key).where(outbox.c.refused.is_not(None)).distinct()
    held = {known for known in map(_as_id, keys) if known is not None}
    held |= set((await uow.session.scalars(refused)).all())
    cases = select(Case.id).where(or_(Case.id.in_(held), Case.contact_id.in_(held)))
    return set((await uow.session.scalars(cases)).all())


def _as_id(key: str) -> UUID | None:
    try:
        return UUID(key)
    except ValueError:
        return None
