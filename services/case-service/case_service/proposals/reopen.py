"""Reopening of duplicates: where the case that another one repeats ends otherwise, the facts count again (fact 8)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from case_service.cases.case_change import change_case
from case_service.cases.case_file import CaseFile
from case_service.proposals.duplicates import NotADuplicate, check_duplicate
from case_service.proposals.models import Proposal
from case_service.settings import deadlines_of
from shared.service.context import ServiceContext

BATCH = 20
WORKER = "worker:case"


async def reopen_duplicates(context: ServiceContext) -> bool:
    """Let facts count again whose duplicate does not stand any more at each of their agencies."""
    lapsed, last = False, None
    while rows := await _standing_after(last, context):
        for proposal_id, case_id in rows:
            async with (
                context.database.unit_of_work(WORKER) as uow,
                change_case(case_id, uow, deadlines_of(context)) as change,
            ):
                proposals = change.case_file.case.proposals
                proposal = next(one for one in proposals if one.id == proposal_id)
                lapsed = await _lapse(proposal, change.case_file) or lapsed
            last = proposal_id
    return lapsed


async def _standing_after(last: UUID | None, context: ServiceContext) -> Sequence[Any]:
    async with context.database.unit_of_work(WORKER) as uow:
        standing = (
            Proposal.duplicate_of.is_not(None),
            Proposal.lapsed_at.is_(None),
            Proposal.second_signed_at.is_not(None),
        )
        found = select(Proposal.id, Proposal.case_id).where(*standing).order_by(Proposal.id).limit(BATCH)
        if last is not None:
            found = found.where(Proposal.id > last)
        return (await uow.session.execute(found)).all()


async def _lapse(proposal: Proposal, case_file: CaseFile) -> bool:
    """Let a proposal lapse where the other case does not stand; return whether it did."""
    assert proposal.duplicate_of is not None  # the caller asked for it
    try:
        await check_duplicate(proposal.duplicate_of, proposal.agency_keys(), case_file)
    except NotADuplicate:
        proposal.lapse(case_file.uow.now)
        case_file.case.content_recorded()
        case_file.uow.record("duplicate.lapsed", case_file.case.id, proposal_id=proposal.id)
        return True
    return False
