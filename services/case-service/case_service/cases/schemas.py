"""Request bodies and answers about cases."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from case_service.cases.case_file import CaseFile
from case_service.cases.content import Account, LongText, ShortText, Situation
from case_service.cases.models import CaseState
from case_service.dangers.schemas import DangerOut
from case_service.disclosures.schemas import AuthorisationOut, PassedOnOut
from case_service.people.anonymity import waits_for_removal
from case_service.people.models import OpenedPerson
from case_service.people.person_out import AgeStatementOut, EffectiveConsentOut, PersonOut
from case_service.proposals.schemas import ProposalOut
from case_service.recipients.schemas import RecipientOut
from case_service.sharing.consent import effective_consent
from case_service.sharing.facts import FactKind
from case_service.sources.schemas import SourceDecisionOut
from case_service.tasks.schemas import TaskOut
from shared.domain.age import british_date
from shared.domain.vocabulary import (
    CaseClassification,
    ExploitationType,
    OnwardAction,
    Sector,
)
from shared.http.pagination import Page
from shared.http.schemas import Answer, Changed, Command, Whole


class Assess(Command):
    """Assessment of a case, as codes. A field that is left out stays as it was."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"classification": "modern_slavery", "sectors": ["construction"], "how_many": 3}]
        }
    )

    classification: CaseClassification
    """Classification of the case."""
    exploitation_types: list[ExploitationType] = []
    """Types of exploitation."""
    sectors: list[Sector] = []
    """Sectors of the economy."""
    how_many: Annotated[Whole, Field(ge=0, le=100_000)] | None = None
    """Number of people it happens to; null if unknown."""


class WriteSummary(Command):
    """Text that may be passed on: it names nobody but the alleged exploiter and the premises."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"text": "Four workers sleep at the car wash."}]}
    )

    text: LongText | None
    """Summary; null takes it away."""


class WriteRisk(Command):
    """Risk of approaching the place, in an adviser's words."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"text": "Two dogs, and a camera at the gate."}]}
    )

    text: ShortText | None
    """Risk; null takes it away."""


class StrikePassages(Command):
    """Passages of a reporter's words that are not passed on. They replace those that were struck before."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"passages": ["My neighbour Jane"]}]})

    passages: list[Annotated[str, StringConstraints(min_length=1, max_length=15_000)]]
    """Passages, each exactly as it stands in the words, in whichever field; none: nothing is struck any more."""


class FactToConfirm(Command):
    """Fact of the report that an adviser confirms."""

    kind: FactKind
    """Kind of fact."""
    subject_id: UUID
    """Danger, or person whose age it is."""


class ConfirmFacts(Command):
    """Facts of the report that an adviser confirms, each by itself."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"facts": [{"kind": "danger", "subject_id": "3f1d6f0e-6c1b-4a52-9d53-1b0f9a4d2c11"}]}
            ]
        }
    )

    facts: Annotated[list[FactToConfirm], Field(min_length=1)]
    """Facts."""


class CloseCase(Command):
    """End of the work on a case."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"outcome": "advice_only"}]})

    outcome: OnwardAction
    """Next step that was taken."""


class CaseListItem(Answer):
    """One case in the list, as codes and times."""

    id: UUID
    """Id of the case."""
    version: int
    """Version of the case; every change raises it."""
    contact_id: UUID
    """Contact that opened it."""
    opened_at: datetime
    """Time at which it was opened."""
    received_at: datetime
    """Time at which the report was submitted."""
    state: CaseState
    """State of the case."""
    danger_stated: bool
    """A danger was stated."""
    child_stated: bool
    """A person is or may be under 18, as far as was stated."""
    report_imported_at: datetime | None
    """Time at which the report was imported; null while it is being fetched."""
    open_tasks: int
    """Number of open tasks."""
    holder: str | None
    """Person who looks after it; null: whoever is on call."""
    merged_into: UUID | None
    """Case that this one is part of; null for a case of its own."""


class CasePage(Page[CaseListItem]):
    """Cases: open ones first, then danger, then children, then the longest waiting."""


class MergedCaseOut(Answer):
    """Case that was merged into another one."""

    id: UUID
    """Id of the case that became part of this one."""
    contact_id: UUID
    """Contact that opened it."""
    merged_at: datetime | None
    """Time of the merging."""
    merged_by: str | None
    """Person who merged it."""


class SituationOut(Situation):
    """Coded facts of a case, and the summaries that advisers wrote."""

    when_happened: ShortText | None
    """Time at which it happened, in the words of the report that opened the case."""


class CaseOut(Changed):
    """Case file: everything about one case."""

    contact_id: UUID
    """Contact that opened it."""
    state: CaseState
    """State of the case."""
    opened_at: datetime
    """Time at which it was opened."""
    received_at: datetime
    """Time at which the report was submitted."""
    report_imported_at: datetime | None
    """Time at which the report was imported; null while it is being fetched."""
    confirmed_at: datetime | None
    """Time at which an adviser last confirmed what the report says."""
    closed_at: datetime | None
    """Time at which it was closed."""
    outcome: OnwardAction | None
    """Next step with which it was closed."""
    classification: CaseClassification
    """Classification of the case."""
    council: str | None
    """Council where it happens, as a GSS code."""
    confirmed_by: str | None
    """Person who last confirmed what the report says."""
    may_repeat_contact_id: UUID | None
    """Contact with the same words in the same minute, which may be the same matter."""
    holder: str | None
    """Person who looks after it; null: whoever is on call."""
    merged_into: UUID | None
    """Case that this one is part of; null for a case of its own."""
    merged_cases: list[MergedCaseOut]
    """Cases that are part of this one."""
    dangers: list[DangerOut]
    """Dangers, the oldest first."""
    proposals: list[ProposalOut]
    """Proposals that take two people, the oldest first."""
    authorisations: list[AuthorisationOut]
    """Decisions of leads to share without consent, the oldest first."""
    source_decisions: list[SourceDecisionOut]
    """Decisions about naming reporters, the oldest first."""
    situation: SituationOut
    """Coded facts and summaries."""
    accounts: list[Account]
    """Reporters' own words."""
    in_danger: bool
    """A danger that counts is recorded."""
    persons: list[PersonOut]
    """Persons on the case."""
    recipients: list[RecipientOut]
    """Agencies that are told, or must or may be told."""
    passed_on: list[PassedOnOut]
    """Messages of the cases that this one repeats, which carry what only this one knows, the oldest first."""
    tasks: list[TaskOut]
    """Tasks, the soonest due first."""


