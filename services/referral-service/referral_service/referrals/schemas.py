"""Request bodies and answers of referrals."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from referral_service.deliveries.states import DeliveryKind, DeliveryState, Purpose
from referral_service.referrals.states import Decision, ReferralState
from shared.domain.vocabulary import DeclineReason, RecallAnswer, RecipientKind, ReferralOutcome
from shared.http.pagination import Page
from shared.http.schemas import Answer, Changed, Command

Reference = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class AcknowledgeReferral(Command):
    """Statement that the agency has a message."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reference": "2026/1234"}]})

    reference: Reference | None = None
    """The agency's own reference for the referral."""
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


class AnswerRecall(Command):
    """Answer to a recall: what the agency did with its copy."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"answer": "deleted"}]})

    answer: RecallAnswer
    """Answer of the agency: whether it deleted the copy, must keep it by law, or holds none."""
    disclosure_id: UUID | None = None
    """Disclosure whose copy is meant; without it, all that were recalled."""


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
    """Decision of the agency; null while it has made none."""
    decline_reason: DeclineReason | None = Field(examples=[None])
    """Reason of a declined referral."""
    outcomes: list[OutcomeOut]
    """Outcomes that the agency reported, oldest first."""
    deliveries: list[DeliveryOut]
    """Messages in their order; for an agency the disclosures that may have arrived, and recalls of these."""


class ReferralWithAnswer(ReferralOut):
    """Referral with what the agency said of its own."""

    reference: str | None = Field(examples=["2026/1234"])
    """The agency's own reference."""
    acknowledged_name: str | None = Field(examples=["Sam Field"])
    """Name of the person who acknowledged by an access link."""


class ReferralPage(Page[ReferralOut]):
    """Referrals in the order of their authorisation; an agency's by the first disclosure that reached it."""
