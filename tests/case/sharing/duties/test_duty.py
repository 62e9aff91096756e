"""A sharing duty as a value: each act in each state, and laws that hold for every sequence of acts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from case_service.sharing.duties.duty import (
    OPEN_STATES,
    TRANSITIONS,
    AlreadySent,
    Duty,
    DutyNotOpen,
    DutyState,
    opened,
)
from case_service.sharing.facts import FactKind, FactRef
from shared.errors import Conflict
from tests.case.sharing.duties.duty_builders import (
    CHILD,
    DANGER,
    DANGER_FACT,
    DEADLINES,
    HOUR,
    KID_FACT,
    MINUTE,
    NOW,
    SECOND,
    a_duty,
    a_required_disclosure,
)

WAITING, AUTHORISED, SENT, ACKNOWLEDGED, HANDED_OVER, STOOD_DOWN, REROUTED = DutyState
ALLOWED = {
    WAITING: {AUTHORISED, HANDED_OVER, STOOD_DOWN, REROUTED},
    AUTHORISED: {AUTHORISED, SENT, ACKNOWLEDGED, HANDED_OVER, REROUTED},
    SENT: {AUTHORISED, ACKNOWLEDGED, HANDED_OVER},
    ACKNOWLEDGED: {AUTHORISED},
    HANDED_OVER: {AUTHORISED},
    STOOD_DOWN: {WAITING},
    REROUTED: {WAITING},
}
"""States that may follow each state, a second time from the specification."""
Act = Callable[[Duty], Duty]
NEWS = FactRef(FactKind.CHILD, "sami", "first")
ACTS: dict[str, Act] = {
    "joined": lambda duty: duty.joined(a_required_disclosure(), [CHILD], [NEWS], send_at=NOW),
    "followed": lambda duty: duty.followed(a_required_disclosure(), NOW, DEADLINES, vouched=False),
    "confirmed": lambda duty: duty.confirmed(NOW),
    "authorised": lambda duty: duty.authorised(NOW, DEADLINES),
    "issued": lambda duty: duty.issued(NOW),
    "escalated": lambda duty: duty.escalated(NOW),
    "acknowledged": lambda duty: duty.acknowledged(NOW),
    "handed over": lambda duty: duty.handed_over(by="user:ada", at=NOW),
    "stood down": lambda duty: duty.stood_down(),
    "rerouted": lambda duty: duty.rerouted(),
    "corrected": lambda duty: duty.corrected("kid"),
}
CHANGES: dict[str, dict[DutyState, DutyState | type[Exception]]] = {
    "joined": {STOOD_DOWN: WAITING, REROUTED: WAITING},
    "followed": {},
    "confirmed": {},
    "authorised": {
        WAITING: AUTHORISED, SENT: AUTHORISED, ACKNOWLEDGED: AUTHORISED, HANDED_OVER: AUTHORISED,
        STOOD_DOWN: ValueError, REROUTED: ValueError,
    },
    "issued": {AUTHORISED: SENT},
    "escalated": {},
    "acknowledged": {AUTHORISED: ACKNOWLEDGED, SENT: ACKNOWLEDGED},
    "handed over": {
        WAITING: HANDED_OVER, AUTHORISED: HANDED_OVER, SENT: HANDED_OVER, ACKNOWLEDGED: DutyNotOpen,
        HANDED_OVER: DutyNotOpen, STOOD_DOWN: DutyNotOpen, REROUTED: DutyNotOpen,
    },
    "stood down": {
        WAITING: STOOD_DOWN, AUTHORISED: AlreadySent, SENT: AlreadySent, ACKNOWLEDGED: AlreadySent,
        HANDED_OVER: AlreadySent, STOOD_DOWN: DutyNotOpen, REROUTED: DutyNotOpen,
    },
    "rerouted": {
        WAITING: REROUTED, AUTHORISED: REROUTED, SENT: ValueError, ACKNOWLEDGED: ValueError,
        HANDED_OVER: ValueError, STOOD_DOWN: ValueError,
    },
    "corrected": {},
}  # fmt: skip
"""State of a duty after each act, by the state before; it stays where nothing is written."""


@pytest.mark.parametrize("after", DutyState)
@pytest.mark.parametrize("before", DutyState)
def test_a_state_follows_only_where_the_table_says_so(before: DutyState, after: DutyState) -> None:
    assert TRANSITIONS[before] == ALLOWED[before]
    if after is before or after in ALLOWED[before]:
        assert a_duty(before)._to(after).state is after
    else:
        with pytest.raises(ValueError, match="cannot become"):
            a_duty(before)._to(after)


@pytest.mark.parametrize("before", DutyState)
@pytest.mark.parametrize("act", ACTS)
def test_each_act_in_each_state(act: str, before: DutyState) -> None:
    expected = CHANGES[act].get(before, before)
    if isinstance(expected, DutyState):
        assert ACTS[act](a_duty(before)).state is expected
    else:
        with pytest.raises(expected):
            ACTS[act](a_duty(before))


def test_a_duty_is_open_while_it_is_forced_and_nobody_has_answered() -> None:
    assert {WAITING, AUTHORISED, SENT} == OPEN_STATES
    for state in DutyState:
        assert a_duty(state).is_open is (state in OPEN_STATES)
        assert not replace(a_duty(state), grounds=frozenset()).is_open


def test_new_facts_are_added_and_bring_the_sending_forward() -> None:
    required = a_required_disclosure(place=None, fallback=True, acknowledge_at_once=True)
    duty = a_duty(send_at=NOW + HOUR, due_at=NOW + HOUR)
    joined = duty.joined(required, [DANGER], [DANGER_FACT], send_at=NOW + MINUTE)
    assert joined.facts == {KID_FACT, DANGER_FACT}
    assert joined.grounds == {CHILD, DANGER}
    assert (joined.place, joined.fallback, joined.is_urgent) == ("leeds", True, True)
    assert joined.send_at == joined.due_at == NOW + MINUTE
    later = joined.joined(required, [DANGER], [DANGER_FACT], send_at=NOW + HOUR)
    assert later.send_at == NOW + MINUTE, "a later fact gives no more time"


@pytest.mark.parametrize("state", [STOOD_DOWN, REROUTED])
def test_a_duty_that_ended_opens_anew_with_the_time_of_the_new_fact(state: DutyState) -> None:
    duty = a_duty(state, send_at=NOW - HOUR, sent_at=NOW - HOUR)
    again = duty.joined(a_required_disclosure(), [CHILD], [NEWS], send_at=NOW + MINUTE)
    assert (again.state, again.send_at, again.due_at, again.sent_at) == (
        WAITING,
        NOW + MINUTE,
        NOW + MINUTE,
        None,
    )
    assert again.facts == {NEWS}


def test_a_place_that_is_known_better_is_followed() -> None:
    required = a_required_disclosure(place="york", fallback=False)
    followed = a_duty(fallback=True).followed(required, NOW, DEADLINES, vouched=False)
    assert (followed.place, followed.fallback) == ("york", False)


@pytest.mark.parametrize(
    ("at_once", "vouched", "hurried"),
    [(True, False, True), (False, True, True), (False, False, False)],
    ids=["in danger", "vouched for", "neither"],
)
def test_danger_sends_what_waits_now(at_once: bool, vouched: bool, hurried: bool) -> None:
    duty = a_duty(send_at=NOW + HOUR, due_at=NOW + HOUR)
    required = a_required_disclosure(acknowledge_at_once=at_once)
    followed = duty.followed(required, NOW, DEADLINES, vouched=vouched)
    assert (followed.send_at, followed.due_at) == ((NOW, NOW) if hurried else (NOW + HOUR, NOW + HOUR))


def test_danger_makes_an_unanswered_duty_due_in_a_minute() -> None:
    required = a_required_disclosure(acknowledge_at_once=True)
    followed = a_duty(SENT, due_at=NOW + HOUR).followed(required, NOW, DEADLINES, vouched=False)
    assert followed.due_at == NOW + MINUTE
    sooner = a_duty(SENT, due_at=NOW + SECOND).followed(required, NOW, DEADLINES, vouched=False)
    assert sooner.due_at == NOW + SECOND


def test_a_confirmed_duty_is_due_now_and_verified() -> None:
    confirmed = a_duty(send_at=NOW + HOUR, due_at=NOW + HOUR).confirmed(NOW)
    assert (confirmed.verified, confirmed.send_at, confirmed.due_at) == (True, NOW, NOW)
    assert not a_duty(SENT).confirmed(NOW).verified, "it is sent already, as it was"


def test_an_authorised_duty_has_a_minute_in_danger_and_the_day_for_a_child() -> None:
    assert a_duty(grounds=frozenset({DANGER})).authorised(NOW, DEADLINES).due_at == NOW + MINUTE
    end_of_day = NOW.replace(hour=23, minute=59, second=59)
    assert a_duty().authorised(NOW, DEADLINES).due_at == end_of_day
    running = a_duty(SENT, due_at=NOW + SECOND, escalations=1).authorised(NOW, DEADLINES)
    assert (running.due_at, running.escalations) == (NOW + SECOND, 0), "a supplement gives no more time"
    answered = a_duty(ACKNOWLEDGED, grounds=frozenset({DANGER})).authorised(NOW, DEADLINES)
    assert answered.due_at == NOW + MINUTE


def test_the_first_issue_counts_as_the_sending() -> None:
    issued = a_duty(AUTHORISED).issued(NOW)
    assert (issued.sent_at, issued.was_sent, issued.issued(NOW + HOUR).sent_at) == (NOW, True, NOW)


def test_a_child_is_escalated_twice_and_a_danger_once() -> None:
    duty = a_duty(SENT, authorised_at=NOW)
    once = duty.escalated(NOW)
    assert (once.escalations, once.due_at) == (1, NOW + timedelta(days=1))
    assert (once.escalated(NOW).escalations, once.escalated(NOW).due_at) == (2, None)
    assert replace(duty, grounds=frozenset({DANGER})).escalated(NOW).due_at is None
    assert replace(duty, acknowledge_at_once=True).escalated(NOW).due_at is None


def test_an_answer_stops_the_clock() -> None:
    acknowledged = a_duty(SENT).acknowledged(NOW)
    assert (acknowledged.acknowledged_at, acknowledged.due_at) == (NOW, None)
    informed = a_duty(SENT).handed_over(by="user:ada", at=NOW)
    assert (informed.handed_over_at, informed.handed_over_by, informed.due_at) == (NOW, "user:ada", None)
    assert informed.was_sent


def test_a_duty_that_ended_unsent_rests_on_nothing() -> None:
    stood_down, rerouted = a_duty().stood_down(), a_duty(AUTHORISED).rerouted()
    for ended in (stood_down, rerouted):
        assert (ended.facts, ended.grounds, ended.due_at) == (frozenset(), frozenset(), None)
        assert not ended.is_forced
    assert stood_down.stood_down_facts == {KID_FACT}
    assert rerouted.stood_down_facts == frozenset()


def test_a_correction_takes_back_the_facts_about_one_child() -> None:
    corrected = a_duty(SENT, facts=frozenset({KID_FACT, NEWS, DANGER_FACT})).corrected("kid")
    assert corrected.facts == {NEWS, DANGER_FACT}
    assert corrected.stood_down_facts == {KID_FACT}
    assert corrected.child_ids == {"sami"}


def test_a_new_duty_waits_until_it_is_sent() -> None:
    required = a_required_disclosure(fallback=True, acknowledge_at_once=True)
    duty = opened(
        required, NOW, grounds=frozenset({CHILD}), facts=[KID_FACT], send_at=NOW + HOUR, verified=True
    )
    assert (duty.state, duty.opened_at, duty.send_at, duty.due_at) == (WAITING, NOW, NOW + HOUR, NOW + HOUR)
    assert duty.facts == {KID_FACT}
    assert duty.grounds == {CHILD}
    assert duty.place == "leeds"
    assert (duty.fallback, duty.acknowledge_at_once, duty.verified) == (True, True, True)
    assert duty.is_unsent
    assert not duty.was_sent


# Laws of every sequence of acts


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


@given(st.lists(st.sampled_from(sorted(set(ACTS) - {"stood down", "rerouted", "corrected"})), max_size=12))
def test_nothing_but_two_people_a_reroute_or_a_correction_takes_a_fact_or_a_ground_away(
    acts: list[str],
) -> None:
    duty = a_duty(send_at=NOW + HOUR, due_at=NOW + HOUR)
    for act in acts:
        try:
            after = ACTS[act](duty)
        except (Conflict, ValueError):
            continue
        assert duty.facts <= after.facts
        assert duty.grounds <= after.grounds
        assert duty.verified <= after.verified
        assert after.send_at <= duty.send_at
        assert after.was_sent or not duty.was_sent
        duty = after


@given(st.lists(st.sampled_from(sorted(ACTS)), max_size=12))
def test_an_open_duty_always_has_a_clock_until_it_was_escalated(acts: list[str]) -> None:
    duty = a_duty()
    for act in acts:
        try:
            duty = ACTS[act](duty)
        except (Conflict, ValueError):
            continue
        assert not duty.is_open or duty.due_at is not None or duty.escalations > 0
