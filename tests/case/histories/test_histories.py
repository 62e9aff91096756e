"""Random histories: the service does what the model of the rules says, in whatever order things happen on a case."""

import os

import pytest

from tests.case.conftest import CaseWork
from tests.case.histories.history_mutants import HISTORY_MUTANTS
from tests.case.histories.random_histories import History, run
from tests.support.mutants import Mutant, planted

HISTORIES = int(os.environ.get("CASE_HISTORIES", "6"))
START = int(os.environ.get("CASE_HISTORIES_FROM", "0"))
"""Seed of the first history; a long run begins with another than the suite."""


async def test_every_history_ends_as_the_model_says(cases: CaseWork) -> None:
    steps = await run(cases, histories=HISTORIES, start=START)
    assert steps > HISTORIES * 4


@pytest.mark.parametrize(
    ("fault", "words", "about", "seed"), HISTORY_MUTANTS, ids=lambda one: getattr(one, "__name__", "")
)
async def test_histories_notice_a_planted_fault(
    cases: CaseWork, fault: Mutant, words: str, about: str, seed: int
) -> None:
    with planted(fault), pytest.raises(AssertionError) as noticed:
        await History(cases, seed, about).run()
    assert words in str(noticed.value)
