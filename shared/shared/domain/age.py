"""Ages: the status that follows from what is known of a person's age (sharing rules, section 2).

The child path is taken for anyone under 18 and for anyone who may be. Nothing makes a person older than the evidence
allows: where two statements disagree, the one that protects a child is followed.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from shared.domain.vocabulary import AgeStatus

UNITED_KINGDOM = ZoneInfo("Europe/London")
ADULT_AT = 18
ABOUT = 2
"""Years by which "about N" may be too high: "about 19" reaches below 18."""


@dataclass(frozen=True)
class Age:
    """Age of one person, as far as it is known.

    `chosen` is the status that an adviser chose; None means nobody was asked. `stated_years` were said on `stated_on`;
    `about` marks "about 17". `lowest` and `highest` are a band or range in years; an open end is None.
    """

    chosen: AgeStatus | None = None
    date_of_birth: date | None = None
    stated_years: int | None = None
    stated_on: date | None = None
    about: bool = False
    lowest: int | None = None
    highest: int | None = None


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


def age_status(age: Age, on: date) -> AgeStatus | None:
    """Return the status that counts on a day; None where nobody was asked and nothing is known."""
    if age.chosen is AgeStatus.UNCERTAIN_MAY_BE_CHILD:
        return AgeStatus.UNCERTAIN_MAY_BE_CHILD
    if age.date_of_birth is not None:
        if _contradicted_by_younger(age, age.date_of_birth, on):
            return AgeStatus.UNCERTAIN_MAY_BE_CHILD
        return _by_years(years_old(age.date_of_birth, on), confirmed=_is_confirmed(age.chosen))
    if age.chosen is AgeStatus.ADULT_CONFIRMED:
        return AgeStatus.ADULT_CONFIRMED
    if age.stated_years is not None:
        return _by_stated_age(age, age.stated_years, on)
    if age.lowest is not None or age.highest is not None:
        return _by_band(age)
    return age.chosen


def on_child_path(age: Age, on: date) -> bool:
    status = age_status(age, on)
    return status is not None and status.child_path


def _contradicted_by_younger(age: Age, born: date, on: date) -> bool:
    """Return whether a child's age or range was said that did not fit this date of birth on that day.

    One of the two is wrong then. A statement that fitted on its day is no contradiction, and the date of birth decides.
    """
    said = age.highest if age.stated_years is None else age.stated_years + (ABOUT if age.about else 0)
    fitted = said is None or years_old(born, age.stated_on or on) <= said
    return not fitted and on_child_path(replace(age, date_of_birth=None), on)


def _is_confirmed(chosen: AgeStatus | None) -> bool:
    return chosen in (AgeStatus.ADULT_CONFIRMED, AgeStatus.CHILD_CONFIRMED)


def _chosen_child(age: Age) -> bool:
    """Return whether an adviser chose a child's status; where the years disagree, a child is presumed."""
    return age.chosen is not None and age.chosen.child_path


def _by_years(years: int, *, confirmed: bool) -> AgeStatus:
    if years < ADULT_AT:
        return AgeStatus.CHILD_CONFIRMED if confirmed else AgeStatus.CHILD_STATED
    return AgeStatus.ADULT_CONFIRMED if confirmed else AgeStatus.ADULT_STATED


def _by_stated_age(age: Age, years: int, on: date) -> AgeStatus:
    if years >= ADULT_AT and (_chosen_child(age) or _band_reaches_below(age)):
        return AgeStatus.UNCERTAIN_MAY_BE_CHILD
    if age.about:
        may_be_child = years - ABOUT < ADULT_AT
        return AgeStatus.UNCERTAIN_MAY_BE_CHILD if may_be_child else AgeStatus.ADULT_STATED
    years_now = years + _whole_years_since(age.stated_on or on, on)
    if years_now >= ADULT_AT and years < ADULT_AT and age.chosen is AgeStatus.CHILD_CONFIRMED:
        return AgeStatus.ADULT_CONFIRMED
    return _by_years(years_now, confirmed=age.chosen is AgeStatus.CHILD_CONFIRMED)


def _band_reaches_below(age: Age) -> bool:
    """Return whether a range that was given beside the number goes below 18; the number makes it no narrower."""
    return any(end is not None and end < ADULT_AT for end in (age.lowest, age.highest))


def _whole_years_since(said: date, on: date) -> int:
    """Return the whole years that have passed for certain.

    Somebody who was said to be 17, a year ago to the day, may still be 17.
    """
    passed = on.year - said.year
    return max(0, passed if on > birthday_in(on.year, said) else passed - 1)


def _by_band(age: Age) -> AgeStatus:
    if age.highest is not None and age.highest < ADULT_AT:
        return AgeStatus.CHILD_STATED
    if age.lowest is None or age.lowest < ADULT_AT or _chosen_child(age):
        return AgeStatus.UNCERTAIN_MAY_BE_CHILD
    return AgeStatus.ADULT_STATED
