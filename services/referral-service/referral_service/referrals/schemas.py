"""Request bodies and answers of referrals."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from referral_service.deliveries.states import DeliveryKind, DeliveryState, Purpose
from referral_service.referrals.acts import ActKind, AnswerChannel
from referral_service.referrals.states import Decision, ReferralState
from shared.domain.vocabulary import (
    DeclineReason,
    RecallAnswer,
    RecallKeptReason,
    RecipientKind,
    ReferralOutcome,
)
from shared.http.pagination import Page
from shared.http.schemas import Answer, Changed, Command

Reference = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class AcknowledgeReferral(Command):
    """Statement that the agency has a message."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reference": "2026/1234"}]})

    reference: Reference | None = None
    """The agency's own reference. The first one given for a message stays; another is refused with 409."""
    disclosure_id: UUID | None = None
    """Disclosure that is meant; without it, all that arrived."""


class DeclineReferral(Command):
    """Decision of the agency not to take the case on."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "not_our_area"}]})

    reason: DeclineReason
    """Reason why the agency does not take the case on."""


class ReportOutcome(Command):
    """Outcome of the agency's work."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"outcome": "visit_made"}]})

    outcome: ReferralOutcome
    """Outcome. Refused are pending, acknowledged, accepted and declined: steps, which have routes of their own."""


class _RecallAnswered(Command):
    answer: RecallAnswer
    """Answer: the copy is destroyed, or kept with the lawful reason; not held only where it never arrived."""
    reason: RecallKeptReason | None = None
    """Lawful reason why the copy is kept; for kept only."""

    @model_validator(mode="after")
    def _kept_for_a_reason(self) -> Self:
        if (self.answer is RecallAnswer.KEPT) != (self.reason is not None):
            raise ValueError("kept has a reason, and nothing else does")
        return self


class AnswerRecall(_RecallAnswered):
    """Answer to a recall: what the agency did with its copy."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"answer": "destroyed"}]})

    disclosure_id: UUID | None = None
    """Disclosure whose copy is meant; without it, all that were recalled."""
    reference: Reference | None = None
    """The agency's own reference for its answer."""


class RecordRecallAnswer(_RecallAnswered):
    """Answer to a recall that somebody at the agency gave by telephone."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "answer": "kept",
                    "reason": "court_order",
                    "spoken_to": "Sam Field",
                    "reference": "R-9",
                }
            ]
        }
    )

    disclosure_id: UUID | None = None
    """Disclosure whose copy is meant; without it, all that were recalled."""
    spoken_to: Reference
    """Name of the person at the agency who gave the answer."""
    reference: Reference | None = None
    """The agency's own reference for its answer."""


class OutcomeOut(Answer):
    """Outcome that the agency reported."""

    outcome: ReferralOutcome = Field(examples=["visit_made"])
    """Outcome."""
    at: datetime
    """Time at which it was reported."""


class DeliveryOut(Answer):
    """One message of a referral."""

    disclosure_id: UUID
    """Disclosure that it brings or recalls."""
    purpose: Purpose
    """Purpose: to bring a disclosure or to recall one."""
    kind: DeliveryKind
    """Kind of the disclosure, or a recall."""
    state: DeliveryState = Field(examples=["sent"])
    """State of the message; for agencies only waiting or sent."""
    sent_at: datetime | None
    """Time at which the agency's endpoint took it, or somebody there opened it by an access link."""
    acknowledged_at: datetime | None
    """Time at which the agency said that it has it."""
    recall_answer: RecallAnswer | None = Field(examples=[None])
    """Answer of the agency, for a recall."""
    recall_kept_reason: RecallKeptReason | None = Field(examples=[None])
    """Lawful reason of an agency that keeps its copy."""
    attempts: int | None
    """Number of attempts; null for agencies."""
    fault: str | None = Field(examples=[None, "http-503"])
    """Code of what went wrong in the last attempt; null for agencies."""
    undeliverable_at: datetime | None = Field(examples=[None])
    """Time at which a person was asked to telephone; null for agencies."""


class ReferralOut(Changed):
    """Referral to one agency."""

    id: UUID
    """Id of the referral."""
    version: int
    """Version of the referral; every change raises it, and for an agency every change that it can see."""
    case_id: UUID | None
    """Case; null for agencies."""
    recipient_id: UUID | None
    """Case recipient; null for agencies."""
    recipient_kind: RecipientKind
    """Recipient kind that the agency is in this referral."""
    agency_code: str = Field(examples=["police:E23000005"])
    """Code of the agency."""
    state: ReferralState = Field(examples=["outcome"])
    """Step that the referral has reached; for an agency, as far as anything reached it."""
    decision: Decision | None
    """Newest decision of the agency; null while it has made none."""
    decline_reason: DeclineReason | None = Field(examples=[None])
    """Reason of a declined referral."""
    outcomes: list[OutcomeOut]
    """Outcomes that the agency reported, oldest first."""
    deliveries: list[DeliveryOut]
    """Messages in their order; for an agency the disclosures that may have arrived, and recalls of these."""


class ActOut(Answer):
    """Act about a referral: who did what, and when."""

    act: ActKind = Field(examples=["acknowledged"])
    """Kind of the act."""
    at: datetime
    """Time of the act."""
    by: str | None = Field(examples=["user:desk"])
    """Actor, as in the audit trail; for agencies null where it is the helpline."""
    channel: AnswerChannel | None
    """Channel of an answer."""
    disclosure_id: UUID | None
    """Disclosure that it is about; of a decision, the newest that the agency had."""
    code: str | None = Field(examples=[None, "not_our_area"])
    """Reason, outcome, answer or fault; of an acknowledgement, the act that implied it."""
    name: str | None = Field(examples=["Sam Field"])
    """Name of the person at the agency, if it was given."""
    reference: str | None = Field(examples=["2026/1234"])
    """The agency's own reference, if it was given."""


class ReferralWithAnswer(ReferralOut):
    """Referral with what the agency said of its own, and with every act about it."""

    reference: str | None = Field(examples=["2026/1234"])
    """The agency's own reference, as it was given first."""
    acknowledged_name: str | None = Field(examples=["Sam Field"])
    """Name of the person who first acknowledged by an access link, or answered by telephone."""
    acts: list[ActOut]
    """Everything that was done about it, oldest first; for an agency its own acts."""


class ReferralPage(Page[ReferralOut]):
    """Referrals in the order of their authorisation; an agency's by the first disclosure that reached it."""
