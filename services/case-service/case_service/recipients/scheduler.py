"""Scheduler of deadlines: sends what nobody confirmed, and makes what nobody acknowledged a person's task."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select, tuple_

from case_service.cases.models import Case
from case_service.permissions.models import SharingPermission
from case_service.recipients.apply_effects import apply_effects
from case_service.recipients.events import escalated_event
from case_service.recipients.models import (
    CaseRecipient,
    SharingDuty,
)
from case_service.recipients.sharing_records import SharingRecords, read_sharing_records
from case_service.settings import deadlines_of
from case_service.sharing.duties.changes import send
from case_service.sharing.duties.deadlines import ShorterDeadlines
from case_service.sharing.duties.duty import Duty, DutyState
from case_service.sharing.effects import TaskKind
from shared.crash_points import crash_point
from shared.db.unit_of_work import UnitOfWork
from shared.observability.metrics import LOOP_FAULTS
from shared.observability.structured_logs import where_raised
from shared.service.context import ServiceContext

BATCH = 50
WORKER = "worker:case"
Clock = type[SharingDuty] | type[SharingPermission]
OnDue = Callable[[CaseRecipient, SharingRecords, ShorterDeadlines], None]

log = structlog.get_logger()


async def run_scheduler(context: ServiceContext) -> bool:
    """Handle every deadline that has passed, each in a transaction of its own."""
    duties = await _handle_due(SharingDuty, _duty_is_due, context)
    permissions = await _handle_due(SharingPermission, _permission_is_due, context)
    return duties or permissions


async def _handle_due(clock: Clock, on_due: OnDue, context: ServiceContext) -> bool:
    last: tuple[datetime, UUID] | None = None
    handled = False
    while rows := await _due_after(clock, last, context):
        for recipient_id, case_id, due_at in rows:
            handled = await _handle(clock, on_due, recipient_id, case_id, context) or handled
            last = due_at, recipient_id
    return handled


async def _due_after(
    clock: Clock, last: tuple[datetime, UUID] | None, context: ServiceContext
) -> Sequence[Any]:
    """Read on from the last one: those behind any that cannot be handled have their turn in the same round."""
    order = (clock.due_at, clock.recipient_id)
    async with context.database.unit_of_work(WORKER) as uow:
        due = (
            select(clock.recipient_id, CaseRecipient.case_id, clock.due_at)
            .join(CaseRecipient, CaseRecipient.id == clock.recipient_id)
            .where(clock.due_at <= uow.now)
        )
        if last is not None:
            due = due.where(tuple_(*order) > tuple_(*last))
        return (await uow.session.execute(due.order_by(*order).limit(BATCH))).all()


async def _handle(
    clock: Clock, on_due: OnDue, recipient_id: UUID, case_id: UUID, context: ServiceContext
) -> bool:
    """Handle one deadline; a failure must not stop the clocks of all others."""
    try:
        async with context.database.unit_of_work(WORKER) as uow:
            records = await _free_records(case_id, uow)
            if records is None:
                return False
            recipient = records.recipient(recipient_id)
            row = recipient.duty if clock is SharingDuty else recipient.permission
            if row is None or row.due_at is None or row.due_at > uow.now:
                return False
            on_due(recipient, records, deadlines_of(context))
    except Exception as error:  # it stays due, and the next round tries again
        LOOP_FAULTS.labels(context.name, "run_scheduler").inc()
        log.error(
            "deadline not handled",
            recipient_id=recipient_id,
            error=type(error).__name__,
            where=where_raised(error),
        )
        return False
    crash_point("case.deadline_handled")
    return True


async def _free_records(case_id: UUID, uow: UnitOfWork) -> SharingRecords | None:
    """Return a case's sharing records, locked; None where somebody holds the case, which no other clock waits for."""
    free = select(Case).where(Case.id == case_id).with_for_update(skip_locked=True)
    case = await uow.session.scalar(free)
    return await read_sharing_records(case, uow) if case is not None else None


def _duty_is_due(recipient: CaseRecipient, records: SharingRecords, deadlines: ShorterDeadlines) -> None:
    assert recipient.duty is not None  # the caller read its deadline
    duty = recipient.duty.value
    if duty.state is DutyState.WAITING:  # the time to confirm it is over, or an adviser confirmed it
        apply_effects(send(recipient.key, duty, records.uow.now, deadlines), records)
    else:
        _escalate(recipient, duty, records)


def _escalate(recipient: CaseRecipient, duty: Duty, records: SharingRecords) -> None:
    """Open a telephone task: nobody has acknowledged in time."""
    uow = records.uow
    kind = TaskKind.TELEPHONE_AGENCY if duty.escalations == 0 else TaskKind.TELEPHONE_AGENCY_AGAIN
    recipient.change_duty(duty.escalated(uow.now))
    uow.publish(escalated_event(recipient, uow.now))
    records.open_task(kind, uow.now, recipient.id)
    uow.record("override.escalated", recipient.case_id, recipient_id=recipient.id)


def _permission_is_due(
    recipient: CaseRecipient, records: SharingRecords, deadlines: ShorterDeadlines
) -> None:
    """Open a telephone task, once for each permitted disclosure that nobody answered or telephoned about."""
    now = records.uow.now
    permission = recipient.permission
    assert permission is not None  # the caller read its deadline
    telephoned_at = records.telephoned_at(recipient.id)
    waiting = [
        one.authorised_at
        for one in recipient.disclosures
        if not one.is_forced
        and one.is_unanswered
        and (telephoned_at is None or one.authorised_at > telephoned_at)
    ]
    due_at = deadlines.acknowledge_permitted_by(min(waiting)) if waiting else None
    if due_at is not None and due_at <= now:
        records.open_task(TaskKind.TELEPHONE_AGENCY, now, recipient.id)
        records.uow.record("referral.unanswered", recipient.case_id, recipient_id=recipient.id)
        due_at = None
    permission.set_deadline(due_at)
