"""Access to intake's records: guards that load what a route works on."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from intake_service.contacts.models import Contact
from shared.errors import NotFound
from shared.http.auth import Uow, has_role, is_service
from shared.http.problems import raises
from shared.identity.principals import Principal, Role

Adviser = Annotated[Principal, Depends(has_role(Role.ADVISER, Role.SAFEGUARDING_LEAD))]
CaseService = Annotated[Principal, Depends(is_service("case"))]


@raises(NotFound)
async def _contact_to_read(contact_id: UUID, _: Adviser, uow: Uow) -> Contact:
    return await _contact(contact_id, uow)


@raises(NotFound)
async def _contact_to_change(contact_id: UUID, _: Adviser, uow: Uow) -> Contact:
    return await _contact(contact_id, uow, lock=True)


@raises(NotFound)
async def _contact_to_import(contact_id: UUID, _: CaseService, uow: Uow) -> Contact:
    return await _contact(contact_id, uow)


async def _contact(contact_id: UUID, uow: Uow, *, lock: bool = False) -> Contact:
    contact = await uow.session.get(Contact, contact_id, with_for_update=lock)
    if contact is None:
        raise NotFound
    return contact


ContactToRead = Annotated[Contact, Depends(_contact_to_read, scope="function")]
ContactToChange = Annotated[Contact, Depends(_contact_to_change, scope="function")]
ContactToImport = Annotated[Contact, Depends(_contact_to_import, scope="function")]
