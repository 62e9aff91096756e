"""Laws of ages hold for every statement and day, and each planted wrong rule breaks its row or its law."""

from collections.abc import Callable

import pytest

from tests.shared.domain.ages.age_laws import LAWS
from tests.shared.domain.ages.age_mutants import SEEN_BY_LAWS, SEEN_BY_ROWS
from tests.shared.domain.ages.table_answers import wrong_rows
from tests.support.mutants import Mutant, planted


def named(one: object) -> str:
    return str(getattr(one, "__name__", one))


@pytest.mark.parametrize("law", LAWS, ids=named)
def test_the_law_holds_for_every_statement_and_day(law: Callable[[], None]) -> None:
    law()


def test_without_a_wrong_rule_no_row_is_wrong() -> None:
    assert list(wrong_rows()) == []


@pytest.mark.parametrize(("fault", "words"), SEEN_BY_ROWS, ids=named)
def test_a_planted_wrong_rule_makes_its_row_wrong(fault: Mutant, words: str) -> None:
    with planted(fault):
        wrong = {row for row, _ in wrong_rows()}
    assert words in wrong, f"nobody noticed: {named(fault)}"


@pytest.mark.parametrize(("fault", "law", "message"), SEEN_BY_LAWS, ids=named)
def test_a_planted_wrong_rule_breaks_its_law(fault: Mutant, law: Callable[[], None], message: str) -> None:
    with planted(fault), pytest.raises(AssertionError, match=message):
        law()


def test_every_law_notices_a_wrong_rule() -> None:
    assert {named(law) for law in LAWS} == {named(law) for _, law, _ in SEEN_BY_LAWS}
