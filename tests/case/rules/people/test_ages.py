"""Ages as ranges: who is on the child path, what contradicts itself, and what is no age (section 2)."""

from datetime import timedelta
from typing import Any

import pytest

from tests.case.builders import put
from tests.case.conftest import CaseWork
from tests.case.rules.builders import (
    CARDIFF,
    GREATER_MANCHESTER,
    LEEDS,
    MANCHESTER,
    SOUTH_WALES,
    WEST_YORKSHIRE,
    at,
    care_of,
    deliver,
    forced,
    named,
    put_places,
    send_report,
)

ROWS = {
    "A12 ages that contradict each other": (
        "test_a_confirmed_adult_beside_an_age_that_may_be_a_childs_is_refused",
        "test_where_nobody_can_be_asked_a_contradiction_is_a_child",
        "test_no_indication_is_never_chosen_beside_an_age_that_may_be_a_childs",
    ),
    "A12 a range grows older": ("test_a_range_that_was_said_long_ago_is_older_by_the_years_since",),
    "A18 no indication after sending": (
        "test_who_was_told_of_as_a_child_stays_one_until_known_to_be_an_adult",
    ),
    "N17 ages as ranges": (
        "test_only_an_age_whose_youngest_reading_is_eighteen_is_an_adults",
        "test_who_was_born_on_the_29th_of_february_is_eighteen_on_the_first_of_march",
        "test_what_is_no_age_is_refused",
        "test_an_age_that_nobody_was_asked_about_keeps_the_case_open",
    ),
}
AGENCIES = {GREATER_MANCHESTER, care_of(MANCHESTER)}
CONTRADICTIONS: list[dict[str, Any]] = [
    {"chosen": "adult_confirmed", "years": 15},
    {"chosen": "adult_confirmed", "lowest": 16, "highest": 17},
    {"chosen": "adult_confirmed", "may_be_under_18": True},
    {"surely_adult": True, "years": 17},
    {"surely_adult": True, "date_of_birth": "2010-01-05"},
    {"date_of_birth": "1990-01-05", "years": 16},
]


@pytest.mark.parametrize("age", CONTRADICTIONS)
async def test_a_confirmed_adult_beside_an_age_that_may_be_a_childs_is_refused(
    cases: CaseWork, age: dict[str, Any]
) -> None:
    case_id = await cases.report(persons=[{"name": "Mika"}])
    person = await named(cases, case_id, "Mika")
    refused = await put(cases, case_id, f"persons/{person}/age", age)
    assert refused.status_code == 422
    assert {one["rule"] for one in refused.json()["invalid"]} == {"contradiction"}
    added = await cases.do("POST", f"/v1/cases/{case_id}/persons", {"name": "Ana", "age": age})
    assert added.status_code == 422


@pytest.mark.parametrize(
    "age", [*CONTRADICTIONS, {"chosen": "unknown_no_indication", "may_be_under_18": True}]
)
async def test_where_nobody_can_be_asked_a_contradiction_is_a_child(
    cases: CaseWork, age: dict[str, Any]
) -> None:
    case_id = await cases.report(persons=[{"name": "Mika", "age": age}])
    assert await forced(cases, case_id) == AGENCIES


@pytest.mark.parametrize("age", [{"may_be_under_18": True}, {"years": 17}, {"lowest": 16, "highest": 25}])
async def test_no_indication_is_never_chosen_beside_an_age_that_may_be_a_childs(
    cases: CaseWork, age: dict[str, Any]
) -> None:
    case_id = await cases.report(persons=[{"name": "Mika", "age": age}])
    person = await named(cases, case_id, "Mika")
    for said in (age, {}):
        path, chosen = f"persons/{person}/age", {**said, "chosen": "unknown_no_indication"}
        assert (await put(cases, case_id, path, chosen)).status_code == 422
    several = await cases.do("POST", f"/v1/cases/{case_id}/unknown-ages", {"person_ids": [person]})
    assert several.status_code == 422
    assert await forced(cases, case_id) == AGENCIES


@pytest.mark.parametrize(
    ("age", "child"),
    [
        ({"lowest": 12, "highest": 14, "said_on": "2010-06-10"}, False),
        ({"lowest": 12, "highest": 14, "said_on": "2020-06-10"}, False),
        ({"lowest": 12, "highest": 14, "said_on": "2020-06-11"}, True),
        ({"lowest": 12, "highest": 14, "said_on": "2021-06-10"}, True),
        ({"years": 17, "said_on": "2025-06-10"}, False),
        ({"years": 17, "said_on": "2025-06-11"}, True),
        ({"years": 18, "about": True, "said_on": "2024-06-10"}, False),
    ],
)
async def test_a_range_that_was_said_long_ago_is_older_by_the_years_since(
    cases: CaseWork, age: dict[str, Any], child: bool
) -> None:
    case_id = await cases.report(persons=[{"name": "Mika", "age": age}])
    assert await forced(cases, case_id) == (AGENCIES if child else set())
    asked = await cases.report(persons=[{"name": "Mika"}])
    person = await named(cases, asked, "Mika")
    assert (await put(cases, asked, f"persons/{person}/age", age)).status_code == 200
    assert await forced(cases, asked) == (AGENCIES if child else set())


