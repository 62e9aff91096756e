"""Opened case: everything about one case as it was read, with every sealed part opened."""

from dataclasses import dataclass, field
from uuid import UUID

from case_service.accounts.models import ReportedAccount
from case_service.cases.content import Account, Situation
from case_service.cases.models import Case
from case_service.consent.models import ConsentEntry
from case_service.dangers.models import Danger, OpenedDanger
from case_service.disclosures.passed_on import PassedOn
from case_service.people.models import OpenedPerson
from case_service.proposals.models import ProposalAct
from case_service.recipients.models import CaseRecipient
from case_service.recipients.sharing_records import SharingRecords
from case_service.sharing.duties.required import AgencyKey
from case_service.sharing.facts import FactRef
from shared.db.unit_of_work import UnitOfWork
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
class OpenedCase:
    """Case as it stands in this unit of work, opened."""

    records: SharingRecords
    situation: Situation
    persons: list[OpenedPerson]
    consents: list[ConsentEntry]
    dangers: list[OpenedDanger]
    """All dangers, also those that two people took back."""
    accounts: list[OpenedAccount]
    earlier_messages: dict[AgencyKey, str]
    """Id of the message that each agency has of a case that may be the same matter."""
    passed_on: list[PassedOn] = field(default_factory=list)
    """Messages of the cases that this one repeats, which carry what only this one knows."""

    @property
    def case(self) -> Case:
        return self.records.case

    @property
    def uow(self) -> UnitOfWork:
        return self.records.uow

    @property
    def case_ids(self) -> list[UUID]:
        """Return the id of this case, and of those that were merged into it."""
        return [self.case.id, *(one.id for one in self.case.merged_cases)]

    @property
    def recipients(self) -> list[CaseRecipient]:
        return self.records.recipients

    def person(self, person_id: UUID) -> OpenedPerson:
        for one in self.persons:
            if one.id == person_id:
                return one
        raise NotFound

    def maker_of(self, contact_id: UUID) -> OpenedPerson | None:
        """Return who made the report of a contact."""
        return next((one for one in self.persons if one.row.is_maker_of(contact_id)), None)

    def counts_more_than_recorded(self) -> bool:
        """Return whether more people are counted than are recorded as persons of concern."""
        concerned = sum(1 for one in self.persons if PersonRole.PERSON_OF_CONCERN in one.roles)
        return self.situation.more_than_recorded or (self.situation.how_many or 0) > concerned

    def taken_back(self) -> frozenset[FactRef]:
        """Return the facts that two people stood down or corrected."""
        return frozenset(fact for one in self.case.proposals if one.takes_back for fact in one.covers())

    def corrected(self) -> frozenset[FactRef]:
        """Return the facts that two people corrected, because they proved wrong."""
        signed = [one for one in self.case.proposals if one.act is ProposalAct.CORRECT and one.is_signed]
        return frozenset(fact for one in signed for fact in one.covers())

    def is_passed_on(self, fact: FactRef) -> bool:
        """Return whether an agency hears of a fact from the case that this one repeats, or heard."""
        return any(one.tells_of(fact) for one in self.passed_on)

    def counting_dangers(self) -> list[Danger]:
        """Return the dangers that nobody took back."""
        taken_back = self.taken_back()
        return [one.row for one in self.dangers if one.row.fact not in taken_back]

    def source_of(self, source_reporter_id: UUID | None) -> UUID | None:
        """Return the reporter who told of what an adviser records; the only reporter where none is named.

        With several reporters nobody is guessed. NotFound for anybody who is no reporter of this case.
        """
        if source_reporter_id is not None:
            if not self.person(source_reporter_id).row.is_reporter:
                raise NotFound
            return source_reporter_id
        reporters = [one.id for one in self.persons if one.row.is_reporter]
        return reporters[0] if len(reporters) == 1 else None
