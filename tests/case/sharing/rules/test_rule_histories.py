"""A hundred thousand steps of random histories never part the sharing rules from their model."""

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.case.sharing.rules.case_in_words import Rules
from tests.case.sharing.rules.rule_copies import planted
from tests.case.sharing.rules.rule_histories import RuleHistories
from tests.case.sharing.rules.rule_mutants import MUTANTS

STEPS = int(os.environ.get("SHARING_STEPS", "100000"))
SHARES = 10
PHASES = [Phase.generate, Phase.shrink]


def run(*, steps: int, start: int, rules: Rules | None = None) -> int:
    """Run histories until so many steps were checked; return how many they were."""
    names: dict[str, Any] = {"steps": 0} if rules is None else {"steps": 0, "under_test": rules}
    machine: Any = type("OneRun", (RuleHistories,), names)
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
def test_every_history_ends_as_the_model_says(share: int, record_property: Any) -> None:
    done = run(steps=STEPS // SHARES, start=share * 1_000_000)
    record_property("steps", done)
    print(f"share {share}: {done} steps of histories")  # noqa: T201  # the gate is a count, and CI shows it
    assert done >= STEPS // SHARES


ITEMS, AGENCIES = "not as the model", "other agencies than in the model"
LOST, COVERED = "danger or a child took something away", "what nothing covers makes a difference"
FOUND_BY_HISTORIES = {
    "a reporter's consent lets another adult go": (ITEMS, COVERED),
    "a withdrawal not read": (ITEMS,),
    "later entries read": ("an entry of now changed a decision of before", COVERED),
    "danger forgets those not named": (ITEMS, LOST),
    "a duty lapses on the birthday": (ITEMS, LOST),
    "the words in spite of an adult's no": (ITEMS,),
    "the second council forgotten": (AGENCIES, LOST),
    "a place to be found is lost behind a known one": (AGENCIES,),
}
"""Wrong rules that random histories find as well, and the laws that they break."""


@pytest.mark.parametrize(("name", "laws"), FOUND_BY_HISTORIES.items())
def test_histories_find_a_planted_wrong_rule(name: str, laws: tuple[str, ...]) -> None:
    with planted(MUTANTS[name]) as rules, pytest.raises(AssertionError, match=f"^({'|'.join(laws)})"):
        run(steps=5_000, start=1, rules=rules)
