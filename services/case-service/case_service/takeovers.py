"""Taking a report over from intake: fetched outside any transaction, sealed under the case's keys, and acted on."""

import asyncio
from datetime import date, datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from case_service.assessments import assessed
from case_service.cases import Case, write_situation
from case_service.consent import Wording, add_line
from case_service.forcing import Windows, open_duties
from case_service.pages import AccountTold, account_place, lock_case, read_page
from case_service.persons import Person, add_person
from case_service.proposals import propose
from case_service.safety import record_danger
from case_service.situations import Account, HandedOver, Identity, PersonTold, ReportTold, Situation
from case_service.tables import Base
from case_service.tasks import TaskKind, finish_case_tasks, open_task
from case_service.windows import windows_of
from shared.age import british_date
from shared.database import UnitOfWork
from shared.events import ContactReceived, ReportTakenOver
from shared.fault_points import reached
from shared.leases import Leased, again, claim, done, still_ours
from shared.outbound import ServiceClient
from shared.platform import Platform
from shared.vocabulary import PersonRole

BELL = "takeovers"
LEASE = timedelta(seconds=15)
FETCH_WITHIN = 10.0
"""Less than the lease: of two workers, neither may take a report from the other before its failure is counted."""
TELL_AFTER_TRIES = 3
AT_ONCE = 8
HOW = Wording(wording="report-form-v1", language="en", given_how="report")

log = structlog.get_logger()


class Takeover(Leased, Base):
    """A report that waits to be fetched; due again until it is here."""

    __tablename__ = "takeovers"

    contact_id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))


async def open_case(event: ContactReceived, uow: UnitOfWork) -> None:
    """A contact that names a concern opens a case, once; its report is fetched right after."""
    if event.opens_case:
        await open_case_of(
            event.contact_id, event.received_at, uow, danger=event.danger_stated, child=event.child_stated
        )


async def open_case_of(
    contact_id: UUID, received_at: datetime, uow: UnitOfWork, *, danger: bool, child: bool
) -> None:
    takeover = await uow.session.get(Takeover, contact_id, with_for_update=True)
    if takeover is not None:
        await _fetch_anew(takeover, uow, danger=danger, child=child)
        return
    case = Case.open(contact_id, received_at=received_at, danger=danger, child=child, at=uow.now)
    uow.session.add(case)
    await uow.session.flush()
    await uow.keys.create(case.id)
    uow.session.add(Takeover(contact_id=contact_id, case_id=case.id, due_at=uow.now, fence=0, attempts=0))
    uow.publish(case.opened())
    uow.record("case.opened", case.id, contact_id=contact_id)
    uow.ring(BELL)


async def _fetch_anew(takeover: Takeover, uow: UnitOfWork, *, danger: bool, child: bool) -> None:
    """A contact that is announced again may be a concern now, and no question any more; whoever is fetching its report
    at this moment has an old answer, and loses the lease."""
    case = await lock_case(takeover.case_id, uow)
    if case.taken_over_at is not None:
        return
    if case.state == "closed":
        uow.publish(case.take_up(danger=danger, child=child, at=uow.now))
        uow.record("case.reopened", case.id)
    again(takeover, uow.now)
    takeover.fence += 1
    uow.ring(BELL)


async def take_over_reports(platform: Platform) -> bool:
    """One round: claims what is due, fetches each report and lets its case take it over."""
    async with platform.database.unit_of_work("worker:case") as uow:
        claimed = await claim(uow.session, Takeover, now=uow.now, lease=LEASE, at_most=AT_ONCE)
        work = [(row.contact_id, row.case_id, row.fence, row.attempts) for row in claimed]
    if not work:
        return False
    async with platform.client("intake") as intake:
        # Side by side: behind an intake that does not answer, the last of them would outlive its lease.
        ends = await asyncio.gather(
            *(_take_over(platform, intake, *claimed) for claimed in work), return_exceptions=True
        )
    for end in ends:
        if isinstance(end, BaseException):
            raise end
    return True


async def _take_over(
    platform: Platform, intake: ServiceClient, contact_id: UUID, case_id: UUID, fence: int, attempts: int
) -> None:
    try:
        async with asyncio.timeout(FETCH_WITHIN):
            answer = await intake.get(f"/v1/contacts/{contact_id}/report")
    # No answer, a refusal, or no token to ask with: a person hears of it all the same.
    except Exception as error:
        await _try_again(platform, contact_id, case_id, fence, attempts, type(error).__name__)
        return
    reached("case.report_fetched")
    try:
        await _keep(platform, answer, contact_id, case_id, fence)
    except Exception as error:  # a report that we cannot take in is a person's task, and others go on
        await _try_again(platform, contact_id, case_id, fence, attempts, type(error).__name__)


