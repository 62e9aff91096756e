"""Sharing duty as a value: its states, its clock, and what every event does to it.

A case recipient has at most one duty. Facts join it, and its clock runs until the agency acknowledged, a telephone
call and the message both reached it, another agency acknowledged after a decline, or two people ended it (section 4,
facts 0, 8 and 9).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from case_service.sharing.duties.deadlines import ShorterDeadlines, escalate_again_at
from case_service.sharing.duties.leads import LeadKind
from case_service.sharing.duties.required import RequiredDisclosure
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
    """A person told the agency by telephone, and the message was issued; or a lead countersigned the call alone."""
    DECLINED = "declined"
    """The agency handed it back: it is open until another one has acknowledged."""
    ELSEWHERE = "elsewhere"
    """Another agency acknowledged after the decline."""
    ENDED = "ended"
    """Two people ended it after a decline."""
    STOOD_DOWN = "stood_down"
    REROUTED = "rerouted"
    """Another agency's duty has taken its facts over, before anything was sent here."""
    MERGED = "merged"
    """The case is part of another one, whose duty at this agency has its facts."""


_WORKING = frozenset({DutyState.AUTHORISED, DutyState.SENT})
OPEN_STATES = frozenset({DutyState.WAITING, DutyState.DECLINED}) | _WORKING
_ANSWERS = frozenset({DutyState.ACKNOWLEDGED, DutyState.HANDED_OVER, DutyState.DECLINED})
_CALL_IS_OVER = frozenset({DutyState.HANDED_OVER, DutyState.ACKNOWLEDGED})
TRANSITIONS: dict[DutyState, frozenset[DutyState]] = {
    DutyState.WAITING: frozenset({DutyState.AUTHORISED, DutyState.STOOD_DOWN, DutyState.REROUTED}),
    DutyState.AUTHORISED: _WORKING | _ANSWERS | {DutyState.REROUTED, DutyState.ELSEWHERE},
    DutyState.SENT: _WORKING | _ANSWERS | {DutyState.ELSEWHERE},
    DutyState.ACKNOWLEDGED: frozenset({DutyState.AUTHORISED, DutyState.DECLINED}),
    DutyState.HANDED_OVER: _WORKING | {DutyState.ACKNOWLEDGED, DutyState.DECLINED},
    DutyState.DECLINED: frozenset({DutyState.AUTHORISED, DutyState.ELSEWHERE, DutyState.ENDED}),
    DutyState.ELSEWHERE: frozenset({DutyState.AUTHORISED}),
    DutyState.ENDED: frozenset({DutyState.AUTHORISED}),
    DutyState.STOOD_DOWN: frozenset({DutyState.WAITING}),
    DutyState.REROUTED: frozenset({DutyState.WAITING}),
    DutyState.MERGED: frozenset(),
}
"""States that may follow each state; any other change is a mistake in our code."""


class DutyNotOpen(Conflict):
    """The sharing duty has ended, so that this act has no effect."""

    code = "duty-not-open"
    title = "This sharing duty is not open any more"


class DutyDeclined(Conflict):
    """The agency declined: a call to it ends nothing (fact 9). Choose another agency, or end it with two signatures."""

    code = "duty-declined"
    title = "This agency has declined; choose another agency, or propose to end the duty"


