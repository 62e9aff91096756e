"""Ages: the range of ages that each statement allows today, and the status that follows (sharing rules, section 2).

The child path is taken for anyone under 18 and for anyone who may be. Nothing makes a person older than the evidence
allows: where two statements disagree, the one that protects a child is followed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from shared.domain.vocabulary import AgeStatus

UNITED_KINGDOM = ZoneInfo("Europe/London")
ADULT_AT = 18
ABOUT = 2
"""Years by which "about N" may be too high or too low: "about 19" reaches below 18."""
OLDEST = 110
"""Highest age that anybody is taken to have."""
OPEN_END = 1_000
"""Upper end of a range that has none."""
FIRST_YEAR_OF_BIRTH = 1910
"""Earlier dates are what machines write for nothing (1 and 1601, 1899, 1900 and 1904), or somebody over 110."""
ZERO_DATES = frozenset({date(1969, 12, 31), date(1970, 1, 1), date(2001, 1, 1)})
"""Days that programs send as a date of birth where nothing was entered.

Zero is 1 January 1970 on most systems, 31 December 1969 west of Greenwich, and 1 January 2001 on Apple's. The zeros of
MS-DOS (1980) and PostgreSQL (2000) are not among them: no form sends those, and 1 January 2000 is the recorded date of
birth of many people whose day of birth nobody knows. Who was born on one of these days can state the years instead.
"""


@dataclass(frozen=True)
class Age:
    """Statement about the age of one person; `earlier` are those that others made, which count beside it.

    `chosen` is the status that an adviser chose; None means nobody was asked. `stated_on` is the day on which all of
    it was said; None counts as today. `about` widens the years and the range, and a date of birth that stands alone.
    `lowest` and `highest` are a range in years; an open end is None.
    """

    chosen: AgeStatus | None = None
    date_of_birth: date | None = None
    stated_years: int | None = None
    stated_on: date | None = None
    about: bool = False
    lowest: int | None = None
    highest: int | None = None
    may_be_under_18: bool = False
    """The person is or may be under 18, as somebody said."""
    surely_adult: bool = False
    """The person is 18 or over, as somebody said without a number."""
    earlier: tuple["Age", ...] = ()

    @property
    def statements(self) -> tuple["Age", ...]:
        """Return every statement, the newest first."""
        if not self.earlier:
            return (self,)
        return replace(self, earlier=()), *(one for other in self.earlier for one in other.statements)


@dataclass(frozen=True)
class AgeRange:
    """Ages that one statement allows, in whole years. `is_doubt`: somebody said that it may be a child.

    `said` is the lowest age that was named: of "about 19" it is 19, although the range begins at 17.
    """

    youngest: int
    oldest: int
    is_doubt: bool = False
    said: int = OPEN_END

    @property
    def allows_child(self) -> bool:
        return self.youngest < ADULT_AT

    @property
    def allows_only_children(self) -> bool:
        return self.oldest < ADULT_AT

    def older(self, years: int) -> "AgeRange":
        if not years:
            return self
        return replace(
            self, youngest=self.youngest + years, oldest=self.oldest + years, said=self.said + years
        )

    def wider(self, years: int) -> "AgeRange":
        if not years:
            return self
        return replace(self, youngest=max(0, self.youngest - years), oldest=self.oldest + years)


UNDER_18 = AgeRange(0, ADULT_AT - 1, said=0)
MAY_BE_UNDER_18 = AgeRange(0, OPEN_END, is_doubt=True)
ADULT = AgeRange(ADULT_AT, OPEN_END)


def british_date(at: datetime) -> date:
    """Return the date in the United Kingdom at an aware moment."""
    return at.astimezone(UNITED_KINGDOM).date()


def birthday_in(year: int, born: date) -> date:
    """Return the birthday in a year; for a birth on 29 February, 1 March in years without one."""
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def years_old(born: date, on: date) -> int:
    return on.year - born.year - (on < birthday_in(on.year, born))


def plausible_date_of_birth(day: date, on: date) -> bool:
    """Return whether somebody alive on a day may have this date of birth, and no program's zero stands for it."""
    is_recorded = day.year >= FIRST_YEAR_OF_BIRTH and day not in ZERO_DATES
    return is_recorded and day <= on and years_old(day, on) <= OLDEST


def plausible_years(years: int) -> bool:
    return 0 <= years <= OLDEST


def age_status(age: Age, on: date) -> AgeStatus | None:
    """Return the status that counts on a day; None where nobody was asked and nothing is known."""
    ranges, chosen = age_ranges(age, on), {one.chosen for one in age.statements}
    if not ranges:
        unknown = AgeStatus.UNKNOWN_NO_INDICATION
        return unknown if unknown in chosen else None
    if _allow_only_adults(ranges, chosen):
        confirmed = chosen & {AgeStatus.ADULT_CONFIRMED, AgeStatus.CHILD_CONFIRMED}
        return AgeStatus.ADULT_CONFIRMED if confirmed else AgeStatus.ADULT_STATED
    if not all(one.allows_child for one in ranges) or not any(one.allows_only_children for one in ranges):
        return AgeStatus.UNCERTAIN_MAY_BE_CHILD
    return AgeStatus.CHILD_CONFIRMED if AgeStatus.CHILD_CONFIRMED in chosen else AgeStatus.CHILD_STATED