async def _keep(platform: Platform, answer: object, contact_id: UUID, case_id: UUID, fence: int) -> None:
    async with platform.database.unit_of_work("worker:case") as uow:
        row = await uow.session.get(Takeover, contact_id, with_for_update=True)
        if row is None or not still_ours(row, fence):
            return
        case = await lock_case(case_id, uow)
        handed = HandedOver.model_validate(answer)
        if not handed.opens_case:
            await _leave_with_intake(case, uow)
        elif case.taken_over_at is None:
            await take_in(case, handed, uow, windows_of(platform.settings))
        outcome = "taken-over" if handed.opens_case else "left-with-intake"
        await finish_case_tasks(case_id, TaskKind.TAKE_OVER_REPORT, outcome, uow)
        done(row)


async def _leave_with_intake(case: Case, uow: UnitOfWork) -> None:
    """Nobody is recorded and nothing is forced: a pupil who asks must not be reported for being under 18."""
    uow.publish(case.leave_with_intake(uow.now), assessed(await read_page(case, uow), uow.now))
    uow.record("report.left_with_intake", case.id, contact_id=case.contact_id)


async def _try_again(
    platform: Platform, contact_id: UUID, case_id: UUID, fence: int, attempts: int, why: str
) -> None:
    """A report that cannot be fetched is a person's task soon: the override inside it must not wait for a machine."""
    log.warning("report not taken over", case_id=case_id, attempts=attempts, error=why)
    async with platform.database.unit_of_work("worker:case") as uow:
        row = await uow.session.get(Takeover, contact_id, with_for_update=True)
        if row is None or not still_ours(row, fence):
            return
        again(row, uow.now + timedelta(seconds=min(30, attempts)))
        await lock_case(case_id, uow)
        if attempts >= TELL_AFTER_TRIES:
            await open_task(case_id, TaskKind.TAKE_OVER_REPORT, due_at=uow.now, uow=uow)


async def take_in(case: Case, handed: HandedOver, uow: UnitOfWork, windows: Windows) -> None:
    """Seals what was told under the case's keys, keeps consent and danger, and opens what the facts force."""
    report = handed.report
    case.taken_over_at = uow.now
    case.place_gss = report.place.gss
    await write_situation(case, Situation.model_validate(report.model_dump()), uow)
    await _keep_account(case.id, handed, uow)
    reporter = await _keep_persons(case, report, uow)
    await _keep_consent(case.id, reporter, report, uow)
    page = await read_page(case, uow)
    uow.publish(ReportTakenOver(case_id=case.id, contact_id=handed.contact_id), assessed(page, uow.now))
    uow.record("report.taken_over", case.id, contact_id=handed.contact_id)
    await open_duties(page, uow, windows, said_by_report=True)
    await propose(case, uow)


async def _keep_account(case_id: UUID, handed: HandedOver, uow: UnitOfWork) -> None:
    account = Account.model_validate(handed.report.model_dump()).model_dump(mode="json")
    sealed = await uow.keys.seal(case_id, account_place(handed.contact_id), account)
    uow.session.add(AccountTold(contact_id=handed.contact_id, case_id=case_id, content=sealed))


async def _keep_persons(case: Case, report: ReportTold, uow: UnitOfWork) -> Person:
    said_on = british_date(case.received_at)
    told = report.reporter
    roles = [PersonRole.REPORTER, *([PersonRole.PERSON_OF_CONCERN] if told.is_person_of_concern else [])]
    reporter = await _keep_person(case.id, told, roles, told.in_danger, cares=False, said_on=said_on, uow=uow)
    for person in report.persons:
        await _keep_told(case.id, person, said_on, uow)
    someone = [told.in_danger, *(person.in_danger for person in report.persons)]
    if report.danger_now == "yes" and "yes" not in someone:
        await record_danger(case.id, person_id=None, place_gss=None, source="report", uow=uow)
    return reporter


async def _keep_told(case_id: UUID, person: PersonTold, said_on: date, uow: UnitOfWork) -> None:
    cares = person.cares_for_child
    await _keep_person(
        case_id, person, [person.role], person.in_danger, cares=cares, said_on=said_on, uow=uow
    )


async def _keep_person(
    case_id: UUID,
    told: Identity,
    roles: list[PersonRole],
    in_danger: str,
    *,
    cares: bool,
    said_on: date,
    uow: UnitOfWork,
) -> Person:
    identity = Identity.model_validate(told.model_dump())
    person = await add_person(case_id, identity, roles=roles, cares_for_child=cares, said_on=said_on, uow=uow)
    if in_danger == "yes":
        await record_danger(case_id, person_id=person.id, place_gss=None, source="report", uow=uow)
    return person


async def _keep_consent(case_id: UUID, reporter: Person, report: ReportTold, uow: UnitOfWork) -> None:
    """What the report says about sharing becomes the first lines of the ledger; what it leaves out, none."""
    if report.privacy is not None:
        await add_line(case_id, reporter.id, HOW, uow, privacy=report.privacy)
    for kind in report.share_with:
        await add_line(case_id, reporter.id, HOW, uow, recipient=kind, agrees=True)
    if report.situation_may_be_passed_on is not None:
        await add_line(case_id, reporter.id, HOW, uow, situation=report.situation_may_be_passed_on)
