"""Import of reports from intake: fetched outside any transaction, sealed under the case's keys, and acted on."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog

from case_service.accounts.models import ReportedAccount
from case_service.assessment.classification import classify
from case_service.cases.case_change import change_case
from case_service.cases.case_file import CaseFile
from case_service.cases.content import Account, Situation
from case_service.cases.opened_case import OpenedAccount
from case_service.consent.models import ConsentTaken
from case_service.dangers.models import DangerOrigin, create_danger
from case_service.people.age_statements import AgeSaid
from case_service.people.identity import Identity
from case_service.people.models import OpenedPerson, Relations, create_person
from case_service.recipients.apply_effects import classified_event
from case_service.recipients.sharing_records import lock_sharing_records
from case_service.report_import.models import ReportImport
from case_service.report_import.report import Report, ReportedPerson, Reporter, ReportToImport
from case_service.settings import deadlines_of
from case_service.sharing.effects import TaskKind, TaskOutcome
from shared.backoff import pause_after
from shared.clients.service_client import ServiceClient
from shared.crash_points import crash_point
from shared.db.leases import claim
from shared.domain.age import british_date
from shared.domain.vocabulary import PersonRole, PrivacyChoice, YesNoUnknown
from shared.events import ReportImported
from shared.service.context import ServiceContext

LEASE = timedelta(seconds=15)
FETCH_WITHIN_SECONDS = 10.0
"""Less than the lease: of two workers, neither may claim a report before the other's failure is counted."""
ATTEMPTS_BEFORE_TASK = 3
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
BATCH = 8
_OF_A_REPORT = (TaskKind.IMPORT_REPORT, TaskKind.READ_DANGER)
WORKER = "worker:case"
WRITTEN_BY_ADVISERS = {"risk_to_approach", "summary", "protection_summary", "last_known_place"}
"""Fields of the situation that no report fills: a reporter's own words are in the account."""
SAID_IN_REPORT = ConsentTaken(wording="report-form-v1", language="en", given_how="report")

log = structlog.get_logger()


@dataclass(frozen=True)
class ClaimedImport:
    """Report import that this worker holds."""

    contact_id: UUID
    case_id: UUID
    fence: int
    attempts: int


async def import_reports(context: ServiceContext) -> bool:
    """Claim what is due, fetch each report and import it into its case."""
    async with context.database.unit_of_work(WORKER) as uow:
        rows = await claim(uow.session, ReportImport, now=uow.now, lease=LEASE, at_most=BATCH)
        claimed = [ClaimedImport(row.contact_id, row.case_id, row.fence, row.attempts) for row in rows]
    if not claimed:
        return False
    async with context.client("intake") as intake:
        # At the same time: behind an intake that does not answer, the last of them would outlive its lease.
        results = await asyncio.gather(
            *(_import(context, intake, one) for one in claimed), return_exceptions=True
        )
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return True


async def _import(context: ServiceContext, intake: ServiceClient, claimed: ClaimedImport) -> None:
    try:
        async with asyncio.timeout(FETCH_WITHIN_SECONDS):
            answer = await intake.get(f"/v1/contacts/{claimed.contact_id}/report")
    except Exception as error:  # no answer, a refusal or no token: a person hears of it all the same
        await _try_again(context, claimed, type(error).__name__)
        return
    crash_point("case.report_fetched")
    try:
        await _keep(context, answer, claimed)
    except Exception as error:  # a report that cannot be imported is a person's task, and others go on
        await _try_again(context, claimed, type(error).__name__)


async def _keep(context: ServiceContext, answer: object, claimed: ClaimedImport) -> None:
    async with context.database.unit_of_work(WORKER) as uow:
        row = await uow.session.get(ReportImport, claimed.contact_id, with_for_update=True)
        if row is None or not row.is_held_under(claimed.fence):
            return
        async with change_case(claimed.case_id, uow, deadlines_of(context)) as change:
            case_file = change.case_file
            handed = ReportToImport.model_validate(answer)
            if not handed.opens_case:
                _leave_with_intake(case_file)
            elif case_file.case.report_imported_at is None:
                await import_report(case_file, handed)
            outcome = TaskOutcome.REPORT_IMPORTED if handed.opens_case else TaskOutcome.LEFT_WITH_INTAKE
            needless = [TaskKind.IMPORT_REPORT] if handed.opens_case else [*_OF_A_REPORT]
            case_file.records.end_tasks(needless, outcome)
        row.finish()


def _leave_with_intake(case_file: CaseFile) -> None:
    """Record nobody and force nothing: a pupil who asks must not be reported for being under 18."""
    case, uow = case_file.case, case_file.uow
    uow.publish(case.leave_with_intake(uow.now))
    classification = classify(case, case_file.situation, case_file.persons, uow.now)
    uow.publish(classified_event(classification, case_file.records))
    uow.record("report.left_with_intake", case.id, contact_id=case.contact_id)


async def _try_again(context: ServiceContext, claimed: ClaimedImport, error: str) -> None:
    """Give the import back for a later attempt; after a few, a person must read the report at intake.

    An override in the report must not wait for a machine.
    """
    log.warning("report not imported", case_id=claimed.case_id, attempts=claimed.attempts, error=error)
    async with context.database.unit_of_work(WORKER) as uow:
        row = await uow.session.get(ReportImport, claimed.contact_id, with_for_update=True)
        if row is None or not row.is_held_under(claimed.fence):
            return
        pause = pause_after(claimed.attempts, first=FIRST_PAUSE_SECONDS, longest=LONGEST_PAUSE_SECONDS)
        row.retry_at(uow.now + timedelta(seconds=pause))
        if claimed.attempts >= ATTEMPTS_BEFORE_TASK:
            records = await lock_sharing_records(claimed.case_id, uow)
            records.open_task(TaskKind.IMPORT_REPORT, uow.now)


