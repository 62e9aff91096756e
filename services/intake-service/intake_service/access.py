"""Who may do what in intake."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from intake_service.contacts import Contact
from shared.access import Uow, holding, service
from shared.errors import NotFound
from shared.identity import Principal, Role

Adviser = Annotated[Principal, Depends(holding(Role.ADVISER, Role.SAFEGUARDING_LEAD))]
CaseService = Annotated[Principal, Depends(service("case"))]


async def _contact_to_read(contact_id: UUID, _: Adviser, uow: Uow) -> Contact:
    return await _found(contact_id, uow)


async def _contact_to_change(contact_id: UUID, _: Adviser, uow: Uow) -> Contact:
    return await _found(contact_id, uow, lock=True)


async def _contact_to_take_over(contact_id: UUID, _: CaseService, uow: Uow) -> Contact:
    return await _found(contact_id, uow)


async def _found(contact_id: UUID, uow: Uow, *, lock: bool = False) -> Contact:
    contact = await uow.session.get(Contact, contact_id, with_for_update=lock)
    if contact is None:
        raise NotFound
    return contact


ContactToRead = Annotated[Contact, Depends(_contact_to_read, scope="function")]
ContactToChange = Annotated[Contact, Depends(_contact_to_change, scope="function")]
ContactToTakeOver = Annotated[Contact, Depends(_contact_to_take_over, scope="function")]
