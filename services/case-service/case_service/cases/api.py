"""Routes of cases: the list, the case file, and what advisers record about a case as a whole."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from sqlalchemy import Row, func, select, tuple_

from case_service.access import Adviser, AnyUnchangedCase, CaseToChange, CaseToRead, UnchangedCase
from case_service.cases.case_file import CaseFile
from case_service.cases.confirmation import NothingToConfirm, confirm_facts
from case_service.cases.models import Case, CaseState
from case_service.cases.places import PlaceCommand
from case_service.cases.problems import CaseCannotBeClosed
from case_service.cases.schemas import (
    Assess,
    CaseListItem,
    CaseOut,
    CasePage,
    CloseCase,
    ConfirmFacts,
    StrikePassages,
    WriteRisk,
    WriteSummary,
    case_out,
)
from case_service.recipients.models import SCHEDULER_CHANNEL
from case_service.sharing.effects import TaskKind, TaskOutcome
from case_service.tasks.models import Task
from shared.domain.age import british_date
from shared.errors import Invalid, NotFound
from shared.http import pagination
from shared.http.auth import Uow
from shared.http.problems import raises
from shared.http.records import record_router
from shared.http.schemas import Changed

router = record_router(prefix="/v1/cases", tag="cases")
REVIEWS = frozenset({TaskKind.COUNTERSIGN, TaskKind.COUNTERSIGN_CALL, TaskKind.SIGN_PROPOSAL})
"""Tasks for which closing waits: a lead has not reviewed or signed yet (sharing rules, fact 12)."""


SEARCHES = frozenset({TaskKind.FIND_PLACE, TaskKind.LOOK_AT_WITNESS})
"""Tasks of a search for a place, which closing waits for (fact 10)."""


class PassageNotFound(Invalid):
    """A passage does not stand in the reporter's words, letter for letter."""

    code = "passage-not-found"
    title = "Give each passage exactly as it stands in the words"


@router.get("", summary="List cases: open ones first, then danger, then children, then the longest waiting")
@raises(pagination.InvalidCursor)
async def list_cases(
    _: Adviser,
    uow: Uow,
    contact_id: Annotated[UUID | None, Query(description="Only the case of this contact")] = None,
    cursor: pagination.Cursor = None,
    limit: pagination.PageLimit = pagination.DEFAULT_LIMIT,
) -> CasePage:
    order = (
        Case.state != CaseState.OPEN,
        ~Case.danger_stated,
        ~Case.child_stated,
        Case.received_at,
        Case.id,
    )
    open_tasks = select(func.count()).where(Task.case_id == Case.id, Task.completed_at.is_(None))
    query = select(Case, open_tasks.scalar_subquery()).order_by(*order).limit(limit + 1)
    if contact_id is not None:
        query = query.where(Case.contact_id == contact_id)
    if cursor is not None:
        after = pagination.decode(cursor, bool, bool, bool, datetime, UUID)
        query = query.where(tuple_(*order) > tuple_(*after))
    rows, following = pagination.cut((await uow.session.execute(query)).all(), limit, _sort_key)
    for case, _tasks in rows:
        uow.record("case.listed", case.id)
    return CasePage(items=[_list_item(case, tasks) for case, tasks in rows], next=following)


def _sort_key(row: Row[Any]) -> tuple[Any, ...]:
    case: Case = row[0]
    return not case.is_open, not case.danger_stated, not case.child_stated, case.received_at, case.id


def _list_item(case: Case, open_tasks: int) -> CaseListItem:
    return CaseListItem(
        id=case.id,
        version=case.version,
        contact_id=case.contact_id,
        opened_at=case.opened_at,
        received_at=case.received_at,
        state=case.state,
        danger_stated=case.danger_stated,
        child_stated=case.child_stated,
        report_imported_at=case.report_imported_at,
        open_tasks=open_tasks,
        holder=case.holder,
        merged_into=case.merged_into_id,
    )


@router.get("/{case_id}", summary="Read the case file; its ETag goes into If-Match of a change")
async def read_case(case_file: CaseToRead, uow: Uow) -> CaseOut:
    uow.record("case.read", case_file.case.id)
    return case_out(case_file)


@router.post("/{case_id}/confirmation", summary="Confirm what the report says: what is forced is sent now")
@raises(NothingToConfirm)
async def confirm_case(change: CaseToChange, uow: Uow, body: ConfirmFacts | None = None) -> Changed:
    """Confirm facts, each by itself; without a body, everything that the report says so far (fact 7)."""
    case_file = change.case_file
    confirm_facts(case_file, body)
    case_file.case.confirm(by=uow.actor, at=uow.now)
    case_file.records.end_tasks([TaskKind.READ_DANGER], TaskOutcome.HANDLED)
    uow.notify(SCHEDULER_CHANNEL)
    uow.record("case.confirmed", case_file.case.id)
    return Changed.model_validate(case_file.case)


