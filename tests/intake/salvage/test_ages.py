"""Ages and dates of birth in the spellings of people and programs; what cannot be read makes nobody an adult."""

from datetime import date
from typing import Any

import pytest

from intake_service.reports.parts import ReportedAge
from intake_service.salvage.age_fields import age
from intake_service.salvage.body.tolerant_json import parse
from intake_service.salvage.reading import Reading
from intake_service.salvage.whole_report import read_whole
from shared.domain.age import plausible_date_of_birth
from tools.fuzz_reports.trees import as_json, node_of

TODAY = date(2026, 11, 26)


def read(said: Any) -> tuple[dict[str, Any], bool]:
    """Return the fields that were read of an age, and whether all of it was understood."""
    reading = Reading(TODAY)
    text = as_json(node_of(said), spaced=False, ascii_only=False)
    found = age(reading, "age", [parse(f"[{text}]").value[0]])
    return found or {}, not reading.not_understood


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (17, {"years": 17}),
        ("17", {"years": 17}),
        ("17 years", {"years": 17}),
        ("17yrs old", {"years": 17}),
        ("aged 17", {"years": 17}),
        ("١٧", {"years": 17}),
        ("１７", {"years": 17}),
        ("seventeen", {"years": 17}),
        ("twenty-five", {"years": 25}),
        (16.5, {"years": 16}),
        (17.99, {"years": 17}),
        ("18 months", {"years": 0}),
        ("about 17", {"years": 17, "about": True}),
        ("~17", {"years": 17, "about": True}),
        ("17ish", {"years": 17, "about": True}),
        ("17?", {"years": 17, "about": True}),
        ("16-18", {"lowest": 16, "highest": 18}),
        ("16 – 18 years", {"lowest": 16, "highest": 18}),
        ("between 16 and 18", {"lowest": 16, "highest": 18}),
        ("17 or 18", {"lowest": 17, "highest": 18}),
        ("18-16", {"lowest": 16, "highest": 18}),
        ("under 18", {"highest": 17}),
        ("<18", {"highest": 17}),
        ("18+", {"lowest": 18}),
        ("over 30", {"lowest": 30}),
        ("mid 20s", {"lowest": 20, "highest": 29}),
        ("adult", {"surely_adult": True}),
        (2010, {"lowest": 15, "highest": 16}),
        ({"years": "16-18"}, {"lowest": 16, "highest": 18}),
        ({"lowest": "16", "highest": "18"}, {"lowest": 16, "highest": 18}),
        ({"lowest": 18, "highest": 16}, {"lowest": 16, "highest": 18}),
        ({"years": 25, "date_of_birth": "2010"}, {"years": 25, "lowest": 15, "highest": 16}),
        ("unknown", {}),
        ("N/A", {}),
        ("?", {}),
        (None, {}),
    ],
)
def test_an_age_is_read_in_the_spellings_in_which_people_give_it(said: Any, found: dict[str, Any]) -> None:
    assert read(said) == (found, True)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("2010-06-19", {"date_of_birth": date(2010, 6, 19)}),
        ("19/06/2010", {"date_of_birth": date(2010, 6, 19)}),
        ("19.6.2010", {"date_of_birth": date(2010, 6, 19)}),
        ("19-06-10", {"date_of_birth": date(2010, 6, 19)}),
        ("06/19/2010", {"date_of_birth": date(2010, 6, 19)}),
        ("2010/06/19", {"date_of_birth": date(2010, 6, 19)}),
        ("19 June 2010", {"date_of_birth": date(2010, 6, 19)}),
        ("19th of June, 2010", {"date_of_birth": date(2010, 6, 19)}),
        ("June 19, 2010", {"date_of_birth": date(2010, 6, 19)}),
        ("20100619", {"date_of_birth": date(2010, 6, 19)}),
        (20100619, {"date_of_birth": date(2010, 6, 19)}),
        ([2010, 6, 19], {"date_of_birth": date(2010, 6, 19)}),
        ({"year": 2010, "month": 6, "day": 19}, {"date_of_birth": date(2010, 6, 19)}),
        ("٢٠١٠-٠٦-١٩", {"date_of_birth": date(2010, 6, 19)}),
        ("2010-06-18T23:00:00.000Z", {"date_of_birth": date(2010, 6, 19)}),
        ("2010-01-18T00:00:00.000Z", {"date_of_birth": date(2010, 1, 18)}),
        ("2010-06-19T00:00:00+03:00", {"date_of_birth": date(2010, 6, 19)}),
        ("2010-06-19 00:00:00", {"date_of_birth": date(2010, 6, 19)}),
        ("2010", {"lowest": 15, "highest": 16}),
        (2010, {"lowest": 15, "highest": 16}),
        ("2010-06", {"lowest": 16, "highest": 16}),
        ("06/2010", {"lowest": 16, "highest": 16}),
        ("June 2010", {"lowest": 16, "highest": 16}),
        ("2010-06-31", {"lowest": 15, "highest": 16}),
        ("2010-00-00", {"lowest": 15, "highest": 16}),
        ("", {}),
    ],
)
def test_a_date_of_birth_is_read_in_the_spellings_in_which_people_give_it(
    said: Any, found: dict[str, Any]
) -> None:
    assert read({"date_of_birth": said}) == (found, True)


