"""Case file: everything about one case, read and opened once per request and kept in step with what is recorded."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from case_service.accounts.models import ReportedAccount
from case_service.cases.case_facts import case_facts
from case_service.cases.content import Place
from case_service.cases.models import Case
from case_service.cases.opened_case import OpenedAccount, OpenedCase
from case_service.consent.models import ConsentEntry, ConsentTaken, add_entry, ledger_of
from case_service.dangers.models import DangerOrigin, OpenedDanger, create_danger, dangers_of
from case_service.disclosures.authorisations import Authorisation
from case_service.disclosures.passed_on import passed_on_by
from case_service.people.age_statements import AgeSaid
from case_service.people.identity import Identity
from case_service.people.models import OpenedPerson, Person, Relations, create_person
from case_service.proposals.models import Proposal
from case_service.recipients.earlier_messages import earlier_messages
from case_service.recipients.sharing_records import read_sharing_records
from case_service.redirections.models import Redirection
from case_service.sharing.duties.deadlines import ENTRY_TAKES_EFFECT_AFTER
from case_service.sharing.facts import CaseFacts, FactRef
from case_service.sources.models import SourceDecision
from shared.db.tables import data_keys
from shared.db.unit_of_work import UnitOfWork
from shared.domain.age import british_date
from shared.domain.vocabulary import PersonRole


@dataclass
class CaseFile(OpenedCase):
    """Opened case, kept in step with what is recorded."""

    def words_of_report(self) -> list[str]:
        """Return the reporters' own words, from whichever field they stand in (section 1, A)."""
        reported = [one for one in self.persons if one.row.contact_id is not None]
        words = [
            *(one.account.when_happened for one in self.accounts),
            *(one.account.what_happened for one in self.accounts),
            *(one.account.risk_to_approach for one in self.accounts),
            *(one.identity.description for one in reported),
            *(one.identity.relation_to_child for one in reported),
        ]
        return [one for one in words if one]

    def facts(self, *, keep: frozenset[FactRef] = frozenset()) -> CaseFacts:
        """Return the case as the sharing rules see it; `keep` are facts that count although they were taken back."""
        return case_facts(self, keep)

    async def change_situation(self, changes: Mapping[str, Any]) -> None:
        self.situation = self.situation.model_copy(update=dict(changes))
        await self.case.seal_situation(self.situation, self.uow.keys)

    async def add_person(
        self,
        identity: Identity,
        *,
        roles: Iterable[PersonRole],
        relations: Relations,
        source_reporter_id: UUID | None = None,
        complete: bool = True,
    ) -> OpenedPerson:
        """Add a person whom an adviser tells of today."""
        self.check_related(relations)
        person = await create_person(
            self.case.id,
            identity,
            self.age_said(source_reporter_id, complete=complete),
            roles=frozenset(roles),
            relations=relations,
            said_on=british_date(self.uow.now),
            uow=self.uow,
        )
        self.persons.append(person)
        self.case.content_recorded()
        return person

    def age_said(self, source_reporter_id: UUID | None, *, complete: bool) -> AgeSaid:
        """Return the circumstances of an age that an adviser records now.

        An entry that is not complete takes effect by itself 15 minutes after it was begun (fact 7).
        """
        now = self.uow.now
        return AgeSaid(
            at=now,
            by=self.uow.actor,
            in_report=False,
            source_reporter_id=self.source_of(source_reporter_id),
            effective_at=None if complete else now + ENTRY_TAKES_EFFECT_AFTER,
        )

    def check_related(self, relations: Relations) -> None:
        """Pass where everybody who is named is on the case; NotFound otherwise."""
        for related in (relations.lives_with, relations.cares_for, relations.exploits):
            for person_id in related or ():
                self.person(person_id)

    async def add_danger(
        self,
        *,
        person_id: UUID | None,
        place: Place | None,
        source_reporter_id: UUID | None,
        someone_hurt: bool = False,
    ) -> OpenedDanger:
        """Record a danger that an adviser knows of."""
        if person_id is not None:
            self.person(person_id)
        danger = await create_danger(
            self.case.id,
            self.uow,
            origin=DangerOrigin.ADVISER,
            person_id=person_id,
            place=place,
            source_reporter_id=self.source_of(source_reporter_id),
            someone_hurt=someone_hurt,
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

    def assign_to(self, holder: str | None) -> None:
        """Let a person look after the case, and hold what the former holder held."""
        former = self.case.holder
        open_duties = sum(1 for one in self.recipients if one.has_open_duty)
        self.case.assign_to(holder, open_duties=open_duties)
        for task in self.records.tasks:
            if task.is_open and former is not None and task.holder == former:
                task.give_to(holder, on_call=self.records.on_call)

    def add_authorisation(self, authorisation: Authorisation) -> None:
        """Record a lead's decision."""
        self.case.authorisations.append(authorisation)

    def add_proposal(self, proposal: Proposal) -> None:
        self.case.add_proposal(proposal)

    def add_source_decision(self, decision: SourceDecision) -> None:
        self.case.source_decisions.append(decision)
        self.case.content_recorded()

    def add_redirection(self, redirection: Redirection) -> None:
        self.case.redirections.append(redirection)
        self.case.content_recorded()


async def read_case_file(case: Case, uow: UnitOfWork) -> CaseFile:
    """Read and open everything about a case. Whoever changes it holds its lock before (`lock_case`)."""
    await _read_decisions(case, uow)
    accounts = await _accounts_of(case, uow)
    return CaseFile(
        records=await read_sharing_records(case, uow),
        situation=await case.open_situation(uow.keys),
        persons=await _persons_of(case.id, uow),
        consents=list(await ledger_of(case.id, uow)),
        dangers=await dangers_of(case.id, uow),
        accounts=accounts,
        earlier_messages=await earlier_messages(case, uow),
        passed_on=await passed_on_by(case, uow),
    )


async def _read_decisions(case: Case, uow: UnitOfWork) -> None:
    """Read with one statement what people decided about a case, merging included: there is little of it."""
    decided = (
        Case.proposals,
        Case.source_decisions,
        Case.redirections,
        Case.authorisations,
        Case.merged_cases,
    )
    found = select(Case).where(Case.id == case.id).options(*(joinedload(one) for one in decided))
    (await uow.session.scalars(found.execution_options(populate_existing=True))).unique().all()


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
        .options(joinedload(Person.statements))
    )
    persons = []
    for person, wrapped in (await uow.session.execute(found)).unique().all():
        uow.keys.unwrap(person.id, wrapped)
        persons.append(OpenedPerson(person, await person.open(uow.keys)))
    return persons
