"""Events of the topic case: cases, consent, overrides and disclosures."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from shared.domain.vocabulary import (
    AgeStatus,
    CaseClassification,
    Code,
    DisclosureKind,
    ExploitationType,
    FieldGroup,
    Ground,
    Nation,
    OnwardAction,
    PrivacyChoice,
    RecipientKind,
    Sector,
    StandDownReason,
    WithheldReason,
)
from shared.events.base import Count, Digest, Event


class CaseEvent(Event):
    topic: ClassVar[str] = "case"
    subject_field: ClassVar[str] = "case_id"
    case_id: UUID


class CaseOpened(CaseEvent):
    """A case was opened from a contact."""

    type: ClassVar[str] = "case.opened.v1"
    contact_id: UUID
    opened_at: datetime


class ReportImported(CaseEvent):
    """The case holds the report under its own keys; intake's copy may be erased."""

    type: ClassVar[str] = "case.report_imported.v1"
    contact_id: UUID


class CaseClassified(CaseEvent):
    """Classification and counts of a case as a whole; each one replaces the one before."""

    type: ClassVar[str] = "case.classified.v1"
    classified_at: datetime
    classification: CaseClassification
    exploitation_types: tuple[ExploitationType, ...]
    sectors: tuple[Sector, ...]
    nation: Nation | None
    police_force: Code | None
    potential_victims: Count
    children: Count
    age_statuses: tuple[AgeStatus, ...]


class CaseClosed(CaseEvent):
    """A case was closed with an outcome."""

    type: ClassVar[str] = "case.closed.v1"
    closed_at: datetime
    outcome: OnwardAction


class CaseReopened(CaseEvent):
    """A fact that must be acted on became known about a closed case."""

    type: ClassVar[str] = "case.reopened.v1"
    reopened_at: datetime


class CaseMerged(CaseEvent):
    """A case became part of another one, which has its persons, duties and disclosures now."""

    type: ClassVar[str] = "case.merged.v1"
    merged_into_case_id: UUID
    merged_at: datetime


class ConsentRecorded(CaseEvent):
    """An entry was added to the consent ledger; exactly one of the choices is given."""

    type: ClassVar[str] = "consent.recorded.v1"
    person_id: UUID
    privacy: PrivacyChoice | None = None
    recipient_kind: RecipientKind | None = None
    agrees: bool | None = None
    situation: bool | None = None


class ConsentWithdrawn(CaseEvent):
    """A person withdrew consent altogether."""

    type: ClassVar[str] = "consent.withdrawn.v1"
    person_id: UUID
    withdrawn_at: datetime


class OverrideOpened(CaseEvent):
    """A sharing duty opened: one case recipient, one agency."""

    type: ClassVar[str] = "override.opened.v1"
    recipient_id: UUID
    grounds: tuple[Ground, ...]
    recipient_kind: RecipientKind
    agency_code: Code
    nation: Nation | None
    opened_at: datetime
    send_at: datetime


class OverrideStoodDown(CaseEvent):
    """Two people ended a sharing duty before anything was sent."""

    type: ClassVar[str] = "override.stood_down.v1"
    recipient_id: UUID
    reason: StandDownReason


class PhoneHandoverRecorded(CaseEvent):
    """A person told the agency by telephone and recorded to whom and under which reference."""

    type: ClassVar[str] = "override.phone_handover_recorded.v1"
    recipient_id: UUID
    handed_over_at: datetime


class OverrideEscalated(CaseEvent):
    """The agency did not acknowledge in time: a person has the task to telephone."""

    type: ClassVar[str] = "override.escalated.v1"
    recipient_id: UUID
    escalated_at: datetime


class DisclosureAuthorised(CaseEvent):
    """A disclosure may leave; the referral service asks for its content when it sends."""

    type: ClassVar[str] = "disclosure.authorised.v1"
    disclosure_id: UUID
    recipient_id: UUID
    kind: DisclosureKind
    grounds: tuple[Ground, ...]
    recipient_kind: RecipientKind
    agency_code: Code
    urgent: bool
    verified: bool
    authorised_at: datetime


class DisclosureIssued(CaseEvent):
    """The content was handed out for sending. `digest` is of the exact bytes."""

    type: ClassVar[str] = "disclosure.issued.v1"
    disclosure_id: UUID
    recipient_id: UUID
    recipient_kind: RecipientKind
    agency_code: Code
    grounds: tuple[Ground, ...]
    field_groups: tuple[FieldGroup, ...]
    issued_at: datetime
    digest: Digest


class DisclosureWithheld(CaseEvent):
    """The rules decided that nothing of a disclosure may go."""

    type: ClassVar[str] = "disclosure.withheld.v1"
    disclosure_id: UUID
    recipient_id: UUID
    recipient_kind: RecipientKind
    agency_code: Code
    reason: WithheldReason
    withheld_at: datetime


class DisclosureRecalled(CaseEvent):
    """A copy that left on consent is recalled, because the consent was withdrawn."""

    type: ClassVar[str] = "disclosure.recalled.v1"
    disclosure_id: UUID
    recipient_id: UUID
    field_groups: tuple[FieldGroup, ...] = ()
    person_ids: tuple[UUID, ...] = ()
    recalled_at: datetime
