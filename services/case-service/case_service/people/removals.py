"""Removals of identities: the last duty of a case may end with an agency's answer, which reads no identity."""

from collections.abc import Sequence
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, select

from case_service.cases.case_change import change_case
from case_service.people.models import Person
from case_service.recipients.models import CaseRecipient, DutyFact, SharingDuty
from case_service.settings import deadlines_of
from case_service.sharing.duties.duty import OPEN_STATES
from shared.db.unit_of_work import UnitOfWork
from shared.observability.metrics import LOOP_FAULTS
from shared.observability.structured_logs import where_raised
from shared.service.context import ServiceContext

BATCH = 20
WORKER = "worker:case"

log = structlog.get_logger()


async def remove_identities(context: ServiceContext) -> bool:
    """Remove each identity that waits for it at a case without an open duty, each case in a transaction."""
    last: UUID | None = None
    while case_ids := await _cases_after(last, context):
        for case_id in case_ids:
            await _remove(case_id, context)
        last = case_ids[-1]
    return False  # whatever could not be removed has its turn in a later round


async def _cases_after(last: UUID | None, context: ServiceContext) -> Sequence[UUID]:
    async with context.database.unit_of_work(WORKER) as uow:
        return await _cases_to_remove_from(last, uow)


async def _cases_to_remove_from(last: UUID | None, uow: UnitOfWork) -> Sequence[UUID]:
    found = select(Person.case_id).where(Person.removal_waits, ~_has_open_duty()).distinct()
    if last is not None:
        found = found.where(Person.case_id > last)
    return (await uow.session.scalars(found.order_by(Person.case_id).limit(BATCH))).all()


def _has_open_duty() -> ColumnElement[bool]:
    """Return the condition that a duty is open at the case of a person, as `Duty.is_open` has it."""
    open_duty = select(DutyFact.recipient_id).join_from(CaseRecipient, SharingDuty).join(DutyFact)
    relied_on = open_duty.where(SharingDuty.state.in_(OPEN_STATES), DutyFact.relied_on)
    return relied_on.where(CaseRecipient.case_id == Person.case_id).exists()


async def _remove(case_id: UUID, context: ServiceContext) -> None:
    """Remove what waits at one case, looked at again under its lock; a failure must not stop the others."""
    try:
        async with (
            context.database.unit_of_work(WORKER) as uow,
            change_case(case_id, uow, deadlines_of(context)),
        ):
            pass  # every change of a case removes what waits, once no duty is open
    except Exception as error:  # it waits on, and the next round tries again
        LOOP_FAULTS.labels(context.name, "remove_identities").inc()
        log.error(
            "identity not removed", case_id=case_id, error=type(error).__name__, where=where_raised(error)
        )
