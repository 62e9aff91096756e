"""Faults planted into the model: a row of the truth table or a law notices each of them."""

import pytest

from tests.case.rules.model.faults import (
    mutants_of_ages,
    mutants_of_consents,
    mutants_of_contents,
    mutants_of_places,
)
from tests.case.rules.model.faults.model_checks import CHECKS, names_twice
from tests.case.rules.model.faults.planted_faults import PLANTED
from tests.support.mutants import Mutant, planted

MODULES = (mutants_of_ages, mutants_of_places, mutants_of_contents, mutants_of_consents)


def test_every_row_has_a_name_of_its_own() -> None:
    assert names_twice() == set()


def test_many_faults_are_planted() -> None:
    assert {one.change.__module__ for one, _ in PLANTED} == {one.__name__ for one in MODULES}
    assert len({one.__name__ for one, _ in PLANTED}) >= 80


@pytest.mark.parametrize(("fault", "check"), PLANTED, ids=lambda value: getattr(value, "__name__", value))
def test_a_planted_fault_is_noticed(fault: Mutant, check: str) -> None:
    """The rows and laws themselves hold without a fault, by tests of their own."""
    with planted(fault), pytest.raises(AssertionError):
        CHECKS[check]()
