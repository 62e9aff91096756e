"""Minding the clocks: what nobody confirmed is sent, and what nobody acknowledged becomes a person's task."""

from uuid import UUID

import structlog
from sqlalchemy import select

from case_service.disclosures import authorise
from case_service.legs import Leg
from case_service.pages import lock_case
from case_service.tasks import TaskKind, open_task
from case_service.windows import windows_of
from shared.database import UnitOfWork
from shared.fault_points import reached
from shared.logs import where
from shared.platform import Platform
from shared.settings import Settings

AT_ONCE = 50

log = structlog.get_logger()


async def mind_clocks(platform: Platform) -> bool:
    """One round over the legs whose clock has something to do. Each leg is a transaction of its own."""
    async with platform.database.unit_of_work("worker:case") as uow:
        due = select(Leg.id, Leg.case_id).where(Leg.due_at <= uow.now).order_by(Leg.due_at).limit(AT_ONCE)
        rows = (await uow.session.execute(due)).all()
    ticked = [await _ticked(leg_id, case_id, platform) for leg_id, case_id in rows]
    return any(ticked)


async def _ticked(leg_id: UUID, case_id: UUID, platform: Platform) -> bool:
    """One leg that cannot be minded must not stop the clocks of all others."""
    try:
        async with platform.database.unit_of_work("worker:case") as uow:
            await _tick(leg_id, case_id, uow, platform.settings)
    except Exception as error:  # the leg stays due, and the next round tries again
        log.error("clock not minded", leg_id=leg_id, error=type(error).__name__, where=where(error))
        return False
    reached("case.clock_ticked")
    return True


async def _tick(leg_id: UUID, case_id: UUID, uow: UnitOfWork, settings: Settings) -> None:
    await lock_case(case_id, uow)
    leg = await uow.session.get_one(Leg, leg_id, populate_existing=True)
    if leg.due_at is None or leg.due_at > uow.now:
        return
    if leg.state == "waiting":
        await authorise(leg, leg.next_kind, uow, windows_of(settings).told)
        return
    await escalate(leg, uow)


async def escalate(leg: Leg, uow: UnitOfWork) -> None:
    """Nobody has acknowledged: somebody telephones."""
    if not leg.open_duty:
        leg.due_at = None
        return
    kind = TaskKind.TELEPHONE_AGENCY if leg.reminders == 0 else TaskKind.TELEPHONE_AGENCY_AGAIN
    uow.publish(leg.escalate(uow.now))
    await open_task(leg.case_id, kind, due_at=uow.now, uow=uow, leg_id=leg.id)
    uow.record("override.escalated", leg.case_id, leg_id=leg.id)
