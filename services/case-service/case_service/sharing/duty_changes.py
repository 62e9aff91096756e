"""Changes of sharing duties: each new fact opens or extends the duties of every agency that must be told."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from case_service.sharing.deadlines import ShorterDeadlines
from case_service.sharing.duties import (
    AgencyKey,
    RequiredDisclosure,
    ResponsibleAgencies,
)
from case_service.sharing.duty import Duty, DutyState, opened
from case_service.sharing.effects import (
    TELEPHONE_TASKS,
    AuthoriseDisclosure,
    ChangeDuty,
    Effect,
    EndTasks,
    MarkUrgency,
    OpenTaskFor,
    TaskKind,
    TaskOutcome,
    WithholdUnsent,
)
from case_service.sharing.facts import CaseFacts, FactKind, FactRef
from case_service.sharing.required_facts import Required, gives_way, nothing_new_of_adults, required_by_fact
from case_service.sharing.shared_so_far import RecipientSoFar, SharedSoFar
from shared.domain.age import british_date
from shared.domain.vocabulary import DisclosureKind, Ground, RecipientKind, WithheldReason


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
                changed = changed.with_authorised(effect.kind, effect.grounds, at)
        return Changes([*self.effects, change, *others], self.shared.replaced(changed))

    def with_effects(self, *effects: Effect) -> "Changes":
        return Changes([*self.effects, *effects], self.shared)


@dataclass(frozen=True)
class SendTime:
    """Time at which a duty is sent; `verified` where an adviser confirmed or recorded the facts."""

    send_at: datetime
    verified: bool


def confirm(shared: SharedSoFar, now: datetime) -> Changes:
    """Send now what waits: an adviser confirmed what the report says."""
    changes = Changes([], shared)
    for recipient, duty in shared.duties():
        if duty.state is DutyState.WAITING:
            changes = changes.with_duty(recipient, duty.confirmed(now))
    return changes


def open_duties(
    facts: CaseFacts,
    shared: SharedSoFar,
    now: datetime,
    agencies: ResponsibleAgencies,
    deadlines: ShorterDeadlines,
    *,
    said_by_report: bool,
) -> Changes:
    """Open a duty for every agency that the facts require, and extend those that are there.

    What an adviser records takes effect now. What a report says by itself leaves an adviser time to confirm, counted
    from submission (fact 7).
    """
    required = required_by_fact(facts, shared, now, agencies)
    required = nothing_new_of_adults(required, facts, shared, british_date(now))
    changes = Changes([], shared)
    for key, one in required.items():
        recipient = shared.by_key().get(key)
        new = one.without(_answered_facts(recipient, key[0], changes.shared))
        time = _send_time(new, facts, shared, now, deadlines, said_by_report=said_by_report)
        if recipient is not None and recipient.duty is not None:
            changes = _extend(changes, recipient, recipient.duty, new, time, facts, now, deadlines)
        elif new.grounds:
            changes = _open(changes, recipient, new, time, now)
    changes = _reroute_unsent(changes, set(required))
    changes = _find_places(changes, {key for key, one in required.items() if one.disclosure.fallback}, now)
    grounds = {ground for one in required.values() for ground in one.disclosure.grounds}
    return changes.with_effects(
        MarkUrgency(danger=Ground.OVERRIDE_DANGER in grounds, child=Ground.OVERRIDE_CHILD in grounds)
    )


def _answered_facts(
    recipient: RecipientSoFar | None, kind: RecipientKind, shared: SharedSoFar
) -> set[FactRef]:
    """Return the facts that open nothing new here: those the duty has, and those that two people stood down.

    A corrected place does not bring back for the same recipient kind what two people stood down.
    """
    duty = recipient.duty if recipient else None
    if duty is not None and duty.state is not DutyState.REROUTED:
        return {*duty.facts, *duty.stood_down_facts}
    same = [duty for one, duty in shared.duties() if one.recipient_kind is kind]
    alive = {fact for one in same for fact in one.facts}
    return {fact for one in same for fact in one.stood_down_facts} - alive


def _send_time(
    required: Required,
    facts: CaseFacts,
    shared: SharedSoFar,
    now: datetime,
    deadlines: ShorterDeadlines,
    *,
    said_by_report: bool,
) -> SendTime:
    """Return when these facts are sent; facts that only moved to another agency keep the clock that they had.

    `shared` is what was shared before this change: a new fact has no clock yet. Once an adviser has confirmed the
    report, nothing waits.
    """
    if facts.confirmed_at is not None:
        return SendTime(now, verified=True)
    if said_by_report:
        return SendTime(_confirm_until(required.disclosure, facts, now, deadlines), verified=False)
    carriers = [duty for _, duty in shared.duties() if required.facts & duty.facts]
    carried = {fact for duty in carriers for fact in duty.facts}
    if required.grounds and required.facts <= carried:
        send_at = min(duty.send_at for duty in carriers)
        return SendTime(send_at, verified=all(duty.verified for duty in carriers))
    return SendTime(now, verified=True)


def _confirm_until(
    required: RequiredDisclosure, facts: CaseFacts, now: datetime, deadlines: ShorterDeadlines
) -> datetime:
    """Return the end of the time to confirm. Where an agency must act at once, the time of a danger counts."""
    danger = {Ground.OVERRIDE_DANGER} if required.acknowledge_at_once else set()
    shortest = min(deadlines.confirm_within(ground) for ground in required.grounds | danger)
    return (facts.received_at or now) + shortest


def _open(
    changes: Changes, recipient: RecipientSoFar | None, new: Required, time: SendTime, now: datetime
) -> Changes:
    kind, agency_code = new.disclosure.key
    duty = opened(
        new.disclosure,
        now,
        grounds=new.all_grounds,
        facts=new.facts,
        send_at=time.send_at,
        verified=time.verified,
    )
    return changes.with_duty(recipient or RecipientSoFar(kind, agency_code), duty, announce=True)


def _extend(
    changes: Changes,
    recipient: RecipientSoFar,
    duty: Duty,
    new: Required,
    time: SendTime,
    facts: CaseFacts,
    now: datetime,
    deadlines: ShorterDeadlines,
) -> Changes:
    """Join new facts to a duty.

    One that was stood down or rerouted opens again, and one that was sent gets a supplement.
    """
    if not new.grounds:
        vouched = _adviser_recorded_danger(duty, facts)
        followed = duty.followed(new.disclosure, now, deadlines, vouched=vouched)
        return changes if followed == duty else changes.with_duty(recipient, followed)
    joined = duty.joined(new.disclosure, new.all_grounds, new.facts, send_at=time.send_at)
    joined = replace(joined, verified=duty.verified or time.verified)
    if joined.state is DutyState.WAITING:
        return changes.with_duty(recipient, joined, announce=not duty.is_forced)
    change, disclosure = send(recipient.key, joined, now, deadlines)
    return changes.with_duty(recipient, change.duty, disclosure, announce=not duty.is_forced)


def send(
    key: AgencyKey, duty: Duty, now: datetime, deadlines: ShorterDeadlines
) -> tuple[ChangeDuty, AuthoriseDisclosure]:
    """Return the effects that let a duty be sent: its first message, or news to what was sent before."""
    kind = DisclosureKind.SUPPLEMENT if duty.was_sent else DisclosureKind.INITIAL
    change = ChangeDuty(key, duty.authorised(now, deadlines))
    return change, AuthoriseDisclosure(key, kind, duty.grounds)


def _adviser_recorded_danger(duty: Duty, facts: CaseFacts) -> bool:
    """Return whether an adviser recorded a danger to a child of this duty, or without saying to whom."""
    return any(
        danger.recorded_by_adviser and (danger.person is None or danger.person in duty.child_ids)
        for danger in facts.dangers
    )


def _reroute_unsent(changes: Changes, required: set[AgencyKey]) -> Changes:
    """End unsent duties that the facts no longer require, where other agencies' duties carry their facts now.

    Where a fact has no other duty of the same kind, the duty stays: taking a ground away takes two people.
    """
    for recipient, duty in list(changes.shared.duties()):
        if not gives_way(recipient, required):
            continue
        others = [
            other
            for one, other in changes.shared.duties()
            if one.recipient_kind is recipient.recipient_kind and one.key in required
        ]
        if _subjects(duty.facts) <= {subject for other in others for subject in _subjects(other.facts)}:
            ends = EndTasks((TaskKind.FIND_PLACE, *TELEPHONE_TASKS), TaskOutcome.REROUTED, recipient.key)
            withhold = WithholdUnsent(recipient.key, WithheldReason.REROUTED)
            changes = changes.with_effects(withhold).with_duty(recipient, duty.rerouted(), ends)
    return changes


def _subjects(facts: Iterable[FactRef]) -> set[tuple[FactKind, str]]:
    """Return the dangers and persons that facts are about, whichever statement of an age it was."""
    return {fact.subject for fact in facts}


def _find_places(changes: Changes, fallbacks: set[AgencyKey], now: datetime) -> Changes:
    """Keep a task to find the place while an open duty rests on a fallback (fact 10)."""
    for recipient, duty in changes.shared.duties():
        if recipient.key in fallbacks and duty.is_open:
            changes = changes.with_effects(OpenTaskFor(TaskKind.FIND_PLACE, now, recipient.key))
        elif recipient.key not in fallbacks and (duty.was_sent or not duty.fallback):
            ends = EndTasks((TaskKind.FIND_PLACE,), TaskOutcome.PLACE_FOUND, recipient.key)
            changes = changes.with_effects(ends)
    return changes
