"""A referral: one matter brought to one agency, from the moment it may leave to what came of it.

authorised → sent → acknowledged → accepted or declined → outcome; besides these withheld, undeliverable and recalled.
What is only proposed lives in the case service and does not exist here.
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from referral_service.agencies import Channel, agency_id
from referral_service.deliveries import Delivery, DeliveryState, Purpose, recall_id
from referral_service.lifecycle import (
    AUTHORISED_ONLY,
    FAILURES_BEFORE_A_PERSON_IS_TOLD,
    OPEN,
    OVERRIDES,
    STEPS,
    AcknowledgedBy,
    NotAnOutcome,
    NothingToAnswer,
    RecallAnswer,
    ReferralDecidedAlready,
    ReferralState,
)
from referral_service.tables import Base
from shared.errors import NotFound
from shared.events import (
    DisclosureAuthorised,
    RecallAnswered,
    ReferralAccepted,
    ReferralAcknowledged,
    ReferralDeclined,
    ReferralEvent,
    ReferralOutcomeReported,
    ReferralSent,
    ReferralUndeliverable,
)
from shared.tables import Codes, CodeText, Sealed
from shared.vault import Place
from shared.vocabulary import DeclineReason, ReferralOutcome


class Referral(Base):
    """One per leg and agency. Its methods guard the life cycle and return the facts that they cause."""

    __tablename__ = "referrals"
    __table_args__ = (UniqueConstraint("leg_id", "agency_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(index=True)
    leg_id: Mapped[UUID]
    agency_id: Mapped[UUID] = mapped_column(index=True)
    recipient: Mapped[str] = mapped_column(CodeText)
    body: Mapped[str] = mapped_column(CodeText)
    state: Mapped[str] = mapped_column(CodeText)
    authorised_at: Mapped[datetime]
    decision: Mapped[str | None] = mapped_column(CodeText)
    decline_reason: Mapped[str | None] = mapped_column(CodeText)
    outcomes: Mapped[list[Any]] = mapped_column(Codes)
    answer: Mapped[bytes | None] = mapped_column(Sealed)
    """The agency's own reference, and by link the name of who acknowledged."""
    deliveries: Mapped[list[Delivery]] = relationship(order_by=Delivery.position, lazy="raise")

    @property
    def disclosures(self) -> list[Delivery]:
        return [one for one in self.deliveries if one.is_disclosure]

    @property
    def arrived(self) -> list[Delivery]:
        """Disclosures that the agency has, or may have although its answer was lost."""
        return [one for one in self.disclosures if one.may_have_arrived]

    def add(self, event: DisclosureAuthorised, at: datetime) -> Delivery:
        """One more disclosure is to be brought to this agency; danger makes what waits before it urgent too."""
        delivery = self._new(event.disclosure_id, Purpose.DISCLOSURE, event.disclosure_id, event.kind, at)
        delivery.forced, delivery.urgent = not OVERRIDES.isdisjoint(event.grounds), event.urgent
        if event.urgent:
            for waiting in (one for one in self.deliveries if one.is_waiting):
                waiting.urgent = True
                waiting.hurry(at)
        if self.state == ReferralState.WITHHELD:
            self.state = ReferralState.AUTHORISED
        return delivery

    def stuck_behind(self, delivery: Delivery) -> str | None:
        """The fault of an earlier message, where a new one must make a person telephone rather than wait its turn."""
        failing = [one for one in self.deliveries if one.is_waiting and one is not delivery and one.failures]
        told = any(one.undeliverable_at for one in failing)
        return failing[0].fault if failing and (told or delivery.forced) else None

    def sent(self, delivery: Delivery, channel: Channel, at: datetime) -> list[ReferralEvent]:
        """The agency's endpoint took it, or somebody there opened it by its link."""
        if delivery.sent_at is not None:
            return []
        delivery.sent_at, delivery.channel = at, channel.value
        delivery.finish(DeliveryState.SENT)
        if not delivery.is_disclosure:
            return []
        self._reach(ReferralState.SENT, AUTHORISED_ONLY)
        facts = self._facts(delivery, at)
        return [ReferralSent(**facts, forced=delivery.forced, attempts=max(delivery.attempts, 1))]

    def failed(self, delivery: Delivery, reason: str, at: datetime) -> list[ReferralEvent]:
        """A person must be told once per delivery: at the first failure where an override forces it."""
        delivery.failures += 1
        delivery.fault = reason
        forced = any(one.forced for one in self.deliveries if one.is_waiting)
        patience = 1 if forced else FAILURES_BEFORE_A_PERSON_IS_TOLD
        return self.undeliverable(delivery, reason, at) if delivery.failures >= patience else []

    def undeliverable(self, delivery: Delivery, reason: str, at: datetime) -> list[ReferralEvent]:
        """Also says so of what waits behind it: none of that can arrive before this one has."""
        untold = [
            one
            for one in self.deliveries
            if one.is_waiting and one.position >= delivery.position and one.undeliverable_at is None
        ]
        for one in untold:
            one.undeliverable_at = at
        if any(one.is_disclosure for one in untold):
            self._reach(ReferralState.UNDELIVERABLE, AUTHORISED_ONLY)
        return [
            ReferralUndeliverable(
                **self._facts(one, at), reason=reason if one.is_disclosure else f"recall-{reason}"
            )
            for one in untold
        ]

    def withhold(self, delivery: Delivery, reason: str) -> None:
        """The rules decided at the moment of leaving that this may not go."""
        delivery.finish(DeliveryState.WITHHELD, reason)
        if not self.arrived and not any(one.is_waiting for one in self.disclosures):
            self._reach(ReferralState.WITHHELD, {*AUTHORISED_ONLY})

    def acknowledge(
        self, by: AcknowledgedBy, at: datetime, *, disclosure_id: UUID | None = None
    ) -> list[ReferralEvent]:
        """The agency has it, whether or not its answer to our sending ever reached us."""
        meant = self._meant_by(disclosure_id)
        if not meant:
            raise NotFound
        fresh = [one for one in meant if one.acknowledged_at is None]
        for one in fresh:
            one.acknowledged_at = at
        self._reach(ReferralState.ACKNOWLEDGED, {*AUTHORISED_ONLY, ReferralState.SENT})
        return [ReferralAcknowledged(**self._facts(one, at), forced=one.forced, by=by.value) for one in fresh]

    def _meant_by(self, disclosure_id: UUID | None) -> list[Delivery]:
        """Which messages an acknowledgement speaks of. Without a `disclosure_id`: those that were sent; and one whose
        sending is not known yet, if nothing else can be meant. An error answered to one says that it was not taken."""
        if disclosure_id is not None:
            return [one for one in self.arrived if one.disclosure_id == disclosure_id]
        sent = [one for one in self.arrived if one.sent_at is not None]
        unsure = [one for one in self.arrived if one.sent_at is None]
        if not sent:
            return unsure[:1]
        if any(one.acknowledged_at is None for one in sent):
            return sent
        return [*sent, *(one for one in unsure[:1] if one.answer_was_lost)]

    def accept(self, at: datetime) -> list[ReferralEvent]:
        return self._decide(ReferralState.ACCEPTED, None, at)

    def decline(self, reason: DeclineReason, at: datetime) -> list[ReferralEvent]:
        return self._decide(ReferralState.DECLINED, reason, at)

    def report_outcome(self, outcome: ReferralOutcome, at: datetime) -> list[ReferralEvent]:
        if outcome in STEPS:
            raise NotAnOutcome
        if self.decision == ReferralState.DECLINED:
            raise ReferralDecidedAlready
        events = self.acknowledge(AcknowledgedBy.API, at)
        if any(one["outcome"] == outcome.value for one in self.outcomes):
            return events
        self.outcomes = [*self.outcomes, {"outcome": outcome.value, "at": at.isoformat()}]
        self._reach(ReferralState.OUTCOME, OPEN)
        return [*events, ReferralOutcomeReported(**self._facts(self.arrived[-1], at), outcome=outcome.value)]

    def recall(self, disclosure_id: UUID, at: datetime) -> Delivery | None:
        """Calls a copy back from whoever may hold it; None where nobody does, or it was called back before."""
        copy = next((one for one in self.disclosures if one.disclosure_id == disclosure_id), None)
        known = any(one.id == recall_id(disclosure_id) for one in self.deliveries)
        if copy is None or known or not copy.may_be_on_its_way:
            return None
        recall = self._new(recall_id(disclosure_id), Purpose.RECALL, disclosure_id, "recall", at)
        recall.urgent = copy.urgent
        self._reach(ReferralState.RECALLED, {*OPEN, ReferralState.DECLINED, ReferralState.OUTCOME})
        return recall

    def is_empty(self, recall: Delivery) -> bool:
        """Whether the copy that this recall is about never arrived after all."""
        return not any(one.disclosure_id == recall.disclosure_id for one in self.arrived)

    def answer_recall(
        self, answer: RecallAnswer, at: datetime, *, disclosure_id: UUID | None = None
    ) -> list[ReferralEvent]:
        asked = [one for one in self.deliveries if not one.is_disclosure]
        asked = [one for one in asked if disclosure_id in {None, one.disclosure_id}]
        if not asked:
            raise NothingToAnswer
        fresh = [one for one in asked if one.recall_answer is None]
        for one in fresh:
            one.recall_answer = answer.value
        return [RecallAnswered(**self._facts(one, at)) for one in fresh]

    def _decide(
        self, decision: ReferralState, reason: DeclineReason | None, at: datetime
    ) -> list[ReferralEvent]:
        """Deciding acknowledges as well; the same decision again changes nothing."""
        events = self.acknowledge(AcknowledgedBy.API, at)
        said = (decision.value, reason.value if reason else None)
        if self.decision is not None:
            if said != (self.decision, self.decline_reason):
                raise ReferralDecidedAlready
            return events
        if decision is ReferralState.DECLINED and self.outcomes:
            raise ReferralDecidedAlready
        self.decision, self.decline_reason = said
        self._reach(decision, OPEN)
        facts = self._facts(self.arrived[-1], at)
        made = ReferralAccepted(**facts) if reason is None else ReferralDeclined(**facts, reason=reason.value)
        return [*events, made]

    def _new(
        self, delivery_id: UUID, purpose: Purpose, disclosure_id: UUID, kind: str, at: datetime
    ) -> Delivery:
        delivery = Delivery(
            id=delivery_id,
            referral_id=self.id,
            agency_id=self.agency_id,
            position=len(self.deliveries),
            purpose=purpose.value,
            disclosure_id=disclosure_id,
            kind=kind,
            forced=False,
            urgent=False,
            state=DeliveryState.WAITING.value,
            created_at=at,
            posts=0,
            misses=0,
            failures=0,
            due_at=at,
            fence=0,
            attempts=0,
        )
        self.deliveries.append(delivery)
        return delivery

    def _reach(self, state: ReferralState, before: set[ReferralState] | frozenset[ReferralState]) -> None:
        """The life cycle only goes forward: a late fact about an earlier step leaves the later one standing."""
        if self.state in before:
            self.state = state.value

    def _facts(self, delivery: Delivery, at: datetime) -> dict[str, Any]:
        return {
            "case_id": self.case_id,
            "referral_id": self.id,
            "disclosure_id": delivery.disclosure_id,
            "leg_id": self.leg_id,
            "recipient": self.recipient,
            "body": self.body,
            "occurred_at": at,
        }


def referral_for(event: DisclosureAuthorised) -> Referral:
    return Referral(
        id=uuid4(),
        case_id=event.case_id,
        leg_id=event.leg_id,
        agency_id=agency_id(event.body),
        recipient=event.recipient.value,
        body=event.body,
        state=ReferralState.AUTHORISED.value,
        authorised_at=event.authorised_at,
        outcomes=[],
        deliveries=[],
    )


def answer_place(referral_id: UUID) -> Place:
    return Place("referrals", "answer", referral_id)
