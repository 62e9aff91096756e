"""Dates of birth as people and programs write them: a day, a month or a year alone.

Days are read as in the United Kingdom, day before month. A moment is read as the day that it was there: browsers send
a summer birthday as eleven o'clock of the evening before.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from intake_service.salvage.body.values import Cut, Value
from intake_service.salvage.coded_answers import plain
from shared.domain.age import ADULT_AT, british_date, plausible_date_of_birth

MONTHS = {
    name: number
    for number, names in enumerate(
        [
            "jan january",
            "feb february",
            "mar march",
            "apr april",
            "may",
            "jun june",
            "jul july",
            "aug august",
            "sep sept september",
            "oct october",
            "nov november",
            "dec december",
        ],
        1,
    )
    for name in names.split()
}
_MOMENT = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)[t ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?\s*(z|[+-]\d\d:?\d\d)?")
_YEAR_FIRST = re.compile(r"(\d{4})[-/. ](\d\d?)[-/. ](\d\d?)")
_YEAR_LAST = re.compile(r"(\d\d?)[-/. ]+(\d\d?)[-/. ]+(\d{4}|\d\d)")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
_NAMED_MONTH = re.compile(
    r"(?:(\d\d?)(?:st|nd|rd|th)? (?:of )?)?([a-z]+)(?: (\d\d?)(?:st|nd|rd|th)?)? (\d{4})"
)
_MONTH = re.compile(r"(\d{4})[-/. ](\d\d?)|(\d\d?)[-/. ](\d{4})")
_YEAR = re.compile(r"(?:in |born |born in |b\. ?)?(\d{4})")
_IMPOSSIBLE_DAY = re.compile(r"(\d{4})[-/. ]\d\d?[-/. ]\d\d?(?:[t ].*)?|\d\d?[-/. ]\d\d?[-/. ](\d{4})")
"""Date of which the day or the month does not exist, such as 2010-00-00 and 31/06/2010: its year is known."""
CALENDARS = ((1250, 1500, 621), (2440, 2600, -543), (2030, 2100, -57), (5700, 5850, -3761))
"""Years of the Persian (or Islamic), Buddhist, Nepalese and Hebrew calendar: first, last, years to add."""
CHILD_YEARS = 20
"""Years back within which a date of another calendar may be a child's."""


@dataclass(frozen=True)
class Birth:
    """Days on which somebody may have been born by what was said; the likeliest first. None of them: not understood.

    `first` and `last` are the span of a month or a year that was said alone.
    """

    days: tuple[date, ...] = ()
    span: tuple[date, date] | None = None
    is_a_date: bool = False
    """It is a date in form, but no day on which anybody who lives was born."""
    may_be_child: bool = False
    """It may be a child's all the same: in another calendar, or as a number of seconds."""


def birth_of(value: Value, on: date) -> Birth:
    """Return the days of birth that a value means."""
    if isinstance(value, bool | Cut) or not isinstance(value, str | int | float):
        return Birth()
    if isinstance(value, int | float):
        return _of_number(value, on)
    text = re.sub(r",", " ", plain(value))
    text = re.sub(r"\s*([-/.])\s*", r"\1", re.sub(r"\s+", " ", text)).strip()
    found = list(_days(text))
    days = tuple(dict.fromkeys(day for day in found if plausible_date_of_birth(day, on)))
    if days:
        return Birth(days=days)
    span = None if found else _span(text, on)
    if span:
        return Birth(span=span)
    if re.fullmatch(r"-?\d{1,3}(\.\d+)?|-?\d{9,14}", text):
        return Birth(is_a_date=True, may_be_child=_may_be_childs_number(float(text), on))
    return Birth(is_a_date=_is_date(text), may_be_child=_in_other_calendar(text, on))


def _of_number(number: float, on: date) -> Birth:
    """Read a year, or a day such as 20100618; never seconds since 1970."""
    text = str(int(number)) if number == int(number) else ""
    if len(text) in (4, 8) and not text.startswith("-"):
        found = birth_of(text, on)
        return found if found.days or found.span or found.may_be_child else Birth(is_a_date=True)
    return Birth(is_a_date=True, may_be_child=_may_be_childs_number(number, on))


