"""The people on a case: adding somebody, and setting an age right."""

from datetime import date
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter
from pydantic import BaseModel, Field

from case_service.access import CaseToProtect, UnchangedCaseToProtect
from case_service.disclosures import authorise
from case_service.forcing import Windows
from case_service.pages import Page, age_fact
from case_service.persons import Person, add_person, write_identity
from case_service.situations import AgeKnown, Identity, PlaceEntered
from case_service.supplements import facts_changed
from case_service.windows import windows_of
from shared.access import PlatformOf, Uow
from shared.age import age_status, british_date, on_child_path
from shared.database import UnitOfWork
from shared.idempotency import MayBeRetry
from shared.vocabulary import AgeStatus, PersonRole

router = APIRouter(prefix="/v1/cases/{case_id}/persons", tags=["persons"])


class AddPerson(Identity):
    roles: Annotated[list[PersonRole], Field(min_length=1)] = [PersonRole.PERSON_OF_CONCERN]
    lives_at: PlaceEntered | None = None
    found_at: PlaceEntered | None = None
    cares_for_child: bool = False


class Added(BaseModel):
    id: UUID


class AgeOut(BaseModel):
    id: UUID
    age_status: AgeStatus | None


@router.post("", status_code=201, summary="Add somebody; a child opens what must be shared, now")
async def add(
    told: AddPerson, page: CaseToProtect, uow: Uow, platform: PlatformOf, retry: MayBeRetry
) -> Added:
    if first := await retry.first_answer(Added):
        return first
    person = await add_person(
        page.case.id,
        Identity.model_validate(told.model_dump()),
        roles=told.roles,
        cares_for_child=told.cares_for_child,
        said_on=british_date(uow.now),
        uow=uow,
    )
    uow.record("person.added", page.case.id, person_id=person.id)
    await facts_changed(page, uow, windows_of(platform.settings))
    return await retry.keep(Added(id=person.id))


@router.put("/{person_id}/age", summary="Record or correct an age; what it forces is opened now")
async def record_age(
    person_id: UUID, age: AgeKnown, page: UnchangedCaseToProtect, uow: Uow, platform: PlatformOf
) -> AgeOut:
    """Before sending, taking a child's ground away is a stand-down by two people: the leg stays open. After sending,
    the recipients get a correction, and what was sent stays recorded as lawful when made (facts 8 and 14)."""
    person, identity = page.person(person_id)
    today = british_date(uow.now)
    was_child = on_child_path(identity.age.as_age(), today)
    said = age.model_copy(update={"said_on": age.said_on or today})
    if said != identity.age or _answered_for(person, page):
        person.age_statement = uuid4()
    identity.age = said
    await write_identity(person, identity, uow)
    page.case.version += 1
    uow.record("age.recorded", page.case.id, person_id=person.id)
    if was_child and not on_child_path(identity.age.as_age(), today):
        await _correct(person, page, uow, windows_of(platform.settings))
    await facts_changed(page, uow, windows_of(platform.settings))
    return AgeOut(id=person.id, age_status=_status(identity, today))


def _answered_for(person: Person, page: Page) -> bool:
    """Two people stood down, or a correction took back, what was said last: said again, it is a new fact."""
    return any(age_fact(person) in leg.covered for leg in page.legs)


def _status(identity: Identity, today: date) -> AgeStatus | None:
    return age_status(identity.age.as_age(), today)


async def _correct(person: Person, page: Page, uow: UnitOfWork, windows: Windows) -> None:
    for leg in page.legs:
        if leg.correct(str(person.id)):
            await authorise(leg, "correction", uow, windows.told, about=[str(person.id)])