@pytest.mark.parametrize(
    "said",
    [
        0,
        86400,
        "86400",
        -1,
        1e12,
        "1900-01-01",
        "0001-01-01",
        "1970-01-01",
        "1969-12-31",
        "2001-01-01",
        "2029-05-05",
        "1909-12-31",
    ],
)
def test_a_day_on_which_nobody_was_born_is_no_age_at_all(said: Any) -> None:
    assert read({"date_of_birth": said}) == ({}, False)


@pytest.mark.parametrize(
    "said",
    [
        *(
            {"date_of_birth": one}
            for one in ("1388-03-29", "29/03/1388", "2553-06-19", "2067-03-05", "garbage", 15, True)
        ),
        *({"date_of_birth": one} for one in (1276819200, 1276819200000, {"a": 1}, [1])),
        *({"years": one} for one in ("abc", "teen", True, [15, 16], {"a": 15}, "sixteen or so", "in year 9")),
        {"lowest": "quite young", "highest": 30},
        {"may_be_under_18": "I think so"},
        {"surely_adult": True, "years": "not sure at all"},
        {"group": "child"},
    ],
)
def test_an_age_that_cannot_be_read_and_may_be_a_childs_counts_as_such(said: dict[str, Any]) -> None:
    found, understood = read(said)
    assert not understood
    assert ReportedAge.model_validate(found).may_be_child(TODAY)


@pytest.mark.parametrize(
    "said", [{"surely_adult": "certainly"}, {"years": 999}, {"years": -1}, {"date_of_birth": 40}]
)
def test_nothing_that_cannot_be_read_makes_an_adult(said: dict[str, Any]) -> None:
    assert read(said) == ({}, False)


def test_a_birthday_that_may_be_another_day_is_no_adults_where_that_day_makes_a_child() -> None:
    """12/10/2008 is 12 October, an adult's; where it was meant as 10 December, it is a child's."""
    found, _ = read({"date_of_birth": "10/12/2008"})
    assert found == {"date_of_birth": date(2008, 12, 10)}
    found, _ = read({"date_of_birth": "12/10/2008"})
    assert ReportedAge.model_validate(found).may_be_child(TODAY)


@pytest.mark.parametrize(
    ("day", "plausible"),
    [
        (date(2026, 11, 26), True),
        (date(2026, 11, 27), False),
        (date(1916, 11, 26), True),
        (date(1915, 11, 26), False),
        (date(1970, 1, 1), False),
        (date(1970, 1, 2), True),
    ],
)
def test_a_date_of_birth_is_neither_an_epoch_nor_to_come_nor_over_110_years_ago(
    day: date, plausible: bool
) -> None:
    assert plausible_date_of_birth(day, TODAY) is plausible


def test_the_band_of_about_18_to_19_is_two_years_wider() -> None:
    assert ReportedAge(about=True, lowest=18, highest=19).may_be_child(TODAY)
    assert not ReportedAge(about=True, lowest=20, highest=22).may_be_child(TODAY)
    assert not ReportedAge(lowest=18, highest=19).may_be_child(TODAY)


def test_one_child_among_the_persons_is_its_own() -> None:
    reading = Reading(TODAY)
    found = read_whole(reading, parse('{"persons": [{"age": "x"}, {"age": 40}]}').value)
    assert [one["age"] for one in found["persons"]] == [{"may_be_under_18": True}, {"years": 40}]
