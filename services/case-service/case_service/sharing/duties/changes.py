"""Changes of sharing duties: each new fact opens or extends the duties of every agency that must be told."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from case_service.sharing.duties.deadlines import ShorterDeadlines
from case_service.sharing.duties.duty import Duty, DutyState, opened
from case_service.sharing.duties.required import AgencyKey, RequiredDisclosure
from case_service.sharing.duties.send_times import send_time
from case_service.sharing.effects import (
    TELEPHONE_TASKS,
    AuthoriseDisclosure,
    ChangeDuty,
    Effect,
    EndTasks,
    OpenTaskFor,
    TaskKind,
    TaskOutcome,
    WithholdUnsent,
)
from case_service.sharing.facts import CaseFacts, FactKind, FactRef
from case_service.sharing.shared_so_far import RecipientSoFar, SharedSoFar
from shared.domain.age import british_date, is_known_adult
from shared.domain.vocabulary import DisclosureKind, WithheldReason

Required = dict[AgencyKey, RequiredDisclosure]


@dataclass(frozen=True)
class Changes:
    """Effects, and what is shared once they are written."""

    effects: list[Effect]
    shared: SharedSoFar

    def with_duty(
        self, recipient: RecipientSoFar, duty: Duty, *others: Effect, announce: bool = False
    ) -> "Changes":
        """Add a changed duty, and the effects that go with it; what they authorise counts as shared from here on."""
        change = ChangeDuty(recipient.key, duty, announce=announce)
        changed = recipient.with_duty(duty)
        for effect in others:
            if isinstance(effect, AuthoriseDisclosure):
                at = duty.authorised_at or duty.opened_at
                changed = changed.with_authorised(effect, at)
        return Changes([*self.effects, change, *others], self.shared.replaced(changed))

    def with_effects(self, *effects: Effect) -> "Changes":
        return Changes([*self.effects, *effects], self.shared)


def open_duties(
    facts: CaseFacts, required: Required, shared: SharedSoFar, now: datetime, deadlines: ShorterDeadlines
) -> Changes:
    """Open a duty for every agency that the facts require, extend those that are there, and let stand-ins give way.

    What an adviser records takes effect now. What a report says by itself leaves an adviser time to confirm, counted
    from submission (fact 7).
    """
    changes = take_back(facts, shared)
    required = _nothing_new_of_adults(required, facts, shared, now)
    for key, one in required.items():
        recipient = changes.shared.by_key().get(key)
        if recipient is not None and recipient.duty is not None:
            changes = _extend(changes, recipient, recipient.duty, one, facts, now, deadlines)
        elif one.facts:
            send_at = min(send_time(fact, facts, now, deadlines) for fact in one.facts)
            duty = replace(opened(one, now, send_at=send_at), verified=_verified(one.facts, facts))
            changes = _announced(changes, recipient or RecipientSoFar(*key), duty, now)
    return _reroute_unsent(changes, required)


def _announced(changes: Changes, recipient: RecipientSoFar, duty: Duty, now: datetime) -> Changes:
    """Add a new duty, or one that forces again. In danger the task to read it and telephone opens at once (fact 7)."""
    changes = changes.with_duty(recipient, duty, announce=True)
    if duty.is_urgent:
        changes = changes.with_effects(OpenTaskFor(TaskKind.TELEPHONE_AGENCY, now, recipient.key))
    return changes


def _verified(about: Iterable[FactRef], facts: CaseFacts) -> bool:
    return all(facts.is_verified(fact) for fact in about)


def take_back(facts: CaseFacts, shared: SharedSoFar) -> Changes:
    """Take back everywhere what two people stood down or corrected."""
    changes = Changes([], shared)
    for recipient, duty in shared.duties():
        if duty.facts & facts.stood_down:
            left = duty.without(facts.stood_down)
            changes = changes.with_duty(recipient, left)
            if not left.is_forced:
                ends = EndTasks(
                    (TaskKind.FIND_PLACE, *TELEPHONE_TASKS), TaskOutcome.STOOD_DOWN, recipient.key
                )
                changes = changes.with_effects(ends)
    return changes


def _extend(
    changes: Changes,
    recipient: RecipientSoFar,
    duty: Duty,
    required: RequiredDisclosure,
    facts: CaseFacts,
    now: datetime,
    deadlines: ShorterDeadlines,
) -> Changes:
    """Join new facts to a duty, and take on what is known better.

    One that was stood down or rerouted opens again, and one that was sent gets a supplement.
    """
    new = required.facts - duty.facts
    more_urgent = required.acknowledge_at_once and not duty.acknowledge_at_once
    joined = duty.led_by(required) if required.facts else duty
    if new:
        joined = joined.joined(new, send_at=min(send_time(fact, facts, now, deadlines) for fact in new))
    times = [send_time(fact, facts, now, deadlines) for fact in joined.facts]
    joined = joined.send_by(min(times, default=joined.send_at))
    joined = replace(joined, verified=_verified(joined.facts, facts)) if joined.facts else joined
    if more_urgent:
        joined = joined.hastened(now, deadlines)
    if joined == duty:
        return changes
    if new and joined.state is not DutyState.WAITING:
        change, disclosure = send(recipient.key, joined, now, deadlines)
        changes = changes.with_duty(recipient, change.duty, disclosure, announce=not duty.is_forced)
    else:
        changes = changes.with_duty(recipient, joined, announce=bool(new) and not duty.is_forced)
    if joined.is_urgent and (new or (more_urgent and joined.is_open)):
        changes = changes.with_effects(OpenTaskFor(TaskKind.TELEPHONE_AGENCY, now, recipient.key))
    return changes


def send(
    key: AgencyKey, duty: Duty, now: datetime, deadlines: ShorterDeadlines
) -> tuple[ChangeDuty, AuthoriseDisclosure]:
    """Return the effects that let a duty be sent: its first message, or news to what was sent before."""
    kind = DisclosureKind.SUPPLEMENT if duty.sent_at is not None else DisclosureKind.INITIAL
    change = ChangeDuty(key, duty.authorised(now, deadlines))
    return change, AuthoriseDisclosure(key, kind, duty.grounds)


def _nothing_new_of_adults(
    required: Required, facts: CaseFacts, shared: SharedSoFar, now: datetime
) -> Required:
    """Leave persons who are known to be adults by now with the agencies that know of them (section 2).

    They become known to no other agency. Only a duty that waits at a wrong place gives way to that of the right one.
    """
    today = british_date(now)
    adults = {person.id for person in facts.persons if is_known_adult(person.age, today)}

    def keeps(key: AgencyKey, child_id: str) -> bool:
        named = [
            one for one in shared.recipients if one.recipient_kind is key[0] and child_id in one.child_ids
        ]
        return any(one.key == key or _gives_way(one, required) for one in named)

    return {
        key: one.without(
            fact
            for fact in one.facts
            if fact.kind is FactKind.CHILD and fact.subject_id in adults and not keeps(key, fact.subject_id)
        )
        for key, one in required.items()
    }


def _gives_way(recipient: RecipientSoFar, required: Collection[AgencyKey]) -> bool:
    """Return whether a duty is unsent and no place leads to it any more; one that was redirected stays."""
    return recipient.duty is not None and recipient.duty.is_unsent and recipient.key not in required


def _reroute_unsent(changes: Changes, required: Required) -> Changes:
    """Take from unsent duties the facts that no place leads to any more, where other agencies' duties carry them now.

    A fact without another duty of the same kind stays: taking a ground away takes two people.
    """
    for recipient, duty in list(changes.shared.duties()):
        if not duty.is_unsent:
            continue
        led_here = required[recipient.key].facts if recipient.key in required else frozenset[FactRef]()
        carried = {
            fact.subject
            for one, other in changes.shared.duties()
            if one.recipient_kind is recipient.recipient_kind and one.key != recipient.key
            for fact in other.facts & (required[one.key].facts if one.key in required else frozenset())
        }
        moved = frozenset(fact for fact in duty.facts - led_here if fact.subject in carried)
        if moved == duty.facts:
            ends = EndTasks((TaskKind.FIND_PLACE, *TELEPHONE_TASKS), TaskOutcome.REROUTED, recipient.key)
            withhold = WithholdUnsent(recipient.key, WithheldReason.REROUTED)
            changes = changes.with_effects(withhold).with_duty(recipient, duty.rerouted(), ends)
        elif moved:
            changes = changes.with_duty(recipient, replace(duty, facts=duty.facts - moved))
    return changes