@router.put("/{case_id}/place", summary="Correct where it happens; what is not sent yet goes to its agency")
async def correct_place(body: PlaceCommand, case_file: AnyUnchangedCase, uow: Uow) -> Changed:
    """Correct where it happens. A place that is lost stays as the last known one (fact 10)."""
    place = body.place()
    before = case_file.situation.place
    lost = before if before.gss is not None and place.gss is None else case_file.situation.last_known_place
    case_file.case.move_to(place)
    await case_file.change_situation({"place": place, "last_known_place": lost})
    uow.record("case.place_corrected", case_file.case.id)
    return Changed.model_validate(case_file.case)


@router.put("/{case_id}/assessment", summary="Record what kind of case it is, as codes")
async def assess_case(body: Assess, case_file: UnchangedCase, uow: Uow) -> Changed:
    case_file.case.classify(body.classification)
    named = body.model_fields_set - {"classification"}
    await case_file.change_situation({name: getattr(body, name) for name in named})
    uow.record("case.assessed", case_file.case.id)
    return Changed.model_validate(case_file.case)


@router.put("/{case_id}/summary", summary="Write the summary that may be passed on")
async def write_summary(body: WriteSummary, case_file: UnchangedCase, uow: Uow) -> Changed:
    await case_file.change_situation({"summary": body.text})
    uow.record("case.summary_written", case_file.case.id)
    return Changed.model_validate(case_file.case)


@router.put(
    "/{case_id}/protection-summary", summary="Write what protects the child, where an adult withholds"
)
async def write_protection_summary(body: WriteSummary, case_file: UnchangedCase, uow: Uow) -> Changed:
    await case_file.change_situation({"protection_summary": body.text})
    uow.record("case.protection_summary_written", case_file.case.id)
    return Changed.model_validate(case_file.case)


@router.put("/{case_id}/risk-to-approach", summary="Write what is dangerous about approaching the place")
async def write_risk_to_approach(body: WriteRisk, case_file: AnyUnchangedCase, uow: Uow) -> Changed:
    """It goes with every override, in your words; the reporter's own go where their account goes (section 1)."""
    await case_file.change_situation({"risk_to_approach": body.text})
    uow.record("case.risk_written", case_file.case.id)
    return Changed.model_validate(case_file.case)


@router.put(
    "/{case_id}/accounts/{contact_id}/struck-passages", summary="Strike passages out of a reporter's words"
)
@raises(PassageNotFound)
async def strike_passages(
    contact_id: UUID, body: StrikePassages, case_file: AnyUnchangedCase, uow: Uow
) -> Changed:
    """Strike what no agency needs, before or after sending; the original is kept, and nothing waits for it (fact 4)."""
    account = next((one for one in case_file.accounts if one.row.contact_id == contact_id), None)
    if account is None:
        raise NotFound
    fields = case_file.words_of_report()
    if any(all(passage not in words for words in fields) for passage in body.passages):
        raise PassageNotFound
    await account.write(account.account.model_copy(update={"struck_passages": body.passages}), uow)
    case_file.case.content_recorded()
    uow.record("account.passages_struck", case_file.case.id, contact_id=contact_id)
    return Changed.model_validate(case_file.case)


@router.post("/{case_id}/closure", summary="Close the case, when everybody's age was asked about")
@raises(CaseCannotBeClosed)
async def close_case(body: CloseCase, change: CaseToChange, uow: Uow) -> Changed:
    """Close a case. Any person on it, the reporter too, may be the child who must be protected (section 4).

    Where nobody can say, somebody chooses the status that there is no indication.
    """
    case_file = change.case_file
    uow.publish(_close(case_file, body))
    uow.record("case.closed", case_file.case.id, outcome=body.outcome)
    return Changed.model_validate(case_file.case)


def _close(case_file: CaseFile, body: CloseCase) -> Any:
    now = case_file.uow.now
    today = british_date(now)
    return case_file.case.close(
        body.outcome,
        open_duties=sum(1 for one in case_file.recipients if one.has_open_duty),
        unsigned_reviews=sum(1 for task in case_file.records.tasks if task.is_open and task.kind in REVIEWS),
        unasked_ages=sum(1 for one in case_file.persons if one.age_status(today) is None),
        places_to_find=sum(1 for task in case_file.records.tasks if task.is_open and task.kind in SEARCHES),
        at=now,
    )
