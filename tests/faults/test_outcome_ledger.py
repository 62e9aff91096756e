"""The outcome ledger notices whatever is lost, doubled or unfinished: each kind is planted once."""

from dataclasses import replace

import pytest

from tests.faults.agencies import MessageEffect
from tests.faults.outcome_ledger import SystemState, ToldAgency, compare
from tests.faults.reporters import AcceptedReport

ACCEPTED = (
    AcceptedReport("a", True, frozenset({"police:X"})),
    AcceptedReport("b", False, frozenset()),
)
TOLD = ToldAgency("r", "a", "police:X", "acknowledged", ("d",))
EFFECT = MessageEffect("police:X", "w", "d")
COUNTED = {"contacts": 2, "cases": 1, "overrides": 1, "referrals": 1, "referrals_acknowledged": 1}
AT_REST = SystemState(["a", "b"], ["a"], [TOLD], [EFFECT], COUNTED, {"case": 0}, {"case": 0})


def test_a_whole_ledger_is_clean() -> None:
    assert compare(ACCEPTED, AT_REST).clean


@pytest.mark.parametrize(
    "state",
    [
        replace(AT_REST, contacts=["a"]),
        replace(AT_REST, cases=[]),
        replace(AT_REST, recipients=[]),
        replace(AT_REST, recipients=[replace(TOLD, agency_code="police:Y")]),
        replace(AT_REST, recipients=[replace(TOLD, disclosures=())]),
        replace(AT_REST, effects=[]),
        replace(AT_REST, effects=[replace(EFFECT, agency_code="police:Y")]),
        *(replace(AT_REST, counted={**COUNTED, measure: number - 1}) for measure, number in COUNTED.items()),
    ],
)
def test_what_is_lost_is_found(state: SystemState) -> None:
    assert compare(ACCEPTED, state).lost


@pytest.mark.parametrize(
    "state",
    [
        replace(AT_REST, contacts=["a", "b", "b"]),
        replace(AT_REST, cases=["a", "a"]),
        replace(AT_REST, cases=["a", "b"]),
        replace(AT_REST, recipients=[TOLD, replace(TOLD, recipient_id="s")]),
        replace(AT_REST, recipients=[replace(TOLD, disclosures=("d", "e"))]),
        replace(AT_REST, effects=[EFFECT, replace(EFFECT, webhook_id="v")]),
        *(replace(AT_REST, counted={**COUNTED, measure: number + 1}) for measure, number in COUNTED.items()),
    ],
)
def test_what_is_doubled_is_found(state: SystemState) -> None:
    assert compare(ACCEPTED, state).doubled


@pytest.mark.parametrize(
    "state",
    [
        replace(AT_REST, recipients=[replace(TOLD, state="sent")]),
        replace(AT_REST, recipients=[replace(TOLD, state="without a duty")]),
        replace(AT_REST, outbox={"case": 1}),
        replace(AT_REST, dead_letters={"case": 1}),
    ],
)
def test_what_is_unfinished_is_found(state: SystemState) -> None:
    assert compare(ACCEPTED, state).unfinished
