"""Joining of two duties of one agency: nothing is ended, forgotten or given more time (fact 13, property 2)."""

import itertools
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from case_service.sharing.duties import joining
from case_service.sharing.duties.duty import Duty, DutyDeclined, DutyState
from tests.case.sharing.duties.duty_builders import DANGER_FACT, HOUR, KID_FACT, MINUTE, NOW, a_duty
from tests.support.mutants import Mutant, Right, mutant, planted

NOT_DECLINED = [state for state in DutyState if state not in (DutyState.DECLINED, DutyState.MERGED)]
OVER = {DutyState.STOOD_DOWN, DutyState.REROUTED}
PAIRS = list(itertools.product(NOT_DECLINED, repeat=2))


def _pairs() -> list[tuple[Duty, Duty]]:
    """Return every pair of states, each with the earlier times on either side, and with a call on either side."""
    pairs: list[tuple[Duty, Duty]] = []
    for here, there in PAIRS:
        facts = frozenset() if there in OVER else frozenset({DANGER_FACT})
        early: dict[str, Any] = {"opened_at": NOW - 2 * HOUR, "send_at": NOW - MINUTE}
        one, other = a_duty(here), a_duty(there, facts=facts)
        soon = replace(other, **early, due_at=other.due_at and NOW - MINUTE)
        pairs += [(one, other), (one, soon), (soon, one), (_called(one), soon), (one, _called(soon))]
    return pairs


def _called(duty: Duty) -> Duty:
    """Return a duty whose message is on its way, after a call about it."""
    if duty.state is not DutyState.AUTHORISED:
        return duty
    return replace(duty, handed_over_at=NOW, handed_over_by="user:ada", due_at=None)


def _due_times(*duties: Duty) -> list[datetime]:
    return [one.due_at for one in duties if one.is_open and not one.call_counts and one.due_at is not None]


def check_joined(one: Duty, other: Duty) -> None:
    """Pass where a joined duty keeps all that either had."""
    both = joining.joined(one, other)
    assert both.facts == one.facts | other.facts, "a fact was forgotten"
    assert both.is_open or not (one.is_open or other.is_open), "an open duty was ended"
    forced = [duty for duty in (one, other) if duty.is_forced]
    assert both.opened_at == min(duty.opened_at for duty in forced or [one]), "the earlier clock was lost"
    assert both.send_at <= min(duty.send_at for duty in forced or [one]), "more time to confirm was given"
    due = min(_due_times(*forced), default=None)
    sends_now = joining.must_be_sent(one, other)
    assert due is None or sends_now or (both.due_at is not None and both.due_at <= due), "a clock was stopped"
    uncalled = [duty for duty in forced if duty.is_open and not duty.call_counts]
    assert not (uncalled and both.call_counts), "a call counts for what was not told"
    assert both.verified == all(duty.verified for duty in forced or [one]), (
        "an unconfirmed fact counts as confirmed"
    )
    assert both.was_sent == any(duty.was_sent for duty in forced or [one, other]), (
        "what was sent was forgotten"
    )


def test_a_joined_duty_keeps_all_that_either_had() -> None:
    for one, other in _pairs():
        check_joined(one, other)


def test_the_order_of_two_cases_makes_no_difference() -> None:
    for one, other in [pair for pair in _pairs() if any(duty.is_forced for duty in pair)]:
        here, there = joining.joined(one, other), joining.joined(other, one)
        assert (here.state, here.facts, here.due_at, here.send_at) == (
            there.state,
            there.facts,
            there.due_at,
            there.send_at,
        )


@pytest.mark.parametrize(("here", "there"), PAIRS)
def test_facts_that_wait_are_sent_to_who_was_told_of_others(here: DutyState, there: DutyState) -> None:
    one, other = a_duty(here), a_duty(there)
    states = {here, there} - OVER
    assert joining.must_be_sent(one, other) is (DutyState.WAITING in states and len(states) == 2)


def test_a_duty_that_was_declined_is_joined_with_none() -> None:
    declined, waiting = a_duty(DutyState.DECLINED), a_duty(facts=frozenset({DANGER_FACT}))
    for pair in ((declined, waiting), (waiting, declined)):
        with pytest.raises(DutyDeclined):
            joining.joined(*pair)


def test_a_duty_that_was_taken_over_has_no_fact_and_no_clock() -> None:
    left = joining.given_up(a_duty())
    assert (left.state, left.facts, left.due_at, left.is_open) == (DutyState.MERGED, frozenset(), None, False)


# Planted faults


@mutant(joining, "joined")
def the_other_duty_is_forgotten(_: Right) -> Right:
    return lambda one, other: one


@mutant(joining, "joined")
def the_less_open_duty_decides(right: Right) -> Right:
    def less_open(one: Duty, other: Duty) -> Duty:
        answered = [duty.state for duty in (one, other) if duty.is_forced and not duty.is_open]
        both: Duty = right(one, other)
        return replace(both, state=answered[0]) if answered else both

    return less_open


@mutant(joining, "_clock")
def neither_clock_runs(_: Right) -> Right:
    return lambda one, other: replace(one, due_at=None)


@mutant(joining, "_covers_both")
def a_call_counts_for_both(_: Right) -> Right:
    return lambda less_open: True


@mutant(joining, "_earlier")
def the_later_clock_counts(_: Right) -> Right:
    return lambda one, other: max(filter(None, (one, other)), default=None)


FAULTS = (
    (the_other_duty_is_forgotten, "a fact was forgotten"),
    (the_less_open_duty_decides, "an open duty was ended"),
    (neither_clock_runs, "a clock was stopped"),
    (a_call_counts_for_both, "a call counts for what was not told"),
    (the_later_clock_counts, "a clock was stopped"),
)


@pytest.mark.parametrize(("fault", "words"), FAULTS, ids=[one.__name__ for one, _ in FAULTS])
def test_a_planted_fault_is_noticed(fault: Mutant, words: str) -> None:
    noticed = set[str]()
    with planted(fault):
        for one, other in _pairs():
            try:
                check_joined(one, other)
            except AssertionError as error:
                noticed.add(str(error).split("\n")[0])
    assert words in noticed


def test_what_was_kept_is_the_fact_of_each() -> None:
    assert joining.joined(a_duty(), a_duty(facts=frozenset({DANGER_FACT}))).facts == {KID_FACT, DANGER_FACT}
