"""Ages: every statement allows a range of ages today, and a known adult alone leaves the child path."""

from datetime import UTC, date, datetime

import pytest

from shared.domain.age import (
    age_status,
    allows_child,
    british_date,
    is_contradiction,
    is_known_adult,
    on_child_path,
)
from tests.shared.domain.ages.age_rows import CONTRADICTIONS, ROWS, rows_of
from tests.shared.domain.ages.ages_in_words import age_of
from tests.shared.domain.ages.table_answers import path_of, status_of


@pytest.mark.parametrize(("words", "said_on", "on", "status"), rows_of(ROWS))
def test_an_age_means_what_its_row_says(words: str, said_on: str, on: str, status: str) -> None:
    age, day = age_of(words, said_on), date.fromisoformat(on)
    assert status_of(age_status(age, day)) == status
    assert on_child_path(age, day) is path_of(status)
    assert is_known_adult(age, day) is status.startswith("adult")


@pytest.mark.parametrize(("words", "said_on", "on", "answer"), rows_of(CONTRADICTIONS))
def test_only_adults_beside_a_child_is_a_contradiction(
    words: str, said_on: str, on: str, answer: str
) -> None:
    age, day = age_of(words, said_on), date.fromisoformat(on)
    assert is_contradiction(age, day) is (answer == "refused")
    assert on_child_path(age, day) or not is_contradiction(age, day)


@pytest.mark.parametrize(
    "words", ["15", "16-18", "about 19", "-30", "may be under 18", "chosen child stated"]
)
def test_no_indication_is_not_to_be_chosen_while_a_statement_allows_under_18(words: str) -> None:
    day = date(2026, 11, 4)
    assert allows_child(age_of(words, "2026-11-04"), day)
    assert not allows_child(age_of("chosen unknown no indication", "2026-11-04"), day)
    assert not allows_child(age_of("18+", "2026-11-04"), day)


def test_the_day_is_that_of_the_united_kingdom() -> None:
    born = age_of("born 2008-07-04", "2026-01-01")
    assert on_child_path(born, british_date(datetime(2026, 7, 3, 22, 59, tzinfo=UTC)))
    assert is_known_adult(born, british_date(datetime(2026, 7, 3, 23, 0, tzinfo=UTC)))
