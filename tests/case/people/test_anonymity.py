"""Reporters who choose to be anonymous: no way to find or reach them is held, and none is added."""

import json
from typing import Any
from uuid import UUID

from tests.case.builders import put, record_consent, reporter_of, withdraw
from tests.case.conftest import CaseWork
from tests.support.builders import a_reporter

SAFE = {"safe_contact": {"never": "my brother", "code_word": "plum"}, "risk_to_approach": "a dog"}


async def choose(cases: CaseWork, case_id: UUID, person: str, privacy: str) -> Any:
    return await cases.do("POST", f"/v1/cases/{case_id}/persons/{person}/consents", {"privacy": privacy})


async def test_an_anonymous_reporter_is_given_no_name_until_they_choose_otherwise(cases: CaseWork) -> None:
    case_id = await cases.report(privacy="anonymous")
    person = await reporter_of(cases, case_id)
    await withdraw(cases, case_id)
    refused = await put(cases, case_id, f"persons/{person}/name", {"name": "Rowan"})
    assert (refused.status_code, refused.json()["code"]) == (409, "chose-to-be-anonymous")
    await choose(cases, case_id, person, "confidential")
    assert (await put(cases, case_id, f"persons/{person}/name", {"name": "Rowan"})).status_code == 200


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
    case_file = await cases.read(case_id)
    gone = case_file["persons"][0]
    assert (gone["name"], gone["phone"], gone["email"]) == (None, None, None)
    for at in (gone["lives_at"], gone["found_at"]):
        assert (at["address"], at["description"], at["council"]) == (None, None, "E08000035")
    account = case_file["accounts"][0]
    assert (account["safe_contact"], account["risk_to_approach"]) == (None, "a dog")
    assert case_file["persons"][1]["name"] == "Wexcombe"
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


async def test_what_another_says_they_chose_takes_no_name_away(cases: CaseWork) -> None:
    case_id = await cases.report(reporter=a_reporter(), privacy="confidential", **SAFE)
    person = await reporter_of(cases, case_id)
    await record_consent(cases, case_id, person, {"privacy": "anonymous", "relayed": True})
    case_file = await cases.read(case_id)
    assert (case_file["persons"][0]["name"], case_file["persons"][0]["consent"]["privacy"]) == (
        "Rowan Ashdown",
        "confidential",
    )
    assert case_file["accounts"][0]["safe_contact"]["code_word"] == "plum"


async def test_a_yes_that_was_overheard_allows_no_name_again(cases: CaseWork) -> None:
    case_id = await cases.report(privacy="anonymous")
    person = await reporter_of(cases, case_id)
    await record_consent(cases, case_id, person, {"privacy": "share", "overheard": True})
    refused = await put(cases, case_id, f"persons/{person}/name", {"name": "Rowan"})
    assert (refused.status_code, refused.json()["code"]) == (409, "chose-to-be-anonymous")
