"""Laws of every history of a duty (property 2), and planted faults that break each of them."""

import random
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from case_service.sharing.duties.duty import TRANSITIONS, Duty, DutyState
from shared.errors import Conflict
from tests.case.sharing.duties.duty_builders import HOUR, NOW, a_duty
from tests.case.sharing.duties.duty_histories import ACTS as OF_HISTORIES
from tests.case.sharing.duties.duty_histories import OF_ONE_PERSON, lived, told_or_open
from tests.case.sharing.duties.test_duty import ACTS
from tests.support.mutants import Mutant, Right, mutant, planted

HISTORY = st.lists(st.sampled_from(sorted(OF_HISTORIES)), max_size=14)
ENDING = {"taken back", "rerouted"}


@given(HISTORY)
def test_each_fact_stands_in_exactly_one_way_and_a_duty_is_open_while_one_of_them_is(acts: list[str]) -> None:
    lived(acts)


@given(st.lists(st.sampled_from(OF_ONE_PERSON), max_size=14))
def test_no_act_of_one_person_ends_a_duty_but_a_call_with_the_message(acts: list[str]) -> None:
    duty = lived(acts).duty
    assert duty.is_forced
    assert told_or_open(duty)


@given(st.lists(st.sampled_from(sorted(ACTS)), max_size=12))
def test_every_act_leads_to_a_state_that_may_follow(acts: list[str]) -> None:
    duty = a_duty()
    for act in acts:
        try:
            after = ACTS[act](duty)
        except (Conflict, ValueError):
            continue
        assert after.state is duty.state or after.state in TRANSITIONS[duty.state]
        duty = after


@given(st.lists(st.sampled_from(sorted(set(ACTS) - ENDING)), max_size=12))
def test_nothing_but_two_people_or_a_reroute_takes_a_fact_away_or_gives_more_time(acts: list[str]) -> None:
    duty = a_duty(send_at=NOW + HOUR, due_at=NOW + HOUR)
    for act in acts:
        try:
            after = ACTS[act](duty)
        except (Conflict, ValueError):
            continue
        assert duty.facts <= after.facts
        assert after.send_at <= duty.send_at
        assert duty.sent_at is None or after.sent_at == duty.sent_at
        duty = after


# Planted faults


@mutant(Duty, "handed_over")
def a_call_ends_a_duty_alone(handed_over: Right) -> Right:
    def alone(duty: Duty, *, by: str, at: datetime) -> Duty:
        called: Duty = handed_over(duty, by=by, at=at)
        return replace(called, state=DutyState.HANDED_OVER)

    return alone


@mutant(Duty, "handed_over")
def a_call_to_who_declined_counts(handed_over: Right) -> Right:
    def forgetful(duty: Duty, *, by: str, at: datetime) -> Duty:
        called: Duty = handed_over(replace(duty, declined_at=None), by=by, at=at)
        return called

    return forgetful


@mutant(Duty, "joined")
def a_call_counts_for_later_facts(joined: Right) -> Right:
    def remembering(duty: Duty, *values: Any, **named: Any) -> Duty:
        after: Duty = joined(duty, *values, **named)
        return replace(after, handed_over_by=duty.handed_over_by)

    return remembering


@mutant(Duty, "acknowledged")
def who_declined_may_acknowledge(acknowledged: Right) -> Right:
    return lambda duty, at: acknowledged(replace(duty, declined_at=None), at)


@mutant(Duty, "declined")
def a_decline_is_an_answer(declined: Right) -> Right:
    def answered(duty: Duty, at: datetime) -> Duty:
        after: Duty = declined(duty, at)
        return after if after is duty else replace(after, state=DutyState.ENDED)

    return answered


@mutant(Duty, "call_countersigned")
def a_countersignature_needs_no_call(call_countersigned: Right) -> Right:
    def always(duty: Duty) -> Duty:
        working = duty.state in (DutyState.AUTHORISED, DutyState.SENT)
        return replace(duty, state=DutyState.HANDED_OVER) if working else duty

    return always


@mutant(Duty, "without")
def one_fact_taken_back_ends_all(without: Right) -> Right:
    return lambda duty, facts: without(duty, duty.facts)


@mutant(Duty, "issued")
def the_message_to_a_call_is_forgotten(issued: Right) -> Right:
    def forgetful(duty: Duty, at: datetime) -> Duty:
        after: Duty = issued(replace(duty, handed_over_by=None), at)
        return replace(after, handed_over_by=duty.handed_over_by)

    return forgetful


@mutant(Duty, "authorised")
def the_clock_is_dropped(authorised: Right) -> Right:
    return lambda duty, at, deadlines: replace(authorised(duty, at, deadlines), due_at=None)


FAULTS: tuple[Mutant, ...] = (
    a_call_ends_a_duty_alone,
    a_call_to_who_declined_counts,
    a_call_counts_for_later_facts,
    who_declined_may_acknowledge,
    a_decline_is_an_answer,
    a_countersignature_needs_no_call,
    one_fact_taken_back_ends_all,
    the_message_to_a_call_is_forgotten,
    the_clock_is_dropped,
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: str(getattr(fault, "__name__", fault)))
def test_a_planted_fault_breaks_a_law(fault: Mutant) -> None:
    with planted(fault), pytest.raises(AssertionError):
        live_through_many(4_000)


def live_through_many(histories: int) -> None:
    chance = random.Random(7)
    for _ in range(histories):
        lived(chance.choices(sorted(OF_HISTORIES), k=10))
