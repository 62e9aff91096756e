"""The account notices whatever is lost, doubled or left lying: each kind is planted once."""

from dataclasses import replace

import pytest

from tests.faults.account import Leg, State, judge
from tests.faults.agency import Effect
from tests.faults.reporters import Accepted

ACCEPTED = (Accepted("a", True, frozenset({"police:X"})), Accepted("b", False, frozenset()))
LEG = Leg("l", "a", "police:X", "acknowledged", ("d",))
EFFECT = Effect("police:X", "w", "d")
COUNTED = {"contacts": 2, "cases": 1, "overrides": 1, "referrals": 1, "referrals_acknowledged": 1}
AT_REST = State(["a", "b"], ["a"], [LEG], [EFFECT], COUNTED, {"case": 0}, {"case": 0})


def test_a_whole_account_is_clean() -> None:
    assert judge(ACCEPTED, AT_REST).clean


@pytest.mark.parametrize(
    "state",
    [
        replace(AT_REST, contacts=["a"]),
        replace(AT_REST, cases=[]),
        replace(AT_REST, legs=[]),
        replace(AT_REST, legs=[replace(LEG, body="police:Y")]),
        replace(AT_REST, legs=[replace(LEG, disclosures=())]),
        replace(AT_REST, effects=[]),
        replace(AT_REST, effects=[replace(EFFECT, body="police:Y")]),
        *(replace(AT_REST, counted={**COUNTED, measure: number - 1}) for measure, number in COUNTED.items()),
    ],
)
def test_what_is_lost_is_found(state: State) -> None:
    assert judge(ACCEPTED, state).lost


@pytest.mark.parametrize(
    "state",
    [
        replace(AT_REST, contacts=["a", "b", "b"]),
        replace(AT_REST, cases=["a", "a"]),
        replace(AT_REST, cases=["a", "b"]),
        replace(AT_REST, legs=[LEG, replace(LEG, id="m")]),
        replace(AT_REST, legs=[replace(LEG, disclosures=("d", "e"))]),
        replace(AT_REST, effects=[EFFECT, replace(EFFECT, webhook_id="v")]),
        *(replace(AT_REST, counted={**COUNTED, measure: number + 1}) for measure, number in COUNTED.items()),
    ],
)
def test_what_is_doubled_is_found(state: State) -> None:
    assert judge(ACCEPTED, state).doubled


@pytest.mark.parametrize(
    "state",
    [
        replace(AT_REST, legs=[replace(LEG, state="sent")]),
        replace(AT_REST, outbox={"case": 1}),
        replace(AT_REST, failed={"case": 1}),
    ],
)
def test_what_lies_about_is_found(state: State) -> None:
    assert judge(ACCEPTED, state).unfinished
