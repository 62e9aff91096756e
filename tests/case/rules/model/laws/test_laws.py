"""Laws of section 6 over random worlds of the model, and the planted faults that they and the table notice."""

import os

import pytest

from tests.case.rules.model.laws import (
    laws_of_silence,
    mutants_of_ages,
    mutants_of_consents,
    mutants_of_contents,
    mutants_of_places,
)
from tests.case.rules.model.laws.laws_of_the_rules import LAWS, broken
from tests.case.rules.model.laws.model_checks import CHECKS, names_twice
from tests.case.rules.model.laws.planted_faults import PLANTED
from tests.case.rules.model.laws.worlds_asked import Law
from tests.support.mutants import Mutant, planted

MODULES = (mutants_of_ages, mutants_of_places, mutants_of_contents, mutants_of_consents)
WORLDS = int(os.environ.get("MODEL_WORLDS", "500"))
PAIRS = 2000
"""Pairs of worlds that nobody else may tell apart, and that differ in what was taken away."""
PAIRED = (
    laws_of_silence.what_is_withheld_makes_no_difference,
    laws_of_silence.what_only_takes_away_is_never_announced,
)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_the_law_holds_in_every_world(law: Law) -> None:
    assert list(broken(law, worlds=max(PAIRS, WORLDS) if law in PAIRED else WORLDS)) == []


def test_every_row_has_a_name_of_its_own() -> None:
    assert names_twice() == set()


def test_many_faults_are_planted() -> None:
    assert {one.change.__module__ for one, _ in PLANTED} == {one.__name__ for one in MODULES}
    assert len({one.__name__ for one, _ in PLANTED}) >= 80


@pytest.mark.parametrize(("fault", "check"), PLANTED, ids=lambda value: getattr(value, "__name__", value))
def test_a_planted_fault_is_noticed(fault: Mutant, check: str) -> None:
    CHECKS[check]()
    with planted(fault), pytest.raises(AssertionError):
        CHECKS[check]()
