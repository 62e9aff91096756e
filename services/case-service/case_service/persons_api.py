"""The people on a case: adding somebody, and setting a name or an age right."""

from datetime import date
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter
from pydantic import BaseModel, Field, StringConstraints, model_validator

from case_service.access import CaseToTakeBack, UnchangedCase, UnchangedCaseToProtect
from case_service.anonymity import refuse_a_name_for_the_anonymous
from case_service.cases import open_again
from case_service.corrections import correct_those_told
from case_service.pages import Page, age_fact, read_page
from case_service.persons import Person, add_person, write_identity
from case_service.situations import AgeKnown, Identity, Kept, PlaceEntered
from case_service.supplements import facts_changed, send_supplements
from case_service.windows import windows_of
from shared.access import PlatformOf, Uow
from shared.age import age_status, british_date
from shared.idempotency import MayBeRetry
from shared.vocabulary import AgeStatus, PersonRole

router = APIRouter(prefix="/v1/cases/{case_id}/persons", tags=["persons"])


class AddPerson(Identity):
    """`told_by` is the reporter on the case who told of this person; empty: whoever made the report."""

    roles: Annotated[list[PersonRole], Field(min_length=1)] = [PersonRole.PERSON_OF_CONCERN]
    lives_at: PlaceEntered | None = None
    found_at: PlaceEntered | None = None
    cares_for_child: bool = False
    told_by: UUID | None = None


class Added(BaseModel):
    id: UUID


class AgeOut(BaseModel):
    id: UUID
    age_status: AgeStatus | None


class CorrectName(Kept):
    name: Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]


class RecordPlaces(Kept):
    """Where somebody lives, and where they are found: whichever is named replaces what was known, with all its parts;
    null says that it is not known after all."""

    lives_at: PlaceEntered | None = None
    found_at: PlaceEntered | None = None

    @model_validator(mode="after")
    def _names_one(self) -> "RecordPlaces":
        if not self.model_fields_set:
            raise ValueError("lives_at, found_at or both")
        return self


class PlacesRecorded(BaseModel):
    """Which version of the case has the places; they are on the case's page."""

    id: UUID
    version: int


class NameCorrected(BaseModel):
    """Which version of the case has the name; the name itself is on the case's page."""

    id: UUID
    version: int


@router.post("", status_code=201, summary="Add somebody; a child opens what must be shared, now")
async def add(
    told: AddPerson, page: CaseToTakeBack, uow: Uow, platform: PlatformOf, retry: MayBeRetry
) -> Added:
    if first := await retry.first_answer(Added):
        return first
    open_again(page.case, uow)
    person = await add_person(
        page.case.id,
        Identity.model_validate(told.model_dump()),
        roles=told.roles,
        cares_for_child=told.cares_for_child,
        said_on=british_date(uow.now),
        uow=uow,
        told_by=page.reporter(told.told_by) if told.told_by else None,
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
    said = age.model_copy(update={"said_on": age.said_on or today})
    if said != identity.age or _answered_for(person, page):
        person.age_statement = uuid4()
    identity.age = said
    await write_identity(person, identity, uow)
    page.case.version += 1
    uow.record("age.recorded", page.case.id, person_id=person.id)
    await correct_those_told(page, uow, windows_of(platform.settings).told)
    await facts_changed(page, uow, windows_of(platform.settings))
    return AgeOut(id=person.id, age_status=_status(identity, today))


@router.put("/{person_id}/name", summary="Record or correct a name; those who were told it are told it anew")
async def correct_name(
    person_id: UUID, told: CorrectName, page: UnchangedCase, uow: Uow, platform: PlatformOf
) -> NameCorrected:
    """What has not left carries the right name; a body that an override told of this person gets a supplement, and
    one that was never told the name hears nothing (fact 7)."""
    person, identity = page.person(person_id)
    refuse_a_name_for_the_anonymous(page, person)
    await write_identity(person, identity.model_copy(update={"name": told.name}), uow)
    page.case.version += 1
    uow.record("name.recorded", page.case.id, person_id=person.id)
    await send_supplements(await read_page(page.case, uow), uow, windows_of(platform.settings))
    return NameCorrected(id=person.id, version=page.case.version)


@router.put("/{person_id}/places", summary="Record or correct where somebody lives and is found")
async def record_places(
    person_id: UUID, told: RecordPlaces, page: UnchangedCaseToProtect, uow: Uow, platform: PlatformOf
) -> PlacesRecorded:
    """What has not left goes to the body of the right place; a body that has been told by force is told the news, and
    the right one is told too."""
    person, identity = page.person(person_id)
    if any(
        place and place != PlaceEntered(council=place.council) for place in (told.lives_at, told.found_at)
    ):
        refuse_a_name_for_the_anonymous(page, person)  # of their places, the council alone is held
    entered = {name: getattr(told, name) for name in told.model_fields_set}
    await write_identity(person, Identity.model_validate(identity.model_dump() | entered), uow)
    page.case.version += 1
    uow.record("places.recorded", page.case.id, person_id=person.id, places="+".join(sorted(entered)))
    await facts_changed(page, uow, windows_of(platform.settings))
    return PlacesRecorded(id=person.id, version=page.case.version)


def _answered_for(person: Person, page: Page) -> bool:
    """Two people stood down, or a correction took back, what was said last: said again, it is a new fact."""
    return any(age_fact(person) in leg.covered for leg in page.legs)


def _status(identity: Identity, today: date) -> AgeStatus | None:
    return age_status(identity.age.as_age(), today)