def case_out(case_file: CaseFile) -> CaseOut:
    """Return a case file as advisers see it."""
    case = case_file.case
    return CaseOut(
        id=case.id,
        version=case.version,
        contact_id=case.contact_id,
        state=case.state,
        opened_at=case.opened_at,
        received_at=case.received_at,
        report_imported_at=case.report_imported_at,
        confirmed_at=case.confirmed_at,
        closed_at=case.closed_at,
        outcome=case.outcome,
        classification=case.classification,
        council=case.place_gss,
        confirmed_by=case.confirmed_by,
        may_repeat_contact_id=case.may_repeat_contact_id,
        holder=case.holder,
        merged_into=case.merged_into_id,
        merged_cases=[MergedCaseOut.model_validate(one) for one in case.merged_cases],
        dangers=[DangerOut.of(one, case_file.taken_back()) for one in case_file.dangers],
        proposals=[ProposalOut.of(one) for one in case_file.case.proposals],
        authorisations=[AuthorisationOut.model_validate(one) for one in case_file.case.authorisations],
        source_decisions=[SourceDecisionOut.model_validate(one) for one in case_file.case.source_decisions],
        situation=_situation_out(case_file),
        accounts=[one.account for one in case_file.accounts],
        in_danger=bool(case_file.counting_dangers()),
        persons=[_person_out(one, case_file) for one in case_file.persons],
        recipients=[RecipientOut.of(one) for one in case_file.recipients],
        passed_on=[PassedOnOut.of(one) for one in case_file.passed_on],
        tasks=[TaskOut.of(one, case_file.uow.now) for one in case_file.records.tasks],
    )


def _situation_out(case_file: CaseFile) -> SituationOut:
    own = (one.account for one in case_file.accounts if one.row.contact_id == case_file.case.contact_id)
    said = next((account.when_happened for account in own), None)
    return SituationOut(**case_file.situation.model_dump(), when_happened=said)


def _person_out(person: OpenedPerson, case_file: CaseFile) -> PersonOut:
    now = case_file.uow.now
    consent = effective_consent(case_file.facts(), str(person.id), now)
    return PersonOut(
        **person.identity.model_dump(),
        id=person.id,
        roles=sorted(person.row.roles),
        made_report=person.row.made_report,
        cares_for_child=person.row.cares_for_child,
        lives_with=[UUID(one) for one in person.row.lives_with_ids],
        cares_for=[UUID(one) for one in person.row.cares_for_ids],
        exploits=[UUID(one) for one in person.row.exploits_ids],
        coded_concerns=sorted(person.row.coded_concerns),
        statements=[AgeStatementOut.model_validate(one) for one in person.row.statements],
        age_status=person.age_status(british_date(now)),
        in_danger=any(danger.person_id == person.id for danger in case_file.counting_dangers()),
        consent=EffectiveConsentOut(
            privacy=consent.privacy,
            recipient_kinds=sorted(consent.recipient_kinds),
            situation=consent.situation,
            withdrawn=consent.withdrawn,
        ),
        identity_waits_for_removal=waits_for_removal(person, case_file),
    )
