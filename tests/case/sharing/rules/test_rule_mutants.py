"""The truth table proves itself: each wrong rule, planted in a copy, makes the row beside it wrong."""

from dataclasses import replace

import pytest

from tests.case.sharing.rules.case_in_words import REAL
from tests.case.sharing.rules.rule_copies import RuleMutant, planted
from tests.case.sharing.rules.rule_mutants import MUTANTS
from tests.case.sharing.rules.table_checks import wrong_rows


def test_the_copy_without_a_wrong_rule_answers_every_row() -> None:
    with planted() as rules:
        assert list(wrong_rows(rules)) == []


@pytest.mark.parametrize("name", MUTANTS)
def test_a_planted_wrong_rule_makes_its_row_wrong(name: str) -> None:
    with planted(MUTANTS[name]) as rules:
        assert MUTANTS[name].row in set(wrong_rows(rules)), f"nobody noticed: {name}"


def test_a_wrong_rule_that_only_breaks_the_code_is_an_error() -> None:
    broken = RuleMutant(
        "rules", "opened = frozenset(grounds)", "opened = frozenset(grounds.no_such_thing)", ""
    )
    with planted(broken) as rules, pytest.raises(AttributeError):
        list(wrong_rows(rules))


def test_a_wrong_rule_whose_text_is_gone_is_an_error() -> None:
    gone = RuleMutant("rules", "a text that stands nowhere", "", "")
    with pytest.raises(AssertionError, match="stands 0 times"), planted(gone):
        pass


def test_a_district_taken_for_its_county_is_noticed() -> None:
    district = replace(REAL, social_care_of=lambda gss: f"social_care:{gss}")
    assert "agencies: social care of E07000178" in set(wrong_rows(district))
