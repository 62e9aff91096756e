"""Events of the topic referral: what became of a disclosure at its agency."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from shared.domain.vocabulary import (
    AcknowledgementChannel,
    Code,
    DeclineReason,
    RecallAnswer,
    RecallAnswerChannel,
    RecallKeptReason,
    RecipientKind,
    ReferralOutcome,
)
from shared.events.base import Count, Event


class ReferralEvent(Event):
    topic: ClassVar[str] = "referral"
    subject_field: ClassVar[str] = "case_id"
    case_id: UUID
    referral_id: UUID
    disclosure_id: UUID
    recipient_id: UUID
    recipient_kind: RecipientKind
    agency_code: Code
    occurred_at: datetime


class AgencyRegistered(Event):
    """An agency is registered in the directory, or its recipient kinds changed."""

    topic: ClassVar[str] = "referral"
    type: ClassVar[str] = "agency.registered.v1"
    subject_field: ClassVar[str] = "agency_id"
    agency_id: UUID
    agency_code: Code
    recipient_kinds: tuple[RecipientKind, ...]
    registered_at: datetime


class ReferralSent(ReferralEvent):
    """The agency's endpoint took it (2xx). Only an acknowledgement counts as delivered."""

    type: ClassVar[str] = "referral.sent.v1"
    forced: bool
    attempts: Count


class ReferralUndeliverable(ReferralEvent):
    """There is no endpoint, or it keeps failing: a person must telephone. Attempts at an endpoint go on."""

    type: ClassVar[str] = "referral.undeliverable.v1"
    reason: Code


class ReferralAcknowledged(ReferralEvent):
    """The agency said that it has the disclosure."""

    type: ClassVar[str] = "referral.acknowledged.v1"
    forced: bool
    acknowledged_by: AcknowledgementChannel
    declined: bool = False
    """The agency declined the case, now or before: it has the message and does not act on it."""


class ReferralAccepted(ReferralEvent):
    """The agency takes the case on."""

    type: ClassVar[str] = "referral.accepted.v1"


class ReferralDeclined(ReferralEvent):
    """The agency hands the case back, with a reason. It may have accepted it before.

    It is announced again when the agency declines what came later. `disclosure_id` is the newest message that it has.
    """

    type: ClassVar[str] = "referral.declined.v1"
    reason: DeclineReason


class ReferralOutcomeReported(ReferralEvent):
    """The agency reported an outcome."""

    type: ClassVar[str] = "referral.outcome_reported.v1"
    outcome: ReferralOutcome


class RecallAnswered(ReferralEvent):
    """The agency answered the recall of one disclosure; this answer alone ends it."""

    type: ClassVar[str] = "referral.recall_answered.v1"
    answer: RecallAnswer
    reason: RecallKeptReason | None = None
    """Lawful reason of an agency that keeps its copy."""
    answered_by: RecallAnswerChannel = RecallAnswerChannel.API
    """By telephone, a person at the helpline recorded the answer."""


class RecallNotNeeded(ReferralEvent):
    """Nothing of a recalled disclosure was ever sent, so that the recall ends without an answer."""

    type: ClassVar[str] = "referral.recall_not_needed.v1"
