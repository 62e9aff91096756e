"""Minding the clocks: what nobody confirmed is sent, and what nobody acknowledged becomes a person's task."""

from uuid import UUID

from sqlalchemy import select

from case_service.disclosures import authorise
from case_service.legs import Leg
from case_service.pages import lock_case
from case_service.tasks import TaskKind, open_task
from case_service.windows import windows_of
from shared.database import UnitOfWork
from shared.fault_points import reached
from shared.platform import Platform
from shared.settings import Settings

AT_ONCE = 50


async def mind_clocks(platform: Platform) -> bool:
    """One round over the legs whose clock has something to do. Each leg is a transaction of its own."""
    async with platform.database.unit_of_work("worker:case") as uow:
        due = select(Leg.id, Leg.case_id).where(Leg.due_at <= uow.now).order_by(Leg.due_at).limit(AT_ONCE)
        rows = (await uow.session.execute(due)).all()
    for leg_id, case_id in rows:
        async with platform.database.unit_of_work("worker:case") as uow:
            await _tick(leg_id, case_id, uow, platform.settings)
        reached("case.clock_ticked")
    return bool(rows)


async def _tick(leg_id: UUID, case_id: UUID, uow: UnitOfWork, settings: Settings) -> None:
    await lock_case(case_id, uow)
    leg = await uow.session.get_one(Leg, leg_id, populate_existing=True)
    if leg.due_at is None or leg.due_at > uow.now:
        return
    if leg.state == "waiting":
        leg.state = "authorised"
        await authorise(
            leg, "initial" if leg.sent_at is None else "supplement", uow, windows_of(settings).told
        )
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
