"""Ages at the doors of advisers: no age is refused and named, and no choice makes an adult."""

from typing import Any
from uuid import UUID

import pytest

from shared.events import DisclosureAuthorised
from tests.case.builders import person_of, put, reporter_of, sent_child
from tests.case.conftest import CaseWork
from tests.support.builders import a_child

NO_INDICATION = {"chosen": "unknown_no_indication"}
TODAY = "2026-06-10"
CONTRADICTIONS: list[dict[str, Any]] = [
    {"years": 15, "chosen": "adult_confirmed"},
    {"lowest": 16, "highest": 17, "chosen": "adult_confirmed"},
    {"lowest": 16, "highest": 18, "chosen": "adult_confirmed"},
    {"years": 17, "about": True, "chosen": "adult_confirmed"},
    {"may_be_under_18": True, "chosen": "adult_confirmed"},
    {"date_of_birth": "2010-02-03", "chosen": "adult_confirmed"},
    {"years": 15, "chosen": "adult_stated"},
    {"lowest": 16, "highest": 18, "surely_adult": True},
    {"years": 40, "may_be_under_18": True},
    {"years": 40, "chosen": "child_confirmed"},
    {"date_of_birth": "1990-02-03", "years": 17},
    {"years": 19, "about": True, "surely_adult": True},
    {"years": 19, "lowest": 13, "highest": 19},
]
NO_AGES: list[tuple[dict[str, Any], str, str]] = [
    ({"date_of_birth": "1970-01-01"}, "date_of_birth", "implausible_date"),
    ({"date_of_birth": "1969-12-31"}, "date_of_birth", "implausible_date"),
    ({"date_of_birth": "2001-01-01"}, "date_of_birth", "implausible_date"),
    ({"date_of_birth": "1900-01-01"}, "date_of_birth", "implausible_date"),
    ({"date_of_birth": "1909-12-31"}, "date_of_birth", "implausible_date"),
    ({"date_of_birth": "0001-01-01"}, "date_of_birth", "implausible_date"),
    ({"date_of_birth": "1915-06-10"}, "date_of_birth", "implausible_date"),
    ({"date_of_birth": "2026-06-11"}, "date_of_birth", "implausible_date"),
    ({"date_of_birth": "2026-06-09", "said_on": "2026-06-08"}, "date_of_birth", "implausible_date"),
    ({"years": 15, "said_on": "2026-06-11"}, "said_on", "implausible_date"),
    ({"years": 15, "said_on": "1970-01-01"}, "said_on", "implausible_date"),
    ({"years": 111}, "years", "over_110"),
    ({"lowest": 30, "highest": 120}, "highest", "over_110"),
    ({"lowest": 20, "highest": 15}, "lowest", "above_highest"),
]
NO_INDICATION_OF_A_CHILD: list[dict[str, Any]] = [
    {"years": 15},
    {"lowest": 16, "highest": 18},
    {"years": 19, "about": True},
    {"may_be_under_18": True},
    {"chosen": "child_stated"},
    {"date_of_birth": "2010-02-03"},
]


async def a_person(cases: CaseWork, **said: Any) -> tuple[UUID, str]:
    case_id = await cases.report(persons=[{"name": "Ion", **said}])
    return case_id, await person_of(cases, case_id)


async def record_age(cases: CaseWork, case_id: UUID, person: str, said: Any) -> Any:
    return await put(cases, case_id, f"persons/{person}/age", said)


async def age_of(cases: CaseWork, case_id: UUID, person: str) -> Any:
    persons = (await cases.read(case_id))["persons"]
    return next(one["age_status"] for one in persons if one["id"] == person)


async def choose_unknown(cases: CaseWork, case_id: UUID, *persons: str) -> Any:
    return await cases.do("POST", f"/v1/cases/{case_id}/unknown-ages", {"person_ids": list(persons)})


@pytest.mark.parametrize("said", CONTRADICTIONS, ids=str)
async def test_only_adults_beside_a_child_is_refused_and_its_fields_are_named(
    cases: CaseWork, said: dict[str, Any]
) -> None:
    case_id, person = await a_person(cases)
    refused = await record_age(cases, case_id, person, said)
    named = [{"field": field, "rule": "contradiction"} for field in sorted(said.keys() - {"about"})]
    assert refused.status_code == 422
    assert sorted(refused.json()["invalid"], key=lambda one: one["field"]) == named
    added = await cases.do("POST", f"/v1/cases/{case_id}/persons", {"name": "Jo", "age": said})
    assert (added.status_code, added.json()["invalid"][0]["field"][:4]) == (422, "age.")
    assert await age_of(cases, case_id, person) is None
    assert len((await cases.read(case_id))["persons"]) == 2


@pytest.mark.parametrize(("said", "field", "rule"), NO_AGES, ids=str)
async def test_what_is_no_age_is_refused_and_never_repeated(
    cases: CaseWork, said: dict[str, Any], field: str, rule: str
) -> None:
    case_id, person = await a_person(cases)
    refused = await record_age(cases, case_id, person, said)
    assert (refused.status_code, refused.json()["invalid"]) == (422, [{"field": field, "rule": rule}])
    assert not [one for one in said.values() if f'"{one}"' in refused.text]
    added = await cases.do("POST", f"/v1/cases/{case_id}/persons", {"name": "Jo", "age": said})
    assert added.json()["invalid"] == [{"field": f"age.{field}", "rule": rule}]


