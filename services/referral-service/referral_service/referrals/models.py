"""Referrals: what was shared with one agency about one case, from its authorisation to its outcome.

A referral goes from authorised to sent, acknowledged, accepted or declined, and outcome; besides these it may be
withheld, undeliverable or recalled. Disclosures that are only proposed are not known here.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint

from referral_service.db import Base
from referral_service.deliveries.models import ACTOR, Delivery, delivery_of_disclosure
from referral_service.deliveries.states import DeliveryState
from referral_service.directory.models import Channel, agency_id
from referral_service.referrals.acts import ActKind, Author
from referral_service.referrals.decisions import Decisions
from referral_service.referrals.recalls import ANSWERED, Recalls
from referral_service.referrals.states import FAILURES_BEFORE_TELEPHONING, OVERRIDES, ReferralState
from shared.events import DisclosureAuthorised, ReferralEvent, ReferralSent, ReferralUndeliverable
from shared.ids import new_id_without_time


class Referral(Decisions, Recalls, Base):
    """Referral to one agency for one case recipient. Methods guard its states and return the events they cause."""

    __tablename__ = "referrals"
    __table_args__ = (UniqueConstraint("recipient_id", "agency_id"),)

    def add(self, event: DisclosureAuthorised, at: datetime) -> Delivery:
        """Add a disclosure to send; one about danger makes all that waits before it urgent too."""
        forced = not OVERRIDES.isdisjoint(event.grounds)
        delivery = self._append(delivery_of_disclosure(event, at, forced=forced))
        if event.urgent:
            for waiting in self.waiting:
                waiting.hurry(at)
        self._reach(ReferralState.AUTHORISED)
        return delivery

    def follow(self, case_id: UUID) -> None:
        """Be about the case that this one's is part of now."""
        self.case_id = case_id
        self.version += 1

    def sent(self, delivery: Delivery, channel: Channel, at: datetime) -> list[ReferralEvent]:
        """Record that the agency's endpoint took a message, or that somebody there opened it by an access link."""
        if delivery.sent_at is not None:
            return []
        if delivery.state == DeliveryState.WITHHELD:  # a link showed it, although it was withheld meanwhile
            self._revive_recall_of(delivery, at)
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
        forced = any(one.forced for one in self._held_up_by(delivery))
        failures = 1 if forced else FAILURES_BEFORE_TELEPHONING
        return self.undeliverable(delivery, fault, at) if delivery.failures >= failures else []

    def undeliverable(self, delivery: Delivery, reason: str, at: datetime) -> list[ReferralEvent]:
        """Announce once that a message, and all that wait behind it, need a person who telephones."""
        fresh = [one for one in self._held_up_by(delivery) if one.undeliverable_at is None]
        for one in fresh:
            one.mark_undeliverable(at)
            code = reason if one.is_disclosure else f"recall-{reason}"
            self.record(ActKind.UNDELIVERABLE, Author(ACTOR, at), disclosure_id=one.disclosure_id, code=code)
        if any(one.is_disclosure for one in fresh):
            self._reach(ReferralState.UNDELIVERABLE)
        return [
            ReferralUndeliverable(
                **self._facts(one, at), reason=reason if one.is_disclosure else f"recall-{reason}"
            )
            for one in fresh
        ]

    def _held_up_by(self, delivery: Delivery) -> Sequence[Delivery]:
        """Return the message and all that wait behind it: disclosures in their order, a recall behind its copy."""
        behind = [one for one in self.waiting if one.position > delivery.position and one.waits_for(delivery)]
        return [*([delivery] if delivery.is_waiting else []), *behind]

    def withhold(self, delivery: Delivery, reason: str, at: datetime) -> list[ReferralEvent]:
        """Record that the rules withheld a disclosure when it was to be sent."""
        delivery.withhold(reason)
        self.version += 1
        events = self._drop_recall_of(delivery, at)
        if not self.arrived and not any(one.is_waiting for one in self.disclosures):
            self._reach(ReferralState.WITHHELD)
        return events

    def stop(self, delivery: Delivery, fault: str, at: datetime) -> list[ReferralEvent]:
        """Make no more attempts for a message until an operator sets another endpoint."""
        delivery.stop(fault)
        self.version += 1
        return self._drop_recall_of(delivery, at)

    def give_up_answered(self, recall: Delivery) -> None:
        """Send a recall no more, because it was answered while it was being sent."""
        recall.withhold(ANSWERED)
        self.version += 1

    def resume(self, at: datetime) -> None:
        """Make due at once what waits, and what was stopped because its endpoint was gone."""
        stopped = [one for one in self.deliveries if one.is_stopped and not one.is_refused]
        if stopped:
            self.version += 1
        for one in (*self.waiting, *stopped):
            one.make_due(at)

    def begin_attempt_by_link(self, delivery: Delivery) -> int:
        """Count an attempt by an access link and return its number; a worker that holds the message loses it."""
        self.version += 1
        return delivery.begin_attempt_by_link()


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
        acts=[],
        deliveries=[],
    )
