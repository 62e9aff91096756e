"""The people on a case: who they are (sealed), how old they may be, and where they live or are found."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from case_service.situations import Identity
from case_service.tables import Base
from shared.age import age_status
from shared.database import UnitOfWork
from shared.tables import Codes, CodeText, Sealed
from shared.vault import Place
from shared.vocabulary import AgeStatus, PersonRole


class Person(Base):
    """One person on one case. `identity` is sealed under a key of the person's own, so that it can be erased alone."""

    __tablename__ = "persons"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    added_at: Mapped[datetime]
    roles: Mapped[list[str]] = mapped_column(Codes)
    cares_for_child: Mapped[bool] = mapped_column(default=False)
    lives_gss: Mapped[str | None] = mapped_column(CodeText)
    found_gss: Mapped[str | None] = mapped_column(CodeText)
    age_statement: Mapped[UUID]
    """Another one for each statement of the age: names it without telling it."""
    told_by: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    """The reporter on the case who told of this person; None: whoever made the report."""
    identity: Mapped[bytes | None] = mapped_column(Sealed)

    @property
    def is_reporter(self) -> bool:
        return PersonRole.REPORTER.value in self.roles


def identity_place(person_id: UUID) -> Place:
    return Place("persons", "identity", person_id)


async def add_person(
    case_id: UUID,
    identity: Identity,
    *,
    roles: Sequence[PersonRole],
    cares_for_child: bool,
    said_on: date,
    uow: UnitOfWork,
    told_by: UUID | None = None,
) -> Person:
    """A new person under a new key. A stated age counts from the day it was said."""
    person = Person(
        id=uuid4(),
        case_id=case_id,
        added_at=uow.now,
        roles=[role.value for role in roles],
        cares_for_child=cares_for_child,
        age_statement=uuid4(),
        told_by=told_by,
    )
    identity.age.said_on = identity.age.said_on or said_on
    await uow.keys.create(person.id)
    await write_identity(person, identity, uow)
    uow.session.add(person)
    await uow.session.flush()
    return person


async def write_identity(person: Person, identity: Identity, uow: UnitOfWork) -> None:
    person.lives_gss = identity.lives_at.gss if identity.lives_at else None
    person.found_gss = identity.found_at.gss if identity.found_at else None
    content = identity.model_dump(mode="json")
    person.identity = await uow.keys.seal(person.id, identity_place(person.id), content)


async def read_identity(person: Person, uow: UnitOfWork) -> Identity:
    """The person's identity, opened; empty where it was erased."""
    opened = await uow.keys.open_or_none(person.id, identity_place(person.id), person.identity)
    return Identity.model_validate(opened or {})


async def persons_of(case_id: UUID, uow: UnitOfWork) -> Sequence[Person]:
    found = select(Person).where(Person.case_id == case_id).order_by(Person.added_at, Person.id)
    return (await uow.session.scalars(found)).all()


def unasked(identity: Identity, on: date) -> bool:
    """Nobody chose, and nothing is known: the case shows it and cannot be closed (sharing rules, section 2)."""
    return age_status(identity.age.as_age(), on) is None


def status_or_none(identity: Identity, on: date) -> AgeStatus | None:
    return age_status(identity.age.as_age(), on)