@dataclass(frozen=True)
class Duty:
    """One sharing duty at a moment. `due_at` is when its clock has something to do; None when it has not."""

    state: DutyState
    opened_at: datetime
    send_at: datetime
    due_at: datetime | None
    facts: frozenset[FactRef] = frozenset()
    """Facts on which it rests; none after it was stood down or rerouted."""
    lead: LeadKind = LeadKind.DESK
    """Kind of place that led to this agency."""
    place: str | None = None
    fallback: bool = False
    acknowledge_at_once: bool = False
    verified: bool = False
    """An adviser recorded or confirmed each of the facts."""
    authorised_at: datetime | None = None
    sent_at: datetime | None = None
    acknowledged_at: datetime | None = None
    declined_at: datetime | None = None
    undeliverable_at: datetime | None = None
    """Nothing written can go: there is no way to the agency."""
    escalations: int = 0
    handed_over_at: datetime | None = None
    """Time of the last call to the agency."""
    handed_over_by: str | None = None
    """Person whose call counts; None after a decline, or where a fact became known later than the call."""

    @property
    def grounds(self) -> frozenset[Ground]:
        return frozenset(fact.ground for fact in self.facts)

    @property
    def child_ids(self) -> frozenset[str]:
        """Return the children for whom the duty is open."""
        return frozenset(fact.subject_id for fact in self.facts if fact.kind is FactKind.CHILD)

    @property
    def is_forced(self) -> bool:
        return bool(self.facts)

    @property
    def is_open(self) -> bool:
        """Return whether it is forced and nobody has answered for it yet."""
        return self.is_forced and self.state in OPEN_STATES

    @property
    def is_declined(self) -> bool:
        """Return whether the agency handed it back and nobody has answered for it, also while news goes there."""
        return self.is_open and self.declined_at is not None

    @property
    def is_urgent(self) -> bool:
        """Return whether somebody is in danger, so that it must be acknowledged at once."""
        return self.acknowledge_at_once or Ground.OVERRIDE_DANGER in self.grounds

    @property
    def was_sent(self) -> bool:
        """Return whether the agency was told, in writing or by telephone, however it went on from there."""
        return self.sent_at is not None or self.handed_over_at is not None

    @property
    def call_counts(self) -> bool:
        """Return whether a call told the agency of every fact here, and it did not decline afterwards."""
        return self.handed_over_by is not None

    @property
    def message_confirms_call(self) -> bool:
        """Return whether the next message is about something that the agency was told by telephone."""
        return self.handed_over_at is not None and (self.call_counts or self.sent_at is None)

    @property
    def is_unsent(self) -> bool:
        may_wait = self.state in (DutyState.WAITING, DutyState.AUTHORISED)
        return self.is_forced and may_wait and not self.was_sent

    def _to(self, state: DutyState, **changes: object) -> "Duty":
        if state is not self.state and state not in TRANSITIONS[self.state]:
            raise ValueError(f"a duty that is {self.state} cannot become {state}")
        return replace(self, state=state, **changes)  # type: ignore[arg-type]  # fields of this class

    def led_by(self, required: RequiredDisclosure) -> "Duty":
        """Take on what is known better: the place, and that somebody is in danger."""
        return replace(
            self,
            lead=required.lead,
            place=required.place or self.place,
            fallback=required.fallback,
            acknowledge_at_once=self.acknowledge_at_once or required.acknowledge_at_once,
        )

    def joined(self, facts: Iterable[FactRef], *, send_at: datetime) -> "Duty":
        """Join new facts, which only add (property 5). An earlier call or answer is not about them."""
        duty = replace(self, facts=self.facts | frozenset(facts), handed_over_by=None)
        if self.state in (DutyState.STOOD_DOWN, DutyState.REROUTED):
            return duty._to(DutyState.WAITING, send_at=send_at, due_at=send_at, sent_at=None)
        return duty.send_by(send_at)

    def send_by(self, moment: datetime) -> "Duty":
        """Send it no later than at a moment; nothing changes for a duty that no longer waits."""
        send_at = min(self.send_at, moment)
        if self.state is not DutyState.WAITING or send_at == self.send_at:
            return self
        return replace(self, send_at=send_at, due_at=send_at)

    def hastened(self, at: datetime, deadlines: ShorterDeadlines) -> "Duty":
        """Make an unanswered duty due at once, because somebody is in danger."""
        if self.state not in _WORKING or self.due_at is None:
            return self
        return replace(self, due_at=min(self.due_at, self._acknowledge_by(at, deadlines)))

    def authorised(self, at: datetime, deadlines: ShorterDeadlines) -> "Duty":
        """Let it be sent, and start the clock. A supplement gives no more time for what was sent before."""
        running = self.due_at if self.state in _WORKING else None
        due = self._acknowledge_by(at, deadlines)
        return self._to(
            DutyState.AUTHORISED,
            authorised_at=at,
            escalations=0,
            handed_over_by=None if self.state in _CALL_IS_OVER else self.handed_over_by,
            undeliverable_at=self.undeliverable_at if self.state in _WORKING else None,
            due_at=due if running is None else min(running, due),
        )

    def _acknowledge_by(self, at: datetime, deadlines: ShorterDeadlines) -> datetime:
        return deadlines.acknowledge_by(self.grounds, at, acknowledge_at_once=self.acknowledge_at_once)

    def issued(self, at: datetime) -> "Duty":
        """Record that its content was handed out for sending; with a call before it, the duty ends (fact 9)."""
        duty = replace(self, sent_at=self.sent_at or at)
        if self.state is not DutyState.AUTHORISED:
            return duty
        state, due_at = (DutyState.HANDED_OVER, None) if self.call_counts else (DutyState.SENT, self.due_at)
        return duty._to(state, due_at=due_at, undeliverable_at=None)

    def escalated(self, at: datetime) -> "Duty":
        """Record that nobody acknowledged in time; a child's duty is due once more, one working day later."""
        again = self.escalations == 0 and not self.is_urgent
        due_at = escalate_again_at(self.authorised_at or at, known_nation_of(self.place)) if again else None
        return replace(self, escalations=self.escalations + 1, due_at=due_at)

    def acknowledged(self, at: datetime) -> "Duty":
        """Record the agency's acknowledgement; it replaces a handover. After a decline only another agency's counts."""
        if self.state not in _WORKING | {DutyState.HANDED_OVER}:
            return self
        if self.declined_at is not None:
            return self._to(DutyState.DECLINED, due_at=None)
        return self._to(DutyState.ACKNOWLEDGED, acknowledged_at=at, due_at=None)

    def declined(self, at: datetime) -> "Duty":
        """Record that the agency hands it back: it is open again until another agency has acknowledged (fact 9)."""
        if self.state not in _WORKING | {DutyState.ACKNOWLEDGED, DutyState.HANDED_OVER}:
            return self
        return self._to(DutyState.DECLINED, declined_at=at, due_at=None, handed_over_by=None)

    def answered_elsewhere(self) -> "Duty":
        """End it after a decline, also while a later message to the agency that declined is on its way."""
        if self.declined_at is None:
            raise ValueError("a duty that nobody declined is not answered elsewhere")
        return self._to(DutyState.ELSEWHERE, due_at=None, declined_at=None)

    def ended(self) -> "Duty":
        """End it after a decline, by two people."""
        if not self.is_declined:
            raise DutyNotOpen
        return self._handed_back()._to(DutyState.ENDED, due_at=None, declined_at=None)

    def _handed_back(self) -> "Duty":
        """Return the duty as it was declined, where news went to that agency meanwhile."""
        return self._to(DutyState.DECLINED) if self.is_declined else self

    def handed_over(self, *, by: str, at: datetime) -> "Duty":
        """Record a call to the agency. It stops the telephone alarm; the duty ends when the message is issued too.

        A call to an agency that declined ends nothing, also while a later message to it is on its way.
        """
        if self.declined_at is not None:
            raise DutyDeclined
        if not self.is_open or self.call_counts:
            raise DutyNotOpen
        called = replace(self, handed_over_at=at, handed_over_by=by, due_at=None)
        arrived = self.state is DutyState.SENT and self.undeliverable_at is None
        return called._to(DutyState.HANDED_OVER) if arrived else called

    def found_undeliverable(self, at: datetime) -> "Duty":
        """Record that nothing written can go: a call that a message seemed to confirm is a call alone (fact 9)."""
        if self.state is DutyState.HANDED_OVER and self.call_counts and self.undeliverable_at is None:
            return self._to(DutyState.SENT, undeliverable_at=at)
        return replace(self, undeliverable_at=at) if self.state in _WORKING else self

    @property
    def waits_for_countersignature(self) -> bool:
        """Return whether only a lead's countersignature of the call can end it: nothing written can go (fact 9)."""
        return self.call_counts and self.state in _WORKING and self.undeliverable_at is not None

    def call_countersigned(self) -> "Duty":
        """End it by a call alone, which a lead who did not make it has countersigned."""
        return self._to(DutyState.HANDED_OVER, due_at=None) if self.waits_for_countersignature else self

    def without(self, facts: Iterable[FactRef]) -> "Duty":
        """Take facts back that two people stood down or corrected. Without any, it ends if nothing was sent."""
        left = self.facts - frozenset(facts)
        duty = replace(self, facts=left)
        if left or self.state is not DutyState.WAITING:
            return duty
        return duty._to(DutyState.STOOD_DOWN, due_at=None)

    def rerouted(self) -> "Duty":
        """End it unsent, because the facts now name another agency, whose duty has taken them over."""
        return self._to(DutyState.REROUTED, due_at=None, facts=frozenset())


def opened(required: RequiredDisclosure, at: datetime, *, send_at: datetime) -> Duty:
    """Return a new duty of one agency."""
    duty = Duty(state=DutyState.WAITING, opened_at=at, send_at=send_at, due_at=send_at, facts=required.facts)
    return duty.led_by(required)
