"""Own yes of a person of concern: no reporter stops it, and nobody gives it for her."""

from typing import Any
from uuid import UUID

import pytest

from tests.case.builders import (
    CONSENTING,
    authorise,
    content_of,
    disclosures_of,
    person_of,
    record_consent,
    reporter_of,
    withdraw,
)
from tests.case.conftest import CaseWork
from tests.support.builders import a_reporter

QUILL: dict[str, Any] = {
    "name": "Quillfeather",
    "age": {"years": 40},
    "phone": "07700 900456",
    "exploitation_types": ["criminal"],
    "found_at": {"council": "E08000003", "address": "9 Hawthorn Mews"},
}
AGREES: dict[str, Any] = {"recipient_kind": "police", "agrees": True}


async def a_case(cases: CaseWork, **said: Any) -> tuple[UUID, str]:
    """Report somebody of concern by a reporter who lets nothing go; return the case and that person."""
    silent = {"reporter": a_reporter(), "privacy": "confidential", "situation_may_be_passed_on": False}
    case_id = await cases.report(**{**silent, "persons": [QUILL], **said})
    return case_id, await person_of(cases, case_id)


async def shared(cases: CaseWork, case_id: UUID) -> Any:
    """Return what goes to the police on consent; None where nothing may."""
    answer = await authorise(cases, case_id)
    return await content_of(cases, answer.json()["id"]) if answer.status_code == 201 else None


async def test_her_own_yes_releases_her_identity_and_the_coded_facts_about_her_alone(cases: CaseWork) -> None:
    case_id, person = await a_case(cases)
    assert await shared(cases, case_id) is None
    await record_consent(cases, case_id, person, AGREES)
    content = await shared(cases, case_id)
    (one,) = content["persons"]
    assert (one["name"], one["phone"]) == ("Quillfeather", "07700 900456")
    assert content["situation"] == {"exploitation_types": ["criminal"]}
    assert not {"account", "reporter"} & content.keys()
    assert "Rowan" not in str(content)


@pytest.mark.parametrize("how", ["overheard", "relayed"])
async def test_a_yes_that_was_overheard_or_told_by_somebody_else_counts_as_unasked(
    cases: CaseWork, how: str
) -> None:
    case_id, person = await a_case(cases)
    await record_consent(cases, case_id, person, {**AGREES, how: True})
    assert await shared(cases, case_id) is None
    await record_consent(cases, case_id, person, AGREES)
    assert await shared(cases, case_id) is not None, "repeated in safety"
    await record_consent(cases, case_id, person, {"recipient_kind": "police", "agrees": False, how: True})
    assert await shared(cases, case_id) is None, "a no counts however it was said"


@pytest.mark.parametrize(
    "choice", [{"privacy": "anonymous"}, {"situation": False}, {"recipient_kind": "police", "agrees": False}]
)
async def test_no_choice_of_a_reporter_recalls_what_she_agreed_to_for_herself(
    cases: CaseWork, choice: dict[str, Any]
) -> None:
    case_id, person = await a_case(cases)
    await record_consent(cases, case_id, person, AGREES)
    assert await shared(cases, case_id) is not None
    recalled = await record_consent(cases, case_id, await reporter_of(cases, case_id), choice)
    assert recalled["recalled"] == []
    assert [one["state"] for one in await disclosures_of(cases, case_id)] == ["issued"]


async def test_a_reporters_withdrawal_recalls_the_reporters_part_and_leaves_hers(cases: CaseWork) -> None:
    case_id = await cases.report(**CONSENTING, persons=[QUILL])
    person, reporter = await person_of(cases, case_id), await reporter_of(cases, case_id)
    await record_consent(cases, case_id, person, AGREES)
    assert await shared(cases, case_id) is not None
    cases.clock.forward(seconds=1)
    assert len((await withdraw(cases, case_id, reporter)).json()["recalled"]) == 1
    (recall,) = await cases.service.fetch("SELECT recalled_items FROM disclosures")
    owners = {one["person_id"] for one in recall["recalled_items"]}
    assert reporter in owners
    assert person not in owners
    content = await shared(cases, case_id)
    assert content is None or "Quillfeather" in str(content)


async def test_her_own_withdrawal_recalls_hers_and_leaves_the_reporters(cases: CaseWork) -> None:
    case_id = await cases.report(**CONSENTING, persons=[QUILL])
    person, reporter = await person_of(cases, case_id), await reporter_of(cases, case_id)
    await record_consent(cases, case_id, person, AGREES)
    assert await shared(cases, case_id) is not None
    cases.clock.forward(seconds=1)
    assert len((await withdraw(cases, case_id, person)).json()["recalled"]) == 1
    (recall,) = await cases.service.fetch("SELECT recalled_items FROM disclosures")
    groups = {(one["group"], one["person_id"]) for one in recall["recalled_items"]}
    assert {("P", person), ("H", person)} <= groups
    assert ("A", reporter) in groups, "a third party's words go only while she agrees"
    assert not {("R", reporter), ("S", None)} & groups


async def test_a_childs_own_yes_counts_where_an_adviser_recorded_that_the_child_understands(
    cases: CaseWork,
) -> None:
    child = {"name": "Sami", "age": {"years": 15}}
    case_id, person = await a_case(cases, persons=[child])
    health: dict[str, Any] = {"recipient_kind": "service_provider", "agrees": True}
    for understood, kinds in ((False, []), (True, ["service_provider"])):
        await record_consent(cases, case_id, person, {**health, "understood": understood})
        persons = (await cases.read(case_id))["persons"]
        (consent,) = [one["consent"] for one in persons if one["id"] == person]
        assert consent["recipient_kinds"] == kinds


@pytest.mark.parametrize("privacy", ["confidential", "anonymous"])
async def test_a_reporters_yes_beside_a_choice_that_is_not_to_share_is_refused(
    cases: CaseWork, privacy: str
) -> None:
    case_id = await cases.report(reporter={}, privacy=privacy)
    path = f"/v1/cases/{case_id}/persons/{await reporter_of(cases, case_id)}/consents"
    refused = await cases.do("POST", path, AGREES)
    assert (refused.status_code, refused.json()["code"]) == (422, "privacy-choice-forbids")
    assert refused.json()["invalid"] == [{"field": "agrees", "rule": "privacy_choice_forbids"}]
    assert (await cases.do("POST", path, {"recipient_kind": "police", "agrees": False})).status_code == 201
    cases.clock.forward(seconds=1)
    assert (await cases.do("POST", path, {"privacy": "share"})).status_code == 201
    assert (await cases.do("POST", path, AGREES)).status_code == 201