@pytest.mark.parametrize(
    ("age", "child"),
    [
        ({"years": 17}, True),
        ({"years": 18}, False),
        ({"years": 19, "about": True}, True),
        ({"years": 20, "about": True}, False),
        ({"lowest": 16, "highest": 18}, True),
        ({"lowest": 18, "highest": 19}, False),
        ({"lowest": 18, "highest": 19, "about": True}, True),
        ({"highest": 30}, True),
        ({"chosen": "uncertain_may_be_child"}, True),
        ({"chosen": "unknown_no_indication"}, False),
        ({"date_of_birth": "2008-06-10"}, False),
        ({"date_of_birth": "2008-06-11"}, True),
        ({"chosen": "adult_confirmed", "years": 19, "about": True}, False),
    ],
)
async def test_only_an_age_whose_youngest_reading_is_eighteen_is_an_adults(
    cases: CaseWork, age: dict[str, Any], child: bool
) -> None:
    case_id = await cases.report(persons=[{"name": "Mika", "age": age}])
    assert await forced(cases, case_id) == (AGENCIES if child else set())


@pytest.mark.parametrize(
    ("days_before", "child"), [(102, True), (101, False)], ids=["28-february", "1-march"]
)
async def test_who_was_born_on_the_29th_of_february_is_eighteen_on_the_first_of_march(
    cases: CaseWork, days_before: int, child: bool
) -> None:
    cases.clock.offset -= timedelta(days=days_before)
    case_id = await cases.report(persons=[{"name": "Mika", "age": {"date_of_birth": "2008-02-29"}}])
    assert await forced(cases, case_id) == (AGENCIES if child else set())


@pytest.mark.parametrize(
    "age",
    [
        {"date_of_birth": "1909-12-31"},
        {"date_of_birth": "1970-01-01"},
        {"date_of_birth": "2026-06-11"},
        {"date_of_birth": "1900-01-01"},
        {"years": 111},
        {"lowest": 30, "highest": 20},
        {"years": 15, "said_on": "2026-06-11"},
    ],
)
async def test_what_is_no_age_is_refused(cases: CaseWork, age: dict[str, Any]) -> None:
    case_id = await cases.report(persons=[{"name": "Mika"}])
    person = await named(cases, case_id, "Mika")
    assert (await put(cases, case_id, f"persons/{person}/age", age)).status_code == 422


async def test_an_age_that_nobody_was_asked_about_keeps_the_case_open(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[{"name": "Mika"}, {"name": "Ana"}])
    closed = await cases.do("POST", f"/v1/cases/{case_id}/closure", {"outcome": "advice_only"})
    assert (closed.status_code, closed.json()["unasked_ages"]) == (409, 3)
    persons = [one["id"] for one in (await cases.read(case_id))["persons"]]
    chosen = await cases.do("POST", f"/v1/cases/{case_id}/unknown-ages", {"person_ids": persons})
    assert chosen.status_code == 200
    assert (await cases.close(case_id)).status_code == 200


@pytest.mark.parametrize(
    "said", [{"chosen": "unknown_no_indication"}, {"years": None}, {"may_be_under_18": False}]
)
async def test_who_was_told_of_as_a_child_stays_one_until_known_to_be_an_adult(
    cases: CaseWork, said: dict[str, Any]
) -> None:
    child = {"name": "Mika", "age": {"may_be_under_18": True}, "lives_at": at(LEEDS), "found_at": at(LEEDS)}
    case_id, read = await send_report(cases, place={}, persons=[child])
    assert set(read) == {WEST_YORKSHIRE, care_of(LEEDS)}
    person = await named(cases, case_id, "Mika")
    answer = await put(cases, case_id, f"persons/{person}/age", said)
    assert answer.status_code == (422 if said.get("chosen") else 200)
    assert (await put_places(cases, case_id, person, found_at=at(CARDIFF))).status_code == 200
    assert await forced(cases, case_id) >= {SOUTH_WALES, care_of(CARDIFF)}
    await cases.run_scheduler()
    assert set(await deliver(cases, case_id)) >= {SOUTH_WALES, care_of(CARDIFF)}
