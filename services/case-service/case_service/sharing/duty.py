"""Sharing duty as a value: its states, its clock, and what every event does to it.

A case recipient has at most one duty. Facts join it, and its clock runs until the agency acknowledged, a person told it
by telephone, or two people stood it down before anything was sent (sharing rules, section 4, facts 0, 8 and 9).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from case_service.sharing.deadlines import ShorterDeadlines, escalate_again_at
from case_service.sharing.duties import RequiredDisclosure
from case_service.sharing.facts import FactKind, FactRef
from shared.domain.geography import known_nation_of
from shared.domain.vocabulary import Ground
from shared.errors import Conflict


class DutyState(StrEnum):
    """States of a sharing duty."""

    WAITING = "waiting"
    """An adviser may still confirm or correct; it is sent by itself at `send_at`."""
    AUTHORISED = "authorised"
    """It may be sent, and the clock to an acknowledgement runs."""
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    HANDED_OVER = "handed_over"
    """A person told the agency by telephone."""
    STOOD_DOWN = "stood_down"
    REROUTED = "rerouted"
    """Another agency's duty has taken its facts over, before anything was sent here."""


OPEN_STATES = frozenset({DutyState.WAITING, DutyState.AUTHORISED, DutyState.SENT})
TRANSITIONS: dict[DutyState, frozenset[DutyState]] = {
    DutyState.WAITING: frozenset(
        {
            DutyState.AUTHORISED,
            DutyState.HANDED_OVER,
            DutyState.STOOD_DOWN,
            DutyState.REROUTED,
        }
    ),
    DutyState.AUTHORISED: frozenset(
        {
            DutyState.AUTHORISED,
            DutyState.SENT,
            DutyState.ACKNOWLEDGED,
            DutyState.HANDED_OVER,
            DutyState.REROUTED,
        }
    ),
    DutyState.SENT: frozenset({DutyState.AUTHORISED, DutyState.ACKNOWLEDGED, DutyState.HANDED_OVER}),
    DutyState.ACKNOWLEDGED: frozenset({DutyState.AUTHORISED}),
    DutyState.HANDED_OVER: frozenset({DutyState.AUTHORISED}),
    DutyState.STOOD_DOWN: frozenset({DutyState.WAITING}),
    DutyState.REROUTED: frozenset({DutyState.WAITING}),
}
"""States that may follow each state; any other change is a mistake in our code."""


class DutyNotOpen(Conflict):
    """The sharing duty has ended: it was acknowledged, handed over, stood down or rerouted."""

    code = "duty-not-open"
    title = "This sharing duty is not open any more"


class AlreadySent(Conflict):
    """Something was sent: a mistake is now corrected with a correction to the recipients (sharing rules, fact 8)."""

    code = "already-sent"
    title = "It was sent; after sending there is only a correction to the recipients"


