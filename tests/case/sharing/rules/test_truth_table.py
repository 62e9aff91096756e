"""The whole truth table of the sharing rules, written out a second time from the specification."""

import re
from collections.abc import Callable, Iterator

import pytest

from shared.domain.vocabulary import FieldGroup, RecipientKind
from tests.case.sharing.rules import age_and_deadline_rows, agency_rows, table_checks
from tests.case.sharing.rules.case_in_words import MODEL, NOON, REAL, Answers, Case, Rules
from tests.case.sharing.rules.consent_rows import Row
from tests.support.sharing_model import CONFIRM_WITHIN, acknowledge_by


@pytest.mark.parametrize("check", table_checks.CHECKS, ids=lambda check: check.__name__)
def test_every_row_of_the_table_is_answered_as_written(check: Callable[[Rules], Iterator[str]]) -> None:
    assert list(check(REAL)) == []


@pytest.mark.parametrize("row", table_checks.NAMED_ROWS, ids=lambda row: f"{row[3]}: {row[0]}")
def test_the_items_of_the_row_go_and_no_others(row: Row) -> None:
    _, case, kind, grounds, expected = row
    assert REAL.items(case, kind, grounds) == expected


@pytest.mark.parametrize("row", agency_rows.AGENCY_ROWS, ids=lambda row: row[0])
def test_exactly_the_agencies_of_the_row_are_told(row: tuple[str, Case, list[str]]) -> None:
    _, case, expected = row
    assert REAL.agencies(case) == expected


@pytest.mark.parametrize("row", age_and_deadline_rows.AGE_ROWS, ids=lambda row: row[0])
def test_an_age_means_what_its_row_says(row: tuple[str, dict[str, object], object, str | None]) -> None:
    _, said, on, expected = row
    assert REAL.age.age_status(table_checks.age(REAL, said), on) == expected


def test_every_group_that_is_withheld_is_explained_in_every_row() -> None:
    for name, case, kind, grounds, _ in table_checks.NAMED_ROWS:
        decision = REAL.decision(case, kind, grounds)
        explained = {group for group, _, _ in decision.withheld} | {item.group for item in decision.items}
        assert explained == set(FieldGroup), name


def test_a_refusal_names_its_reason() -> None:
    case = Case(("ruth reporter adult", "paul concern adult"), ("ruth confidential", "ruth situation=no"))
    withheld = REAL.decision(case, "police", "consent").withheld
    assert {(group.value, who, reason.value) for group, who, reason in withheld} >= {
        ("S", "ruth", "situation_may_not_be_passed_on"),
        ("A", "ruth", "reporter_chose_confidential"),
        ("R", "ruth", "reporter_chose_confidential"),
        ("P", "paul", "another_adult_has_not_agreed"),
    }


def test_consent_alone_asks_nobody_to_protect_the_source() -> None:
    case = Case(("ruth reporter adult",), ("ruth share", "ruth +police"))
    assert not REAL.decision(case, "police", "consent").protect_source


def test_immigration_enforcement_is_no_kind_of_recipient() -> None:
    assert len(RecipientKind) == 7
    assert not any(re.search("immigration|home_office|border", kind) for kind in RecipientKind)


# The model of the rules answers the same table


@pytest.mark.parametrize(
    "check",
    [table_checks.consent_table, table_checks.named_rows, table_checks.whatever_was_chosen],
    ids=lambda check: check.__name__,
)
def test_the_model_answers_every_row_as_written(check: Callable[[Answers], Iterator[str]]) -> None:
    assert list(check(MODEL)) == []


@pytest.mark.parametrize("row", agency_rows.AGENCY_ROWS, ids=lambda row: row[0])
def test_the_model_tells_exactly_the_agencies_of_the_row(row: tuple[str, Case, list[str]]) -> None:
    """It says nothing of the place that led to an agency."""
    _, case, expected = row
    without_place = [" ".join([*words[:2], *words[3:]]) for words in map(str.split, expected)]
    assert MODEL.agencies(case) == without_place


def test_the_model_keeps_the_deadlines_of_the_rows() -> None:
    for ground, shorter, expected in table_checks.CONFIRM_ROWS:
        assert shorter is not None or CONFIRM_WITHIN[ground] == expected
    for grounds, shorter, at_once, due in table_checks.ACKNOWLEDGE_ROWS:
        assert shorter is not None or acknowledge_by(grounds, NOON, at_once=at_once) == due
    for name, at, due in age_and_deadline_rows.END_OF_DAY:
        assert acknowledge_by([table_checks.CHILD], at, at_once=False) == due, name
