"""Report as intake hands it over; this service reads the parts that it keeps and passes over anything else."""

from datetime import datetime
from uuid import UUID

from case_service.cases.content import Account, NotUnderstood, SealedContent, ShortText, Situation
from case_service.people.identity import Identity
from shared.domain.vocabulary import PersonRole, PrivacyChoice, RecipientKind, YesNoUnknown


class ReportedPerson(Identity):
    """Person whom a report is about."""

    household: ShortText | None = None

    role: PersonRole = PersonRole.PERSON_OF_CONCERN
    in_danger: YesNoUnknown = YesNoUnknown.UNKNOWN
    cares_for_child: bool = False


class Reporter(Identity):
    """Person who made a report."""

    household: ShortText | None = None
    cares_for_child: bool = False
    is_person_of_concern: bool = False
    in_danger: YesNoUnknown = YesNoUnknown.UNKNOWN

    @property
    def roles(self) -> list[PersonRole]:
        concern = [PersonRole.PERSON_OF_CONCERN] if self.is_person_of_concern else []
        return [PersonRole.REPORTER, *concern]


class Report(Situation, Account):
    """Everything that a report says."""

    danger_now: YesNoUnknown = YesNoUnknown.UNKNOWN
    someone_hurt: YesNoUnknown = YesNoUnknown.UNKNOWN
    reporter: Reporter = Reporter()
    persons: list[ReportedPerson] = []
    privacy: PrivacyChoice | None = None
    share_with: list[RecipientKind] = []
    situation_may_be_passed_on: bool | None = None

    @property
    def everybody(self) -> list["Reporter | ReportedPerson"]:
        """Return the maker, and the persons in their order."""
        return [self.reporter, *self.persons]


class ReportToImport(SealedContent):
    """Report on its way here. One that opens no case is a question, and stays with intake."""

    not_understood: list[NotUnderstood] = []

    contact_id: UUID
    received_at: datetime
    opens_case: bool = True
    report: Report
