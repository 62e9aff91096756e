"""Attack on published figures: each figure is a sum of unknown cells. The attack finds what is left for each cell."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LARGEST = 10**6


@dataclass(frozen=True)
class Figure:
    """Published figure: the cells that it sums up, and the bounds of the sum."""

    cells: tuple[int, ...]
    at_least: int
    at_most: int


def narrowed(cell_count: int, figures: Sequence[Figure]) -> list[tuple[int, int]]:
    """Return the bounds of each cell: every figure is compared with every other until nothing changes."""
    low, high = [0] * cell_count, [LARGEST] * cell_count
    moved = True
    while moved:
        moved = False
        for one in figures:
            lowest, highest = sum(low[c] for c in one.cells), sum(high[c] for c in one.cells)
            for cell in one.cells:
                at_least = one.at_least - (highest - high[cell])
                at_most = one.at_most - (lowest - low[cell])
                if at_least > low[cell] or at_most < high[cell]:
                    low[cell], high[cell] = max(low[cell], at_least), min(high[cell], at_most)
                    moved = True
                    lowest, highest = sum(low[c] for c in one.cells), sum(high[c] for c in one.cells)
    return list(zip(low, high, strict=True))


def narrowest(intervals: Iterable[tuple[int, int]]) -> int:
    """Return how many numbers remain possible for the cell of which most is known."""
    return min(high - low + 1 for low, high in intervals)
