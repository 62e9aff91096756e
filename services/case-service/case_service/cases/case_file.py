"""Case file: everything about one case, read and opened once per request and kept in step with what is recorded."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from case_service.assessment.classification import classify
from case_service.cases.content import Account, Situation
from case_service.cases.models import Case, ReportedAccount
from case_service.consent.models import ConsentEntry, ConsentTaken, add_entry, ledger_of
from case_service.dangers.models import Danger, DangerOrigin, dangers_of, new_danger
from case_service.disclosures.authorisations import Authorisation, authorisations_of
from case_service.people.identity import Identity
from case_service.people.models import OpenedPerson, Person, create_person
from case_service.recipients.models import CaseRecipient
from case_service.recipients.sharing_records import SharingRecords, read_sharing_records
from case_service.sharing.facts import CaseFacts
from shared.db.tables import data_keys
from shared.db.unit_of_work import UnitOfWork
from shared.domain.age import british_date
from shared.domain.vocabulary import PersonRole
from shared.errors import NotFound


@dataclass
class OpenedAccount:
    """Account of one contact, opened."""

    row: ReportedAccount
    account: Account

    async def write(self, account: Account, uow: UnitOfWork) -> None:
        """Replace the account."""
        await self.row.write(account, uow.keys)
        self.account = account


@dataclass
class CaseFile:
    """Case as it stands in this unit of work, opened."""

    records: SharingRecords
    situation: Situation
    persons: list[OpenedPerson]
    consents: list[ConsentEntry]
    dangers: list[Danger]
    """Dangers that count: two people have not stood them down."""
    authorisations: list[Authorisation]
    accounts: list[OpenedAccount]

    @property
    def case(self) -> Case:
        return self.records.case

    @property
    def uow(self) -> UnitOfWork:
        return self.records.uow

    @property
    def recipients(self) -> list[CaseRecipient]:
        return self.records.recipients

    def person(self, person_id: UUID) -> OpenedPerson:
        for one in self.persons:
            if one.id == person_id:
                return one
        raise NotFound

    def check_source_reporter(self, person_id: UUID | None) -> None:
        """Pass for a reporter of this case, or for none; NotFound otherwise."""
        if person_id is not None and not self.person(person_id).row.is_reporter:
            raise NotFound

    def is_in_report(self, person: OpenedPerson) -> bool:
        """Return whether the report itself told of a person, so that the description is in the reporter's words."""
        return person.row.added_at == self.case.report_imported_at

    def made_report(self, person: OpenedPerson) -> bool:
        """Return whether a person made the report, and is no reporter whom an adviser added later."""
        return person.row.is_reporter and self.is_in_report(person)

    def facts(self) -> CaseFacts:
        """Return the case as the sharing rules see it."""
        case = self.case
        imported = case.report_imported_at is not None
        return CaseFacts(
            persons=tuple(one.fact() for one in self.persons),
            consents=tuple(one.as_fact() for one in self.consents),
            dangers=tuple(one.as_fact() for one in self.dangers),
            place=case.place_gss,
            last_known_place=case.last_known_place_gss,
            source_left_out=case.source_left_out,
            source_reporter_ids=self._source_reporter_ids(),
            child_ids=frozenset(
                child for one in self.recipients if one.duty is not None for child in one.duty.value.child_ids
            ),
            authorisations=tuple(one.as_fact() for one in self.authorisations),
            received_at=case.received_at,
            report_imported=imported,
            confirmed_at=case.confirmed_at,
            is_open=case.is_open,
            content_revision=case.content_revision,
            classification=classify(case, self.situation, self.persons, self.uow.now) if imported else None,
        )

    def _source_reporter_ids(self) -> frozenset[str]:
        """Return the reporters who told of a danger or of a person.

        They are the makers of the report, and those whom an adviser named. Another reporter on the case is no
        source, and their identity goes to nobody (sharing rules, fact 4).
        """
        makers = [one.id for one in self.persons if self.made_report(one)]
        named = [danger.source_reporter_id for danger in self.dangers]
        named += [one.row.source_reporter_id for one in self.persons]
        return frozenset(str(one) for one in (*makers, *named) if one is not None)

    async def change_situation(self, changes: Mapping[str, Any]) -> None:
        self.situation = self.situation.model_copy(update=dict(changes))
        await self.case.seal_situation(self.situation, self.uow.keys)

    async def add_person(
        self,
        identity: Identity,
        *,
        roles: Iterable[PersonRole],
        cares_for_child: bool = False,
        source_reporter_id: UUID | None = None,
    ) -> OpenedPerson:
        """Add a person whom an adviser tells of today."""
        self.check_source_reporter(source_reporter_id)
        person = await create_person(
            self.case.id,
            identity,
            roles=frozenset(roles),
            cares_for_child=cares_for_child,
            said_on=british_date(self.uow.now),
            uow=self.uow,
            source_reporter_id=source_reporter_id,
        )
        self.persons.append(person)
        self.case.content_recorded()
        return person

    def add_danger(
        self,
        *,
        person_id: UUID | None,
        place_gss: str | None,
        source_reporter_id: UUID | None,
    ) -> Danger:
        """Record a danger that an adviser knows of."""
        self.check_source_reporter(source_reporter_id)
        if person_id is not None:
            self.person(person_id)
        danger = new_danger(
            self.case.id,
            self.uow,
            origin=DangerOrigin.ADVISER,
            person_id=person_id,
            place_gss=place_gss,
            source_reporter_id=source_reporter_id,
        )
        self.dangers.append(danger)
        self.case.content_recorded()
        return danger

    async def add_consent(self, person_id: UUID, how: ConsentTaken, **choice: Any) -> ConsentEntry:
        """Record one choice of a person in the ledger."""
        self.person(person_id)
        entry = await add_entry(self.case.id, person_id, how, self.uow, **choice)
        self.consents.append(entry)
        self.case.changed()
        return entry

    def add_authorisation(self, authorisation: Authorisation) -> None:
        """Record a lead's decision."""
        self.uow.session.add(authorisation)
        self.authorisations.append(authorisation)

    def stand_down_danger(self, danger: Danger) -> None:
        """Stop counting a danger that supports no duty any more."""
        danger.stand_down(self.uow.now)
        self.dangers.remove(danger)


