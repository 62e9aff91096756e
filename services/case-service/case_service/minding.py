"""Minding the clocks: what nobody confirmed is sent, and what nobody acknowledged becomes a person's task."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select, tuple_

from case_service.cases import Case
from case_service.disclosures import authorise, disclosures_of
from case_service.legs import Leg, ToldWithin
from case_service.tasks import TaskKind, open_task, telephoned_at
from case_service.windows import windows_of
from shared.clocks import permitted_reminder
from shared.database import UnitOfWork
from shared.fault_points import reached
from shared.logs import where
from shared.metrics import LOOP_FAULTS
from shared.platform import Platform
from shared.settings import Settings
from shared.vocabulary import Ground

AT_ONCE = 50

log = structlog.get_logger()


async def mind_clocks(platform: Platform) -> bool:
    """One round over all legs whose clock has something to do. Each leg is a transaction of its own."""
    last: tuple[datetime, UUID] | None = None
    ticked = False
    while rows := await _due_after(last, platform):
        for leg_id, case_id, due_at in rows:
            ticked = await _ticked(leg_id, case_id, platform) or ticked
            last = due_at, leg_id
    return ticked


async def _due_after(last: tuple[datetime, UUID] | None, platform: Platform) -> Sequence[Any]:
    """On from the last one: however many cannot be minded, those behind them have their turn in the same round."""
    order = (Leg.due_at, Leg.id)
    async with platform.database.unit_of_work("worker:case") as uow:
        due = select(Leg.id, Leg.case_id, Leg.due_at).where(Leg.due_at <= uow.now)
        if last is not None:
            due = due.where(tuple_(*order) > tuple_(*last))
        return (await uow.session.execute(due.order_by(*order).limit(AT_ONCE))).all()


async def _ticked(leg_id: UUID, case_id: UUID, platform: Platform) -> bool:
    """One leg that cannot be minded must not stop the clocks of all others."""
    try:
        async with platform.database.unit_of_work("worker:case") as uow:
            if not await _tick(leg_id, case_id, uow, platform.settings):
                return False
    except Exception as error:  # the leg stays due, and the next round tries again
        LOOP_FAULTS.labels(platform.name, "mind_clocks").inc()
        log.error("clock not minded", leg_id=leg_id, error=type(error).__name__, where=where(error))
        return False
    reached("case.clock_ticked")
    return True


async def _tick(leg_id: UUID, case_id: UUID, uow: UnitOfWork, settings: Settings) -> bool:
    """False where nothing was done: the leg's clock was set anew, or somebody holds its case at this moment, whom
    nobody else's clock waits for."""
    if not await _locked(case_id, uow):
        return False
    leg = await uow.session.get_one(Leg, leg_id, populate_existing=True)
    if leg.due_at is None or leg.due_at > uow.now:
        return False
    if leg.state == "waiting":
        await authorise(leg, leg.next_kind, uow, windows_of(settings).told)
    else:
        await escalate(leg, uow, windows_of(settings).told)
    return True


async def _locked(case_id: UUID, uow: UnitOfWork) -> bool:
    free = select(Case.id).where(Case.id == case_id).with_for_update(skip_locked=True)
    return await uow.session.scalar(free) is not None


async def escalate(leg: Leg, uow: UnitOfWork, told_within: ToldWithin) -> None:
    """Nobody has acknowledged: somebody telephones."""
    if not leg.open_duty:
        await _ask_for_what_was_permitted(leg, uow, told_within)
        return
    kind = TaskKind.TELEPHONE_AGENCY if leg.reminders == 0 else TaskKind.TELEPHONE_AGENCY_AGAIN
    uow.publish(leg.escalate(uow.now))
    await open_task(leg.case_id, kind, due_at=uow.now, uow=uow, leg_id=leg.id)
    uow.record("override.escalated", leg.case_id, leg_id=leg.id)


async def _ask_for_what_was_permitted(leg: Leg, uow: UnitOfWork, told_within: ToldWithin) -> None:
    """No duty is open on this leg: what left on consent, or on a lead's decision, may be unanswered all the same.
    Somebody telephones once for each that nobody has telephoned about."""
    leg.due_at = None
    permitted = [one for one in await disclosures_of(leg.id, uow) if not one.forced]
    waiting = [one.authorised_at for one in permitted if one.state in ("authorised", "left")]
    spoken_at = await telephoned_at(leg.id, uow) if waiting else None
    waiting = [at for at in waiting if spoken_at is None or at > spoken_at]
    if not waiting:
        return
    due = permitted_reminder(min(waiting), told_within.get(Ground.CONSENT))
    if due > uow.now:
        leg.due_at = due
        return
    await open_task(leg.case_id, TaskKind.TELEPHONE_AGENCY, due_at=uow.now, uow=uow, leg_id=leg.id)
    uow.record("referral.unanswered", leg.case_id, leg_id=leg.id)
