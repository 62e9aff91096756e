"""Standing duplicates: what only they know is passed on, and they open again where the other case ends otherwise.

Both cases are locked and compared, and again only once one of them has changed (fact 8).
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from case_service.cases.case_change import change_case
from case_service.cases.case_file import CaseFile
from case_service.cases.models import Case
from case_service.disclosures.models import Disclosure
from case_service.proposals.duplicates import NotADuplicate, agencies_now, check_duplicate
from case_service.proposals.models import Proposal
from case_service.proposals.pass_on import correct_passed_on, pass_on
from case_service.recipients.models import CaseRecipient
from case_service.recipients.sharing_records import lock_cases
from case_service.settings import deadlines_of
from shared.db.unit_of_work import UnitOfWork
from shared.observability.metrics import LOOP_FAULTS
from shared.observability.structured_logs import where_raised
from shared.service.context import ServiceContext

BATCH = 20
WORKER = "worker:case"
log = structlog.get_logger()


async def reopen_duplicates(context: ServiceContext) -> bool:
    """Compare each duplicate with the case that it repeats, where either has changed."""
    changed, last = False, None
    while rows := await _changed_after(last, context):
        for proposal_id, case_id, other_id, versions in rows:
            changed = await _handle(proposal_id, case_id, other_id, versions, context) or changed
            last = proposal_id
    return changed


async def _changed_after(last: UUID | None, context: ServiceContext) -> Sequence[Any]:
    """Return duplicates with the versions of both cases, where these are others than when they were compared."""
    duplicate, other = aliased(Case), aliased(Case)
    versions = _versions(duplicate, other)
    async with context.database.unit_of_work(WORKER) as uow:
        found = (
            select(Proposal.id, Proposal.case_id, Proposal.duplicate_of, versions)
            .join(duplicate, duplicate.id == Proposal.case_id)
            .join(other, other.id == Proposal.duplicate_of)
            .where(Proposal.second_signed_at.is_not(None), Proposal.compared.is_distinct_from(versions))
            .where(duplicate.id != other.id)  # cases that were merged are one
            .order_by(Proposal.id)
            .limit(BATCH)
        )
        if last is not None:
            found = found.where(Proposal.id > last)
        return (await uow.session.execute(found)).all()


def _versions(duplicate: type[Case], other: type[Case]) -> ColumnElement[str]:
    """Return one text of everything whose change may let something follow: both cases, and what the agencies have."""
    recipients = select(func.sum(CaseRecipient.version)).where(CaseRecipient.case_id == other.id)
    disclosures = select(func.sum(Disclosure.version)).where(Disclosure.case_id == other.id)
    return func.concat_ws(
        ".",
        duplicate.version,
        other.version,
        func.coalesce(recipients.scalar_subquery(), 0),
        func.coalesce(disclosures.scalar_subquery(), 0),
    )


async def _handle(
    proposal_id: UUID, case_id: UUID, other_id: UUID, versions: str, context: ServiceContext
) -> bool:
    """Compare one pair; a failure must not keep all others from being compared."""
    try:
        async with context.database.unit_of_work(WORKER) as uow:
            return await _compare(proposal_id, case_id, other_id, versions, uow, context)
    except Exception as error:  # the versions stay those of before, and the next round tries again
        LOOP_FAULTS.labels(context.name, "reopen_duplicates").inc()
        log.error(
            "duplicate not compared",
            case_id=case_id,
            error=type(error).__name__,
            where=where_raised(error),
        )
        return False


async def _compare(
    proposal_id: UUID, case_id: UUID, other_id: UUID, versions: str, uow: UnitOfWork, context: ServiceContext
) -> bool:
    """Lock both cases, and write what follows. `versions` were read before: what changes meanwhile is seen again."""
    deadlines = deadlines_of(context)
    await lock_cases([case_id, other_id], uow)
    async with (
        change_case(case_id, uow, deadlines) as change,
        change_case(other_id, uow, deadlines) as changed,
    ):
        duplicate, other = change.case_file, changed.case_file
        proposal = next(one for one in duplicate.case.proposals if one.id == proposal_id)
        proposal.mark_compared(versions)
        corrected = correct_passed_on(duplicate, other, deadlines)
        if proposal.lapsed_at is not None:
            return corrected
        if await _lapse(proposal, duplicate):
            return True
        return pass_on(proposal, duplicate, other, deadlines) or corrected


async def _lapse(proposal: Proposal, case_file: CaseFile) -> bool:
    """Let a proposal lapse where the other case does not stand; return whether it did."""
    assert proposal.duplicate_of is not None  # the caller asked for it
    try:
        await check_duplicate(proposal.duplicate_of, agencies_now(proposal, case_file), case_file)
    except NotADuplicate:
        proposal.lapse(case_file.uow.now)
        case_file.case.content_recorded()
        case_file.uow.record("duplicate.lapsed", case_file.case.id, proposal_id=proposal.id)
        return True
    return False
