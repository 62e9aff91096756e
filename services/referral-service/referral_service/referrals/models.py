"""Referrals: what was shared with one agency about one case, from its authorisation to its outcome.

A referral goes from authorised to sent, acknowledged, accepted or declined, and outcome; besides these it may be
withheld, undeliverable or recalled. Disclosures that are only proposed are not known here.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from referral_service.db import Base
from referral_service.deliveries.models import Delivery, delivery_of_disclosure, delivery_of_recall, recall_id
from referral_service.directory.models import Channel, agency_id
from referral_service.referrals.acknowledged_messages import acknowledged_messages
from referral_service.referrals.states import (
    FAILURES_BEFORE_TELEPHONING,
    OVERRIDES,
    STEPS,
    TRANSITIONS,
    Decision,
    NotAnOutcome,
    NothingToAnswer,
    ReferralDecidedAlready,
    ReferralState,
)
from shared.db.columns import Codes, CodeText, Sealed, code_of
from shared.domain.vocabulary import (
    AcknowledgementChannel,
    DeclineReason,
    RecallAnswer,
    RecipientKind,
    ReferralOutcome,
)
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
from shared.ids import new_id_without_time


class Referral(Base):
    """Referral to one agency for one case recipient. Methods guard its states and return the events they cause."""

    __tablename__ = "referrals"
    __table_args__ = (UniqueConstraint("recipient_id", "agency_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    case_id: Mapped[UUID] = mapped_column(index=True)
    recipient_id: Mapped[UUID]
    agency_id: Mapped[UUID] = mapped_column(index=True)
    recipient_kind: Mapped[RecipientKind] = mapped_column(code_of(RecipientKind, name="recipient_kind_known"))
    agency_code: Mapped[str] = mapped_column(CodeText)
    state: Mapped[ReferralState] = mapped_column(code_of(ReferralState, name="state_known"))
    authorised_at: Mapped[datetime]
    decision: Mapped[Decision | None] = mapped_column(code_of(Decision, name="decision_known"))
    decline_reason: Mapped[DeclineReason | None] = mapped_column(
        code_of(DeclineReason, name="decline_reason_known")
    )
    outcomes: Mapped[list[dict[str, str]]] = mapped_column(Codes)
    """Each as `outcome`, a code, and `at`, the time of its report."""
    agency_answer: Mapped[bytes | None] = mapped_column(Sealed)
    """The agency's own reference, and the name of a person who acknowledged by an access link."""
    agency_answer_changes: Mapped[int]
    """Number of times that the agency changed its answer."""
    deliveries: Mapped[list[Delivery]] = relationship(order_by=Delivery.position, lazy="raise")

    @property
    def disclosures(self) -> list[Delivery]:
        return [one for one in self.deliveries if one.is_disclosure]

    @property
    def waiting(self) -> list[Delivery]:
        return [one for one in self.deliveries if one.is_waiting]

    @property
    def arrived(self) -> list[Delivery]:
        """Return the disclosures that the agency has, or may have although its answer was lost."""
        return [one for one in self.disclosures if one.may_have_arrived]

    @property
    def known_to_agency(self) -> list[Delivery]:
        """Return the messages that the agency may know of: disclosures that arrived, and recalls of these."""
        copies = {one.disclosure_id for one in self.arrived}
        return [one for one in self.deliveries if one.disclosure_id in copies]

    def add(self, event: DisclosureAuthorised, at: datetime) -> Delivery:
        """Add a disclosure to send; one about danger makes all that waits before it urgent too."""
        forced = not OVERRIDES.isdisjoint(event.grounds)
        delivery = self._append(delivery_of_disclosure(event, at, forced=forced))
        if event.urgent:
            for waiting in self.waiting:
                waiting.hurry(at)
        self._reach(ReferralState.AUTHORISED)
        return delivery

    def sent(self, delivery: Delivery, channel: Channel, at: datetime) -> list[ReferralEvent]:
        """Record that the agency's endpoint took a message, or that somebody there opened it by an access link."""
        if delivery.sent_at is not None:
            return []
        delivery.mark_sent(channel, at)
        self.version += 1
        if not delivery.is_disclosure:
            self._reach(ReferralState.RECALLED)
            return []
        self._reach(ReferralState.SENT)
        facts = self._facts(delivery, at)
        return [ReferralSent(**facts, forced=delivery.forced, attempts=max(delivery.attempts, 1))]

    def failed(self, delivery: Delivery, fault: str, at: datetime) -> list[ReferralEvent]:
        """Record a failed attempt; a forced message is undeliverable at its first failure, others at the third."""
        delivery.fail(fault)
        self.version += 1
        forced = any(one.forced for one in self.waiting)
        failures = 1 if forced else FAILURES_BEFORE_TELEPHONING
        return self.undeliverable(delivery, fault, at) if delivery.failures >= failures else []

    def undeliverable(self, delivery: Delivery, reason: str, at: datetime) -> list[ReferralEvent]:
        """Announce once that a message, and all that wait behind it, need a person who telephones."""
        behind = [one for one in self.waiting if one.position >= delivery.position]
        fresh = [one for one in behind if one.undeliverable_at is None]
        for one in fresh:
            one.mark_undeliverable(at)
            self.version += 1
        if any(one.is_disclosure for one in fresh):
            self._reach(ReferralState.UNDELIVERABLE)
        return [
            ReferralUndeliverable(
                **self._facts(one, at), reason=reason if one.is_disclosure else f"recall-{reason}"
            )
            for one in fresh
        ]

    def withhold(self, delivery: Delivery, reason: str) -> None:
        """Record that the rules withheld a disclosure when it was to be sent."""
        delivery.withhold(reason)
        self.version += 1
        self._drop_recall_of(delivery)
        if not self.arrived and not any(one.is_waiting for one in self.disclosures):
            self._reach(ReferralState.WITHHELD)

    def stop(self, delivery: Delivery, fault: str) -> None:
        """Make no more attempts for a message until an operator sets another endpoint."""
        delivery.stop(fault)
        self.version += 1
        self._drop_recall_of(delivery)

    def resume(self, at: datetime) -> None:
        """Make due at once what waits, and what was stopped because its endpoint was gone."""
        stopped = [one for one in self.deliveries if one.is_stopped]
        if stopped:
            self.version += 1
        for one in (*self.waiting, *stopped):
            one.make_due(at)

    def acknowledge(
        self, by: AcknowledgementChannel, at: datetime, *, disclosure_id: UUID | None = None
    ) -> list[ReferralEvent]:
        """Record that the agency has a message, even if its answer to the sending was lost."""
        meant = acknowledged_messages(self.arrived, disclosure_id)
        if not meant:
            raise NotFound
        fresh = [one for one in meant if one.acknowledged_at is None]
        for one in fresh:
            one.acknowledge(at)
            self.version += 1
        self._reach(ReferralState.ACKNOWLEDGED)
        return [
            ReferralAcknowledged(**self._facts(one, at), forced=one.forced, acknowledged_by=by)
            for one in fresh
        ]

    def accept(self, at: datetime) -> list[ReferralEvent]:
        return self._decide(Decision.ACCEPTED, None, at)

    def decline(self, reason: DeclineReason, at: datetime) -> list[ReferralEvent]:
        return self._decide(Decision.DECLINED, reason, at)

    def report_outcome(self, outcome: ReferralOutcome, at: datetime) -> list[ReferralEvent]:
        """Record an outcome. It acknowledges as well; the same outcome again changes nothing."""
        if outcome in STEPS:
            raise NotAnOutcome(invalid=[{"field": "outcome", "rule": "step"}])
        if self.decision is Decision.DECLINED:
            raise ReferralDecidedAlready
        events = self.acknowledge(AcknowledgementChannel.API, at)
        if any(one["outcome"] == outcome.value for one in self.outcomes):
            return events
        self.outcomes = [*self.outcomes, {"outcome": outcome.value, "at": at.isoformat()}]
        self.version += 1
        self._reach(ReferralState.OUTCOME)
        return [*events, ReferralOutcomeReported(**self._facts(self.arrived[-1], at), outcome=outcome)]

    def recall(self, disclosure_id: UUID, at: datetime) -> Delivery | None:
        """Add a recall of a copy that may have arrived; None where none did, or it was recalled before."""
        copy = next((one for one in self.disclosures if one.disclosure_id == disclosure_id), None)
        known = any(one.id == recall_id(disclosure_id) for one in self.deliveries)
        if copy is None or known or not copy.may_be_on_its_way:
            return None
        recall = self._append(delivery_of_recall(copy, at))
        if copy.may_have_arrived:  # a copy that a worker holds now may still be withheld
            self._reach(ReferralState.RECALLED)
        return recall

    def _drop_recall_of(self, copy: Delivery) -> None:
        """Send no recall of a copy that never arrived: it would show the agency that there was one."""
        recall = next((one for one in self.deliveries if one.id == recall_id(copy.disclosure_id)), None)
        if recall is not None and recall.is_waiting and not copy.may_have_arrived:
            recall.withhold("nothing-to-recall")
            self.version += 1

    def answer_recall(
        self, answer: RecallAnswer, at: datetime, *, disclosure_id: UUID | None = None
    ) -> list[ReferralEvent]:
        """Record what the agency did with a recalled copy, or with all of them; the first answer stands."""
        recalls = [one for one in self.known_to_agency if not one.is_disclosure]
        asked = [one for one in recalls if disclosure_id in {None, one.disclosure_id}]
        if not asked:
            raise NothingToAnswer
        fresh = [one for one in asked if one.recall_answer is None]
        for one in fresh:
            one.keep_recall_answer(answer)
            self.version += 1
        return [RecallAnswered(**self._facts(one, at), answer=answer) for one in fresh]

    def begin_attempt_by_link(self, delivery: Delivery) -> int:
        """Count an attempt by an access link and return its number; a worker that holds the message loses it."""
        self.version += 1
        return delivery.begin_attempt_by_link()

    def keep_agency_answer(self, sealed: bytes) -> None:
        """Keep the agency's reference and names, sealed."""
        self.agency_answer = sealed
        self.agency_answer_changes += 1
        self.version += 1

    def _decide(self, decision: Decision, reason: DeclineReason | None, at: datetime) -> list[ReferralEvent]:
        """Record a decision. It acknowledges as well; the same decision again changes nothing."""
        events = self.acknowledge(AcknowledgementChannel.API, at)
        if self.decision is not None:
            if (decision, reason) != (self.decision, self.decline_reason):
                raise ReferralDecidedAlready
            return events
        if decision is Decision.DECLINED and self.outcomes:
            raise ReferralDecidedAlready
        self.decision, self.decline_reason = decision, reason
        self.version += 1
        self._reach(ReferralState(decision))
        facts = self._facts(self.arrived[-1], at)
        made = ReferralAccepted(**facts) if reason is None else ReferralDeclined(**facts, reason=reason)
        return [*events, made]

    def _append(self, delivery: Delivery) -> Delivery:
        delivery.join(self.id, self.agency_id, position=len(self.deliveries))
        self.deliveries.append(delivery)
        self.version += 1
        return delivery

    def _reach(self, state: ReferralState) -> None:
        """Go to a state that may follow; a late fact about an earlier step changes nothing."""
        if state in TRANSITIONS[self.state]:
            self.state = state

    def _facts(self, delivery: Delivery, at: datetime) -> dict[str, Any]:
        return {
            "case_id": self.case_id,
            "referral_id": self.id,
            "disclosure_id": delivery.disclosure_id,
            "recipient_id": self.recipient_id,
            "recipient_kind": self.recipient_kind,
            "agency_code": self.agency_code,
            "occurred_at": at,
        }


def new_referral(event: DisclosureAuthorised) -> Referral:
    return Referral(
        id=new_id_without_time(),
        version=0,  # its first disclosure makes it 1
        case_id=event.case_id,
        recipient_id=event.recipient_id,
        agency_id=agency_id(event.agency_code),
        recipient_kind=event.recipient_kind,
        agency_code=event.agency_code,
        state=ReferralState.AUTHORISED,
        authorised_at=event.authorised_at,
        outcomes=[],
        agency_answer_changes=0,
        deliveries=[],
    )
