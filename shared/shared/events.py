"""Every fact that one service tells the others, as ids, codes, times and counts: never words, names or addresses.

The registry is the tuple at the end; schemas and AsyncAPI are generated from it. A field is an id, a code, a word of a
controlled list, a time, a count or a yes or no, so that nothing a person said can be put into an event; a test walks
every field.
"""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.vocabulary import (
    AgeStatus,
    CallerType,
    CaseClassification,
    Code,
    ContactChannel,
    ContactPurpose,
    ExploitationType,
    Ground,
    Nation,
    PrivacyChoice,
    RecipientKind,
    Sector,
    StandDownReason,
)

Count = Annotated[int, Field(ge=0, le=1_000_000)]
Length = Annotated[int, Field(ge=0)]
"""Of an audit chain, which only ever grows."""
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Event(BaseModel):
    """A fact that has happened. `subject_field` names the id that keys it on the bus, so one matter stays in order."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str]
    topic: ClassVar[str]
    subject_field: ClassVar[str]

    @property
    def subject(self) -> UUID:
        subject: UUID = getattr(self, self.subject_field)
        return subject


class ContactEvent(Event):
    topic: ClassVar[str] = "intake"
    subject_field: ClassVar[str] = "contact_id"
    contact_id: UUID


class ContactReceived(ContactEvent):
    """Somebody got in touch. `opens_case` is false for a question that names no concern about anyone."""

    type: ClassVar[str] = "contact.received.v1"
    received_at: datetime
    channel: ContactChannel
    purpose: ContactPurpose
    caller_type: CallerType
    privacy: PrivacyChoice | None
    language: Code
    nation: Nation | None
    opens_case: bool
    danger_stated: bool
    child_stated: bool


class CaseEvent(Event):
    topic: ClassVar[str] = "case"
    subject_field: ClassVar[str] = "case_id"
    case_id: UUID


class CaseOpened(CaseEvent):
    type: ClassVar[str] = "case.opened.v1"
    contact_id: UUID
    opened_at: datetime


class ReportTakenOver(CaseEvent):
    """The case holds the report under its own keys now; intake's copy may go."""

    type: ClassVar[str] = "case.report_taken_over.v1"
    contact_id: UUID


class CaseAssessed(CaseEvent):
    """What is known of the matter as a whole; each one replaces the one before."""

    type: ClassVar[str] = "case.assessed.v1"
    assessed_at: datetime
    classification: CaseClassification
    exploitation_types: tuple[ExploitationType, ...]
    sectors: tuple[Sector, ...]
    nation: Nation | None
    police_force: Code | None
    potential_victims: Count
    children: Count
    age_statuses: tuple[AgeStatus, ...]


class CaseClosed(CaseEvent):
    type: ClassVar[str] = "case.closed.v1"
    closed_at: datetime
    outcome: Code


class CaseReopened(CaseEvent):
    """Something that must be acted on became known about a closed case."""

    type: ClassVar[str] = "case.reopened.v1"
    reopened_at: datetime


class ConsentRecorded(CaseEvent):
    """A line was added to the consent ledger."""

    type: ClassVar[str] = "consent.recorded.v1"
    person_id: UUID
    privacy: PrivacyChoice | None = None
    recipient: RecipientKind | None = None
    agrees: bool | None = None
    situation: bool | None = None


class ConsentWithdrawn(CaseEvent):
    type: ClassVar[str] = "consent.withdrawn.v1"
    person_id: UUID
    withdrawn_at: datetime


class OverrideOpened(CaseEvent):
    """A duty to share opened: one leg, one recipient body."""

    type: ClassVar[str] = "override.opened.v1"
    leg_id: UUID
    grounds: tuple[Ground, ...]
    recipient: RecipientKind
    body: Code
    nation: Nation | None
    opened_at: datetime
    leaves_at: datetime


class OverrideStoodDown(CaseEvent):
    type: ClassVar[str] = "override.stood_down.v1"
    leg_id: UUID
    reason: StandDownReason


class OverrideHandedOver(CaseEvent):
    """A person told the agency by telephone and wrote down to whom and under which reference."""

    type: ClassVar[str] = "override.handed_over.v1"
    leg_id: UUID
    handed_over_at: datetime


class OverrideEscalated(CaseEvent):
    """Nobody acknowledged in time: a person has the task to telephone."""

    type: ClassVar[str] = "override.escalated.v1"
    leg_id: UUID
    escalated_at: datetime


