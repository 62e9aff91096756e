"""Event handlers of intake."""

from intake_service.contacts.models import Contact
from shared.audit.chain import remember_head
from shared.db.unit_of_work import UnitOfWork
from shared.events import AuditHeadAnnounced, ReportImported
from shared.messaging.consumer import CannotHandle, EventHandlers


async def erase_imported_report(event: ReportImported, uow: UnitOfWork) -> None:
    """Erase intake's copy of a report: the case holds it under its own keys."""
    contact = await uow.session.get(Contact, event.contact_id, with_for_update=True)
    if contact is None:
        raise CannotHandle("contact-unknown")
    if contact.mark_imported(event.case_id, uow.now):
        await uow.keys.erase(contact.id)
        uow.record("report.erased", contact.id, case_id=event.case_id)


EVENT_HANDLERS: EventHandlers = {
    ReportImported: erase_imported_report,
    AuditHeadAnnounced: remember_head,
}
