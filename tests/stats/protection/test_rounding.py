"""Rounding of published tables: however figures are combined, every cell could as well be another number."""

from itertools import accumulate

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stats_service.protection.rounding import BASE, parts_of, published

TABLES = st.lists(st.one_of(st.just(0), st.integers(0, 9), st.integers(0, 400)), min_size=1, max_size=60)


def indistinguishable(counts: list[int], place: int) -> tuple[list[int], list[int]]:
    """Return two tables with the same parts, in which the cell is as small and as large as can be.

    The running sum before the cell is put at one end of its five values, the one after it at the other.
    """
    floors = [total // BASE * BASE for total in accumulate(counts)]
    tops = [floor + BASE - 1 for floor in floors]
    before = tops[place - 1] if place else 0
    small = tops[:place] + [max(floor, before) for floor in floors[place:]]
    large = floors[:place] + tops[place:]
    return _cells(small), _cells(large)


def _cells(sums: list[int]) -> list[int]:
    return [now - before for before, now in zip([0, *sums], sums, strict=False)]


@settings(max_examples=2_000, deadline=None)
@given(TABLES)
@example([8, 8, 8, 8])
@example([0, 0, 0, 1])
@example([4, 1, 4, 1])
def test_every_cell_could_as_well_be_four_more_or_less_without_any_public_figure_changing(
    counts: list[int],
) -> None:
    parts = parts_of(counts)
    for place, count in enumerate(counts):
        small, large = indistinguishable(counts, place)
        assert min(small) >= 0
        assert min(large) >= 0
        assert parts_of(small) == parts
        assert parts_of(large) == parts
        assert large[place] - small[place] >= BASE - 1
        assert small[place] <= count <= large[place]


@settings(max_examples=1_000, deadline=None)
@given(TABLES, st.data())
def test_the_truth_lies_between_the_bounds_and_nothing_that_may_be_under_five_is_shown(
    counts: list[int], draw: st.DataObject
) -> None:
    places = draw.draw(st.sets(st.sampled_from(range(len(counts)))))
    shown = published(parts_of(counts), places)
    truth = sum(counts[place] for place in places)
    assert shown.at_least <= truth <= shown.at_most
    assert shown.part % BASE == 0
    assert truth >= BASE or shown.protected


@given(TABLES)
def test_parts_add_up_to_the_total_rounded_down(counts: list[int]) -> None:
    assert sum(parts_of(counts)) == sum(counts) // BASE * BASE
    assert abs(sum(counts) - published(parts_of(counts), range(len(counts))).part) < BASE


@pytest.mark.parametrize("counts", [[0], [4], [0, 0, 0], [1, 1, 1, 1]])
def test_an_empty_table_looks_like_one_with_a_few(counts: list[int]) -> None:
    assert parts_of(counts) == [0] * len(counts)
