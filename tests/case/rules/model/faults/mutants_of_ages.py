"""Wrong ages and times planted into the model, each with the row that must notice it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from tests.case.rules.model.faults.planted_faults import noticed_by
from tests.support.mutants import Right, mutant
from tools.simulation.rules_model import ages, required
from tools.simulation.rules_model.duties import deadlines
from tools.simulation.rules_model.households import named_or_concern
from tools.simulation.rules_model.world import DANGER, World

# Ages


@noticed_by("a date of birth allows one age: the birthday", "17 is an adult one year after it was said")
@mutant(ages, "whole_years")
def a_birthday_too_late(right: Right) -> Right:
    return lambda since, on: right(since, on - timedelta(days=1))


@noticed_by("born on 29 February: 28 February", "said on 29 February: 28 February")
@mutant(ages, "whole_years")
def a_leap_day_becomes_28_february(right: Right) -> Right:
    def wrong(since: date, on: date) -> int:
        is_leap_day = (since.month, since.day) == (2, 29)
        return int(right(since.replace(day=28) if is_leap_day else since, on))

    return wrong


@noticed_by("12-14 said six years ago is an adult", "about 17 three years ago")
@mutant(ages, "range_today")
def nobody_grows_older(right: Right) -> Right:
    return lambda said, on: right(replace(said, said_on=on), on)


@noticed_by("a band allows all of its ages: 16-18", "teenager may be a child")
@mutant(ages, "range_today")
def the_oldest_age_of_a_band(right: Right) -> Right:
    return lambda said, on: (right(said, on)[1], right(said, on)[1])


@noticed_by("about N allows from N-2: about 19")
@mutant(ages, "range_today")
def about_is_exact(right: Right) -> Right:
    return lambda said, on: right(replace(said, kind="years") if said.kind == "about" else said, on)


@noticed_by("no age: 1 January 1970", "no age: before 1910", "no age: over 110 years")
@mutant(ages, "is_age")
def every_number_is_an_age(right: Right) -> Right:
    return lambda said, on: right(said, on) if said.kind == "chosen" else True


@noticed_by("adult_confirmed beside 15 years is certainly a child", "adult_confirmed beside may be a child")
@mutant(ages, "speaks_for_child")
def a_confirmation_beats_everything(_: Right) -> Right:
    return lambda said, on: False


@noticed_by("adult_confirmed beside what is not expressly a child's")
@mutant(ages, "speaks_for_child")
def our_two_years_speak_for_a_child(_: Right) -> Right:
    return lambda said, on: ages.range_today(said, on)[0] < 18


@noticed_by(
    "an adult's date of birth beside 17 is a contradiction", "only a known adult leaves the child path"
)
@mutant(ages, "_adult_by")
def one_statement_makes_an_adult(right: Right) -> Right:
    return lambda statements, on: any(right([one], on) for one in statements) or len(list(statements)) == 1


@noticed_by(
    "an age of which there is no indication does not leave the child path: found elsewhere next, told there"
)
@mutant(required, "is_child")
def who_was_told_of_as_a_child_is_forgotten(_: Right) -> Right:
    return lambda world, person, on: ages.child_path(person, on)


# Times


@noticed_by("a danger in public: 10 minutes", "a child in public: 60 minutes")
@mutant(deadlines, "send_at")
def a_setting_that_loosens_a_time(right: Right) -> Right:
    return lambda said, ground: right(said, ground) + timedelta(minutes=5)


@noticed_by("a danger that an adviser records takes effect at once")
@mutant(deadlines, "send_at")
def an_adviser_waits_like_the_public(right: Right) -> Right:
    return lambda said, ground: right(replace(said, by_adviser=False), ground)


@noticed_by("10 minutes for every agency of a child that counts as in danger")
@mutant(deadlines, "fact_at")
def a_child_in_danger_waits_an_hour(right: Right) -> Right:
    def wrong(world: World, fact: Any, on: date) -> Any:
        return right(world if fact[0] == DANGER else replace(world, dangers=()), fact, on)

    return wrong


@noticed_by("a child of the household of who is in danger counts")
@mutant(deadlines, "counted")
def a_child_of_the_household_waits(_: Right) -> Right:
    return lambda world, danger, on: named_or_concern(world, danger)


@noticed_by("the day of the United Kingdom")
@mutant(deadlines, "british_day")
def the_day_of_utc(_: Right) -> Right:
    return lambda at: at.date()
