"""Persons on a case: roles and relations as codes, identity sealed."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from case_service.db import Base
from case_service.people.age_statements import AgeSaid, AgeStatementRow
from case_service.people.identity import AgeStatement, Identity
from shared.crypto.vault import SealedField
from shared.db.columns import Codes, CodeSet, Sealed
from shared.db.data_keys import DataKeys
from shared.db.unit_of_work import UnitOfWork
from shared.domain.age import age_status
from shared.domain.vocabulary import AgeStatus, CodedConcern, PersonRole
from shared.ids import new_id_without_time


@dataclass(frozen=True)
class Relations:
    """Relations of one person to others on the case; None leaves what is known."""

    lives_with: frozenset[UUID] | None = None
    cares_for: frozenset[UUID] | None = None
    exploits: frozenset[UUID] | None = None
    cares_for_child: bool | None = None
    coded_concerns: frozenset[CodedConcern] | None = None


class Person(Base):
    """One person on one case. `identity` is sealed under a key of the person's own, so that it can be erased alone."""

    __tablename__ = "persons"
    __table_args__ = (Index("ix_persons_removal_waits", "case_id", postgresql_where=text("removal_waits")),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    recorded_on_case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    """Case on which this person was recorded; it stays when that case is merged into another."""
    contact_id: Mapped[UUID | None]
    """Contact whose report told of this person; None: an adviser recorded them."""
    added_at: Mapped[datetime]
    roles: Mapped[frozenset[PersonRole]] = mapped_column(CodeSet(PersonRole))
    made_report: Mapped[bool]
    """This person made the report of that contact; nobody else is its maker, whatever role is recorded."""
    cares_for_child: Mapped[bool]
    """Lives with or cares for every child on the case."""
    lives_with_ids: Mapped[list[str]] = mapped_column(Codes)
    cares_for_ids: Mapped[list[str]] = mapped_column(Codes)
    exploits_ids: Mapped[list[str]] = mapped_column(Codes)
    exploits_nobody_in_particular: Mapped[bool]
    """Recorded so when the person was added; a relation that is learnt later takes nothing away."""
    coded_concerns: Mapped[frozenset[CodedConcern]] = mapped_column(CodeSet(CodedConcern))
    source_reporter_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    """Reporter on the case who told of this person; None: nobody recorded who did."""
    identity: Mapped[bytes | None] = mapped_column(Sealed)
    removal_waits: Mapped[bool]
    """A choice to be anonymous is still to be carried out."""

    statements: Mapped[list[AgeStatementRow]] = relationship(
        lazy="raise",
        order_by=(AgeStatementRow.recorded_at, AgeStatementRow.id),
        foreign_keys=[AgeStatementRow.person_id],
    )

    @property
    def is_reporter(self) -> bool:
        return PersonRole.REPORTER in self.roles

    def is_maker_of(self, contact_id: UUID) -> bool:
        """Return whether this person made the report of a contact."""
        return self.made_report and self.contact_id == contact_id

    async def write(self, identity: Identity, keys: DataKeys) -> None:
        """Keep an identity, sealed."""
        content = identity.model_dump(mode="json")
        self.identity = await keys.seal(self.id, identity_field(self.id), content)

    async def open(self, keys: DataKeys) -> Identity:
        """Return the identity; an empty one where it was erased."""
        opened = await keys.open_or_none(self.id, identity_field(self.id), self.identity)
        return Identity.model_validate(opened or {})

    def move_to(self, case_id: UUID) -> None:
        """Put this person, with every statement of the age, on another case."""
        self.case_id = case_id
        for statement in self.statements:
            statement.move_to(case_id)

    def name_as_own_source(self) -> None:
        """Record that this person told of themselves."""
        self.source_reporter_id = self.id
        for statement in self.statements:
            statement.heard_from_themselves()

    def mark_removal(self, *, waits: bool) -> None:
        self.removal_waits = waits

    def add_statement(self, statement: AgeStatementRow) -> None:
        self.statements.append(statement)

    def relate(self, relations: Relations) -> None:
        """Replace who this person lives with, cares for and exploits, as far as it is given."""
        if relations.lives_with is not None:
            self.lives_with_ids = _ids(relations.lives_with)
        if relations.cares_for is not None:
            self.cares_for_ids = _ids(relations.cares_for)
        if relations.exploits is not None:
            self.exploits_ids = _ids(relations.exploits)
        if relations.cares_for_child is not None:
            self.cares_for_child = relations.cares_for_child
        if relations.coded_concerns is not None:
            self.coded_concerns = relations.coded_concerns


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

    async def state_age(
        self, age: AgeStatement, said: AgeSaid, keys: DataKeys, *, was_taken_back: bool
    ) -> None:
        """Record an age. The same statement again is no new fact, unless two people took it back."""
        if age != self.identity.age or was_taken_back:
            self.row.add_statement(AgeStatementRow.of(self.row.id, self.row.case_id, age, said))
        await self.write(self.identity.model_copy(update={"age": age}), keys)

    async def choose_no_indication(self, today: date, said: AgeSaid, keys: DataKeys) -> None:
        """Record that an adviser was asked, and that nothing indicates an age."""
        chosen = {"chosen": AgeStatus.UNKNOWN_NO_INDICATION, "said_on": today}
        age = self.identity.age.model_copy(update=chosen)
        await self.state_age(age, said, keys, was_taken_back=False)

    def age_status(self, on: date) -> AgeStatus | None:
        """Return the status of the age; None where nobody asked, which the case shows (sharing rules, section 2)."""
        return age_status(self.identity.age.as_age(), on)

    @property
    def roles(self) -> frozenset[PersonRole]:
        return self.row.roles


async def create_person(
    case_id: UUID,
    identity: Identity,
    said: AgeSaid,
    *,
    roles: frozenset[PersonRole],
    relations: Relations,
    said_on: date,
    uow: UnitOfWork,
    contact_id: UUID | None = None,
    made_report: bool = False,
) -> OpenedPerson:
    """Add a person, told of by this contact, under a new key. A stated age counts from the day it was said on."""
    age = identity.age.model_copy(update={"said_on": identity.age.said_on or said_on})
    identity = identity.model_copy(update={"age": age})
    person = Person(
        id=new_id_without_time(),
        case_id=case_id,
        recorded_on_case_id=case_id,
        contact_id=contact_id,
        added_at=uow.now,
        roles=roles,
        made_report=made_report,
        cares_for_child=False,
        lives_with_ids=[],
        cares_for_ids=[],
        exploits_ids=[],
        exploits_nobody_in_particular=not relations.exploits,
        coded_concerns=frozenset(),
        source_reporter_id=said.source_reporter_id,
        removal_waits=False,
        statements=[],
    )
    person.relate(relations)
    person.add_statement(AgeStatementRow.of(person.id, case_id, age, said))
    await uow.keys.create(person.id)
    await person.write(identity, uow.keys)
    uow.session.add(person)
    await uow.session.flush()
    return OpenedPerson(person, identity)


def _ids(ids: frozenset[UUID]) -> list[str]:
    return sorted(str(one) for one in ids)
