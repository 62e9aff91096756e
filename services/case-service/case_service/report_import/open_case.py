"""Opening of cases: a contact that names a concern opens one, and its report is fetched right after."""

from datetime import datetime
from uuid import UUID

from case_service.cases.models import Case
from case_service.recipients.sharing_records import lock_case, read_sharing_records
from case_service.report_import.models import ReportImport
from case_service.sharing.effects import TaskKind
from shared.db.unit_of_work import UnitOfWork
from shared.events import ContactReceived

REPORT_IMPORT_CHANNEL = "report_imports"


async def open_case(event: ContactReceived, uow: UnitOfWork) -> None:
    """Open a case for a contact that names a concern, once."""
    if event.opens_case:
        await open_case_of_contact(
            event.contact_id,
            event.received_at,
            uow,
            danger=event.danger_stated,
            child=event.child_stated,
            recorded_by_adviser=event.recorded_by_adviser,
            may_repeat_contact_id=event.same_words_as,
        )


async def open_case_of_contact(
    contact_id: UUID,
    received_at: datetime,
    uow: UnitOfWork,
    *,
    danger: bool,
    child: bool,
    recorded_by_adviser: bool = False,
    may_repeat_contact_id: UUID | None = None,
) -> None:
    """Open the case of a contact, and have its report fetched. In danger the task to read it opens now (fact 7)."""
    report_import = await uow.session.get(ReportImport, contact_id, with_for_update=True)
    if report_import is not None:
        await _fetch_again(report_import, uow, danger=danger, child=child)
        return
    case = Case.open_from_contact(
        contact_id,
        received_at=received_at,
        danger=danger,
        child=child,
        at=uow.now,
        recorded_by_adviser=recorded_by_adviser,
        may_repeat_contact_id=may_repeat_contact_id,
    )
    uow.session.add(case)
    await uow.session.flush()
    await uow.keys.create(case.id)
    uow.session.add(ReportImport(contact_id=contact_id, case_id=case.id, due_at=uow.now, fence=0, attempts=0))
    uow.publish(case.opened_event())
    uow.record("case.opened", case.id, contact_id=contact_id)
    if danger:
        await _have_danger_read(case, uow)
    uow.notify(REPORT_IMPORT_CHANNEL)


async def _have_danger_read(case: Case, uow: UnitOfWork) -> None:
    records = await read_sharing_records(case, uow)
    records.open_task(TaskKind.READ_DANGER, uow.now)


async def _fetch_again(report_import: ReportImport, uow: UnitOfWork, *, danger: bool, child: bool) -> None:
    """Fetch the report of a contact that is announced again: it may name a concern now.

    A worker that is fetching it at this moment has an old answer, and loses the lease.
    """
    case = await lock_case(report_import.case_id, uow)
    if case.report_imported_at is not None:
        return
    if not case.is_open:
        uow.publish(case.open_for_concern(danger=danger, child=child, at=uow.now))
        uow.record("case.reopened", case.id)
        if danger:
            await _have_danger_read(case, uow)
    report_import.retry_at(uow.now)
    report_import.take_from_worker()
    uow.notify(REPORT_IMPORT_CHANNEL)
