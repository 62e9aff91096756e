"""Blocked events: a case whose events wait is a person's task, so that not only a machine knows."""

from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import func, or_, select

from case_service.cases.models import Case
from case_service.recipients.sharing_records import lock_sharing_records
from case_service.report_import.open_case import open_case_of_contact
from case_service.sharing.effects import TaskKind, TaskOutcome
from case_service.tasks.models import Task
from shared.db.tables import dead_letters, outbox
from shared.db.unit_of_work import UnitOfWork
from shared.events import ContactReceived
from shared.service.context import ServiceContext

WORKER = "worker:case"
log = structlog.get_logger()


async def open_blocked_event_tasks(context: ServiceContext) -> bool:
    """Keep one task open for every case with an event that is a dead letter or that no bus takes.

    A contact whose event cannot be handled opens its case all the same: its id is enough to fetch the report, which
    says whether it is a question that needs none.
    """
    await _open_cases(context)
    async with context.database.unit_of_work(WORKER) as uow:
        blocked = await _blocked_cases(uow)
        with_task = await _cases_with_task(uow)
    for case_id in sorted(blocked - with_task):
        async with context.database.unit_of_work(WORKER) as uow:
            records = await lock_sharing_records(case_id, uow)
            records.open_task(TaskKind.BLOCKED_EVENTS, uow.now)
    for case_id in sorted(with_task - blocked):
        async with context.database.unit_of_work(WORKER) as uow:
            records = await lock_sharing_records(case_id, uow)
            records.end_tasks([TaskKind.BLOCKED_EVENTS], TaskOutcome.HANDLED)
    return False


async def _open_cases(context: ServiceContext) -> None:
    for contact_id, received_at in await _contacts_without_case(context):
        try:
            async with context.database.unit_of_work(WORKER) as uow:
                await open_case_of_contact(contact_id, received_at, uow, danger=True, child=True)
        except (
            Exception
        ) as error:  # what blocked its event blocks it here too; the others must not wait for it
            log.error("case not opened", contact_id=contact_id, error=type(error).__name__)


async def _contacts_without_case(context: ServiceContext) -> list[tuple[UUID, datetime]]:
    """Return contacts that were announced and have no case; as nothing is known of them, they count as urgent.

    One that was left with intake and is announced again is among them: an adviser may have read a concern in it.
    """
    c = dead_letters.c
    announced = select(c.key, func.min(c.time), func.max(c.failed_at)).where(c.topic == ContactReceived.topic)
    async with context.database.unit_of_work(WORKER) as uow:
        rows = (await uow.session.execute(announced.group_by(c.key))).all()
        times = {contact: pair for key, *pair in rows if (contact := _as_id(key)) is not None}
        found = await uow.session.scalars(select(Case).where(Case.contact_id.in_(times)))
        cases = {case.contact_id: case for case in found.all()}
        return [
            (contact, first)
            for contact, (first, newest) in sorted(times.items())
            if contact not in cases or cases[contact].was_left_with_intake_before(newest)
        ]


async def _blocked_cases(uow: UnitOfWork) -> set[UUID]:
    keys = (await uow.session.scalars(select(dead_letters.c.key).distinct())).all()
    refused = select(outbox.c.key).where(outbox.c.refused.is_not(None)).distinct()
    blocked = {known for known in map(_as_id, keys) if known is not None}
    blocked |= set((await uow.session.scalars(refused)).all())
    whole = func.coalesce(Case.merged_into_id, Case.id)
    cases = select(whole).where(or_(Case.id.in_(blocked), Case.contact_id.in_(blocked)))
    return set((await uow.session.scalars(cases)).all())


async def _cases_with_task(uow: UnitOfWork) -> set[UUID]:
    found = select(Task.case_id).where(Task.kind == TaskKind.BLOCKED_EVENTS, Task.completed_at.is_(None))
    return set((await uow.session.scalars(found)).all())


def _as_id(key: str) -> UUID | None:
    try:
        return UUID(key)
    except ValueError:
        return None
