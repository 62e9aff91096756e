"""The whole truth table of the sharing rules, written out a second time from the specification."""

import re
from collections.abc import Callable, Iterator

import pytest

from shared.vocabulary import RecipientKind
from tests.shared import sharing_checks, sharing_days, sharing_rows
from tests.shared.sharing_worlds import REAL, Rules, World, decided, duties, leaves


@pytest.mark.parametrize("check", sharing_checks.CHECKS, ids=lambda check: check.__name__)
def test_every_row_of_the_table_is_answered_as_written(check: Callable[[Rules], Iterator[str]]) -> None:
    assert list(check(REAL)) == []


@pytest.mark.parametrize("row", sharing_checks.NAMED_ROWS, ids=lambda row: f"{row[3]}: {row[0]}")
def test_what_leaves_is_what_the_row_says(row: sharing_rows.Row) -> None:
    _, world, kind, grounds, expected = row
    assert leaves(REAL, world, kind, grounds) == expected


@pytest.mark.parametrize("row", sharing_rows.RECIPIENT_ROWS, ids=lambda row: row[0])
def test_exactly_the_bodies_of_the_row_are_told(row: tuple[str, World, list[str]]) -> None:
    _, world, expected = row
    assert duties(REAL, world) == expected


@pytest.mark.parametrize("row", sharing_days.AGE_ROWS, ids=lambda row: row[0])
def test_an_age_means_what_its_row_says(row: tuple[str, dict[str, object], object, str | None]) -> None:
    _, said, on, expected = row
    assert REAL.age.age_status(sharing_days.age(REAL, said), on) == expected


def test_every_group_that_stays_is_explained_in_every_row() -> None:
    for name, world, kind, grounds, _ in sharing_checks.NAMED_ROWS:
        decision = decided(REAL, world, kind, grounds)
        explained = {group for group, _, _ in decision.withheld} | {item.group for item in decision.items}
        assert explained == set(REAL.sharing.FieldGroup), name


def test_a_refusal_names_its_reason() -> None:
    world = World(("ruth reporter adult", "paul concern adult"), ("ruth confidential", "ruth situation=no"))
    reasons = {
        (g.value, who, why.value) for g, who, why in decided(REAL, world, "police", "consent").withheld
    }
    assert reasons >= {
        ("S", "ruth", "situation_may_not_be_passed_on"),
        ("A", "ruth", "reporter_chose_confidential"),
        ("R", "ruth", "reporter_chose_confidential"),
        ("P", "paul", "another_adult_has_not_agreed"),
    }


def test_consent_alone_asks_nobody_to_protect_the_source() -> None:
    world = World(("ruth reporter adult",), ("ruth share", "ruth +police"))
    assert not decided(REAL, world, "police", "consent").protect_source


def test_immigration_enforcement_is_no_kind_of_recipient() -> None:
    assert len(RecipientKind) == 7
    assert not any(re.search("immigration|home_office|border", kind) for kind in RecipientKind)
