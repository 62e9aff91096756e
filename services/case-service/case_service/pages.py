"""One page per case: everything that the rules and the people who work on it look at, read together."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from case_service.authorisations import Authorised, authorisations_of
from case_service.cases import Case, read_situation
from case_service.consent import Consent, ledger_of
from case_service.legs import Leg, legs_of
from case_service.persons import Person, persons_of, read_identity
from case_service.safety import Danger, dangers_of
from case_service.situations import Account, Identity, Situation
from case_service.tables import Base
from shared import sharing
from shared.database import UnitOfWork
from shared.errors import NotFound
from shared.tables import Sealed
from shared.vault import Place
from shared.vocabulary import PersonRole, SourceLeftOutReason


class AccountTold(Base):
    """What one contact told in its own words, sealed under the case's key."""

    __tablename__ = "accounts"

    contact_id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    content: Mapped[bytes] = mapped_column(Sealed)


def account_place(contact_id: UUID) -> Place:
    return Place("accounts", "content", contact_id)


@dataclass(frozen=True)
class Page:
    """A case as it stands in this unit of work, opened."""

    case: Case
    situation: Situation
    persons: Sequence[tuple[Person, Identity]]
    consents: Sequence[Consent]
    dangers: Sequence[Danger]
    legs: Sequence[Leg]
    authorised: Sequence[Authorised]
    accounts: Sequence[Account] = field(default_factory=tuple)

    def moment(self, now: datetime) -> datetime:
        """When the rules decide. Whoever holds the case's lock decides after every line that is in the ledger, even
        where the line was written by somebody whose clock, or whose turn at the lock, was ahead of ours."""
        return max([now, *(line.at for line in self.consents)])

    def person(self, person_id: UUID) -> tuple[Person, Identity]:
        for person, identity in self.persons:
            if person.id == person_id:
                return person, identity
        raise NotFound

    def made_the_report(self, person: Person) -> bool:
        """The reporter of the report itself, and not one whom an adviser added later: the words, and the rules for
        getting in touch safely, are theirs."""
        return person.is_reporter and self.in_the_report(person)

    def in_the_report(self, person: Person) -> bool:
        """What describes them is in the words of whoever made the report, and not in an adviser's."""
        return person.added_at == self.case.taken_over_at

    @property
    def told_by(self) -> frozenset[str]:
        """The reporters who told of a danger or of a person: whoever made the report, and whom an adviser named. Other
        reporters on the case are nobody's source, and their identity goes to nobody (fact 4)."""
        made_it = [person.id for person, _ in self.persons if self.made_the_report(person)]
        named = [danger.told_by for danger in self.dangers] + [person.told_by for person, _ in self.persons]
        return frozenset(str(one) for one in (*made_it, *named) if one is not None)

    def reporter(self, person_id: UUID) -> UUID:
        """The same id, where it is a reporter's of this case; NotFound otherwise."""
        if not self.person(person_id)[0].is_reporter:
            raise NotFound
        return person_id

    def matter(self, leg: Leg | None = None) -> sharing.Matter:
        """What the rules look at. For a leg: with the children for whom that leg opened; else for any leg."""
        opened_for = leg.opened_for if leg else [one for each in self.legs for one in each.opened_for]
        left_out = self.case.source_left_out
        return sharing.Matter(
            persons=tuple(_for_rules(person, identity) for person, identity in self.persons),
            consents=tuple(line.as_entry() for line in self.consents),
            dangers=tuple(danger.as_fact() for danger in self.dangers),
            place=self.case.place_gss,
            last_known_place=self.case.last_known_gss,
            source_left_out=SourceLeftOutReason(left_out) if left_out else None,
            told_by=self.told_by,
            opened_for=frozenset(opened_for),
            # A lead decides about one body: another of the same kind is told nothing by it.
            authorisations=tuple(
                one.as_authorisation() for one in self.authorised if leg is None or one.body == leg.body
            ),
        )


def _for_rules(person: Person, identity: Identity) -> sharing.Person:
    return sharing.Person(
        id=str(person.id),
        roles=frozenset(PersonRole(role) for role in person.roles),
        age=identity.age.as_age(),
        cares_for_child=person.cares_for_child,
        lives_in=person.lives_gss,
        found_in=person.found_gss,
    )


async def lock_case(case_id: UUID, uow: UnitOfWork) -> Case:
    """The case, held until the commit: whoever changes or releases anything of it takes this lock first."""
    case = await uow.session.get(Case, case_id, with_for_update=True)
    if case is None:
        raise NotFound
    return case


async def read_page(case: Case, uow: UnitOfWork) -> Page:
    persons = await persons_of(case.id, uow)
    await uow.keys.load([case.id, *(person.id for person in persons)])
    return Page(
        case=case,
        situation=await read_situation(case, uow),
        persons=[(person, await read_identity(person, uow)) for person in persons],
        consents=await ledger_of(case.id, uow),
        dangers=await dangers_of(case.id, uow),
        legs=await legs_of(case.id, uow),
        authorised=await authorisations_of(case.id, uow),
        accounts=await _accounts_of(case.id, uow),
    )


async def _accounts_of(case_id: UUID, uow: UnitOfWork) -> list[Account]:
    found = select(AccountTold).where(AccountTold.case_id == case_id).order_by(AccountTold.contact_id)
    rows = (await uow.session.scalars(found)).all()
    opened = [await uow.keys.open(case_id, account_place(row.contact_id), row.content) for row in rows]
    return [Account.model_validate(one) for one in opened]


def age_fact(person: Person) -> str:
    """Names a statement of a child's age, so that a new one is a new fact; tells nothing of the age."""
    return f"child:{person.id}:{person.age_statement.hex[:12]}"


def danger_fact(danger: Danger) -> str:
    return f"danger:{danger.id}"
