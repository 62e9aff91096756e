"""A delivery: one disclosure, or the recall of one, on its way to an agency. The row is the work until it is done."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid5

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from referral_service.tables import Base
from shared import leases
from shared.leases import Leased
from shared.tables import CodeText, Digest, Sealed
from shared.vault import Place

BELL = "deliveries"
LEASE = timedelta(seconds=30)
LEASE_IN_DANGER = timedelta(seconds=15)
"""Longer than one try may take; after a crash the row is free again when it ends."""
LOST_ANSWERS = frozenset({None, "timed-out", "no-http"})
_RECALLS = UUID("0b8e8a3a-6f0e-5a3c-8d1e-3d0f4c6b7a90")


class Purpose(StrEnum):
    DISCLOSURE = "disclosure"
    RECALL = "recall"


class DeliveryState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    WITHHELD = "withheld"
    """The rules decided, at the moment of leaving, that nothing may go."""
    STOPPED = "stopped"
    """The agency's endpoint is gone for good, until an operator sets another."""


class Delivery(Leased, Base):
    """`id` is the webhook-id: the same over all tries, so that each delivery takes effect once with an agency.

    A try counts in `posts` just before its first byte leaves, and in `misses` when it is certain that it did not
    arrive: with more posts than misses, the agency may have it, whatever we were answered.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("referral_id", "position"),
        CheckConstraint("state <> 'sent' OR sent_at IS NOT NULL", name="sent_at_a_time"),
        CheckConstraint("misses <= posts", name="misses_were_posted"),
        Index("ix_deliveries_waiting", "agency_id", "created_at", postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referrals.id"))
    agency_id: Mapped[UUID]
    position: Mapped[int]
    purpose: Mapped[str] = mapped_column(CodeText)
    disclosure_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(CodeText)
    forced: Mapped[bool]
    urgent: Mapped[bool]
    state: Mapped[str] = mapped_column(CodeText)
    created_at: Mapped[datetime]
    posts: Mapped[int]
    misses: Mapped[int]
    failures: Mapped[int]
    fault: Mapped[str | None] = mapped_column(CodeText)
    undeliverable_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    channel: Mapped[str | None] = mapped_column(CodeText)
    sent_digest: Mapped[bytes | None] = mapped_column(Digest)
    sent_copy: Mapped[bytes | None] = mapped_column(Sealed)
    acknowledged_at: Mapped[datetime | None]
    recall_answer: Mapped[str | None] = mapped_column(CodeText)

    @property
    def may_have_arrived(self) -> bool:
        return self.sent_at is not None or self.posts > self.misses

    @property
    def may_be_on_its_way(self) -> bool:
        """Something of it arrived, or a worker holds it at this moment."""
        return self.may_have_arrived or self.leased_until is not None

    @property
    def answer_was_lost(self) -> bool:
        """Posted, and never answered: on its way now, or the agency's answer did not reach us."""
        return self.may_have_arrived and self.fault in LOST_ANSWERS

    @property
    def is_disclosure(self) -> bool:
        return self.purpose == Purpose.DISCLOSURE

    @property
    def is_waiting(self) -> bool:
        return self.state == DeliveryState.WAITING

    def finish(self, state: DeliveryState, fault: str | None = None) -> None:
        """No more tries."""
        self.state, self.fault = state, fault
        leases.done(self)

    def hurry(self, at: datetime) -> None:
        """Due at once: somebody is in danger now, or the agency has a new endpoint."""
        if self.state == DeliveryState.STOPPED:
            self.state = DeliveryState.WAITING
        if self.is_waiting:
            self.due_at = at


def recall_id(disclosure_id: UUID) -> UUID:
    return uuid5(_RECALLS, str(disclosure_id))


def copy_place(delivery_id: UUID) -> Place:
    return Place("deliveries", "sent_copy", delivery_id)
