"""Rows of section 2, a sentence each: statements of an age, the day, and the path that is taken."""

from datetime import date

from tests.case.rules.model.table.world_in_words import CHOSEN, ON
from tools.simulation.rules_model.world import AgeStatement, Person

AgeRow = tuple[str, tuple[AgeStatement, ...], date, str]
LONG_AGO = date(2020, 11, 4)


def born(year: int, month: int, day: int) -> AgeStatement:
    return AgeStatement("born", ON, born=date(year, month, day))


def years(number: int, said_on: date = ON) -> AgeStatement:
    return AgeStatement("years", said_on, lowest=number, highest=number)


def band(lowest: int, highest: int, said_on: date = ON) -> AgeStatement:
    return AgeStatement("band", said_on, lowest=lowest, highest=highest)


def about(number: int, said_on: date = ON) -> AgeStatement:
    return AgeStatement("about", said_on, lowest=number, highest=number)


def chosen(word: str, said_on: date = ON) -> AgeStatement:
    return AgeStatement("chosen", said_on, chosen=CHOSEN[word])


def somebody(*said: AgeStatement) -> Person:
    return Person("somebody", frozenset({"person_of_concern"}), said)


# fmt: off
AGE_ROWS: list[AgeRow] = [
    ("the child path is taken for child_confirmed", (chosen("confirmed-child"),), ON, "child"),
    ("the child path is taken for child_stated", (chosen("child"),), ON, "child"),
    ("the child path is taken for uncertain_may_be_child", (chosen("may-be-child"),), ON, "child"),
    ("adult_confirmed is an adult", (chosen("confirmed-adult"),), ON, "adult"),
    ("adult_stated is an adult", (chosen("adult"),), ON, "adult"),
    ("unknown_no_indication is neither", (chosen("no-indication"),), ON, "no indication"),
    ("a date of birth allows one age: the day before the birthday", (born(2008, 11, 5),), ON, "child"),
    ("a date of birth allows one age: the birthday", (born(2008, 11, 4),), ON, "adult"),
    ("a stated age allows that age: 17", (years(17),), ON, "child"),
    ("a stated age allows that age: 18", (years(18),), ON, "adult"),
    ("a band allows all of its ages: 16-18", (band(16, 18),), ON, "child"),
    ("a band allows all of its ages: 18-24", (band(18, 24),), ON, "adult"),
    ("about N allows from N-2: about 19", (about(19),), ON, "child"),
    ("about N allows from N-2: about 20", (about(20),), ON, "adult"),
    ("older by the whole years since it was said: not a day before", (years(17, date(2025, 11, 5)),), ON, "child"),
    ("17 is an adult one year after it was said", (years(17, date(2025, 11, 4)),), ON, "adult"),
    ("about 17 three years ago", (about(17, date(2023, 11, 4)),), ON, "adult"),
    ("about 17 two years ago", (about(17, date(2024, 11, 4)),), ON, "child"),
    ("born on 29 February: 28 February", (born(2008, 2, 29),), date(2026, 2, 28), "child"),
    ("born on 29 February: a year older on 1 March", (born(2008, 2, 29),), date(2026, 3, 1), "adult"),
    ("said on 29 February: 28 February", (years(17, date(2024, 2, 29)),), date(2025, 2, 28), "child"),
    ("said on 29 February: 1 March", (years(17, date(2024, 2, 29)),), date(2025, 3, 1), "adult"),
    ("12-14 said six years ago is an adult", (band(12, 14, LONG_AGO),), ON, "adult"),
    ("12-14 said five years ago is not", (band(12, 14, date(2021, 11, 4)),), ON, "child"),
    ("12-14 said six years ago less a day is not", (band(12, 14, date(2020, 11, 5)),), ON, "child"),
    ("teenager may be a child", (band(13, 19),), ON, "child"),
    ("looks young may be a child", (band(0, 25),), ON, "child"),
    ("adult is who is adult by every statement", (born(1990, 1, 1), years(36), band(30, 40)), ON, "adult"),
    ("adult_confirmed beside what is not expressly a child's", (chosen("confirmed-adult"), about(19)), ON, "adult"),
    ("adult_confirmed beside 16-18", (chosen("confirmed-adult"), band(16, 18)), ON, "child contradiction"),
    ("adult_confirmed beside about 17", (chosen("confirmed-adult"), about(17)), ON, "child contradiction"),
    ("adult_confirmed beside about 15 is certainly a child", (chosen("confirmed-adult"), about(15)), ON,
     "child contradiction"),
    ("adult_confirmed beside 15 years is certainly a child",
     (chosen("confirmed-adult"), years(15)), ON, "child contradiction"),
    ("adult_confirmed beside 16-17 is certainly a child",
     (chosen("confirmed-adult"), band(16, 17)), ON, "child contradiction"),
    ("adult_confirmed beside a date of birth of a child",
     (chosen("confirmed-adult"), born(2010, 1, 1)), ON, "child contradiction"),
    ("adult_confirmed beside may be a child", (chosen("confirmed-adult"), chosen("may-be-child")), ON,
     "child contradiction"),
    ("adult_confirmed beside no indication", (chosen("confirmed-adult"), chosen("no-indication")), ON, "adult"),
    ("adult_stated beside about 19 is a contradiction", (chosen("adult"), about(19)), ON, "child contradiction"),
    ("an adult's date of birth beside 17 is a contradiction", (born(1990, 1, 1), years(17)), ON,
     "child contradiction"),
    ("two statements of a child are none", (years(15), band(12, 17)), ON, "child"),
    ("no age: before 1910", (born(1909, 12, 31),), ON, "unasked"),
    ("no age: 1900", (born(1900, 1, 1),), ON, "unasked"),
    ("no age: 1 January 1970", (born(1970, 1, 1),), ON, "unasked"),
    ("an age: 2 January 1970", (born(1970, 1, 2),), ON, "adult"),
    ("no age: a day to come", (born(2026, 11, 5),), ON, "unasked"),
    ("an age: today", (born(2026, 11, 4),), ON, "child"),
    ("no age: over 110 years", (years(111),), ON, "unasked"),
    ("no age: over 110 by birth", (born(1915, 11, 4),), ON, "unasked"),
    ("an epoch takes nothing from another statement", (born(1970, 1, 1), years(15)), ON, "child"),
    ("unknown_no_indication never while a statement allows under 18",
     (chosen("no-indication"), band(16, 18)), ON, "child"),
    ("nobody chose: unasked", (), ON, "unasked"),
    ("only a known adult leaves the child path", (years(17), chosen("no-indication")), ON, "child"),
]
# fmt: on