@pytest.mark.parametrize("said", NO_INDICATION_OF_A_CHILD, ids=str)
async def test_no_indication_is_not_chosen_while_a_statement_allows_under_18(
    cases: CaseWork, said: dict[str, Any]
) -> None:
    case_id, person = await a_person(cases)
    rule = {"field": "chosen", "rule": "statement_allows_under_18"}
    if "chosen" not in said:
        together = await record_age(cases, case_id, person, said | NO_INDICATION)
        assert (together.status_code, together.json()["invalid"]) == (422, [rule])
    assert (await record_age(cases, case_id, person, said)).status_code == 200
    afterwards = await record_age(cases, case_id, person, NO_INDICATION)
    assert (afterwards.status_code, afterwards.json()["invalid"]) == (422, [rule])
    several = await choose_unknown(cases, case_id, await reporter_of(cases, case_id), person)
    assert several.status_code == 422
    assert several.json()["invalid"] == [{"field": "person_ids.1", "rule": "statement_allows_under_18"}]
    assert await age_of(cases, case_id, await reporter_of(cases, case_id)) is None, "for all, or for nobody"
    assert await age_of(cases, case_id, person) in ("child_stated", "uncertain_may_be_child")


async def test_a_confirmed_adult_beside_about_19_is_an_adult(cases: CaseWork) -> None:
    case_id, person = await a_person(cases)
    said = {"years": 19, "about": True, "chosen": "adult_confirmed"}
    assert (await record_age(cases, case_id, person, said)).json()["age_status"] == "adult_confirmed"


async def test_no_indication_is_chosen_for_several_persons_in_one_act(cases: CaseWork) -> None:
    people = [{"name": "Ion"}, {"name": "Ana"}, {"name": "Eva", "age": {"date_of_birth": "1970-01-01"}}]
    case_id = await cases.report(persons=people)
    case_file = await cases.read(case_id)
    everybody = [one["id"] for one in case_file["persons"]]
    assert [one["age_status"] for one in case_file["persons"]] == [None] * 4
    chosen = await choose_unknown(cases, case_id, *everybody, everybody[0])
    assert (chosen.status_code, chosen.json()["version"]) == (200, case_file["version"] + 1)
    after = await cases.read(case_id)
    assert {one["age_status"] for one in after["persons"]} == {"unknown_no_indication"}
    again = await choose_unknown(cases, case_id, *everybody)
    assert (again.status_code, again.json()["version"]) == (200, after["version"]), "it is its own retry"
    assert (await cases.close(case_id)).status_code == 200
    assert (await choose_unknown(cases, case_id, *everybody)).status_code == 200
    assert (await cases.read(case_id))["state"] == "closed"
    trail = await cases.service.fetch("SELECT codes FROM audit_entries WHERE action = 'age.recorded'")
    assert sorted(one["codes"]["person_id"] for one in trail) == sorted(everybody)


async def test_an_age_that_is_known_is_not_made_unknown_for_several(cases: CaseWork) -> None:
    case_id, person = await a_person(cases, age={"years": 40})
    refused = await choose_unknown(cases, case_id, person)
    assert refused.json()["invalid"] == [{"field": "person_ids.0", "rule": "age_is_known"}]
    other, _ = await a_person(cases)
    assert (await choose_unknown(cases, other, person)).status_code == 404
    assert (await choose_unknown(cases, other)).status_code == 422


@pytest.mark.parametrize(
    ("said", "is_child"),
    [
        ({"date_of_birth": "1970-01-01", "years": 15}, True),
        ({"date_of_birth": "1990-01-01", "may_be_under_18": True}, True),
        ({"years": 15, "surely_adult": True}, True),
        ({"about": True, "lowest": 18, "highest": 19}, True),
        ({"lowest": 18, "highest": 16}, True),
        ({"date_of_birth": "1900-01-01"}, None),
        ({"date_of_birth": "2026-06-11"}, None),
        ({"about": True, "lowest": 20, "highest": 22}, False),
    ],
    ids=str,
)
async def test_where_nobody_can_be_asked_a_contradiction_is_a_child_and_no_age_is_unasked(
    cases: CaseWork, said: dict[str, Any], is_child: bool | None
) -> None:
    case_id, person = await a_person(cases, age=said)
    status = await age_of(cases, case_id, person)
    assert (status and status in ("child_stated", "uncertain_may_be_child")) == is_child
    await cases.let_time_pass(hours=1)
    assert bool(await cases.service.announced(DisclosureAuthorised)) is bool(is_child)


async def test_twelve_to_fourteen_said_six_years_ago_is_an_adult_and_five_years_ago_is_not(
    cases: CaseWork,
) -> None:
    case_id, person = await a_person(cases)
    band = {"lowest": 12, "highest": 14}
    for said_on, status in (
        ("2010-01-01", "adult_stated"),
        ("2020-06-10", "adult_stated"),
        ("2020-06-11", "uncertain_may_be_child"),
        ("2021-06-10", "uncertain_may_be_child"),
        (TODAY, "child_stated"),
    ):
        answer = await record_age(cases, case_id, person, band | {"said_on": said_on})
        assert answer.json()["age_status"] == status, said_on


async def test_seventeen_is_an_adult_one_year_after_it_was_said(cases: CaseWork) -> None:
    case_id = await sent_child(cases, persons=[a_child(age={"years": 17})])
    person = await person_of(cases, case_id)
    cases.clock.forward(days=364)
    assert await age_of(cases, case_id, person) == "child_stated"
    cases.clock.forward(days=1)
    assert await age_of(cases, case_id, person) == "adult_stated"
