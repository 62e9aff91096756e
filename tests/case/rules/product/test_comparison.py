"""Product's rules against the model: random worlds, and each row of the truth table that the product can hold."""

import os

import pytest

from tests.case.rules.product.differences import differences
from tests.case.rules.product.product_rows import HELD_OTHERWISE, ROWS, ProductRow
from tests.case.rules.product.product_rules import PRODUCT

WORLDS = int(os.environ.get("PRODUCT_WORLDS", "200"))


def test_the_product_answers_as_the_model_in_every_world() -> None:
    assert list(differences(WORLDS)) == []


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_the_product_answers_the_row(row: ProductRow) -> None:
    assert row.answer(PRODUCT) == row.expected


def test_every_row_has_a_name_of_its_own_and_few_are_left_out() -> None:
    assert not HELD_OTHERWISE.keys() & ROWS.keys()
    assert len(ROWS) > 250
    assert len(HELD_OTHERWISE) < 10


@pytest.mark.parametrize("name", HELD_OTHERWISE)
def test_a_row_is_left_out_only_while_the_product_answers_otherwise(name: str) -> None:
    """Once the product can hold it, the row belongs among the others."""
    row = HELD_OTHERWISE[name].row
    try:
        found = row.answer(PRODUCT)
    except ValueError:
        return  # the product cannot hold two places of one kind
    assert found != row.expected
