"""Checks of ages at the doors of staff, where a person can be asked.

A contradiction, and what is no age, are refused (sharing rules, section 2).
"""

from collections.abc import Iterable, Iterator
from datetime import date

from case_service.people.identity import AgeStatement
from case_service.people.models import OpenedPerson
from shared.domain.age import (
    Age,
    age_status,
    allows_child,
    is_contradiction,
    plausible_date_of_birth,
    plausible_years,
)
from shared.domain.vocabulary import AgeStatus
from shared.errors import Invalid

STATEMENTS = ("date_of_birth", "years", "lowest", "highest", "may_be_under_18", "surely_adult", "chosen")
"""Fields that say something of an age."""
NO_INDICATION = AgeStatus.UNKNOWN_NO_INDICATION
ALLOWS_UNDER_18 = "statement_allows_under_18"
Broken = tuple[str, str]
"""Field, and the code of the rule that it breaks."""


def check_statement(
    statement: AgeStatement, today: date, *, known: AgeStatement | None = None, under: str = ""
) -> None:
    """Pass for a statement that can be recorded; Invalid names every field that breaks a rule.

    `known` is what was known before it: nobody chooses that there is no indication of what was said. `under` is the
    path of the statement in the body.
    """
    _refuse((under + field, rule) for field, rule in _broken_rules(statement, today, known))


def check_may_be_unknown(persons: list[OpenedPerson], today: date) -> None:
    """Pass where nothing is known of anybody's age: then an adviser may choose that there is no indication."""
    _refuse(
        (f"person_ids.{number}", ALLOWS_UNDER_18 if allows_child(age, today) else "age_is_known")
        for number, age in enumerate(one.identity.age.as_age() for one in persons)
        if age_status(age, today) not in (None, NO_INDICATION)
    )


def _refuse(broken: Iterable[Broken]) -> None:
    invalid = [{"field": field, "rule": rule} for field, rule in broken]
    if invalid:
        raise Invalid(invalid=invalid)


def _broken_rules(statement: AgeStatement, today: date, known: AgeStatement | None) -> Iterator[Broken]:
    yield from _impossible(statement, today)
    age = statement.as_age()
    if is_contradiction(age, today):
        yield from ((field, "contradiction") for field in STATEMENTS if getattr(statement, field))
    if statement.chosen is NO_INDICATION and _forbids_no_indication(age, known, today):
        yield "chosen", ALLOWS_UNDER_18


def _impossible(statement: AgeStatement, today: date) -> Iterator[Broken]:
    """Yield days to come or of machines, more than 110 years, and a range that ends before it begins."""
    said_on, born = statement.said_on or today, statement.date_of_birth
    if not plausible_date_of_birth(said_on, today):
        yield "said_on", "implausible_date"
    elif born is not None and not all(plausible_date_of_birth(born, day) for day in (said_on, today)):
        yield "date_of_birth", "implausible_date"
    for field in ("years", "lowest", "highest"):
        years = getattr(statement, field)
        if years is not None and not plausible_years(years):
            yield field, "over_110"
    lowest, highest = statement.lowest, statement.highest
    if lowest is not None and highest is not None and lowest > highest:
        yield "lowest", "above_highest"


def _forbids_no_indication(age: Age, known: AgeStatement | None, today: date) -> bool:
    return any(allows_child(one, today) for one in (age, known.as_age() if known else Age()))
