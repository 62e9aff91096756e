"""A sharing duty as a value: each act in each state, and what each act changes beside the state."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from case_service.sharing.duties.duty import (
    OPEN_STATES,
    TRANSITIONS,
    Duty,
    DutyDeclined,
    DutyNotOpen,
    DutyState,
    opened,
)
from case_service.sharing.duties.leads import LeadKind
from tests.case.sharing.duties.duty_builders import (
    CHILD,
    DANGER,
    DANGER_FACT,
    DEADLINES,
    END_OF_DAY,
    HOUR,
    KID_FACT,
    MINUTE,
    NOW,
    SAMI_FACT,
    SECOND,
    a_duty,
    a_required_disclosure,
)

(WAITING, AUTHORISED, SENT, ACKNOWLEDGED, HANDED_OVER, DECLINED, ELSEWHERE, ENDED, STOOD_DOWN, REROUTED,
 MERGED) = DutyState  # fmt: skip
ANSWERS = {ACKNOWLEDGED, HANDED_OVER, DECLINED}
ALLOWED = {
    WAITING: {AUTHORISED, STOOD_DOWN, REROUTED},
    AUTHORISED: {AUTHORISED, SENT, REROUTED, ELSEWHERE} | ANSWERS,
    SENT: {AUTHORISED, SENT, ELSEWHERE} | ANSWERS,
    ACKNOWLEDGED: {AUTHORISED, DECLINED},
    HANDED_OVER: {AUTHORISED, SENT, ACKNOWLEDGED, DECLINED},
    DECLINED: {AUTHORISED, ELSEWHERE, ENDED},
    ELSEWHERE: {AUTHORISED},
    ENDED: {AUTHORISED},
    STOOD_DOWN: {WAITING},
    REROUTED: {WAITING},
    MERGED: set(),
}
"""States that may follow each state, a second time from the specification."""
Act = Callable[[Duty], Duty]
ACTS: dict[str, Act] = {
    "led": lambda duty: duty.led_by(a_required_disclosure()),
    "joined": lambda duty: duty.joined([SAMI_FACT], send_at=NOW),
    "hastened": lambda duty: duty.hastened(NOW, DEADLINES),
    "sent sooner": lambda duty: duty.send_by(NOW - SECOND),
    "authorised": lambda duty: duty.authorised(NOW, DEADLINES),
    "issued": lambda duty: duty.issued(NOW),
    "escalated": lambda duty: duty.escalated(NOW),
    "acknowledged": lambda duty: duty.acknowledged(NOW),
    "declined": lambda duty: duty.declined(NOW),
    "answered elsewhere": lambda duty: duty.answered_elsewhere(),
    "ended": lambda duty: duty.ended(),
    "called": lambda duty: duty.handed_over(by="user:ada", at=NOW),
    "undeliverable": lambda duty: duty.found_undeliverable(NOW),
    "call countersigned": lambda duty: duty.call_countersigned(),
    "taken back": lambda duty: duty.without([KID_FACT]),
    "rerouted": lambda duty: duty.rerouted(),
}
CHANGES: dict[str, dict[DutyState, DutyState | type[Exception]]] = {
    "joined": {STOOD_DOWN: WAITING, REROUTED: WAITING},
    "authorised": {
        WAITING: AUTHORISED, SENT: AUTHORISED, ACKNOWLEDGED: AUTHORISED, HANDED_OVER: AUTHORISED,
        DECLINED: AUTHORISED, ELSEWHERE: AUTHORISED, ENDED: AUTHORISED,
        STOOD_DOWN: ValueError, REROUTED: ValueError, MERGED: ValueError,
    },
    "issued": {AUTHORISED: SENT},
    "acknowledged": {AUTHORISED: ACKNOWLEDGED, SENT: ACKNOWLEDGED, HANDED_OVER: ACKNOWLEDGED},
    "declined": {AUTHORISED: DECLINED, SENT: DECLINED, ACKNOWLEDGED: DECLINED, HANDED_OVER: DECLINED},
    "answered elsewhere": {
        DECLINED: ELSEWHERE, WAITING: ValueError, AUTHORISED: ValueError, SENT: ValueError,
        ACKNOWLEDGED: ValueError, HANDED_OVER: ValueError, ENDED: ValueError, STOOD_DOWN: ValueError,
        REROUTED: ValueError, ELSEWHERE: ValueError, MERGED: ValueError,
    },
    "ended": {**dict.fromkeys(DutyState, DutyNotOpen), DECLINED: ENDED},
    "called": {
        SENT: HANDED_OVER, DECLINED: DutyDeclined, ACKNOWLEDGED: DutyNotOpen, HANDED_OVER: DutyNotOpen,
        ELSEWHERE: DutyNotOpen, ENDED: DutyNotOpen, STOOD_DOWN: DutyNotOpen, REROUTED: DutyNotOpen, MERGED: DutyNotOpen,
    },
    "undeliverable": {HANDED_OVER: SENT},
    "taken back": {WAITING: STOOD_DOWN},
    "rerouted": {
        WAITING: REROUTED, AUTHORISED: REROUTED, SENT: ValueError, ACKNOWLEDGED: ValueError,
        HANDED_OVER: ValueError, DECLINED: ValueError, ELSEWHERE: ValueError, ENDED: ValueError,
        STOOD_DOWN: ValueError, MERGED: ValueError,
    },
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
    expected = CHANGES.get(act, {}).get(before, before)
    if isinstance(expected, DutyState):
        assert ACTS[act](a_duty(before)).state is expected
    else:
        with pytest.raises(expected):
            ACTS[act](a_duty(before))


def test_a_duty_is_open_until_somebody_has_answered_for_it_and_also_after_a_decline() -> None:
    assert {WAITING, AUTHORISED, SENT, DECLINED} == OPEN_STATES
    for state in DutyState:
        assert a_duty(state).is_open is (state in OPEN_STATES)
        assert not replace(a_duty(state), facts=frozenset()).is_open


def test_grounds_and_children_are_those_of_the_facts() -> None:
    duty = a_duty(facts=frozenset({KID_FACT, SAMI_FACT, DANGER_FACT}))
    assert duty.grounds == {CHILD, DANGER}
    assert duty.child_ids == {"kid", "sami"}


# New facts


def test_new_facts_are_added_and_bring_the_sending_forward() -> None:
    duty = a_duty(send_at=NOW + HOUR, due_at=NOW + HOUR)
    joined = duty.joined([DANGER_FACT], send_at=NOW + MINUTE)
    assert joined.facts == {KID_FACT, DANGER_FACT}
    assert joined.grounds == {CHILD, DANGER}
    assert joined.is_urgent
    assert joined.send_at == joined.due_at == NOW + MINUTE
    later = joined.joined([SAMI_FACT], send_at=NOW + HOUR)
    assert later.send_at == NOW + MINUTE, "a later fact gives no more time"


@pytest.mark.parametrize("state", [STOOD_DOWN, REROUTED])
def test_a_duty_that_ended_unsent_opens_anew_with_the_time_of_the_new_fact(state: DutyState) -> None:
    duty = a_duty(state, send_at=NOW - HOUR)
    again = duty.joined([SAMI_FACT], send_at=NOW + MINUTE)
    assert (again.state, again.sent_at, again.facts) == (WAITING, None, frozenset({SAMI_FACT}))
    assert again.send_at == again.due_at == NOW + MINUTE


def test_a_call_ends_nothing_for_a_fact_that_became_known_after_it() -> None:
    called = a_duty(AUTHORISED).handed_over(by="user:ada", at=NOW)
    joined = called.joined([DANGER_FACT], send_at=NOW).authorised(NOW, DEADLINES)
    assert joined.due_at == NOW + MINUTE, "the telephone alarm runs for the new fact"
    assert joined.issued(NOW).state is SENT
    for state in (HANDED_OVER, ACKNOWLEDGED):
        before = a_duty(state, handed_over_at=NOW, handed_over_by="user:ada", sent_at=None)
        again = before.joined([DANGER_FACT], send_at=NOW).authorised(NOW, DEADLINES)
        assert (again.issued(NOW).state, again.due_at) == (SENT, NOW + MINUTE)
        assert again.was_sent, "the agency was told by telephone, and stays told"


def test_the_place_that_leads_here_is_followed_and_urgency_is_never_taken_back() -> None:
    required = a_required_disclosure(place="york", lead=LeadKind.FOUND, acknowledge_at_once=True)
    led = a_duty(fallback=True).led_by(required)
    assert (led.place, led.fallback, led.lead, led.is_urgent) == ("york", False, LeadKind.FOUND, True)
    lost = led.led_by(a_required_disclosure(place=None, fallback=True))
    assert (lost.place, lost.fallback, lost.is_urgent) == ("york", True, True)


def test_danger_makes_an_unanswered_duty_due_in_a_minute() -> None:
    urgent = a_duty(SENT, due_at=NOW + HOUR, acknowledge_at_once=True)
    assert urgent.hastened(NOW, DEADLINES).due_at == NOW + MINUTE
    sooner = replace(urgent, due_at=NOW + SECOND)
    assert sooner.hastened(NOW, DEADLINES).due_at == NOW + SECOND
    assert a_duty(ACKNOWLEDGED, acknowledge_at_once=True).hastened(NOW, DEADLINES).due_at is None


# Sending, and silence


def test_an_authorised_duty_has_a_minute_in_danger_and_the_day_for_a_child() -> None:
    assert a_duty(facts=frozenset({DANGER_FACT})).authorised(NOW, DEADLINES).due_at == NOW + MINUTE
    assert a_duty().authorised(NOW, DEADLINES).due_at == END_OF_DAY
    late = END_OF_DAY - HOUR
    assert a_duty().authorised(late, DEADLINES).due_at == late + 2 * HOUR, "not within two hours of sending"
    running = a_duty(SENT, due_at=NOW + SECOND, escalations=1).authorised(NOW, DEADLINES)
    assert (running.due_at, running.escalations) == (NOW + SECOND, 0), "a supplement gives no more time"


def test_the_first_issue_counts_as_the_sending() -> None:
    issued = a_duty(AUTHORISED).issued(NOW)
    assert (issued.sent_at, issued.was_sent, issued.issued(NOW + HOUR).sent_at) == (NOW, True, NOW)


def test_a_child_is_escalated_twice_and_a_danger_once() -> None:
    duty = a_duty(SENT, authorised_at=NOW)
    once = duty.escalated(NOW)
    assert (once.escalations, once.due_at) == (1, NOW + timedelta(days=1))
    assert (once.escalated(NOW).escalations, once.escalated(NOW).due_at) == (2, None)
    assert replace(duty, facts=frozenset({DANGER_FACT})).escalated(NOW).due_at is None
    assert replace(duty, acknowledge_at_once=True).escalated(NOW).due_at is None


# Answers


def test_an_acknowledgement_stops_the_clock_and_replaces_a_handover() -> None:
    acknowledged = a_duty(SENT).acknowledged(NOW)
    assert (acknowledged.acknowledged_at, acknowledged.due_at) == (NOW, None)
    assert a_duty(HANDED_OVER).acknowledged(NOW).state is ACKNOWLEDGED
    assert a_duty(ACKNOWLEDGED).acknowledged(NOW + HOUR).acknowledged_at == NOW, "nothing is overwritten"


def test_a_call_before_the_message_stops_the_alarm_and_the_message_ends_the_duty() -> None:
    called = a_duty(AUTHORISED).handed_over(by="user:ada", at=NOW)
    assert (called.state, called.due_at, called.is_open) == (AUTHORISED, None, True)
    assert (called.handed_over_at, called.handed_over_by, called.was_sent) == (NOW, "user:ada", True)
    assert called.issued(NOW).state is HANDED_OVER
    with pytest.raises(DutyNotOpen):
        called.handed_over(by="user:ben", at=NOW)


def test_where_nothing_written_can_go_a_call_waits_for_a_countersignature() -> None:
    called = a_duty(AUTHORISED).handed_over(by="user:ada", at=NOW)
    assert called.call_countersigned() == called, "the message may still go"
    vain = called.found_undeliverable(NOW)
    assert (vain.waits_for_countersignature, vain.call_countersigned().state) == (True, HANDED_OVER)
    uncalled = a_duty(AUTHORISED).found_undeliverable(NOW)
    assert (uncalled.waits_for_countersignature, uncalled.call_countersigned()) == (False, uncalled)


# Declines


@pytest.mark.parametrize("state", [AUTHORISED, SENT, ACKNOWLEDGED, HANDED_OVER])
def test_a_decline_opens_the_duty_again_and_voids_the_call(state: DutyState) -> None:
    declined = a_duty(state).declined(NOW)
    assert (declined.is_open, declined.declined_at, declined.call_counts) == (True, NOW, False)


def test_nothing_that_the_declining_agency_does_later_ends_the_duty() -> None:
    later = a_duty(DECLINED).joined([DANGER_FACT], send_at=NOW).authorised(NOW, DEADLINES)
    with pytest.raises(DutyDeclined):
        later.handed_over(by="user:ada", at=NOW)
    with pytest.raises(DutyDeclined):
        later.issued(NOW).handed_over(by="user:ada", at=NOW)
    assert later.issued(NOW).acknowledged(NOW).state is DECLINED


def test_another_agencys_acknowledgement_or_two_people_end_a_declined_duty() -> None:
    elsewhere, ended = a_duty(DECLINED).answered_elsewhere(), a_duty(DECLINED).ended()
    for one in (elsewhere, ended):
        assert (one.is_open, one.is_forced, one.declined_at) == (False, True, None)
    later = a_duty(DECLINED).joined([DANGER_FACT], send_at=NOW).authorised(NOW, DEADLINES)
    for one in (later, later.issued(NOW)):
        assert one.answered_elsewhere().state is ELSEWHERE, "also while a later message is on its way"


# Ends before anybody was told


def test_each_fact_is_taken_back_by_itself_and_the_last_one_stands_the_duty_down() -> None:
    duty = a_duty(facts=frozenset({KID_FACT, SAMI_FACT, DANGER_FACT}))
    less = duty.without([KID_FACT])
    assert (less.state, less.facts, less.due_at) == (WAITING, frozenset({SAMI_FACT, DANGER_FACT}), NOW)
    none = less.without([SAMI_FACT, DANGER_FACT])
    assert (none.state, none.is_forced, none.due_at) == (STOOD_DOWN, False, None)
    assert a_duty(SENT).without([KID_FACT]).state is SENT, "what was sent is corrected, not stood down"


def test_a_rerouted_duty_rests_on_nothing() -> None:
    rerouted = a_duty(AUTHORISED).rerouted()
    assert (rerouted.facts, rerouted.grounds, rerouted.due_at) == (frozenset(), frozenset(), None)


def test_a_new_duty_waits_until_it_is_sent() -> None:
    required = a_required_disclosure(fallback=True, acknowledge_at_once=True)
    duty = opened(required, NOW, send_at=NOW + HOUR)
    assert (duty.state, duty.opened_at, duty.send_at, duty.due_at) == (WAITING, NOW, NOW + HOUR, NOW + HOUR)
    assert (duty.facts, duty.grounds, duty.place) == (required.facts, frozenset({CHILD}), required.place)
    assert (duty.fallback, duty.acknowledge_at_once) == (True, True)
    assert (duty.is_unsent, duty.was_sent) == (True, False)
