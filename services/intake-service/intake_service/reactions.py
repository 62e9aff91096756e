"""What intake does when other services announce something."""

from intake_service.contacts import Contact
from shared import audit
from shared.consumer import Reactions, Unhandled
from shared.database import UnitOfWork
from shared.events import AuditHeadAnnounced, ReportTakenOver


async def let_go_of_report(event: ReportTakenOver, uow: UnitOfWork) -> None:
    """The case holds the report under its own keys: intake's copy becomes unreadable."""
    contact = await uow.session.get(Contact, event.contact_id, with_for_update=True)
    if contact is None:
        raise Unhandled("contact-unknown")
    if contact.take_over(event.case_id, uow.now):
        await uow.keys.erase(contact.id)
        uow.record("report.let_go", contact.id, case_id=event.case_id)


REACTIONS: Reactions = {ReportTakenOver: let_go_of_report, AuditHeadAnnounced: audit.witness}
