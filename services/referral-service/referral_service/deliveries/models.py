"""Deliveries: one disclosure, or the recall of one, on its way to an agency. A row is work until it is done."""

from datetime import datetime, timedelta
from uuid import UUID, uuid5

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from referral_service.db import Base
from referral_service.deliveries.states import (
    NEVER_SENT,
    TRANSITIONS,
    DeliveryKind,
    DeliveryState,
    Purpose,
    StateNotReachable,
)
from referral_service.directory.models import Channel
from shared.crypto.vault import SealedField
from shared.db.columns import CodeText, Digest, Sealed, code_of
from shared.db.leases import Leased
from shared.domain.vocabulary import RecallAnswer, RecallKeptReason
from shared.events import DisclosureAuthorised

DELIVERIES_CHANNEL = "deliveries"
ACTOR = "worker:referral"
"""Actor of audit entries about what the delivery worker did."""
LEASE = timedelta(seconds=30)
LEASE_IN_DANGER = timedelta(seconds=15)
"""Longer than one attempt may take; after a crash the row is free again when the lease ends."""
LOST_ANSWERS = frozenset({None, "timed-out", "no-http"})
"""Faults with which an agency may have the message although its answer did not come; None while one is sent."""
_RECALLS = UUID("0b8e8a3a-6f0e-5a3c-8d1e-3d0f4c6b7a90")


