"""Table of rows: each has a test, and each test that the table names exists."""

import importlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.case.rules.rows import ELSEWHERE, ROWS

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
FOLDERS = (".", "acts", "consents", "people", "places")
"""Folders of the tests that go through the door."""
Table = dict[str, tuple[str, ...]]


def modules() -> Iterator[ModuleType]:
    """Yield the modules that hold rows; other folders beside them compare the rules with a model of their own."""
    own = [path for folder in FOLDERS for path in (HERE / folder).glob("test_*.py")]
    for path in sorted(own):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        module = importlib.import_module(name)
        if hasattr(module, "ROWS") and path != Path(__file__):
            yield module


def missing_rows(tables: Iterable[Table]) -> set[str]:
    """Return the rows without a test."""
    return set(ROWS) - {row for table in tables for row, tests in table.items() if tests}


def missing_tests(table: Table, names: set[str]) -> set[str]:
    """Return the tests that a table names and nobody wrote."""
    return {test for tests in table.values() for test in tests} - names


def test_every_row_has_a_test_and_no_test_holds_an_unknown_row() -> None:
    tables = [module.ROWS for module in modules()]
    elsewhere = {
        row: tuple(test for one in files.values() for test in one) for row, files in ELSEWHERE.items()
    }
    assert missing_rows([*tables, elsewhere]) == set()
    assert {row for table in tables for row in table} <= set(ROWS)


def test_every_test_that_a_table_names_exists() -> None:
    for module in modules():
        assert missing_tests(module.ROWS, set(vars(module))) == set(), module.__name__


def test_every_test_of_another_folder_that_the_table_names_exists() -> None:
    for files in ELSEWHERE.values():
        for path, tests in files.items():
            text = (ROOT / path).read_text(encoding="utf-8")
            assert [one for one in tests if f"def {one}(" not in text] == [], path


@pytest.mark.parametrize("row", [ROWS[0], ROWS[-1]])
def test_a_row_whose_tests_were_taken_out_is_noticed(row: str) -> None:
    tables = [{one: tests for one, tests in module.ROWS.items() if one != row} for module in modules()]
    assert row in missing_rows(tables)
    assert missing_tests({row: ("test_that_nobody_wrote",)}, {"test_another"}) == {"test_that_nobody_wrote"}
