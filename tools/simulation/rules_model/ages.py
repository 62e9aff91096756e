"""Ages of the model: each statement allows a range of ages today (section 2)."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from tools.simulation.rules_model.world import AgeStatement, Person

ADULT_AT = 18
ABOUT = 2
OLDEST = 110
NOT_BORN_THEN = frozenset({date(1970, 1, 1), date(1969, 12, 31), date(1980, 1, 1), date(1980, 1, 6)})
"""Beginnings of computers' calendars, which no person typed."""
BORN_AFTER = date(1910, 1, 1)
CHOSEN = {
    "adult_confirmed": (ADULT_AT, OLDEST),
    "adult_stated": (ADULT_AT, OLDEST),
    "child_confirmed": (0, ADULT_AT - 1),
    "child_stated": (0, ADULT_AT - 1),
    "uncertain_may_be_child": (0, OLDEST),
}
NO_INDICATION = "unknown_no_indication"


def british_day(at: datetime) -> date:
    """Return the day in the United Kingdom; summer time lasts from the end of March to that of October."""
    return (at + summer_time(at)).date()


def summer_time(at: datetime) -> timedelta:
    begins, ends = (_last_sunday(at, month) for month in (3, 10))
    return timedelta(hours=1 if begins <= at < ends else 0)


def _last_sunday(at: datetime, month: int) -> datetime:
    day = datetime(at.year, month, 31, 1, tzinfo=at.tzinfo)
    return day - timedelta(days=(day.weekday() + 1) % 7)


def whole_years(since: date, on: date) -> int:
    """Return the whole years; from 29 February they are full on 1 March."""
    return on.year - since.year - ((on.month, on.day) < (since.month, since.day))


def is_age(said: AgeStatement, on: date) -> bool:
    """Return whether this is an age at all."""
    if said.kind == "chosen":
        return said.chosen in CHOSEN
    if said.kind == "born":
        born = said.born
        known = born is not None and BORN_AFTER <= born <= on and born not in NOT_BORN_THEN
        return known and born is not None and whole_years(born, on) <= OLDEST
    return 0 <= said.lowest <= said.highest <= OLDEST


def range_today(said: AgeStatement, on: date) -> tuple[int, int]:
    """Return the youngest and the oldest age that this statement allows today."""
    if said.kind == "born" and said.born is not None:
        return whole_years(said.born, on), whole_years(said.born, on)
    if said.kind == "chosen":
        youngest, oldest = CHOSEN[said.chosen]
        is_adult = youngest >= ADULT_AT
        older = whole_years(said.said_on, on)
        return (youngest, oldest) if is_adult else (youngest + older, oldest + older)
    about = ABOUT if said.kind == "about" else 0
    older = whole_years(said.said_on, on)
    return max(0, said.lowest - about) + older, said.highest + about + older


def _ages(person: Person, on: date) -> list[AgeStatement]:
    return [said for said in person.ages if is_age(said, on)]


def allows_child(said: AgeStatement, on: date) -> bool:
    return range_today(said, on)[0] < ADULT_AT


def speaks_for_child(said: AgeStatement, on: date) -> bool:
    """Return whether somebody is certainly or expressly perhaps a child by this statement.

    "About 19" reaches below 18 only by our two years; "16-18" and "about 17" say it themselves.
    """
    if said.kind == "about":
        return said.lowest + whole_years(said.said_on, on) < ADULT_AT
    return allows_child(said, on)


def _adult_by(statements: Iterable[AgeStatement], on: date) -> bool:
    known = list(statements)
    if any(said.chosen == "adult_confirmed" for said in known):
        return not any(speaks_for_child(said, on) for said in known)
    return bool(known) and not any(allows_child(said, on) for said in known)


def known_adult(person: Person, on: date) -> bool:
    """Return whether this is an adult by every statement, or by a confirmation that nothing speaks against."""
    return _adult_by(_ages(person, on), on)


def child_path(person: Person, on: date) -> bool:
    """Return whether some statement makes this person a child or perhaps a child."""
    known = _ages(person, on)
    return any(allows_child(said, on) for said in known) and not _adult_by(known, on)


def is_unasked(person: Person, on: date) -> bool:
    """Return whether nobody said or chose an age, so that the case cannot be closed."""
    return not _ages(person, on) and not any(said.chosen == NO_INDICATION for said in person.ages)


def contradiction(person: Person, on: date) -> bool:
    """Return whether one statement allows only adults and another allows a child."""
    known = _ages(person, on)
    only_adult = [said for said in known if not allows_child(said, on)]
    return bool(only_adult) and len(only_adult) < len(known) and not _adult_by(known, on)


def may_choose_no_indication(person: Person, on: date) -> bool:
    """Return whether an adviser may choose that there is no indication of an age."""
    return not any(allows_child(said, on) for said in _ages(person, on))
