"""Consent permits and does not send: an adviser authorises what goes, and a withdrawal wins."""

import json
from typing import Any

import asyncpg
import pytest

from shared.events import DisclosureWithheld
from tests.case.builders import (
    CONSENTING,
    MANCHESTER_POLICE,
    authorise,
    confirm,
    content_of,
    person_of,
    record_consent,
    register,
    text_of,
    withdraw,
)
from tests.case.conftest import CaseWork
from tests.support.builders import a_reporter


async def test_consent_alone_sends_nothing(cases: CaseWork) -> None:
    await cases.report(**CONSENTING)
    await cases.let_time_pass(days=1)
    assert await cases.authorised() == []


async def test_consented_content_is_issued_when_an_adviser_authorises_it(cases: CaseWork) -> None:
    case_id = await cases.report(**CONSENTING)
    answer = await authorise(cases, case_id)
    assert answer.status_code == 201
    content = await content_of(cases, answer.json()["id"])
    assert content["grounds"] == ["consent"]
    assert content["reporter"][0]["phone"] == "+44 7700 900123"
    assert content["protect_source"] is True, "it holds the reporter's identity"


async def test_a_permitted_disclosure_counts_as_verified_because_an_adviser_authorised_it(
    cases: CaseWork,
) -> None:
    case_id = await cases.report(**CONSENTING)
    disclosure_id = (await authorise(cases, case_id)).json()["id"]
    (event,) = await cases.authorised()
    assert event.verified is True
    assert (await content_of(cases, disclosure_id))["verified"] is True


async def test_a_confidential_report_passes_its_situation_and_no_identity(cases: CaseWork) -> None:
    case_id = await cases.report(**{**CONSENTING, "privacy": "confidential"})
    answer = await authorise(cases, case_id)
    text = await text_of(cases, answer.json()["id"])
    assert "Rowan" not in text
    assert "before dawn" not in text
    assert set(json.loads(text)["situation"]) >= {"exploitation_types", "sectors", "place"}


async def test_the_reporters_free_text_stays_where_their_account_stays(cases: CaseWork) -> None:
    """Except the words that say where somebody is: they are of the situation."""
    said: dict[str, Any] = {
        "when_happened": "since Noor moved in",
        "place": {"council": "E08000003", "address": "4 Larch Row", "description": "behind the car wash"},
        "persons": [
            {"role": "alleged_exploiter", "name": "Vex Harrow", "description": "Noor's uncle"},
            {"name": "Kit", "age": {"years": 40}},
        ],
    }
    case_id = await cases.report(**{**CONSENTING, "privacy": "confidential"}, **said)
    text = await text_of(cases, (await authorise(cases, case_id)).json()["id"])
    assert "Noor" not in text
    assert all(words in text for words in ("Vex Harrow", "Larch Row", "behind the car wash"))
    case_id = await cases.report(**CONSENTING, **said)
    await agree_for_herself(cases, case_id, await person_of(cases, case_id))
    text = await text_of(cases, (await authorise(cases, case_id)).json()["id"])
    assert text.count("Noor") == 2


async def test_a_third_partys_words_go_only_where_everybody_of_concern_agrees_too(cases: CaseWork) -> None:
    adults = [{"name": "Kit", "age": {"years": 40}}, {"name": "Bo", "age": {"years": 30}}]
    for persons, agree, counted, included in (
        ([], 0, None, False),
        (adults, 0, None, False),
        (adults, 1, None, False),
        (adults, 2, None, True),
        (adults, 2, 5, False),
    ):
        case_id = await cases.report(**CONSENTING, persons=persons, how_many=counted)
        concerned = [
            one["id"] for one in (await cases.read(case_id))["persons"] if "person_of_concern" in one["roles"]
        ]
        for person in concerned[:agree]:
            await agree_for_herself(cases, case_id, person)
        content = await content_of(cases, (await authorise(cases, case_id)).json()["id"])
        assert ("account" in content) is included, (len(persons), agree, counted)


