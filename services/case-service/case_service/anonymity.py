"""Anonymous means that no details are held: whoever chooses it later has theirs removed then."""

from uuid import UUID

from case_service.pages import Page
from case_service.persons import write_identity
from shared.database import UnitOfWork
from shared.errors import Conflict


class IdentityStillNeeded(Conflict):
    code = "identity-still-needed"
    title = (
        "A forced disclosure is open: record confidential now, and anonymous when it has been acknowledged"
    )


async def hold_no_identity(page: Page, person_id: UUID, uow: UnitOfWork) -> None:
    """Removes name and contact details of a reporter; not while a forced leg is open, from which nothing may be
    taken away (sharing rules, section 4, facts 1, 2 and 13)."""
    person, identity = page.person(person_id)
    if not person.is_reporter or not identity.names_anyone:
        return
    if any(leg.open_duty for leg in page.legs):
        raise IdentityStillNeeded
    nameless = identity.model_copy(update={"name": None, "phone": None, "email": None})
    await write_identity(person, nameless, uow)
    uow.record("identity.removed", page.case.id, person_id=person_id)
