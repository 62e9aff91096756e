"""Rounding of public figures, so that no combination of tables tells of one person.

Rounding each cell and each total by itself is not safe: four cells of 8, each shown as 10, and their total of 32,
shown as 30, tell that each cell is exactly 8, because nothing else fits. So nothing is rounded by itself here. A
measure has one table of small cells for each month. Its cells are added up in a fixed order, and the running sum is
rounded down to a multiple of 5 after each cell. The part of a cell is the growth of the rounded sum:

    counts   3   0   9   1   13        running sum   3   3   12   13   26
    parts    0   0  10   0   15        rounded down  0   0   10   10   25

Everything that is published is computed from these parts alone, totals and longer periods too. So all tables agree, and
no combination of queries tells more than the parts do: for each running sum, five values in a row. Every cell can
therefore differ by at least four without any public answer being different (`tests/stats` shows it for each). A figure
is shown only if it is certainly 5 or more; an empty cell looks like any small one. A month is published once and stays
as it was, so that the answers of two days cannot be subtracted either.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby

BASE = 5
SLACK = BASE - 1
STATEMENT = (
    "Figures are rounded so that every table adds up; the true number lies between at_least and at_most. "
    "A figure that might be under 5, or nothing at all, is protected and not shown."
)


@dataclass(frozen=True)
class Published:
    """Sum of parts with the bounds of the true number. Adding two adds their bounds."""

    part: int = 0
    at_least: int = 0
    at_most: int = 0

    def __add__(self, other: "Published") -> "Published":
        return Published(self.part + other.part, self.at_least + other.at_least, self.at_most + other.at_most)

    @property
    def protected(self) -> bool:
        return self.at_least < BASE


def parts_of(counts: Sequence[int]) -> list[int]:
    """Return the part of each cell, in the order of the table; they add up to the total, rounded down."""
    rounded = [total // BASE * BASE for total in accumulate(counts)]
    return [now - before for before, now in zip([0, *rounded], rounded, strict=False)]


def published(parts: Sequence[int], places: Iterable[int]) -> Published:
    """Return the sum over some places of a table; neighbouring places have one uncertainty at each end."""
    total = Published()
    for _, stretch in groupby(enumerate(sorted(places)), key=lambda pair: pair[1] - pair[0]):
        inside = [place for _, place in stretch]
        part = sum(parts[place] for place in inside)
        lowest = part if inside[0] == 0 else max(0, part - SLACK)
        total += Published(part, lowest, part + SLACK)
    return total