class Delivery(Leased, Base):
    """One message to an agency. `id` is its webhook-id, the same in every attempt, so that it takes effect once.

    An attempt counts in `posts` just before its first byte is sent, and in `misses` when it is certain that nothing
    arrived. With more posts than misses the agency may have the message, whatever it answered.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("referral_id", "position"),
        CheckConstraint("state <> 'sent' OR sent_at IS NOT NULL", name="sent_at_a_time"),
        CheckConstraint("misses <= posts", name="misses_were_posted"),
        CheckConstraint(
            "(recall_answer IS NOT DISTINCT FROM 'kept') = (recall_kept_reason IS NOT NULL)",
            name="kept_for_a_reason",
        ),
        Index("ix_deliveries_waiting", "agency_id", "created_at", postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referrals.id"))
    agency_id: Mapped[UUID]
    position: Mapped[int]
    purpose: Mapped[Purpose] = mapped_column(code_of(Purpose, name="purpose_known"))
    disclosure_id: Mapped[UUID]
    kind: Mapped[DeliveryKind] = mapped_column(code_of(DeliveryKind, name="kind_known"))
    forced: Mapped[bool]
    urgent: Mapped[bool]
    state: Mapped[DeliveryState] = mapped_column(code_of(DeliveryState, name="state_known"))
    created_at: Mapped[datetime]
    posts: Mapped[int]
    misses: Mapped[int]
    failures: Mapped[int]
    fault: Mapped[str | None] = mapped_column(CodeText)
    undeliverable_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    channel: Mapped[Channel | None] = mapped_column(code_of(Channel, name="channel_known"))
    sent_digest: Mapped[bytes | None] = mapped_column(Digest)
    sent_copy: Mapped[bytes | None] = mapped_column(Sealed)
    acknowledged_at: Mapped[datetime | None]
    recall_answer: Mapped[RecallAnswer | None] = mapped_column(
        code_of(RecallAnswer, name="recall_answer_known")
    )
    recall_kept_reason: Mapped[RecallKeptReason | None] = mapped_column(
        code_of(RecallKeptReason, name="recall_kept_reason_known")
    )

    @property
    def may_have_arrived(self) -> bool:
        return self.sent_at is not None or self.posts > self.misses

    @property
    def may_be_on_its_way(self) -> bool:
        """Return whether something of it may have arrived, or a worker holds it now."""
        return self.may_have_arrived or self.leased_until is not None

    @property
    def answer_was_lost(self) -> bool:
        """Return whether it was posted and no answer is known: it is being sent, or the answer did not come."""
        return self.may_have_arrived and self.fault in LOST_ANSWERS

    @property
    def is_disclosure(self) -> bool:
        return self.purpose == Purpose.DISCLOSURE

    @property
    def is_waiting(self) -> bool:
        return self.state == DeliveryState.WAITING

    @property
    def is_stopped(self) -> bool:
        return self.state == DeliveryState.STOPPED

    @property
    def is_over(self) -> bool:
        """Return whether nothing more is done to send it."""
        return self.state in {DeliveryState.SENT, DeliveryState.WITHHELD}

    @property
    def is_being_sent(self) -> bool:
        return self.leased_until is not None

    def waits_for(self, earlier: "Delivery") -> bool:
        """Return whether it may be sent only after an earlier one: disclosures in order, a recall after its copy."""
        both_bring = self.is_disclosure and earlier.is_disclosure
        return both_bring or (self.disclosure_id == earlier.disclosure_id and earlier.is_disclosure)

    @property
    def is_refused(self) -> bool:
        """Return whether it may not be sent to this agency at all, whatever changes there."""
        return self.fault in NEVER_SENT

    def was_answered(self, answer: RecallAnswer, kept_reason: RecallKeptReason | None) -> bool:
        return (self.recall_answer, self.recall_kept_reason) == (answer, kept_reason)

    def join(self, referral_id: UUID, agency_id: UUID, *, position: int) -> None:
        """Become part of a referral, after the messages that it has."""
        self.referral_id, self.agency_id, self.position = referral_id, agency_id, position

    def hurry(self, at: datetime) -> None:
        """Make it urgent and due at once, because somebody is in danger now."""
        self.urgent = True
        self.due_at = at

    def make_due(self, at: datetime) -> None:
        """Make it due at once, and let it wait again where it was stopped."""
        if self.is_stopped:
            self._reach(DeliveryState.WAITING)
        self.due_at = at

    def wait_again(self, at: datetime) -> None:
        """Let it wait again after it was withheld, due at once."""
        self._reach(DeliveryState.WAITING)
        self.fault = None
        self.due_at = at

    def mark_sent(self, channel: Channel, at: datetime) -> None:
        self.sent_at, self.channel = at, channel
        self._end(DeliveryState.SENT)

    def withhold(self, reason: str) -> None:
        """Make no more attempts, because nothing of it may be sent."""
        self._end(DeliveryState.WITHHELD, reason)

    def stop(self, fault: str) -> None:
        """Make no more attempts until an operator sets another endpoint."""
        self._end(DeliveryState.STOPPED, fault)

    def fail(self, fault: str) -> None:
        """Count a failed attempt."""
        self.failures += 1
        self.fault = fault

    def count_post(self) -> None:
        """Count an attempt that may arrive from now on; its answer is not known yet."""
        self.posts += 1
        self.fault = None

    def count_miss(self) -> None:
        """Record that the newest attempt certainly did not arrive."""
        self.misses += 1

    def mark_undeliverable(self, at: datetime) -> None:
        """Record that a person was asked to telephone; attempts go on."""
        self.undeliverable_at = at

    def acknowledge(self, at: datetime) -> None:
        self.acknowledged_at = at

    def keep_recall_answer(self, answer: RecallAnswer, kept_reason: RecallKeptReason | None) -> None:
        self.recall_answer, self.recall_kept_reason = answer, kept_reason

    def keep_copy(self, digest: bytes, sealed: bytes) -> None:
        """Keep proof of what was sent: the digest of the text, and the text sealed."""
        self.sent_digest, self.sent_copy = digest, sealed

    def begin_attempt_by_link(self) -> int:
        """Count an attempt by an access link and return its fence; a worker that holds the row loses it."""
        self.take_from_worker()
        self.attempts += 1
        return self.fence

    def _end(self, state: DeliveryState, fault: str | None = None) -> None:
        self._reach(state)
        self.fault = fault
        self.finish()

    def _reach(self, state: DeliveryState) -> None:
        if state not in TRANSITIONS[self.state]:
            raise StateNotReachable(f"from {self.state} to {state}")
        self.state = state


def delivery_of_disclosure(event: DisclosureAuthorised, at: datetime, *, forced: bool) -> Delivery:
    """Return the delivery of an authorised disclosure, due at once."""
    return _new_delivery(
        event.disclosure_id,
        purpose=Purpose.DISCLOSURE,
        disclosure_id=event.disclosure_id,
        kind=DeliveryKind(event.kind),
        forced=forced,
        urgent=event.urgent,
        at=at,
    )


def delivery_of_recall(copy: Delivery, at: datetime) -> Delivery:
    """Return the recall of a disclosure, as urgent as the disclosure was."""
    return _new_delivery(
        recall_id(copy.disclosure_id),
        purpose=Purpose.RECALL,
        disclosure_id=copy.disclosure_id,
        kind=DeliveryKind.RECALL,
        forced=False,
        urgent=copy.urgent,
        at=at,
    )


def _new_delivery(
    delivery_id: UUID,
    *,
    purpose: Purpose,
    disclosure_id: UUID,
    kind: DeliveryKind,
    forced: bool,
    urgent: bool,
    at: datetime,
) -> Delivery:
    return Delivery(
        id=delivery_id,
        purpose=purpose,
        disclosure_id=disclosure_id,
        kind=kind,
        forced=forced,
        urgent=urgent,
        state=DeliveryState.WAITING,
        created_at=at,
        posts=0,
        misses=0,
        failures=0,
        due_at=at,
        fence=0,
        attempts=0,
    )


def recall_id(disclosure_id: UUID) -> UUID:
    return uuid5(_RECALLS, str(disclosure_id))


def sent_copy_field(delivery_id: UUID) -> SealedField:
    return SealedField("deliveries", "sent_copy", delivery_id)
