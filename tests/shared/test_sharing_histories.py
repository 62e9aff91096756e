"""A hundred thousand steps of random histories never part the sharing rules from their plain model."""

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.shared.sharing_machine import Histories
from tests.shared.sharing_worlds import Rules
from tests.shared.test_sharing_planted import PLANTS, planted

STEPS = int(os.environ.get("SHARING_STEPS", "100000"))
SHARES = 10
PHASES = [Phase.generate, Phase.shrink]


def run(*, steps: int, start: int, rules: Rules | None = None) -> int:
    """Histories until so many steps were checked; how many they were."""
    names: dict[str, Any] = {"steps": 0} if rules is None else {"steps": 0, "under_test": rules}
    machine: Any = type("OneRun", (Histories,), names)
    quiet = settings(
        max_examples=30,
        stateful_step_count=50,
        deadline=None,
        database=None,
        print_blob=False,
        report_multiple_bugs=False,
        phases=PHASES if rules is None else [Phase.generate],  # a planted fault need not be made small
        suppress_health_check=list(HealthCheck),
    )
    while machine.steps < steps:
        run_state_machine_as_test(seed(start)(machine), settings=quiet)
        start += 1
    return int(machine.steps)


@pytest.mark.parametrize("share", range(SHARES))
def test_every_history_ends_as_the_plain_model_says(share: int, record_property: Any) -> None:
    done = run(steps=STEPS // SHARES, start=share * 1_000_000)
    record_property("steps", done)
    print(f"share {share}: {done} steps of histories")  # noqa: T201  # the gate is a count, and CI shows it
    assert done >= STEPS // SHARES


FOUND_BY_HISTORIES = [
    "a reporter's consent releases another adult",
    "a withdrawal not read",
    "later entries read",
    "danger forgets those not named",
    "a leg lapses on the birthday",
    "the words in spite of an adult's no",
    "the second council forgotten",
    "a place to be found is lost behind a known one",
]


@pytest.mark.parametrize("name", FOUND_BY_HISTORIES)
def test_histories_find_a_planted_wrong_rule(name: str) -> None:
    with planted(PLANTS[name]) as rules, pytest.raises(AssertionError):
        run(steps=5_000, start=1, rules=rules)