async def test_a_self_reporters_own_words_go_with_their_own_yes(cases: CaseWork) -> None:
    case_id = await cases.report(
        **{**CONSENTING, "reporter": a_reporter(is_person_of_concern=True, age={"years": 30})}
    )
    content = await content_of(cases, (await authorise(cases, case_id)).json()["id"])
    assert "before dawn" in content["account"][0]


async def agree_for_herself(cases: CaseWork, case_id: Any, person: str, kind: str = "police") -> None:
    """Record a person of concern's own yes: no privacy choice is asked of her."""
    await record_consent(cases, case_id, person, {"recipient_kind": kind, "agrees": True})


async def test_a_refusal_gives_its_reasons_from_stored_facts(cases: CaseWork) -> None:
    case_id = await cases.report(reporter=a_reporter(is_person_of_concern=True), privacy="confidential")
    answer = await authorise(cases, case_id)
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing-may-be-shared")
    assert {one["reason"] for one in answer.json()["withheld"]} >= {"reporter_chose_confidential"}


async def test_a_withdrawal_that_commits_before_the_issue_wins(cases: CaseWork) -> None:
    case_id = await cases.report(**CONSENTING)
    disclosure_id = (await authorise(cases, case_id)).json()["id"]
    await withdraw(cases, case_id)
    answer = await cases.issue(disclosure_id)
    assert (answer.status_code, answer.json()["code"]) == (409, "withheld")
    (event,) = await cases.service.announced(DisclosureWithheld)
    assert event.reason == "consent_withdrawn"


async def test_a_closed_case_can_still_be_withdrawn_from(cases: CaseWork) -> None:
    case_id = await cases.report(**CONSENTING)
    disclosure_id = (await authorise(cases, case_id)).json()["id"]
    assert (await cases.close(case_id)).status_code == 200
    assert (await cases.read(case_id))["state"] == "closed"
    assert (await withdraw(cases, case_id)).status_code == 201
    assert (await cases.issue(disclosure_id)).status_code == 409


async def test_a_leads_decision_about_one_charity_lets_nothing_go_to_another(cases: CaseWork) -> None:
    persons = [{"name": "Quillfeather"}, {"name": "Brackenbury"}]
    case_id = await cases.report(persons=persons, privacy="confidential")
    ids = {one["name"]: one["id"] for one in (await cases.read(case_id))["persons"] if one.get("name")}
    texts = {}
    for name, agency in (("Quillfeather", "charity-one"), ("Brackenbury", "charity-two")):
        await register(cases, agency, "service_provider")
        decision = {"recipient_kind": "service_provider", "agency_code": agency, "reason": "duress"}
        body = {**decision, "person_ids": [ids[name]]}
        made = await cases.do("POST", f"/v1/cases/{case_id}/authorisations", body, role="safeguarding_lead")
        texts[agency] = await text_of(cases, made.json()["id"])
    assert "Quillfeather" in texts["charity-one"]
    assert "Brackenbury" in texts["charity-two"]
    assert "Quillfeather" not in texts["charity-two"]


async def test_a_leads_decision_is_about_named_groups_once_and_is_reviewed_by_another_lead(
    cases: CaseWork,
) -> None:
    case_id = await cases.report(persons=[{"name": "Quillfeather"}], privacy="confidential")
    body = {
        "recipient_kind": "police",
        "agency_code": MANCHESTER_POLICE,
        "reason": "serious_crime",
        "person_ids": [await person_of(cases, case_id)],
        "groups": ["P"],
    }
    path = f"/v1/cases/{case_id}/authorisations"
    made = await cases.do("POST", path, body, role="safeguarding_lead", name="lin")
    content = await content_of(cases, made.json()["id"])
    assert [one["name"] for one in content["persons"]] == ["Quillfeather"]
    assert not {"situation", "account", "handling", "reporter"} & content.keys()
    again = await cases.do("POST", path, body, role="safeguarding_lead", name="lin")
    assert (again.status_code, again.json()["code"]) == (409, "nothing-new-to-share")
    review = f"/v1/case-recipients/{made.json()['recipient_id']}/countersignature"
    same = await cases.do("POST", review, role="safeguarding_lead", name="lin")
    assert (same.status_code, same.json()["code"]) == (409, "countersigned-by-the-same-person")
    assert (await cases.close(case_id)).json()["unsigned_reviews"] == 1
    assert (await cases.do("POST", review, role="safeguarding_lead", name="max")).status_code == 201
    assert (await cases.close(case_id)).status_code == 200


