"""How a case is shown to those who work on it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select

from case_service.pages import Page
from case_service.persons import Person, status_or_none
from case_service.situations import Account, AgeKnown, Identity, PlaceKnown, Situation
from case_service.tasks import Task
from shared import sharing
from shared.age import british_date
from shared.database import UnitOfWork


class StandingOut(BaseModel):
    privacy: str | None
    recipients: list[str]
    situation: bool | None
    withdrawn: bool


class PersonOut(BaseModel):
    id: UUID
    roles: list[str]
    name: str | None
    phone: str | None
    email: str | None
    gender: str
    description: str | None
    languages: list[str]
    lives_at: PlaceKnown | None
    found_at: PlaceKnown | None
    relation_to_reporter: str | None
    relation_to_child: str | None
    cares_for_child: bool
    age: AgeKnown
    age_status: str | None
    in_danger: bool
    consent: StandingOut


class LegOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    recipient: str
    body: str
    grounds: list[str]
    state: str
    opened_at: datetime
    leaves_at: datetime
    authorised_at: datetime | None
    sent_at: datetime | None
    acknowledged_at: datetime | None
    due_at: datetime | None
    verified: bool
    fallback: bool
    facts: list[str]


class TaskOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    case_id: UUID
    leg_id: UUID | None
    kind: str
    holder: str
    opened_at: datetime
    due_at: datetime
    done_at: datetime | None
    overdue: bool = False

    @staticmethod
    def of(task: Task, now: datetime) -> "TaskOut":
        out = TaskOut.model_validate(task)
        out.overdue = task.done_at is None and task.due_at <= now
        return out


class CaseOut(BaseModel):
    id: UUID
    version: int
    contact_id: UUID
    state: str
    opened_at: datetime
    received_at: datetime
    taken_over: bool
    confirmed: bool
    classification: str
    council: str | None
    source_left_out: str | None
    situation: Situation
    accounts: list[Account]
    danger: bool
    persons: list[PersonOut]
    legs: list[LegOut]
    tasks: list[TaskOut]


async def case_out(page: Page, uow: UnitOfWork) -> CaseOut:
    case = page.case
    return CaseOut(
        id=case.id,
        version=case.version,
        contact_id=case.contact_id,
        state=case.state,
        opened_at=case.opened_at,
        received_at=case.received_at,
        taken_over=case.taken_over_at is not None,
        confirmed=case.confirmed_at is not None,
        classification=case.classification,
        council=case.place_gss,
        source_left_out=case.source_left_out,
        situation=page.situation,
        accounts=list(page.accounts),
        danger=bool(page.dangers),
        persons=[_person(person, identity, page, uow.now) for person, identity in page.persons],
        legs=[LegOut.model_validate(leg) for leg in page.legs],
        tasks=await _tasks(page, uow),
    )


async def _tasks(page: Page, uow: UnitOfWork) -> list[TaskOut]:
    found = select(Task).where(Task.case_id == page.case.id).order_by(Task.due_at, Task.id)
    return [TaskOut.of(task, uow.now) for task in (await uow.session.scalars(found)).all()]


def _person(person: Person, identity: Identity, page: Page, now: datetime) -> PersonOut:
    told: dict[str, Any] = identity.model_dump(exclude={"exploitation_types"})
    status = status_or_none(identity, british_date(now))
    said = sharing.standing(page.matter(), str(person.id), now)
    return PersonOut(
        **told,
        id=person.id,
        roles=person.roles,
        cares_for_child=person.cares_for_child,
        age_status=status.value if status else None,
        in_danger=any(danger.person_id == person.id for danger in page.dangers),
        consent=StandingOut(
            privacy=said.privacy.value if said.privacy else None,
            recipients=sorted(kind.value for kind in said.recipients),
            situation=said.situation,
            withdrawn=said.withdrawn,
        ),
    )