async def read_case_file(case: Case, uow: UnitOfWork) -> CaseFile:
    """Read and open everything about a case. Whoever changes it holds its lock before (`lock_case`)."""
    accounts = await _accounts_of(case, uow)
    return CaseFile(
        records=await read_sharing_records(case, uow),
        situation=await case.open_situation(uow.keys),
        persons=await _persons_of(case.id, uow),
        consents=list(await ledger_of(case.id, uow)),
        dangers=list(await dangers_of(case.id, uow)),
        authorisations=list(await authorisations_of(case.id, uow)),
        accounts=accounts,
    )


async def _accounts_of(case: Case, uow: UnitOfWork) -> list[OpenedAccount]:
    """Read the accounts and, with the same statement, the key of the case."""
    found = (
        select(data_keys.c.wrapped, ReportedAccount)
        .select_from(data_keys)
        .outerjoin(ReportedAccount, ReportedAccount.case_id == data_keys.c.owner)
        .where(data_keys.c.owner == case.id)
        .order_by(ReportedAccount.contact_id)
    )
    rows = (await uow.session.execute(found)).all()
    for wrapped, _ in rows[:1]:
        uow.keys.unwrap(case.id, wrapped)
    return [OpenedAccount(row, await row.open(uow.keys)) for _, row in rows if row is not None]


async def _persons_of(case_id: UUID, uow: UnitOfWork) -> list[OpenedPerson]:
    found = (
        select(Person, data_keys.c.wrapped)
        .outerjoin(data_keys, data_keys.c.owner == Person.id)
        .where(Person.case_id == case_id)
        .order_by(Person.added_at, Person.id)
    )
    persons = []
    for person, wrapped in (await uow.session.execute(found)).all():
        uow.keys.unwrap(person.id, wrapped)
        persons.append(OpenedPerson(person, await person.open(uow.keys)))
    return persons
