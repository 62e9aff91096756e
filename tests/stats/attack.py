"""An attack on published figures: every figure is a sum of unknown cells; what is left for each cell?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

FAR = 10**6


@dataclass(frozen=True)
class Told:
    """A published figure: the cells that it sums up, and between which numbers the sum lies."""

    cells: tuple[int, ...]
    at_least: int
    at_most: int


def narrowed(how_many: int, told: Sequence[Told]) -> list[tuple[int, int]]:
    """Between which numbers each cell must lie, by holding every figure against every other until nothing moves."""
    low, high = [0] * how_many, [FAR] * how_many
    moved = True
    while moved:
        moved = False
        for one in told:
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
    """How many numbers remain possible for the cell of which most is known."""
    return min(high - low + 1 for low, high in intervals)
