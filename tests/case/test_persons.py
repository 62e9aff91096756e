"""The people on a case: nobody's age forgotten, names set right where they went, and nobody named who stays unknown."""

import json
from typing import Any
from uuid import UUID

import pytest

from tests.builders import a_child, a_reporter
from tests.case.checks import acknowledged, person_of, put, sent_child, supplements
from tests.case.conftest import CaseWork

SAID = {"age": {"years": 40}}
SAFE = {"safe_contact": {"never": "my brother", "code_word": "plum"}, "risk_to_approach": "a dog"}


async def name(cases: CaseWork, case_id: UUID, person: str, new: Any) -> Any:
    return await put(cases, case_id, f"persons/{person}/name", {"name": new})


async def choose(cases: CaseWork, case_id: UUID, person: str, privacy: str) -> Any:
    return await cases.do("POST", f"/v1/cases/{case_id}/persons/{person}/consents", {"privacy": privacy})


@pytest.mark.parametrize("role", ["reporter", "person_of_concern", "household_member", "alleged_exploiter"])
async def test_a_case_is_not_closed_while_anybodys_age_is_unasked(cases: CaseWork, role: str) -> None:
    other = {} if role == "reporter" else {"persons": [{"role": role, "name": "Ion"}], "reporter": SAID}
    case_id = await cases.report(**other)
    refused = await cases.do("POST", f"/v1/cases/{case_id}/closing", {"outcome": "advice_only"})
    assert (refused.status_code, refused.json()["unasked_ages"]) == (409, 1)
    assert (await cases.close(case_id)).status_code == 200


async def test_a_name_that_is_set_right_before_sending_is_the_one_that_leaves(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[a_child(name="Mka")])
    answer = await name(cases, case_id, await person_of(cases, case_id), " Mika ")
    assert (answer.status_code, "Mika" in answer.text) == (200, False)
    assert await supplements(cases) == []
    await cases.let_time_pass(hours=1)
    for event in await cases.authorised():
        content = json.loads((await cases.release(event.disclosure_id)).json()["text"])
        assert [one["name"] for one in content["persons"]] == ["Mika"]


async def test_those_who_were_told_a_name_are_told_the_right_one_and_nobody_else_is(cases: CaseWork) -> None:
    case_id = await sent_child(cases, persons=[a_child(), {"name": "Jo", "age": {"years": 40}}])
    for event in await cases.authorised():
        await acknowledged(cases, event)
    persons = {one["name"]: one["id"] for one in (await cases.read(case_id))["persons"]}
    await name(cases, case_id, persons["Jo"], "Joanna")
    assert await supplements(cases) == [], "a name that nobody was told"
    await name(cases, case_id, persons["Mika"], "Michaela")
    told = await supplements(cases)
    assert {event.body for event in told} == {"social_care:E08000003", "police:E23000005"}
    for event in told:
        assert "Michaela" in (await cases.release(event.disclosure_id)).json()["text"]
    await name(cases, case_id, persons["Mika"], "Michaela")
    assert await supplements(cases) == told, "the same name once more is no news"


async def test_a_name_is_sealed_and_its_change_is_in_the_audit_trail(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[{"name": "Ion"}])
    person = await person_of(cases, case_id)
    await name(cases, case_id, person, "Wexcombe")
    assert "Wexcombe" in {one["name"] for one in (await cases.read(case_id))["persons"]}
    trail = await cases.service.fetch("SELECT actor, codes FROM audit_entries WHERE action = 'name.recorded'")
    assert [(row["actor"], row["codes"]) for row in trail] == [("user:ada", {"person_id": person})]
    for table in ("persons", "audit_entries", "outbox", "cases"):
        rows = await cases.service.fetch(f"SELECT {table}::text AS all_of_it FROM {table}")
        assert not [row for row in rows if "Wexcombe" in row["all_of_it"]]
        assert not [row for row in rows if b"Wexcombe".hex() in row["all_of_it"]]


@pytest.mark.parametrize("new", ["", "   ", "x" * 501, None, ["Ion"]])
async def test_a_name_that_says_nothing_is_refused(cases: CaseWork, new: Any) -> None:
    case_id = await cases.report(persons=[{"name": "Ion"}])
    answer = await name(cases, case_id, await person_of(cases, case_id), new)
    assert answer.status_code == 422
    assert {one["name"] for one in (await cases.read(case_id))["persons"]} == {"Ion", None}


async def test_whoever_chose_to_be_anonymous_is_given_no_name_until_they_choose_otherwise(
    cases: CaseWork,
) -> None:
    case_id = await cases.report(privacy="anonymous")
    person = await person_of(cases, case_id, "reporter")
    await cases.do("POST", f"/v1/cases/{case_id}/persons/{person}/withdrawal")
    refused = await name(cases, case_id, person, "Rowan")
    assert (refused.status_code, refused.json()["code"]) == (409, "chose-to-be-anonymous")
    await choose(cases, case_id, person, "confidential")
    assert (await name(cases, case_id, person, "Rowan")).status_code == 200


async def test_anonymous_chosen_later_leaves_no_way_to_find_or_reach_somebody(cases: CaseWork) -> None:
    home = {"address": "4 Larch Row", "council": "E08000035"}
    reporter = a_reporter(lives_at=home, found_at={**home, "description": "the blue van"})
    case_id = await cases.report(reporter=reporter, privacy="confidential", **SAFE)
    cases.clock.forward(seconds=1)
    looks = {"description": "a scarred hand", "languages": ["rom"], "found_at": {"postcode": "LS1 1UR"}}
    other = {"roles": ["reporter"], "name": "Wexcombe", "lives_at": home, **looks}
    second = (await cases.do("POST", f"/v1/cases/{case_id}/persons", other)).json()["id"]
    first = (await cases.read(case_id))["persons"][0]["id"]
    assert (await choose(cases, case_id, first, "anonymous")).status_code == 201
    page = await cases.read(case_id)
    gone = page["persons"][0]
    assert (gone["name"], gone["phone"], gone["email"]) == (None, None, None)
    for at in (gone["lives_at"], gone["found_at"]):
        assert (at["address"], at["description"], at["council"]) == (None, None, "E08000035")
    assert (page["accounts"][0]["safe_contact"], page["accounts"][0]["risk_to_approach"]) == ({}, "a dog")
    assert page["persons"][1]["name"] == "Wexcombe"
    assert (await choose(cases, case_id, second, "anonymous")).status_code == 201
    text = json.dumps(await cases.read(case_id))
    assert not any(word in text for word in ("Wexcombe", "scarred", '"rom"', "LS1 1UR"))


async def test_a_second_reporter_who_becomes_anonymous_leaves_the_firsts_safe_contact(
    cases: CaseWork,
) -> None:
    case_id = await cases.report(reporter=a_reporter(), privacy="confidential", **SAFE)
    cases.clock.forward(seconds=1)
    other = {"roles": ["reporter"], "name": "Wexcombe"}
    second = (await cases.do("POST", f"/v1/cases/{case_id}/persons", other)).json()["id"]
    await choose(cases, case_id, second, "anonymous")
    assert (await cases.read(case_id))["accounts"][0]["safe_contact"]["code_word"] == "plum"


async def test_while_a_body_must_still_be_told_nothing_is_taken_away(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes", reporter={}, **SAFE)
    person = await person_of(cases, case_id, "reporter")
    refused = await choose(cases, case_id, person, "anonymous")
    assert (refused.status_code, refused.json()["code"]) == (409, "identity-still-needed")
    assert (await cases.read(case_id))["accounts"][0]["safe_contact"]["code_word"] == "plum"
