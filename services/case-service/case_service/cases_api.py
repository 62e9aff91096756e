"""The page of a case, and what advisers set right on it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import AfterValidator, BaseModel, Field
from sqlalchemy import func, select, tuple_

from case_service.access import (
    Adviser,
    CaseToChange,
    CaseToRead,
    CaseToTakeBack,
    UnchangedCase,
    UnchangedCaseToProtect,
)
from case_service.case_schemas import CaseOut, case_out
from case_service.cases import Case, open_again, write_situation
from case_service.legs import BELL
from case_service.pages import Page, read_page
from case_service.persons import unasked
from case_service.safety import record_danger
from case_service.situations import Kept, Line, PlaceEntered, PlaceKnown, Words, known_council
from case_service.supplements import facts_changed, send_supplements
from case_service.tasks import Task, TaskKind, open_tasks
from case_service.windows import windows_of
from shared import cursors
from shared.access import PlatformOf, Uow
from shared.age import british_date
from shared.idempotency import MayBeRetry
from shared.vocabulary import CaseClassification, ExploitationType, OnwardAction, Sector, SourceLeftOutReason

router = APIRouter(prefix="/v1/cases", tags=["cases"])


class CaseLine(BaseModel):
    id: UUID
    contact_id: UUID
    opened_at: datetime
    received_at: datetime
    state: str
    danger: bool
    child: bool
    taken_over: bool
    assigned_to: str | None
    open_tasks: int


class CasePage(BaseModel):
    cases: list[CaseLine]
    next: str | None


class Assess(Kept):
    classification: CaseClassification
    exploitation_types: list[ExploitationType] = []
    sectors: list[Sector] = []
    how_many: Annotated[int, Field(ge=0, le=100_000)] | None = None


class WriteSummary(Kept):
    """A text that may be passed on: it names nobody but the alleged exploiter and the premises."""

    text: Words


class LeaveSourceOut(Kept):
    left_out_reason: SourceLeftOutReason | None


class RecordDanger(Kept):
    """`person_id` empty: it is not known who. `council` (GSS) empty: where the matter is. `told_by` is the reporter on
    the case who said so; empty: whoever made the report."""

    person_id: UUID | None = None
    told_by: UUID | None = None
    council: Annotated[Line | None, AfterValidator(known_council)] = None


class CloseCase(Kept):
    outcome: OnwardAction


class Done(BaseModel):
    id: UUID
    version: int


@router.get("", summary="Cases, danger first, then children, then the longest open")
async def list_cases(
    _: Adviser,
    uow: Uow,
    contact_id: UUID | None = None,
    cursor: cursors.Cursor = None,
    limit: cursors.Limit = 50,
) -> CasePage:
    order = (Case.state != "open", ~Case.danger_stated, ~Case.child_stated, Case.received_at, Case.id)
    still_open = select(func.count()).where(Task.case_id == Case.id, Task.done_at.is_(None)).scalar_subquery()
    page = select(Case, still_open).order_by(*order).limit(limit + 1)
    if contact_id is not None:
        page = page.where(Case.contact_id == contact_id)
    if cursor is not None:
        after = cursors.decode(cursor, bool, bool, bool, datetime, UUID)
        page = page.where(tuple_(*order) > tuple_(*after))
    rows = (await uow.session.execute(page)).all()
    for case, _tasks in rows[:limit]:
        uow.record("case.listed", case.id)
    last = rows[limit - 1][0] if len(rows) > limit else None
    return CasePage(cases=[_line(case, tasks) for case, tasks in rows[:limit]], next=_after(last))


def _line(case: Case, open_tasks: int) -> CaseLine:
    return CaseLine(
        id=case.id,
        contact_id=case.contact_id,
        opened_at=case.opened_at,
        received_at=case.received_at,
        state=case.state,
        danger=case.danger_stated,
        child=case.child_stated,
        taken_over=case.taken_over_at is not None,
        assigned_to=case.assigned_to,
        open_tasks=open_tasks,
    )


def _after(case: Case | None) -> str | None:
    if case is None:
        return None
    return cursors.encode(
        case.state != "open", not case.danger_stated, not case.child_stated, case.received_at, case.id
    )


@router.get("/{case_id}", summary="One page of everything; the ETag goes into If-Match of a change")
async def read_case(page: CaseToRead, uow: Uow, response: Response) -> CaseOut:
    uow.record("case.read", page.case.id)
    response.headers["etag"] = f'"{page.case.version}"'
    return await case_out(page, uow)


@router.post("/{case_id}/confirmation", summary="Confirm what the report says: what is forced leaves now")
async def confirm(page: CaseToChange, uow: Uow) -> Done:
    page.case.confirmed_at = page.case.confirmed_at or uow.now
    for leg in page.legs:
        leg.confirm(uow.now)
    uow.ring(BELL)
    uow.record("case.confirmed", page.case.id)
    return _done(page)


@router.put(
    "/{case_id}/place", summary="Correct where it happens; what is not sent yet goes to the right body"
)
async def correct_place(
    entered: PlaceEntered, page: UnchangedCaseToProtect, uow: Uow, platform: PlatformOf
) -> Done:
    place = PlaceKnown.model_validate(entered.model_dump())
    page.case.move_to(place)
    situation = page.situation.model_copy(update={"place": place})
    await write_situation(page.case, situation, uow)
    uow.record("case.place_corrected", page.case.id)
    await facts_changed(page, uow, windows_of(platform.settings))
    return _done(page)


@router.put("/{case_id}/assessment", summary="What kind of matter it is, as codes")
async def assess(told: Assess, page: UnchangedCase, uow: Uow, platform: PlatformOf) -> Done:
    page.case.classification = told.classification.value
    changed = {
        "exploitation_types": told.exploitation_types,
        "sectors": told.sectors,
        "how_many": told.how_many,
    }
    await write_situation(page.case, page.situation.model_copy(update=changed), uow)
    uow.record("case.assessed", page.case.id)
    await facts_changed(page, uow, windows_of(platform.settings))
    return _done(page)


@router.put("/{case_id}/summary", summary="Write the summary that may be passed on")
async def write_summary(told: WriteSummary, page: UnchangedCase, uow: Uow, platform: PlatformOf) -> Done:
    await write_situation(page.case, page.situation.model_copy(update={"summary": told.text}), uow)
    uow.record("case.summary_written", page.case.id)
    await send_supplements(await read_page(page.case, uow), uow, windows_of(platform.settings))
    return _done(page)


@router.put("/{case_id}/protection-summary", summary="Write what protects the child, for a mixed case")
async def write_protection_summary(
    told: WriteSummary, page: UnchangedCase, uow: Uow, platform: PlatformOf
) -> Done:
    changed = page.situation.model_copy(update={"protection_summary": told.text})
    await write_situation(page.case, changed, uow)
    uow.record("case.protection_summary_written", page.case.id)
    await send_supplements(await read_page(page.case, uow), uow, windows_of(platform.settings))
    return _done(page)


@router.put("/{case_id}/source", summary="Leave the reporter out of a forced disclosure, with a coded reason")
async def leave_source_out(told: LeaveSourceOut, page: UnchangedCase, uow: Uow, platform: PlatformOf) -> Done:
    """Put back after sending, the source goes to those who were told without it."""
    page.case.leave_source_out(told.left_out_reason)
    reason = told.left_out_reason
    uow.record("case.source_left_out", page.case.id, reason=reason.value if reason else None)
    if reason is None:
        await send_supplements(await read_page(page.case, uow), uow, windows_of(platform.settings))
    return _done(page)


@router.post("/{case_id}/dangers", status_code=201, summary="Record imminent danger; it takes effect now")
async def record_danger_now(
    told: RecordDanger, page: CaseToTakeBack, uow: Uow, platform: PlatformOf, retry: MayBeRetry
) -> Done:
    if first := await retry.first_answer(Done):
        return first
    open_again(page.case, uow)
    if told.person_id is not None:
        page.person(told.person_id)
    gss = PlaceKnown(council=told.council).gss
    told_by = page.reporter(told.told_by) if told.told_by else None
    danger = await record_danger(
        page.case.id, person_id=told.person_id, place_gss=gss, source="adviser", uow=uow, told_by=told_by
    )
    uow.record("danger.recorded", page.case.id, person_id=told.person_id)
    await facts_changed(page, uow, windows_of(platform.settings))
    return await retry.keep(Done(id=danger.id, version=page.case.version))


@router.post("/{case_id}/closing", summary="Close the case, when everybody's age was asked about")
async def close(told: CloseCase, page: CaseToChange, uow: Uow) -> Done:
    """Anybody on a case may turn out to be the child who must be protected, the reporter and an alleged exploiter too
    (sharing rules, section 4): where nobody can say, somebody has chosen that there is no indication."""
    open_legs = sum(1 for leg in page.legs if leg.open_duty)
    on = british_date(uow.now)
    ages = sum(1 for _, identity in page.persons if unasked(identity, on))
    places = await open_tasks(page.case.id, TaskKind.FIND_PLACE, uow)
    closed = page.case.close(
        told.outcome, open_legs=open_legs, unasked_ages=ages, places_to_find=places, at=uow.now
    )
    uow.publish(closed)
    uow.record("case.closed", page.case.id, outcome=told.outcome.value)
    return _done(page)


def _done(page: Page) -> Done:
    return Done(id=page.case.id, version=page.case.version)