async def import_report(case_file: CaseFile, handed: ReportToImport) -> None:
    """Seal a report under the case's keys, with its persons, dangers and consent."""
    case, uow, report = case_file.case, case_file.uow, handed.report
    case.mark_report_imported(uow.now)
    case.move_to(report.place)
    said = report.model_dump(exclude=WRITTEN_BY_ADVISERS)
    await case_file.change_situation(dict(Situation.model_validate(said)))
    await _keep_account(case_file, handed)
    reporter = await _keep_persons(case_file, report)
    uow.publish(ReportImported(case_id=case.id, contact_id=handed.contact_id))
    await _keep_consent(case_file, reporter, report)
    uow.record("report.imported", case.id, contact_id=handed.contact_id)


async def _keep_account(case_file: CaseFile, handed: ReportToImport) -> None:
    content = {**handed.report.model_dump(), "not_understood": handed.not_understood}
    account = Account.model_validate(content)
    row = await ReportedAccount.seal(case_file.case.id, handed.contact_id, account, case_file.uow.keys)
    case_file.uow.session.add(row)
    case_file.accounts.append(OpenedAccount(row, account))


async def _keep_persons(case_file: CaseFile, report: Report) -> OpenedPerson:
    """Add the persons and the dangers of a report, each told of by its maker. Return the maker.

    A danger that names somebody never narrows one that names nobody: both are kept (fact 0).
    """
    maker = await _keep_person(case_file, report.reporter, report.reporter.roles, None)
    for person in report.persons:
        await _keep_person(case_file, person, [person.role], maker.id)
    _link_households(case_file, report)
    hurt = report.someone_hurt is YesNoUnknown.YES
    endangered = [
        person.id
        for person, reported in zip(case_file.persons, report.everybody, strict=True)
        if reported.in_danger is YesNoUnknown.YES
    ]
    for person_id in endangered:
        await _keep_danger(case_file, person_id, maker.id, someone_hurt=hurt)
    if report.danger_now is YesNoUnknown.YES or (hurt and not endangered):
        await _keep_danger(case_file, None, maker.id, someone_hurt=hurt)
    return maker


async def _keep_person(
    case_file: CaseFile,
    reported: Reporter | ReportedPerson,
    roles: list[PersonRole],
    maker_id: UUID | None,
) -> OpenedPerson:
    person = await create_person(
        case_file.case.id,
        Identity.model_validate(reported.model_dump()),
        _said_in_report(case_file, maker_id),
        roles=frozenset(roles),
        relations=Relations(cares_for_child=reported.cares_for_child),
        said_on=british_date(case_file.case.received_at),
        uow=case_file.uow,
        contact_id=case_file.case.contact_id,
        made_report=maker_id is None,
    )
    if maker_id is None:
        person.row.name_as_own_source()
    case_file.persons.append(person)
    return person


def _said_in_report(case_file: CaseFile, maker_id: UUID | None) -> AgeSaid:
    """Return how the report said it. An adviser's own entry of a call counts as recorded by an adviser (fact 7)."""
    by_adviser = case_file.case.recorded_by_adviser
    return AgeSaid(
        at=case_file.uow.now, by=case_file.uow.actor, in_report=not by_adviser, source_reporter_id=maker_id
    )


def _link_households(case_file: CaseFile, report: Report) -> None:
    """Record who lives together, where the report gives them the same household."""
    labels = [one.household for one in report.everybody]
    for person, label in zip(case_file.persons, labels, strict=True):
        same = [
            one.id for one, other in zip(case_file.persons, labels, strict=True) if label and other == label
        ]
        others = frozenset(one for one in same if one != person.id)
        if others:
            person.row.relate(Relations(lives_with=others))


async def _keep_danger(
    case_file: CaseFile, person_id: UUID | None, maker_id: UUID, *, someone_hurt: bool
) -> None:
    by_adviser = case_file.case.recorded_by_adviser
    danger = await create_danger(
        case_file.case.id,
        case_file.uow,
        origin=DangerOrigin.ADVISER if by_adviser else DangerOrigin.REPORT,
        person_id=person_id,
        source_reporter_id=maker_id,
        someone_hurt=someone_hurt,
    )
    case_file.dangers.append(danger)


async def _keep_consent(case_file: CaseFile, reporter: OpenedPerson, report: Report) -> None:
    """Make what the report says about sharing the first entries of the ledger; nothing for what it leaves out.

    A yes beside a choice that is not to share does not count: the more private choice does (section 1).
    """
    if report.privacy is not None:
        await case_file.add_consent(reporter.id, SAID_IN_REPORT, privacy=report.privacy)
    if report.privacy is PrivacyChoice.SHARE:
        for kind in report.share_with:
            await case_file.add_consent(reporter.id, SAID_IN_REPORT, recipient_kind=kind, agrees=True)
    if report.situation_may_be_passed_on is not None:
        allowed = report.situation_may_be_passed_on
        await case_file.add_consent(reporter.id, SAID_IN_REPORT, situation=allowed)