def _may_be_childs_number(number: float, on: date) -> bool:
    """Return whether a number may be a child's age, or the moment of a child's birth as machines count it."""
    earliest = datetime(on.year - CHILD_YEARS, 1, 1, tzinfo=UTC).timestamp()
    latest = datetime(on.year + 1, 1, 1, tzinfo=UTC).timestamp()
    return 1 <= number < ADULT_AT or any(earliest <= number / unit <= latest for unit in (1, 1000))


def _days(text: str) -> Iterator[date]:
    moment = _MOMENT.fullmatch(text)
    if moment:
        yield from _days_of_moment(moment)
    year_first = _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text)
    if year_first:
        year, month, day = map(int, year_first.groups())
        yield from _day(year, month, day)
        if month > 12:
            yield from _day(year, day, month)
    year_last = _YEAR_LAST.fullmatch(text)
    if year_last:
        for year in _years(year_last[3]):
            yield from _day(year, int(year_last[2]), int(year_last[1]))
        for year in _years(year_last[3]):
            yield from _day(year, int(year_last[1]), int(year_last[2]))
    named = _NAMED_MONTH.fullmatch(text)
    if named and named[2] in MONTHS and (named[1] or named[3]):
        yield from _day(int(named[4]), MONTHS[named[2]], int(named[1] or named[3]))


def _years(text: str) -> tuple[int, ...]:
    return (2000 + int(text), 1900 + int(text)) if len(text) == 2 else (int(text),)


def _day(year: int, month: int, day: int) -> Iterator[date]:
    try:
        yield date(year, month, day)
    except ValueError:
        return


def _days_of_moment(found: re.Match[str]) -> Iterator[date]:
    """Yield the day in the United Kingdom, and the next one where the evening may be another country's midnight."""
    year, month, day, hour, minute, second = (int(found[n] or 0) for n in range(1, 7))
    try:
        local = datetime(year, month, day, hour, minute, second, tzinfo=_zone(found[7] or "z"))
        here = british_date(local)
        if not found[7] or (found[7] != "z" and hour == 0):
            here = local.date()
        yield here
        if found[7] and (hour, minute) != (0, 0) and here == local.date():
            yield here + timedelta(days=1)
    except (ValueError, OverflowError):
        return


def _zone(text: str) -> timezone:
    if text == "z":
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    return timezone((1 if text[0] == "+" else -1) * timedelta(hours=min(hours, 23), minutes=min(minutes, 59)))


def _span(text: str, on: date) -> tuple[date, date] | None:
    """Return the first and the last day of a month or a year that was said alone."""
    year, month = _month(text)
    if not year:
        found = _YEAR.fullmatch(text) or _IMPOSSIBLE_DAY.fullmatch(text)
        year = int(next(one for one in found.groups() if one)) if found else 0
    if not 1 <= year <= on.year:
        return None
    first = date(year, month or 1, 1)
    last = min(on, date(year, month or 12, monthrange(year, month or 12)[1]))
    is_plausible = first <= on and plausible_date_of_birth(last, on)
    return (first, last) if is_plausible else None


def _month(text: str) -> tuple[int, int]:
    found = _MONTH.fullmatch(text)
    if found:
        year, month = (int(found[1]), int(found[2])) if found[1] else (int(found[4]), int(found[3]))
        return (year, month) if 1 <= month <= 12 else (0, 0)
    named = _NAMED_MONTH.fullmatch(text)
    if named and named[2] in MONTHS and not named[1] and not named[3]:
        return int(named[4]), MONTHS[named[2]]
    return 0, 0


def _is_date(text: str) -> bool:
    return any(
        form.match(text) for form in (_MOMENT, _YEAR_FIRST, _YEAR_LAST, _COMPACT, _MONTH, _YEAR)
    ) or bool(re.fullmatch(r"-?\d+(\.\d+)?", text))


def _in_other_calendar(text: str, on: date) -> bool:
    found = re.match(r"(\d{4})(?!\d)", text) or re.search(r"(?<!\d)(\d{4})$", text)
    if found is None:
        return False
    year = int(found[1])
    for first, last, more in CALENDARS:
        if first <= year <= last:
            born = {year + more, _islamic(year)} if more > 0 else {year + more}
            return any(on.year - CHILD_YEARS <= one <= on.year + 1 for one in born)
    return False


def _islamic(year: int) -> int:
    """Return the year in which a year of the Islamic calendar, which is eleven days shorter, ends at the latest."""
    return int(year * 0.970224 + 622.5)
