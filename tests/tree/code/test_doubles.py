"""Test doubles are written by hand: they are read like the code that they stand for."""

import re

import pytest

from tests.tree.source_files import named, sources

MOCKING = re.compile(r"^\s*(from|import) (unittest\.mock|unittest import mock|pytest_mock)|\bmocker\b", re.M)


def test_tests_use_doubles_written_by_hand() -> None:
    this = "tests/tree/code/test_doubles.py"
    using = [named(path) for path in sources("tests") if MOCKING.search(path.read_text(encoding="utf-8"))]
    assert using == [this]


@pytest.mark.parametrize(
    "source",
    [
        "from unittest.mock import patch",
        "    import unittest.mock",
        "def test_it(mocker: MockerFixture) -> None: ...",
    ],
)
def test_a_mock_is_noticed(source: str) -> None:
    assert MOCKING.search(source)
