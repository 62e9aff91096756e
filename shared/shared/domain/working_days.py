"""Working days: office hours and bank holidays of each nation of the United Kingdom.

The published lists are packaged for some years and decide there; for other years the rules behind them are used.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Final

from shared.domain.age import UNITED_KINGDOM
from shared.domain.councils import rows_of
from shared.domain.vocabulary import Nation

OPENS, CLOSES = time(9), time(17)
"""Shortest usual office day: near its ends the out-of-hours team always answers, the office not everywhere."""

_ONE_DAY: Final = timedelta(days=1)
_MONDAY, _SATURDAY = 0, 5


def is_office_time(nation: Nation | None, at: datetime) -> bool:
    """Return whether offices of a nation are open: from Monday to Friday, 9 to 17 o'clock there, no bank holiday.

    A body of more than one nation keeps the days of England.
    """
    local = at.astimezone(UNITED_KINGDOM)
    return is_working_day(nation, local.date()) and OPENS <= local.time() < CLOSES


def is_working_day(nation: Nation | None, day: date) -> bool:
    return day.weekday() < _SATURDAY and day not in bank_holidays(nation, day.year)


def next_working_day(nation: Nation | None, at: datetime) -> datetime:
    """Return the same time of day on the next working day, in the zone of `at`."""
    there = at.astimezone(UNITED_KINGDOM) + _ONE_DAY
    while not is_working_day(nation, there.date()):
        there += _ONE_DAY
    return there.astimezone(at.tzinfo)


def bank_holidays(nation: Nation | None, year: int) -> frozenset[date]:
    """Return the bank holidays of a year, with the days that stand in for those at a weekend."""
    whose = nation or Nation.ENGLAND
    return _published().get((whose, year)) or holidays_by_rule(whose, year)


@cache
def _published() -> dict[tuple[Nation, int], frozenset[date]]:
    found: dict[tuple[Nation, int], set[date]] = {}
    for row in rows_of("bank_holidays.csv"):
        day = date.fromisoformat(row["date"])
        for nation in row["nations"].split("; "):
            found.setdefault((Nation(nation), day.year), set()).add(day)
    return {key: frozenset(days) for key, days in found.items()}


@cache
def holidays_by_rule(nation: Nation, year: int) -> frozenset[date]:
    """Return the days that the law sets every year; a day that is proclaimed once is not among them."""
    easter = _easter_sunday(year)
    days = {easter - 2 * _ONE_DAY, _first_monday(year, 5), _last_monday(year, 5)}
    if nation is Nation.SCOTLAND:
        days |= {_first_monday(year, 8)}
        fixed = [(1, 1), (1, 2), (11, 30), (12, 25), (12, 26)]
    else:
        days |= {easter + _ONE_DAY, _last_monday(year, 8)}
        fixed = [(1, 1), (12, 25), (12, 26)]
    if nation is Nation.NORTHERN_IRELAND:
        fixed += [(3, 17), (7, 12)]
    return frozenset(days) | frozenset(_on_weekdays(date(year, month, day) for month, day in fixed))


def _on_weekdays(days: Iterable[date]) -> Iterator[date]:
    """Yield each day, or the next weekday that is not yet taken where it is at a weekend."""
    every = sorted(days)
    taken = {day for day in every if day.weekday() < _SATURDAY}
    yield from sorted(taken)
    for day in every:
        if day.weekday() >= _SATURDAY:
            while day.weekday() >= _SATURDAY or day in taken:
                day += _ONE_DAY  # noqa: PLW2901 - looks for the day that stands in
            taken.add(day)
            yield day


def _first_monday(year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(_MONDAY - first.weekday()) % 7)


def _last_monday(year: int, month: int) -> date:
    after = date(year, month, 31)
    return after - timedelta(days=(after.weekday() - _MONDAY) % 7)


def _easter_sunday(year: int) -> date:
    """Return Easter by the anonymous Gregorian algorithm (Meeus, Jones, Butcher)."""
    golden, century, of_century = year % 19, year // 100, year % 100
    leap_centuries, left = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - correction + 15) % 30
    leap_years, rest = divmod(of_century, 4)
    weekday = (32 + 2 * left + 2 * leap_years - epact - rest) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