class DisclosureAuthorised(CaseEvent):
    """Something may leave: the referral service fetches it at the moment of sending, when the rules decide again."""

    type: ClassVar[str] = "disclosure.authorised.v1"
    disclosure_id: UUID
    leg_id: UUID
    kind: Code
    """initial, supplement or correction."""
    grounds: tuple[Ground, ...]
    recipient: RecipientKind
    body: Code
    urgent: bool
    verified: bool
    authorised_at: datetime


class DisclosureLeft(CaseEvent):
    """The content was handed out for sending. `digest` is of the exact bytes, without a name in them."""

    type: ClassVar[str] = "disclosure.left.v1"
    disclosure_id: UUID
    leg_id: UUID
    recipient: RecipientKind
    body: Code
    grounds: tuple[Ground, ...]
    field_groups: tuple[Code, ...]
    left_at: datetime
    digest: Digest


class DisclosureWithheld(CaseEvent):
    """The rules decided at the moment of leaving that nothing may go."""

    type: ClassVar[str] = "disclosure.withheld.v1"
    disclosure_id: UUID
    leg_id: UUID
    recipient: RecipientKind
    body: Code
    reason: Code
    withheld_at: datetime


class DisclosureRecalled(CaseEvent):
    """A copy that left on consent is called back because the consent was withdrawn."""

    type: ClassVar[str] = "disclosure.recalled.v1"
    disclosure_id: UUID
    leg_id: UUID
    recalled_at: datetime


class ReferralEvent(Event):
    topic: ClassVar[str] = "referral"
    subject_field: ClassVar[str] = "case_id"
    case_id: UUID
    referral_id: UUID
    disclosure_id: UUID
    leg_id: UUID
    recipient: RecipientKind
    body: Code
    occurred_at: datetime


class ReferralSent(ReferralEvent):
    """The agency's endpoint took it (2xx). That is not yet "delivered": only an acknowledgement is."""

    type: ClassVar[str] = "referral.sent.v1"
    forced: bool
    attempts: Count


class ReferralUndeliverable(ReferralEvent):
    """No endpoint, or it keeps failing: a person must telephone. Retries go on where there is an endpoint."""

    type: ClassVar[str] = "referral.undeliverable.v1"
    reason: Code


class ReferralAcknowledged(ReferralEvent):
    type: ClassVar[str] = "referral.acknowledged.v1"
    forced: bool
    by: Code
    """api or link."""


class ReferralAccepted(ReferralEvent):
    type: ClassVar[str] = "referral.accepted.v1"


class ReferralDeclined(ReferralEvent):
    type: ClassVar[str] = "referral.declined.v1"
    reason: Code


class ReferralOutcomeReported(ReferralEvent):
    type: ClassVar[str] = "referral.outcome_reported.v1"
    outcome: Code


class RecallAnswered(ReferralEvent):
    """A holder of a copy took notice of a recall."""

    type: ClassVar[str] = "referral.recall_answered.v1"


class AuditHeadAnnounced(Event):
    """The newest link of one service's audit chain, for the others to remember as witnesses."""

    type: ClassVar[str] = "audit.head.v1"
    topic: ClassVar[str] = "audit"
    subject_field: ClassVar[str] = "chain_id"
    chain_id: UUID
    service: Code
    length: Length
    head: Digest
    announced_at: datetime


EVENTS: tuple[type[Event], ...] = (
    ContactReceived,
    CaseOpened,
    ReportTakenOver,
    CaseAssessed,
    CaseClosed,
    CaseReopened,
    ConsentRecorded,
    ConsentWithdrawn,
    OverrideOpened,
    OverrideStoodDown,
    OverrideHandedOver,
    OverrideEscalated,
    DisclosureAuthorised,
    DisclosureLeft,
    DisclosureWithheld,
    DisclosureRecalled,
    ReferralSent,
    ReferralUndeliverable,
    ReferralAcknowledged,
    ReferralAccepted,
    ReferralDeclined,
    ReferralOutcomeReported,
    RecallAnswered,
    AuditHeadAnnounced,
)
BY_TYPE: dict[str, type[Event]] = {event.type: event for event in EVENTS}


class UnknownEvent(Exception):
    """A type or version that this code does not know; it is held for replay after an upgrade, never guessed at."""


def read(type_: str, body: bytes) -> Event:
    """The event in a message body; UnknownEvent or pydantic's ValidationError where it is none of ours."""
    event = BY_TYPE.get(type_)
    if event is None:
        raise UnknownEvent(type_)
    return event.model_validate_json(body)
