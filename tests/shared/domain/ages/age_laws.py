"""Laws of ages: what holds for all statements and days, each a check that a planted fault must break."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from shared.domain import age as ages
from shared.domain.age import Age
from shared.domain.vocabulary import AgeStatus

TODAY = date(2026, 11, 4)
RANK = {
    AgeStatus.CHILD_CONFIRMED: 0, AgeStatus.CHILD_STATED: 0, AgeStatus.UNCERTAIN_MAY_BE_CHILD: 1,
    AgeStatus.ADULT_STATED: 2, AgeStatus.ADULT_CONFIRMED: 2,
}  # fmt: skip
"""Statuses in the order in which a person comes of age; one of whom nothing is known has no rank."""

days = st.dates(date(1995, 1, 1), date(2060, 12, 31))
births = st.dates(date(1910, 1, 2), TODAY)
years = st.none() | st.integers(0, 30) | st.integers(-5, 200)
statements = st.builds(
    Age,
    chosen=st.none() | st.sampled_from(AgeStatus),
    date_of_birth=st.none() | st.dates(date(1, 1, 1), date(2030, 1, 1)) | st.dates(date(2000, 1, 1), TODAY),
    stated_years=years,
    stated_on=st.dates(date(2005, 1, 1), date(2030, 1, 1)),
    about=st.booleans(),
    lowest=years,
    highest=years,
    may_be_under_18=st.booleans(),
    surely_adult=st.booleans(),
)
many = st.lists(statements, min_size=1, max_size=3).map(
    lambda said: replace(said[0], earlier=tuple(said[1:]))
)
checked = settings(
    deadline=None,
    max_examples=300,
    suppress_health_check=[HealthCheck.filter_too_much],
    database=None,
    report_multiple_bugs=False,
)


def _said_beside(age: Age, other: Age) -> Age:
    return replace(age, earlier=(*age.earlier, other))


def _anniversary(day: date, years_later: int) -> date:
    """Return the same day of a later year; of 29 February, 1 March in a year without one."""
    if (day.month, day.day) == (2, 29) and (day.year + years_later) % 4:
        return date(day.year + years_later, 3, 1)
    return day.replace(year=day.year + years_later)


@checked
@given(many, statements, days)
@example(Age(stated_years=40), Age(stated_years=15), TODAY)
def another_statement_that_allows_a_child_makes_nobody_an_adult(known: Age, said: Age, on: date) -> None:
    assume(ages.allows_child(said, on) and not ages.is_known_adult(known, on))
    for beside in (_said_beside(known, said), _said_beside(said, known)):
        confirmed = AgeStatus.ADULT_CONFIRMED in {one.chosen for one in beside.statements}
        assert confirmed or ages.on_child_path(beside, on), "an adult by a statement that allows a child"


@checked
@given(many, statements, days)
@example(Age(chosen=AgeStatus.ADULT_CONFIRMED), Age(stated_years=15, stated_on=TODAY), TODAY)
@example(Age(chosen=AgeStatus.ADULT_CONFIRMED), Age(may_be_under_18=True, stated_on=TODAY), TODAY)
@example(Age(stated_years=40), Age(lowest=16, highest=18, stated_on=TODAY), TODAY)
def a_child_or_a_doubt_beside_an_adult_is_never_lost(known: Age, said: Age, on: date) -> None:
    certain = any(one.oldest < 18 for one in ages.age_ranges(said, on))
    doubted = said.may_be_under_18 and ages.allows_child(said, on)
    adult = AgeStatus.ADULT_CONFIRMED in {one.chosen for one in (*known.statements, said)}
    assume(certain or doubted or (ages.allows_child(said, on) and not adult))
    assert ages.on_child_path(_said_beside(known, said), on), "a child's statement is lost"


@checked
@given(many, days, st.integers(0, 9_000))
@example(Age(stated_years=17, stated_on=TODAY), TODAY, 365)
def nobody_grows_younger(age: Age, on: date, later: int) -> None:
    assume(all(one.stated_on and one.stated_on <= on for one in age.statements))
    before, after = ages.age_status(age, on), ages.age_status(age, on + timedelta(days=later))
    assert RANK.get(before, -1) <= RANK.get(after, -1), "somebody grew younger"  # type: ignore[arg-type]


@checked
@given(births)
@example(date(2008, 2, 29))
@example(date(2012, 2, 29))
@example(date(2008, 2, 28))
def a_child_comes_of_age_on_the_birthday(born: date) -> None:
    assume(ages.plausible_date_of_birth(born, TODAY))
    grown = _anniversary(born, 18)
    age = Age(date_of_birth=born, stated_on=born)
    assert ages.age_status(age, grown - timedelta(days=1)) is AgeStatus.CHILD_STATED, "the eve"
    assert ages.age_status(age, grown) is AgeStatus.ADULT_STATED, "the birthday"


@checked
@given(
    st.integers(0, 17),
    st.integers(0, 12),
    st.integers(0, 12),
    st.booleans(),
    st.dates(date(2000, 1, 1), TODAY),
)
@example(12, 2, 6, False, date(2020, 2, 29))
@example(19, 0, 0, True, TODAY)
def a_band_leaves_when_its_youngest_age_is_18(
    lowest: int, width: int, since: int, about: bool, said_on: date
) -> None:
    """Leave on the day, and not on the day before it."""
    age = Age(lowest=lowest, highest=lowest + width, about=about, stated_on=said_on)
    youngest = max(0, lowest - 2) if about else lowest
    on = _anniversary(said_on, since)
    assert ages.is_known_adult(age, on) is (youngest + since >= 18), "the day itself"
    eve = on - timedelta(days=1)
    assert eve < said_on or ages.is_known_adult(age, eve) is (youngest + since - 1 >= 18), "the day before"


@checked
@given(many, days)
@example(Age(stated_years=19), TODAY)
@example(Age(lowest=18, highest=19), TODAY)
@example(Age(date_of_birth=date(2007, 1, 1)), TODAY)
def about_takes_nobody_off_the_child_path(age: Age, on: date) -> None:
    number = replace(age, chosen=None, may_be_under_18=False, about=False, stated_on=on, earlier=())
    exact, guessed = ages.age_ranges(number, on), ages.age_ranges(replace(number, about=True), on)
    assert len(exact) == len(guessed), "about is no statement, and takes none away"
    for one, wider in zip(exact, guessed, strict=True):
        assert wider.youngest <= one.youngest, "about made somebody older"
    if len(exact) == 1 and not number.surely_adult:
        assert exact[0].youngest - 2 <= guessed[0].youngest, "about is two years"
        assert guessed[0].allows_child or exact[0].youngest >= 20, "about 19 is an adult"


@checked
@given(many, days, st.sampled_from(["0001-01-01", "1601-01-01", "1899-12-30", "1900-01-01", "1904-01-01",
                                    "1909-12-31", "1969-12-31", "1970-01-01", "2001-01-01", "2061-01-01"]))  # fmt: skip
@example(Age(), TODAY, "1970-01-01")
def what_is_no_age_changes_nothing(age: Age, on: date, no_age: str) -> None:
    nobody_said = replace(age, date_of_birth=None)
    said = replace(age, date_of_birth=date.fromisoformat(no_age))
    assert ages.age_status(said, on) == ages.age_status(nobody_said, on), "no age became one"


@checked
@given(many, days)
@example(Age(may_be_under_18=True), TODAY)
@example(Age(stated_years=15), TODAY)
def no_indication_is_the_status_of_nobody_of_whom_something_was_said(age: Age, on: date) -> None:
    chosen = replace(age, chosen=AgeStatus.UNKNOWN_NO_INDICATION)
    without = ages.age_status(replace(age, chosen=None), on)
    if without is not None:
        assert ages.age_status(chosen, on) == without, "no indication stands for what was said"
    assert not ages.is_known_adult(chosen, on) or ages.age_ranges(chosen, on), "nothing known made an adult"


@checked
@given(many, days)
@example(Age(stated_years=40, lowest=16, highest=18), TODAY)
def a_contradiction_is_on_the_child_path(age: Age, on: date) -> None:
    contradicts = ages.is_contradiction(age, on)
    assert ages.age_status(age, on) is AgeStatus.UNCERTAIN_MAY_BE_CHILD or not contradicts, "not followed"
    allowed = {one.allows_child for one in ages.age_ranges(age, on)}
    assert contradicts or allowed != {True, False} or ages.is_known_adult(age, on), "not seen"


LAWS = (
    another_statement_that_allows_a_child_makes_nobody_an_adult,
    a_child_or_a_doubt_beside_an_adult_is_never_lost,
    nobody_grows_younger,
    a_child_comes_of_age_on_the_birthday,
    a_band_leaves_when_its_youngest_age_is_18,
    about_takes_nobody_off_the_child_path,
    what_is_no_age_changes_nothing,
    no_indication_is_the_status_of_nobody_of_whom_something_was_said,
    a_contradiction_is_on_the_child_path,
)
