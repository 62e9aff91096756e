"""Routes of the persons on a case: who is added, and what is recorded or corrected about them."""

from uuid import UUID

from case_service.access import AnyCaseToChange, AnyUnchangedCase, UnchangedCase
from case_service.cases.case_file import CaseFile
from case_service.people.age_checks import check_may_be_unknown, check_statement
from case_service.people.anonymity import ChoseToBeAnonymous, check_may_be_named, check_may_be_placed
from case_service.people.models import OpenedPerson
from case_service.people.schemas import (
    AddPerson,
    AgeRecorded,
    CorrectName,
    RecordAge,
    RecordPlaces,
    RecordRelations,
    RecordUnknownAges,
)
from shared.domain.age import british_date
from shared.errors import Conflict
from shared.http.auth import Uow
from shared.http.idempotency import Idempotent
from shared.http.problems import raises
from shared.http.records import record_router
from shared.http.schemas import Changed, Created

router = record_router(prefix="/v1/cases/{case_id}", tag="persons")


class EntryCompleteAlready(Conflict):
    """The entry took effect before, so that completing it changes nothing."""

    code = "entry-complete-already"
    title = "This entry is complete"


class PersonCreated(Created):
    """Person that was added; `version` is the case's."""


class PersonChanged(Changed):
    """Person that was changed; `version` is the case's."""


@router.post(
    "/persons", status_code=201, summary="Add a person; what must be shared about a child is opened now"
)
async def add_person(
    body: AddPerson, change: AnyCaseToChange, uow: Uow, request: Idempotent
) -> PersonCreated:
    async def add() -> PersonCreated:
        case_file = change.case_file
        check_statement(body.age.statement(), british_date(uow.now), under="age.")
        person = await case_file.add_person(
            body.identity(),
            roles=body.roles,
            relations=body.relations(),
            source_reporter_id=body.source_reporter_id,
            complete=body.complete,
        )
        uow.record("person.added", case_file.case.id, person_id=person.id)
        return PersonCreated(id=person.id, version=case_file.case.version)

    return await request.once(PersonCreated, add)


@router.put("/persons/{person_id}/age", summary="Record or correct an age; what it forces is opened now")
async def record_age(person_id: UUID, body: RecordAge, case_file: AnyUnchangedCase, uow: Uow) -> AgeRecorded:
    """Record an age. A child's duty ends only by two signatures: a stand-down, or a correction after sending.

    What was sent stays recorded as lawful when made (sharing rules, facts 8 and 14).
    """
    person = case_file.person(person_id)
    today = british_date(uow.now)
    statement = body.statement()
    check_statement(statement, today, known=person.identity.age)
    age = statement.model_copy(update={"said_on": statement.said_on or today})
    said = case_file.age_said(body.source_reporter_id, complete=body.complete)
    await person.state_age(age, said, uow.keys, was_taken_back=_was_taken_back(person, case_file))
    case_file.case.content_recorded()
    uow.record("age.recorded", case_file.case.id, person_id=person.id)
    return AgeRecorded(id=person.id, version=case_file.case.version, age_status=person.age_status(today))


@router.post("/unknown-ages", summary="Choose for several persons that there is no indication of their age")
async def record_unknown_ages(body: RecordUnknownAges, change: AnyCaseToChange, uow: Uow) -> Changed:
    """Choose `unknown_no_indication` for everybody who is named, or for nobody.

    Refused for whom anything is known of the age, above all where a statement allows an age under 18 (sharing rules,
    section 2). For whom it was chosen already, nothing changes.
    """
    case_file, today = change.case_file, british_date(uow.now)
    persons = [case_file.person(one) for one in body.person_ids]
    check_may_be_unknown(persons, today)
    unasked = [one for one in persons if one.age_status(today) is None]
    for person in {one.id: one for one in unasked}.values():
        await person.choose_no_indication(today, case_file.age_said(None, complete=True), uow.keys)
        uow.record("age.recorded", case_file.case.id, person_id=person.id)
    if unasked:
        case_file.case.content_recorded()
    return Changed(id=case_file.case.id, version=case_file.case.version)


def _was_taken_back(person: OpenedPerson, case_file: CaseFile) -> bool:
    """Return whether two people took the last statement back: said again, it is a new fact."""
    last = str(person.row.statements[-1].id)
    return any(fact.id == last for fact in case_file.taken_back())


@router.post(
    "/persons/{person_id}/completed-entry", summary="Complete the entry of a child: it takes effect now"
)
@raises(EntryCompleteAlready)
async def complete_entry(person_id: UUID, change: AnyCaseToChange, uow: Uow) -> PersonChanged:
    """An entry that nobody completes takes effect by itself 15 minutes after it was begun (fact 7)."""
    case_file = change.case_file
    person = case_file.person(person_id)
    waiting = [one for one in person.row.statements if one.effective_at > uow.now]
    if not waiting:
        raise EntryCompleteAlready
    for statement in waiting:
        statement.complete(uow.now)
    case_file.case.content_recorded()
    uow.record("entry.completed", case_file.case.id, person_id=person.id)
    return PersonChanged(id=person.id, version=case_file.case.version)


@router.put(
    "/persons/{person_id}/relations", summary="Record who a person lives with, cares for and exploits"
)
async def record_relations(
    person_id: UUID, body: RecordRelations, case_file: AnyUnchangedCase, uow: Uow
) -> PersonChanged:
    """Households and who cares for whom are recorded, and never guessed from an address (section 1)."""
    person = case_file.person(person_id)
    relations = body.relations()
    case_file.check_related(relations)
    person.row.relate(relations)
    case_file.case.content_recorded()
    uow.record("relations.recorded", case_file.case.id, person_id=person.id)
    return PersonChanged(id=person.id, version=case_file.case.version)


@router.put("/persons/{person_id}/name", summary="Record or correct a name")
@raises(ChoseToBeAnonymous)
async def correct_name(
    person_id: UUID, body: CorrectName, case_file: UnchangedCase, uow: Uow
) -> PersonChanged:
    """Disclosures that are not sent yet carry the right name.

    An agency that received details of this person under an override gets a supplement. One that never received the
    name gets no message (sharing rules, fact 7).
    """
    person = case_file.person(person_id)
    check_may_be_named(case_file, person)
    await person.write(person.identity.model_copy(update={"name": body.name}), uow.keys)
    case_file.case.content_recorded()
    uow.record("name.recorded", case_file.case.id, person_id=person.id)
    return PersonChanged(id=person.id, version=case_file.case.version)


@router.put("/persons/{person_id}/places", summary="Record or correct where a person lives and is found")
@raises(ChoseToBeAnonymous)
async def record_places(
    person_id: UUID, body: RecordPlaces, case_file: AnyUnchangedCase, uow: Uow
) -> PersonChanged:
    """Disclosures that are not sent yet go to the agency of the right place.

    An agency that received the case under an override gets a supplement, and the right one receives the case too.
    """
    person = case_file.person(person_id)
    places = body.places()
    if any(place is not None and place.names_more_than_council for place in places.values()):
        check_may_be_placed(case_file, person)
    await person.write(person.identity.with_places(places), uow.keys)
    case_file.case.content_recorded()
    uow.record("places.recorded", case_file.case.id, person_id=person.id, places="+".join(sorted(places)))
    return PersonChanged(id=person.id, version=case_file.case.version)
