"""Wrong rules of ages, each with the row or the law that must notice it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from shared.domain import age as ages
from shared.domain.age import Age, AgeRange
from shared.domain.vocabulary import AgeStatus
from tests.shared.domain.ages import age_laws
from tests.support.mutants import Mutant, Right, mutant

CONFIRMED = AgeStatus.ADULT_CONFIRMED


@mutant(ages, "_by_number")
def about_is_not_read(by_number: Right) -> Right:
    return lambda statement: by_number(replace(statement, about=False))


@mutant(ages, "_by_number")
def about_is_read_of_years_alone(by_number: Right) -> Right:
    return lambda statement: by_number(replace(statement, about=statement.stated_years is not None))


@mutant(ages, "_ranges_of")
def the_day_on_which_it_was_said_is_not_read(ranges_of: Right) -> Right:
    return lambda statement, on: ranges_of(replace(statement, stated_on=None), on)


@mutant(ages, "_ranges_of")
def a_band_does_not_age(ranges_of: Right) -> Right:
    def young(statement: Age, on: date) -> Any:
        has_band = statement.lowest is not None or statement.highest is not None
        return ranges_of(replace(statement, stated_on=None) if has_band else statement, on)

    return young


@mutant(ages, "_ranges_of")
def about_does_not_age(ranges_of: Right) -> Right:
    return lambda statement, on: ranges_of(
        replace(statement, stated_on=None) if statement.about else statement, on
    )


@mutant(ages, "_ranges_of")
def a_year_is_whole_a_day_later(ranges_of: Right) -> Right:
    def late(statement: Age, on: date) -> Any:
        said_on = statement.stated_on
        return ranges_of(replace(statement, stated_on=said_on and said_on + timedelta(days=1)), on)

    return late


@mutant(ages, "birthday_in")
def a_leap_day_is_28_february(birthday_in: Right) -> Right:
    return lambda year, born: birthday_in(
        year, born if born.day != 29 or born.month != 2 else date(2001, 2, 28)
    )


@mutant(ages, "_allow_only_adults")
def a_confirmed_adult_is_one_whatever_was_said(allow: Right) -> Right:
    return lambda ranges, chosen: CONFIRMED in chosen or allow(ranges, chosen)


@mutant(ages, "_allow_only_adults")
def a_doubt_does_not_count_beside_a_confirmed_adult(allow: Right) -> Right:
    return lambda ranges, chosen: allow([replace(one, is_doubt=False) for one in ranges], chosen)


@mutant(ages, "_allow_only_adults")
def nobody_is_confirmed_beside_a_wide_range(allow: Right) -> Right:
    return lambda ranges, chosen: allow(ranges, chosen - {CONFIRMED})


@mutant(ages, "_allow_only_adults")
def one_statement_makes_an_adult(allow: Right) -> Right:
    return lambda ranges, chosen: any(allow([one], chosen) for one in ranges)


@mutant(ages, "_is_doubted")
def a_choice_hides_a_doubt(is_doubted: Right) -> Right:
    return lambda statement: (
        is_doubted(statement) and (statement.chosen in (None, AgeStatus.UNCERTAIN_MAY_BE_CHILD))
    )


@mutant(ages, "age_status")
def no_indication_hides_what_was_said(age_status: Right) -> Right:
    unknown = AgeStatus.UNKNOWN_NO_INDICATION
    return lambda age, on: unknown if age.chosen is unknown else age_status(age, on)


@mutant(Age, "statements")
def the_newest_statement_alone_counts(statements: Right) -> Right:
    return lambda age: (age,)


@mutant(AgeRange, "allows_child")
def the_oldest_age_leaves_the_child_path(allows_child: Right) -> Right:
    return lambda one: one.oldest < ages.ADULT_AT


@mutant(AgeRange, "allows_child")
def seventeen_is_grown(allows_child: Right) -> Right:
    return lambda one: one.youngest < ages.ADULT_AT - 1


@mutant(AgeRange, "older")
def time_makes_younger(older: Right) -> Right:
    return lambda one, years: older(one, -years)


@mutant(ages, "_by_number")
def a_band_the_wrong_way_round_is_its_lower_end(by_number: Right) -> Right:
    def as_written(statement: Age) -> Iterator[AgeRange]:
        for one in by_number(statement):
            ends = (statement.lowest, statement.highest)
            yield replace(one, youngest=one.oldest) if ends == (one.oldest, one.youngest) else one

    return as_written


@mutant(ages, "_by_words")
def childhood_in_words_outlives_its_number(by_words: Right) -> Right:
    return lambda statement, *, fits: by_words(statement, fits=False)


@mutant(ages, "plausible_date_of_birth")
def zero_is_a_date_of_birth(plausible: Right) -> Right:
    return lambda day, on: plausible(day, on) or day in ages.ZERO_DATES


@mutant(ages, "plausible_date_of_birth")
def anybody_may_be_born_before_1910(plausible: Right) -> Right:
    return lambda day, on: plausible(day, on) or day.year < 1910


@mutant(ages, "plausible_date_of_birth")
def anybody_may_be_older_than_110(plausible: Right) -> Right:
    return lambda day, on: plausible(day, on) or 1910 <= day.year < 1920


@mutant(ages, "plausible_date_of_birth")
def a_day_to_come_is_a_birthday(plausible: Right) -> Right:
    return lambda day, on: plausible(day, on) or day > on


@mutant(ages, "plausible_years")
def anybody_may_have_any_years(plausible: Right) -> Right:
    return lambda years: True


@mutant(ages, "is_contradiction")
def a_confirmed_adult_contradicts_nothing(is_contradiction: Right) -> Right:
    return lambda age, on: is_contradiction(age, on) and age.chosen is not CONFIRMED


SEEN_BY_ROWS: tuple[tuple[Mutant, str], ...] = (
    (about_is_not_read, "about 19"),
    (about_is_read_of_years_alone, "about 18-19"),
    (the_day_on_which_it_was_said_is_not_read, "17"),
    (a_band_does_not_age, "12-14"),
    (about_does_not_age, "about 17"),
    (a_year_is_whole_a_day_later, "17"),
    (a_leap_day_is_28_february, "born 2008-02-29"),
    (a_confirmed_adult_is_one_whatever_was_said, "15 and chosen adult confirmed"),
    (a_confirmed_adult_is_one_whatever_was_said, "16-17 and chosen adult confirmed"),
    (a_doubt_does_not_count_beside_a_confirmed_adult, "may be under 18 and chosen adult confirmed"),
    (nobody_is_confirmed_beside_a_wide_range, "about 19 and chosen adult confirmed"),
    (one_statement_makes_an_adult, "19 and 16-18"),
    (a_choice_hides_a_doubt, "may be under 18 and chosen unknown no indication"),
    (no_indication_hides_what_was_said, "15 and chosen unknown no indication"),
    (the_newest_statement_alone_counts, "40 // 15"),
    (the_oldest_age_leaves_the_child_path, "16-18"),
    (seventeen_is_grown, "17"),
    (a_band_the_wrong_way_round_is_its_lower_end, "25-16"),
    (childhood_in_words_outlives_its_number, "17 and may be under 18"),
    (zero_is_a_date_of_birth, "born 1970-01-01"),
    (anybody_may_be_born_before_1910, "born 1900-01-01"),
    (anybody_may_be_older_than_110, "born 1915-11-04"),
    (a_day_to_come_is_a_birthday, "born 2026-11-05"),
    (anybody_may_have_any_years, "111"),
    (a_confirmed_adult_contradicts_nothing, "15 and chosen adult confirmed"),
)
SEEN_BY_LAWS: tuple[tuple[Mutant, Callable[[], None], str], ...] = (
    (
        one_statement_makes_an_adult,
        age_laws.another_statement_that_allows_a_child_makes_nobody_an_adult,
        "an adult by a statement",
    ),
    (
        a_confirmed_adult_is_one_whatever_was_said,
        age_laws.a_child_or_a_doubt_beside_an_adult_is_never_lost,
        "is lost",
    ),
    (
        a_doubt_does_not_count_beside_a_confirmed_adult,
        age_laws.a_child_or_a_doubt_beside_an_adult_is_never_lost,
        "is lost",
    ),
    (
        the_newest_statement_alone_counts,
        age_laws.a_child_or_a_doubt_beside_an_adult_is_never_lost,
        "is lost",
    ),
    (a_leap_day_is_28_february, age_laws.a_child_comes_of_age_on_the_birthday, "the eve"),
    (a_band_does_not_age, age_laws.a_band_leaves_when_its_youngest_age_is_18, "the day itself"),
    (a_year_is_whole_a_day_later, age_laws.a_band_leaves_when_its_youngest_age_is_18, "the day itself"),
    (
        the_oldest_age_leaves_the_child_path,
        age_laws.a_band_leaves_when_its_youngest_age_is_18,
        "the day",
    ),
    (about_is_not_read, age_laws.about_takes_nobody_off_the_child_path, "about 19 is an adult"),
    (about_is_read_of_years_alone, age_laws.about_takes_nobody_off_the_child_path, "about 19 is an adult"),
    (zero_is_a_date_of_birth, age_laws.what_is_no_age_changes_nothing, "no age became one"),
    (
        no_indication_hides_what_was_said,
        age_laws.no_indication_is_the_status_of_nobody_of_whom_something_was_said,
        "no indication stands",
    ),
    (a_confirmed_adult_contradicts_nothing, age_laws.a_contradiction_is_on_the_child_path, "not seen"),
    (time_makes_younger, age_laws.nobody_grows_younger, "grew younger"),
)
