"""Access to cases: guards lock what a route changes, and write the effects when the route has returned.

The case is locked first and its rows are read afterwards, so that two changes cannot deadlock.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from case_service.cases.case_change import CaseChange, change_case
from case_service.cases.case_file import CaseFile, read_case_file
from case_service.cases.models import Case
from case_service.cases.problems import CaseAlreadyClosed, CaseIsMerged, ReportNotImportedYet
from case_service.disclosures.models import Disclosure
from case_service.recipients.models import CaseRecipient
from case_service.recipients.sharing_records import lock_case, lock_cases
from case_service.settings import deadlines_of
from case_service.sharing.duties.deadlines import ShorterDeadlines
from case_service.tasks.models import Task
from shared.db.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.http.auth import Context, Uow, has_role, is_service
from shared.http.etags import IF_MATCH_PROBLEMS, IfMatch, check_if_match
from shared.http.problems import raises
from shared.identity.principals import Principal, Role

Adviser = Annotated[Principal, Depends(has_role(Role.ADVISER, Role.SAFEGUARDING_LEAD))]
Lead = Annotated[Principal, Depends(has_role(Role.SAFEGUARDING_LEAD))]
ReferralService = Annotated[Principal, Depends(is_service("referral"))]


async def _deadlines(context: Context) -> ShorterDeadlines:
    return deadlines_of(context)


Deadlines = Annotated[ShorterDeadlines, Depends(_deadlines)]


@raises(NotFound)
async def _case_to_read(case_id: UUID, _: Adviser, uow: Uow) -> CaseFile:
    case = await uow.session.get(Case, case_id)
    if case is None:
        raise NotFound
    return await read_case_file(case, uow)


@raises(NotFound, CaseIsMerged, ReportNotImportedYet)
async def _any_case_to_change(
    case_id: UUID, _: Adviser, uow: Uow, deadlines: Deadlines
) -> AsyncIterator[CaseChange]:
    """Yield a case, open or closed: what is recorded about a closed one opens it again (facts 7 and 8)."""
    async with change_case(case_id, uow, deadlines) as change:
        change.case_file.case.check_report_imported()
        yield change


@raises(NotFound, CaseIsMerged)
async def _case_in_danger(
    case_id: UUID, _: Adviser, uow: Uow, deadlines: Deadlines
) -> AsyncIterator[CaseChange]:
    """Yield any case, also one whose report is not here yet: a danger waits for nothing."""
    async with change_case(case_id, uow, deadlines) as change:
        yield change


@raises(NotFound, CaseIsMerged, CaseAlreadyClosed, ReportNotImportedYet)
async def _case_to_change(
    case_id: UUID, _: Adviser, uow: Uow, deadlines: Deadlines
) -> AsyncIterator[CaseChange]:
    async with change_case(case_id, uow, deadlines) as change:
        change.case_file.case.check_open()
        yield change


@raises(NotFound, CaseIsMerged, CaseAlreadyClosed, ReportNotImportedYet)
async def _case_to_decide(
    case_id: UUID, _: Lead, uow: Uow, deadlines: Deadlines
) -> AsyncIterator[CaseChange]:
    async with change_case(case_id, uow, deadlines) as change:
        change.case_file.case.check_open()
        yield change


@raises(NotFound, CaseIsMerged, ReportNotImportedYet)
async def _case_to_review(
    case_id: UUID, _: Lead, uow: Uow, deadlines: Deadlines
) -> AsyncIterator[CaseChange]:
    """Yield a case, open or closed, to a lead."""
    async with change_case(case_id, uow, deadlines) as change:
        yield change


@dataclass(frozen=True)
class LockedCases:
    """Case to change, and another one that may become part of it; both are locked."""

    change: CaseChange
    other: CaseFile


@raises(NotFound, CaseIsMerged, CaseAlreadyClosed, ReportNotImportedYet)
async def _cases_to_merge(
    case_id: UUID, other_case_id: UUID, _: Adviser, uow: Uow, deadlines: Deadlines
) -> AsyncIterator[LockedCases]:
    """Lock in the order of their ids, so that two requests about the same cases cannot deadlock."""
    if case_id == other_case_id:
        raise NotFound
    await lock_cases([case_id, other_case_id], uow)
    async with change_case(case_id, uow, deadlines) as change:
        change.case_file.case.check_open()
        other = await read_case_file(await lock_case(other_case_id, uow), uow)
        other.case.check_report_imported()
        yield LockedCases(change, other)


CaseToRead = Annotated[CaseFile, Depends(_case_to_read, scope="function")]
CaseToChange = Annotated[CaseChange, Depends(_case_to_change, scope="function")]
AnyCaseToChange = Annotated[CaseChange, Depends(_any_case_to_change, scope="function")]
CaseInDanger = Annotated[CaseChange, Depends(_case_in_danger, scope="function")]
CaseToReview = Annotated[CaseChange, Depends(_case_to_review, scope="function")]
CaseToDecide = Annotated[CaseChange, Depends(_case_to_decide, scope="function")]
CasesToMerge = Annotated[LockedCases, Depends(_cases_to_merge, scope="function")]


@raises(*IF_MATCH_PROBLEMS)
async def _unchanged_case(change: CaseToChange, if_match: IfMatch = None) -> CaseFile:
    check_if_match(if_match, change.case_file.case.version)
    return change.case_file


@raises(*IF_MATCH_PROBLEMS)
async def _any_unchanged_case(change: AnyCaseToChange, if_match: IfMatch = None) -> CaseFile:
    check_if_match(if_match, change.case_file.case.version)
    return change.case_file


UnchangedCase = Annotated[CaseFile, Depends(_unchanged_case, scope="function")]
"""Open case, as the caller read it."""
AnyUnchangedCase = Annotated[CaseFile, Depends(_any_unchanged_case, scope="function")]
"""Case, open or closed, as the caller read it."""


@dataclass(frozen=True)
class LockedRecipient:
    """Case recipient whose case is locked."""

    recipient: CaseRecipient
    case_file: CaseFile
    deadlines: ShorterDeadlines


@dataclass(frozen=True)
class LockedDisclosure:
    """Disclosure whose case is locked, and so is the duplicate whose content it carries."""

    disclosure: Disclosure
    recipient: CaseRecipient
    case_file: CaseFile
    deadlines: ShorterDeadlines
    duplicate: CaseFile | None


@dataclass(frozen=True)
class LockedTask:
    """Task whose case is locked."""

    task: Task
    case_file: CaseFile


@raises(NotFound)
async def _recipient_to_read(recipient_id: UUID, _: Adviser, uow: Uow) -> CaseRecipient:
    case_id = await _case_of(CaseRecipient.case_id, CaseRecipient.id, recipient_id, uow)
    case_file = await read_case_file(await uow.session.get_one(Case, case_id), uow)
    return case_file.records.recipient(recipient_id)


@raises(NotFound, CaseIsMerged)
async def _recipient_to_change(
    recipient_id: UUID, _: Adviser, uow: Uow, deadlines: Deadlines
) -> AsyncIterator[LockedRecipient]:
    case_id = await _case_of(CaseRecipient.case_id, CaseRecipient.id, recipient_id, uow)
    async with change_case(case_id, uow, deadlines) as change:
        recipient = change.case_file.records.recipient(recipient_id)
        yield LockedRecipient(recipient, change.case_file, deadlines)


@raises(NotFound, CaseIsMerged)
async def _recipient_to_review(
    recipient_id: UUID, _: Lead, uow: Uow, deadlines: Deadlines
) -> AsyncIterator[LockedRecipient]:
    case_id = await _case_of(CaseRecipient.case_id, CaseRecipient.id, recipient_id, uow)
    async with change_case(case_id, uow, deadlines) as change:
        recipient = change.case_file.records.recipient(recipient_id)
        yield LockedRecipient(recipient, change.case_file, deadlines)


@raises(NotFound, CaseIsMerged)
async def _disclosure_to_issue(
    disclosure_id: UUID, _: ReferralService, uow: Uow, deadlines: Deadlines
) -> AsyncIterator[LockedDisclosure]:
    case_id = await _case_of(Disclosure.case_id, Disclosure.id, disclosure_id, uow)
    duplicate_id = await uow.session.scalar(
        select(Disclosure.duplicate_case_id).where(Disclosure.id == disclosure_id)
    )
    if duplicate_id is not None:
        await lock_cases([case_id, duplicate_id], uow)
    async with change_case(case_id, uow, deadlines) as change:
        recipient, disclosure = change.case_file.records.disclosure(disclosure_id)
        duplicate = await _duplicate_file(duplicate_id, uow)
        yield LockedDisclosure(disclosure, recipient, change.case_file, deadlines, duplicate)


async def _duplicate_file(duplicate_id: UUID | None, uow: UnitOfWork) -> CaseFile | None:
    """Return the file of a duplicate, which is locked."""
    if duplicate_id is None:
        return None
    return await read_case_file(await uow.session.get_one(Case, duplicate_id), uow)


@raises(NotFound, CaseIsMerged)
async def _task_to_change(
    task_id: UUID, _: Adviser, uow: Uow, deadlines: Deadlines
) -> AsyncIterator[LockedTask]:
    case_id = await _case_of(Task.case_id, Task.id, task_id, uow)
    async with change_case(case_id, uow, deadlines) as change:
        yield LockedTask(change.case_file.records.task(task_id), change.case_file)


async def _case_of(
    case_id: InstrumentedAttribute[UUID], key: InstrumentedAttribute[UUID], value: UUID, uow: UnitOfWork
) -> UUID:
    """Return the case of a record without reading the record: it is read when the case is locked."""
    found = await uow.session.scalar(select(case_id).where(key == value))
    if found is None:
        raise NotFound
    return found


RecipientOfCase = Annotated[CaseRecipient, Depends(_recipient_to_read, scope="function")]
RecipientToChange = Annotated[LockedRecipient, Depends(_recipient_to_change, scope="function")]
RecipientToReview = Annotated[LockedRecipient, Depends(_recipient_to_review, scope="function")]
DisclosureToIssue = Annotated[LockedDisclosure, Depends(_disclosure_to_issue, scope="function")]
TaskToChange = Annotated[LockedTask, Depends(_task_to_change, scope="function")]
