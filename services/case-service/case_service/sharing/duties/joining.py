"""Joining of duties: two duties of one agency become one, when two cases prove to be one matter (fact 13).

All facts stay, with the earlier clock. Neither duty is ended by what the other was answered.
"""

from dataclasses import replace
from datetime import datetime

from case_service.sharing.duties.duty import Duty, DutyDeclined, DutyState

_MOST_OPEN_FIRST = (
    DutyState.AUTHORISED,
    DutyState.SENT,
    DutyState.WAITING,
    DutyState.HANDED_OVER,
    DutyState.ACKNOWLEDGED,
    DutyState.ELSEWHERE,
    DutyState.ENDED,
)
_ON_THE_WAY = frozenset({DutyState.AUTHORISED, DutyState.SENT})


def joined(one: Duty, other: Duty) -> Duty:
    """Return one duty with the facts of both, as open as the more open of them.

    DutyDeclined where the agency handed either back and nobody has answered for it: what ends that duty must not end
    the other facts too. Where only one of them was told, whoever joins them sends the facts of the other.
    """
    if not (one.is_forced and other.is_forced):
        return one if one.is_forced or not other.is_forced else other
    if one.is_declined or other.is_declined:
        raise DutyDeclined
    base, less_open = sorted((one, other), key=lambda duty: _MOST_OPEN_FIRST.index(duty.state))
    clock = _clock(one, other) or base
    return replace(
        base,
        facts=one.facts | other.facts,
        opened_at=min(one.opened_at, other.opened_at),
        send_at=min(one.send_at, other.send_at),
        due_at=_earlier(clock.due_at, _waiting_until(less_open) if base.state is DutyState.WAITING else None),
        escalations=clock.escalations,
        lead=(less_open if base.fallback and not less_open.fallback else base).lead,
        place=base.place or less_open.place,
        fallback=one.fallback or other.fallback,
        acknowledge_at_once=one.acknowledge_at_once or other.acknowledge_at_once,
        verified=one.verified and other.verified,
        sent_at=_earlier(one.sent_at, other.sent_at),
        acknowledged_at=base.acknowledged_at or less_open.acknowledged_at,
        undeliverable_at=_earlier(one.undeliverable_at, other.undeliverable_at),
        handed_over_at=base.handed_over_at or less_open.handed_over_at,
        handed_over_by=base.handed_over_by if _covers_both(less_open) else None,
    )


def given_up(duty: Duty) -> Duty:
    """Return what stays of a duty whose facts and clock another case's duty has taken over."""
    return replace(duty, state=DutyState.MERGED, facts=frozenset(), due_at=None)


def must_be_sent(one: Duty, other: Duty) -> bool:
    """Return whether one of them waits although the other was sent, so that its facts are sent now."""
    waits = [duty.state is DutyState.WAITING for duty in (one, other) if duty.is_forced]
    return any(waits) and not all(waits)


def _clock(one: Duty, other: Duty) -> Duty | None:
    """Return the one whose time to an acknowledgement ends first; None where neither has such a clock."""
    running = [duty for duty in (one, other) if duty.state in _ON_THE_WAY and not duty.call_counts]
    return min(running, key=lambda duty: (duty.due_at is None, duty.due_at), default=None)


def _waiting_until(duty: Duty) -> datetime | None:
    return duty.send_at if duty.state is DutyState.WAITING else None


def _covers_both(less_open: Duty) -> bool:
    """Return whether a call about the more open duty leaves nothing of the other one untold."""
    return less_open.state is not DutyState.WAITING and (less_open.call_counts or not less_open.is_open)


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((at for at in (one, other) if at is not None), default=None)
