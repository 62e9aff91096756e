"""Months, quarters and years in the time of the United Kingdom, also where the clocks change in between."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.domain.age import UNITED_KINGDOM

MONTHS_IN = {"month": 1, "quarter": 3, "year": 12}


class PeriodKind(StrEnum):
    """Lengths of a period."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, order=True)
class Month:
    """One calendar month in the United Kingdom, written `2026-01`."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"

    @classmethod
    def read(cls, written: str) -> "Month":
        year, number = written.split("-")
        return cls(int(year), int(number))

    @classmethod
    def of(cls, at: datetime) -> "Month":
        there = at.astimezone(UNITED_KINGDOM)
        return cls(there.year, there.month)

    def next(self) -> "Month":
        return Month(self.year + self.number // 12, self.number % 12 + 1)

    @property
    def starts(self) -> datetime:
        return datetime(self.year, self.number, 1, tzinfo=UNITED_KINGDOM)

    @property
    def ends(self) -> datetime:
        """Return the first moment after it."""
        return self.next().starts


@dataclass(frozen=True)
class Period:
    """Period named `2026-01`, `2026-Q1` or `2026`, and its months."""

    name: str
    months: tuple[Month, ...]


def months_between(first: Month, last: Month) -> Iterator[Month]:
    while first <= last:
        yield first
        first = first.next()


def periods_touching(kind: PeriodKind, first: Month, last: Month) -> list[Period]:
    """Return every whole period of which at least one month lies between the two."""
    found = {_period_of(kind, month).name: _period_of(kind, month) for month in months_between(first, last)}
    return list(found.values())


def _period_of(kind: PeriodKind, month: Month) -> Period:
    length = MONTHS_IN[kind]
    start = (month.number - 1) // length * length + 1
    months = tuple(Month(month.year, number) for number in range(start, start + length))
    if kind is PeriodKind.MONTH:
        return Period(str(month), months)
    if kind is PeriodKind.QUARTER:
        return Period(f"{month.year:04}-Q{start // 3 + 1}", months)
    return Period(f"{month.year:04}", months)