@dataclass(frozen=True)
class Duty:
    """One sharing duty at a moment. `due_at` is when its clock has something to do; None when it has not."""

    state: DutyState
    opened_at: datetime
    send_at: datetime
    due_at: datetime | None
    grounds: frozenset[Ground] = frozenset()
    """Overrides on which it rests; empty after it was stood down or rerouted."""
    facts: frozenset[FactRef] = frozenset()
    """Facts on which it rests."""
    stood_down_facts: frozenset[FactRef] = frozenset()
    """Facts that two people stood down here, or that a correction took back; they open nothing again."""
    place: str | None = None
    fallback: bool = False
    acknowledge_at_once: bool = False
    verified: bool = False
    """An adviser confirmed or recorded the facts."""
    authorised_at: datetime | None = None
    sent_at: datetime | None = None
    acknowledged_at: datetime | None = None
    escalations: int = 0
    handed_over_at: datetime | None = None
    handed_over_by: str | None = None

    @property
    def child_ids(self) -> frozenset[str]:
        """Return the children for whom the duty is open."""
        return frozenset(fact.subject_id for fact in self.facts if fact.kind is FactKind.CHILD)

    @property
    def is_forced(self) -> bool:
        return bool(self.grounds)

    @property
    def is_open(self) -> bool:
        """Return whether it is forced and nobody has answered for it yet."""
        return self.is_forced and self.state in OPEN_STATES

    @property
    def is_urgent(self) -> bool:
        """Return whether somebody is in danger, so that it must be acknowledged at once."""
        return self.acknowledge_at_once or Ground.OVERRIDE_DANGER in self.grounds

    @property
    def was_sent(self) -> bool:
        """Return whether the agency was told, in writing or by telephone, however it went on from there."""
        return self.sent_at is not None or self.handed_over_at is not None

    @property
    def is_unsent(self) -> bool:
        return (
            self.is_forced and self.state in (DutyState.WAITING, DutyState.AUTHORISED) and not self.was_sent
        )

    def _to(self, state: DutyState, **changes: object) -> "Duty":
        if state is not self.state and state not in TRANSITIONS[self.state]:
            raise ValueError(f"a duty that is {self.state} cannot become {state}")
        return replace(self, state=state, **changes)  # type: ignore[arg-type]  # fields of this class

    def joined(
        self,
        required: RequiredDisclosure,
        grounds: Iterable[Ground],
        facts: Iterable[FactRef],
        *,
        send_at: datetime,
    ) -> "Duty":
        """Join new facts. Facts only add: grounds, facts and the earlier moment are kept (property 5)."""
        duty = replace(
            self,
            facts=self.facts | frozenset(facts),
            grounds=self.grounds | frozenset(grounds),
            place=required.place or self.place,
            fallback=required.fallback,
            acknowledge_at_once=self.acknowledge_at_once or required.acknowledge_at_once,
        )
        if self.state in (DutyState.STOOD_DOWN, DutyState.REROUTED):
            return duty._to(DutyState.WAITING, send_at=send_at, due_at=send_at, sent_at=None)
        return duty._send_by(send_at) if self.state is DutyState.WAITING else duty

    def followed(
        self, required: RequiredDisclosure, at: datetime, deadlines: ShorterDeadlines, *, vouched: bool
    ) -> "Duty":
        """Take on what is known better: the place, or that somebody is in danger, with the same facts.

        A duty that waits is then sent now, and one that nobody answered for is due at once. `vouched`: an adviser
        recorded the danger, which takes effect at once although the report had said so too (fact 7).
        """
        more_urgent = required.acknowledge_at_once and not self.acknowledge_at_once
        duty = replace(
            self,
            place=required.place or self.place,
            fallback=required.fallback,
            acknowledge_at_once=self.acknowledge_at_once or required.acknowledge_at_once,
        )
        if self.state is DutyState.WAITING and (more_urgent or vouched):
            return duty._send_by(at)
        if more_urgent and self.is_open and self.due_at is not None:
            return replace(duty, due_at=min(self.due_at, duty._acknowledge_by(at, deadlines)))
        return duty

    def _send_by(self, moment: datetime) -> "Duty":
        send_at = min(self.send_at, moment)
        return replace(self, send_at=send_at, due_at=send_at)

    def confirmed(self, at: datetime) -> "Duty":
        """Send now what an adviser confirmed; nothing changes for a duty that no longer waits."""
        if self.state is not DutyState.WAITING:
            return self
        return replace(self, verified=True, send_at=min(self.send_at, at), due_at=at)

    def authorised(self, at: datetime, deadlines: ShorterDeadlines) -> "Duty":
        """Let it be sent, and start the clock. A supplement gives no more time for what was sent before."""
        running = self.due_at if self.state in (DutyState.AUTHORISED, DutyState.SENT) else None
        due = self._acknowledge_by(at, deadlines)
        return self._to(
            DutyState.AUTHORISED,
            authorised_at=at,
            escalations=0,
            due_at=due if running is None else min(running, due),
        )

    def _acknowledge_by(self, at: datetime, deadlines: ShorterDeadlines) -> datetime:
        return deadlines.acknowledge_by(self.grounds, at, acknowledge_at_once=self.acknowledge_at_once)

    def issued(self, at: datetime) -> "Duty":
        """Record that its content was handed out for sending."""
        state = DutyState.SENT if self.state is DutyState.AUTHORISED else self.state
        return self._to(state, sent_at=self.sent_at or at)

    def escalated(self, at: datetime) -> "Duty":
        """Record that nobody acknowledged in time; a child's duty is due once more, one working day later."""
        again = self.escalations == 0 and not self.is_urgent
        due_at = escalate_again_at(self.authorised_at or at, known_nation_of(self.place)) if again else None
        return replace(self, escalations=self.escalations + 1, due_at=due_at)

    def acknowledged(self, at: datetime) -> "Duty":
        """Record the agency's acknowledgement; nothing changes where somebody had answered for it already."""
        if self.state not in (DutyState.AUTHORISED, DutyState.SENT):
            return self
        return self._to(DutyState.ACKNOWLEDGED, acknowledged_at=at, due_at=None)

    def handed_over(self, *, by: str, at: datetime) -> "Duty":
        """Record that a person told the agency by telephone: the one way to end a duty by hand (fact 9)."""
        if not self.is_open:
            raise DutyNotOpen
        return self._to(DutyState.HANDED_OVER, handed_over_at=at, handed_over_by=by, due_at=None)

    def stood_down(self) -> "Duty":
        """End it before anything was sent, by two people. It covers the facts known now, and no later one."""
        if self.state is not DutyState.WAITING:
            raise AlreadySent if self.sent_at or self.authorised_at else DutyNotOpen
        return self._to(DutyState.STOOD_DOWN, stood_down_facts=self.stood_down_facts | self.facts)._ended()

    def rerouted(self) -> "Duty":
        """End it unsent, because the facts now name another agency, whose duty has taken them over."""
        return self._to(DutyState.REROUTED)._ended()

    def _ended(self) -> "Duty":
        return replace(self, due_at=None, facts=frozenset(), grounds=frozenset())

    def corrected(self, person_id: str) -> "Duty":
        """Take back a child who is an adult; only a new statement makes a child of them again."""
        mistaken = {
            fact for fact in self.facts if fact.kind is FactKind.CHILD and fact.subject_id == person_id
        }
        return replace(
            self, facts=self.facts - mistaken, stood_down_facts=self.stood_down_facts | frozenset(mistaken)
        )


def opened(
    required: RequiredDisclosure,
    at: datetime,
    *,
    grounds: frozenset[Ground],
    facts: Iterable[FactRef],
    send_at: datetime,
    verified: bool,
) -> Duty:
    """Return a new duty of one agency."""
    return Duty(
        state=DutyState.WAITING,
        opened_at=at,
        send_at=send_at,
        due_at=send_at,
        grounds=grounds,
        facts=frozenset(facts),
        place=required.place,
        fallback=required.fallback,
        acknowledge_at_once=required.acknowledge_at_once,
        verified=verified,
    )
