"""Who may do what on a case. A guard that changes anything of a case holds the case's lock until the commit.

The case is always locked first, and whatever hangs on it is read afterwards: two changes never wait for each other.
"""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from case_service.cases import Case, open_again
from case_service.disclosures import Disclosure
from case_service.legs import Leg
from case_service.pages import Page, lock_case, read_page
from case_service.tasks import Task
from shared.access import Uow, holding, service
from shared.database import UnitOfWork
from shared.errors import NotFound
from shared.etags import IfMatch, must_match
from shared.identity import Principal, Role

Adviser = Annotated[Principal, Depends(holding(Role.ADVISER, Role.SAFEGUARDING_LEAD))]
Lead = Annotated[Principal, Depends(holding(Role.SAFEGUARDING_LEAD))]
ReferralService = Annotated[Principal, Depends(service("referral"))]


async def _case_to_read(case_id: UUID, _: Adviser, uow: Uow) -> Page:
    case = await uow.session.get(Case, case_id)
    if case is None:
        raise NotFound
    return await read_page(case, uow)


async def _case_to_change(case_id: UUID, _: Adviser, uow: Uow) -> Page:
    return await _open_page(case_id, uow)


async def _case_to_take_back(case_id: UUID, _: Adviser, uow: Uow) -> Page:
    """Closed or not: what was permitted may still be on its way, and its copies are still held. A route that opens it
    again does so itself, when it knows that it is asked for the first time."""
    case = await lock_case(case_id, uow)
    case.check_here()
    return await read_page(case, uow)


async def _case_to_protect(case_id: UUID, _: Adviser, uow: Uow) -> Page:
    """An age or a place that becomes known opens a closed case again (facts 7 and 8)."""
    case = await lock_case(case_id, uow)
    case.check_here()
    open_again(case, uow)
    return await read_page(case, uow)


async def _case_to_decide(case_id: UUID, _: Lead, uow: Uow) -> Page:
    return await _open_page(case_id, uow)


async def _open_page(case_id: UUID, uow: UnitOfWork) -> Page:
    case = await lock_case(case_id, uow)
    case.check_open()
    return await read_page(case, uow)


CaseToChange = Annotated[Page, Depends(_case_to_change, scope="function")]


CaseToProtect = Annotated[Page, Depends(_case_to_protect, scope="function")]


async def _unchanged_case(page: CaseToChange, if_match: IfMatch = None) -> Page:
    return _as_it_was_read(page, if_match)


async def _unchanged_case_to_protect(page: CaseToProtect, if_match: IfMatch = None) -> Page:
    return _as_it_was_read(page, if_match)


def _as_it_was_read(page: Page, if_match: str | None) -> Page:
    must_match(if_match, page.case.version)
    return page


async def _leg_to_act_on(leg_id: UUID, _: Adviser, uow: Uow) -> Leg:
    return await _locked_leg(leg_id, uow)


async def _leg_to_review(leg_id: UUID, _: Lead, uow: Uow) -> Leg:
    return await _locked_leg(leg_id, uow)


async def _locked_leg(leg_id: UUID, uow: UnitOfWork) -> Leg:
    leg = await uow.session.get(Leg, leg_id)
    if leg is None:
        raise NotFound
    await lock_case(leg.case_id, uow)
    await uow.session.refresh(leg)
    return leg


async def _disclosure_to_release(disclosure_id: UUID, _: ReferralService, uow: Uow) -> Disclosure:
    disclosure = await uow.session.get(Disclosure, disclosure_id)
    if disclosure is None:
        raise NotFound
    await lock_case(disclosure.case_id, uow)
    await uow.session.refresh(disclosure)
    return disclosure


async def _task_to_act_on(task_id: UUID, _: Adviser, uow: Uow) -> Task:
    task = await uow.session.get(Task, task_id)
    if task is None:
        raise NotFound
    await lock_case(task.case_id, uow)
    await uow.session.refresh(task)
    return task


CaseToRead = Annotated[Page, Depends(_case_to_read, scope="function")]
CaseToTakeBack = Annotated[Page, Depends(_case_to_take_back, scope="function")]
CaseToDecide = Annotated[Page, Depends(_case_to_decide, scope="function")]
UnchangedCase = Annotated[Page, Depends(_unchanged_case, scope="function")]
UnchangedCaseToProtect = Annotated[Page, Depends(_unchanged_case_to_protect, scope="function")]
LegToActOn = Annotated[Leg, Depends(_leg_to_act_on, scope="function")]
LegToReview = Annotated[Leg, Depends(_leg_to_review, scope="function")]
DisclosureToRelease = Annotated[Disclosure, Depends(_disclosure_to_release, scope="function")]
TaskToActOn = Annotated[Task, Depends(_task_to_act_on, scope="function")]