async def test_a_withdrawal_neither_stops_nor_recalls_an_override(cases: CaseWork) -> None:
    case_id = await cases.report(**CONSENTING, danger_now="yes")
    await confirm(cases, case_id)
    assert (await withdraw(cases, case_id)).json()["recalled"] == []
    (event,) = await cases.authorised()
    assert (await cases.issue(event.disclosure_id)).status_code == 200


async def test_the_ledger_cannot_be_changed_even_by_hand(cases: CaseWork) -> None:
    await cases.report(**CONSENTING)
    for statement in ("UPDATE consent_entries SET agrees = false", "DELETE FROM consent_entries"):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="written once"):
            await cases.service.fetch(statement)


# Proposals: consent that lets more go than an agency was told is an adviser's task


async def is_proposed(cases: CaseWork, case_id: Any) -> bool:
    tasks = (await cases.read(case_id))["tasks"]
    return any(task["kind"] == "authorise_disclosure" and not task["completed_at"] for task in tasks)


async def authorised_text(cases: CaseWork, case_id: Any) -> str:
    return await text_of(cases, (await authorise(cases, case_id)).json()["id"])


async def test_a_second_adults_own_yes_is_proposed_although_the_police_were_told(cases: CaseWork) -> None:
    case_id = await cases.report(**CONSENTING, persons=[{"name": "Quillfeather", "age": {"years": 40}}])
    assert "Quillfeather" not in await authorised_text(cases, case_id)
    assert not await is_proposed(cases, case_id)
    await agree_for_herself(cases, case_id, await person_of(cases, case_id))
    assert await is_proposed(cases, case_id)
    assert "Quillfeather" in await authorised_text(cases, case_id)
    assert not await is_proposed(cases, case_id)


async def test_what_waits_to_be_issued_is_not_proposed_again(cases: CaseWork) -> None:
    case_id = await cases.report(**CONSENTING, persons=[{"name": "Quillfeather", "age": {"years": 40}}])
    await authorise(cases, case_id)
    await agree_for_herself(cases, case_id, await person_of(cases, case_id))
    assert not await is_proposed(cases, case_id)


@pytest.mark.parametrize("is_source", [True, False], ids=["told-of-a-danger", "told-nothing"])
async def test_who_told_an_adviser_of_something_lets_it_go_or_not_as_who_made_a_report(
    cases: CaseWork, *, is_source: bool
) -> None:
    """Each reporter's choice governs what that reporter told, and nothing else (section 1)."""
    case_id = await cases.report(**CONSENTING)
    body = {"name": "Rosehip", "roles": ["reporter"], "age": {"years": 40}}
    added = await cases.do("POST", f"/v1/cases/{case_id}/persons", body)
    other = added.json()["id"]
    if is_source:
        danger = {"source_reporter_id": other}
        assert (await cases.do("POST", f"/v1/cases/{case_id}/dangers", danger)).status_code == 201
    await record_consent(cases, case_id, other, {"situation": False})
    answer = await authorise(cases, case_id)
    content = await content_of(cases, answer.json()["id"])
    assert ("situation" in content) == (not is_source)
    assert content["reporter"], "the identity of who agreed goes"