def on_child_path(age: Age, on: date) -> bool:
    status = age_status(age, on)
    return status is not None and status.child_path


def is_known_adult(age: Age, on: date) -> bool:
    """Return whether a person leaves the child path; who is unasked or shows no indication does not."""
    return age_status(age, on) in (AgeStatus.ADULT_CONFIRMED, AgeStatus.ADULT_STATED)


def allows_child(age: Age, on: date) -> bool:
    """Return whether any statement allows an age under 18: then nobody may choose that there is no indication."""
    return any(one.allows_child for one in age_ranges(age, on))


def is_contradiction(age: Age, on: date) -> bool:
    """Return whether one statement allows only adults beside one that allows a child, and neither gives way."""
    mixed = {one.allows_child for one in age_ranges(age, on)} == {True, False}
    return mixed and not is_known_adult(age, on)


def age_ranges(age: Age, on: date) -> list[AgeRange]:
    """Return the ages that each statement allows on a day."""
    return [one for statement in age.statements for one in _ranges_of(statement, on)]


def _allow_only_adults(ranges: list[AgeRange], chosen: set[AgeStatus | None]) -> bool:
    """Return whether somebody is a known adult.

    A confirmed adult stays one beside "about 19", which reaches below 18 by our two years alone. Who named an age below
    18, as "16 to 18" does, or a doubt, said expressly that it may be a child.
    """
    younger = [one for one in ranges if one.allows_child]
    if AgeStatus.ADULT_CONFIRMED in chosen:
        return not any(one.is_doubt or one.said < ADULT_AT for one in younger)
    return not younger


def _ranges_of(statement: Age, on: date) -> Iterator[AgeRange]:
    """Yield the ages that one statement allows on a day, each older by the whole years since it was said.

    What was said of childhood beside a number that it fits narrows that number, and ends with it: "17" and "under 18"
    are one statement. Words that fit no number stand alone.
    """
    said_on = min(statement.stated_on or on, on)
    since = years_old(said_on, on)
    counted = [*_by_birth(statement, said_on, on), *((one, since) for one in _by_number(statement))]
    fits = any(one.allows_child for one, _ in counted)
    for said, passed in counted:
        yield _as_said(statement, said).older(passed)
    for words in _by_words(statement, fits=fits):
        yield words.older(since)


def _by_birth(statement: Age, said_on: date, on: date) -> Iterator[tuple[AgeRange, int]]:
    """Yield the age by the date of birth on the day when it was said, and the birthdays since."""
    born = statement.date_of_birth
    if born is None or not plausible_date_of_birth(born, said_on):
        return
    years, stands_alone = years_old(born, said_on), not list(_by_number(statement))
    guessed = ABOUT if statement.about and stands_alone else 0
    yield AgeRange(years, years, said=years).wider(guessed), years_old(born, on) - years


def _by_number(statement: Age) -> Iterator[AgeRange]:
    """Yield the stated age and the range; one with its ends the wrong way round is what lies between them."""
    about = ABOUT if statement.about else 0
    years = _plausible(statement.stated_years)
    if years is not None:
        yield AgeRange(years, years, said=years).wider(about)
    lowest, highest = _plausible(statement.lowest), _plausible(statement.highest)
    if lowest is not None or highest is not None:
        ends = (0 if lowest is None else lowest, OPEN_END if highest is None else highest)
        yield AgeRange(min(ends), max(ends), said=min(ends)).wider(about)


def _plausible(years: int | None) -> int | None:
    return years if years is not None and plausible_years(years) else None


def _as_said(statement: Age, number: AgeRange) -> AgeRange:
    if not number.allows_child:
        return number
    oldest = min(number.oldest, UNDER_18.oldest) if _is_chosen_child(statement) else number.oldest
    return replace(number, oldest=oldest, is_doubt=_is_doubted(statement))


def _by_words(statement: Age, *, fits: bool) -> Iterator[AgeRange]:
    """Yield what was said or chosen without a number. `fits`: a number says that it may be a child."""
    if statement.surely_adult or statement.chosen in (AgeStatus.ADULT_CONFIRMED, AgeStatus.ADULT_STATED):
        yield ADULT
    if _is_chosen_child(statement) and not fits:
        yield UNDER_18
    if _is_doubted(statement) and not fits:
        yield MAY_BE_UNDER_18


def _is_chosen_child(statement: Age) -> bool:
    return statement.chosen in (AgeStatus.CHILD_CONFIRMED, AgeStatus.CHILD_STATED)


def _is_doubted(statement: Age) -> bool:
    return statement.may_be_under_18 or statement.chosen is AgeStatus.UNCERTAIN_MAY_BE_CHILD
