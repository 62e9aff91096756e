"""Persons on a case: roles and councils as codes, identity sealed."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from case_service.db import Base
from case_service.people.identity import AgeStatement, Identity
from case_service.sharing import facts
from shared.crypto.vault import SealedField
from shared.db.columns import CodeSet, CodeText, Sealed
from shared.db.data_keys import DataKeys
from shared.db.unit_of_work import UnitOfWork
from shared.domain.age import age_status
from shared.domain.vocabulary import AgeStatus, PersonRole
from shared.ids import new_id, new_id_without_time


class Person(Base):
    """One person on one case. `identity` is sealed under a key of the person's own, so that it can be erased alone."""

    __tablename__ = "persons"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    added_at: Mapped[datetime]
    roles: Mapped[frozenset[PersonRole]] = mapped_column(CodeSet(PersonRole))
    cares_for_child: Mapped[bool]
    lives_in_gss: Mapped[str | None] = mapped_column(CodeText)
    found_in_gss: Mapped[str | None] = mapped_column(CodeText)
    age_statement_id: Mapped[UUID]
    """Id of what was said last of the age: names it without telling it."""
    source_reporter_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    """Reporter on the case who told of this person; None: whoever made the report."""
    identity: Mapped[bytes | None] = mapped_column(Sealed)

    @property
    def is_reporter(self) -> bool:
        return PersonRole.REPORTER in self.roles

    async def write(self, identity: Identity, keys: DataKeys) -> None:
        """Keep an identity, sealed, and its councils as codes."""
        self.lives_in_gss = identity.lives_at.gss if identity.lives_at else None
        self.found_in_gss = identity.found_at.gss if identity.found_at else None
        content = identity.model_dump(mode="json")
        self.identity = await keys.seal(self.id, identity_field(self.id), content)

    async def open(self, keys: DataKeys) -> Identity:
        """Return the identity; an empty one where it was erased."""
        opened = await keys.open_or_none(self.id, identity_field(self.id), self.identity)
        return Identity.model_validate(opened or {})

    def new_age_statement(self) -> None:
        self.age_statement_id = new_id()


def identity_field(person_id: UUID) -> SealedField:
    return SealedField("persons", "identity", person_id)


@dataclass
class OpenedPerson:
    """Person on a case with the identity opened."""

    row: Person
    identity: Identity

    @property
    def id(self) -> UUID:
        return self.row.id

    async def write(self, identity: Identity, keys: DataKeys) -> None:
        """Replace the identity."""
        await self.row.write(identity, keys)
        self.identity = identity

    async def state_age(self, age: AgeStatement, keys: DataKeys, *, was_answered: bool) -> None:
        """Record an age. The same statement again is no new fact, unless two people or a correction took it back."""
        if age != self.identity.age or was_answered:
            self.row.new_age_statement()
        await self.write(self.identity.model_copy(update={"age": age}), keys)

    async def choose_no_indication(self, today: date, keys: DataKeys) -> None:
        """Record that an adviser was asked, and that nothing indicates an age."""
        chosen = {"chosen": AgeStatus.UNKNOWN_NO_INDICATION, "said_on": today}
        await self.state_age(self.identity.age.model_copy(update=chosen), keys, was_answered=False)

    def age_status(self, on: date) -> AgeStatus | None:
        """Return the status of the age; None where nobody asked, which the case shows (sharing rules, section 2)."""
        return age_status(self.identity.age.as_age(), on)

    def fact(self) -> facts.Person:
        return facts.Person(
            id=str(self.row.id),
            roles=self.row.roles,
            age=self.identity.age.as_age(),
            cares_for_child=self.row.cares_for_child,
            lives_in=self.row.lives_in_gss,
            found_in=self.row.found_in_gss,
            age_statement=str(self.row.age_statement_id),
        )


async def create_person(
    case_id: UUID,
    identity: Identity,
    *,
    roles: frozenset[PersonRole],
    cares_for_child: bool,
    said_on: date,
    uow: UnitOfWork,
    source_reporter_id: UUID | None = None,
) -> OpenedPerson:
    """Add a person under a new key. A stated age counts from the day on which it was said."""
    age = identity.age.model_copy(update={"said_on": identity.age.said_on or said_on})
    identity = identity.model_copy(update={"age": age})
    person = Person(
        id=new_id_without_time(),
        case_id=case_id,
        added_at=uow.now,
        roles=roles,
        cares_for_child=cares_for_child,
        age_statement_id=new_id(),
        source_reporter_id=source_reporter_id,
    )
    await uow.keys.create(person.id)
    await person.write(identity, uow.keys)
    uow.session.add(person)
    await uow.session.flush()
    return OpenedPerson(person, identity)
