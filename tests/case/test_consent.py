"""Consent within the case service: it permits, an adviser lets it leave, and a withdrawal wins."""

import json
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from shared.events import DisclosureRecalled, DisclosureWithheld
from tests.builders import a_reporter
from tests.case.conftest import CaseWork

CONSENTING = {"reporter": a_reporter(), "privacy": "share", "share_with": ["police"]}


async def authorise(cases: CaseWork, case_id: UUID, recipient: str = "police") -> Any:
    return await cases.do("POST", f"/v1/cases/{case_id}/disclosures", {"recipient": recipient})


async def reporter_of(cases: CaseWork, case_id: UUID) -> str:
    persons = (await cases.read(case_id))["persons"]
    return str(next(one["id"] for one in persons if "reporter" in one["roles"]))


async def withdraw(cases: CaseWork, case_id: UUID) -> Any:
    return await cases.do(
        "POST", f"/v1/cases/{case_id}/persons/{await reporter_of(cases, case_id)}/withdrawal"
    )


async def test_consent_alone_sends_nothing(cases: CaseWork) -> None:
    await cases.report(**CONSENTING)
    await cases.let_time_pass(days=1)
    assert await cases.authorised() == []


async def test_what_was_consented_to_leaves_when_an_adviser_authorises_it(cases: CaseWork) -> None:
    case_id = await cases.report(**CONSENTING)
    answer = await authorise(cases, case_id)
    assert answer.status_code == 201
    released = await cases.release(answer.json()["id"])
    content = json.loads(released.json()["text"])
    assert content["grounds"] == ["consent"]
    assert content["reporter"][0]["phone"] == "+44 7700 900123"
    assert content["protect_source"] is False


async def test_a_confidential_report_passes_its_situation_and_no_identity(cases: CaseWork) -> None:
    case_id = await cases.report(**{**CONSENTING, "privacy": "confidential"})
    answer = await authorise(cases, case_id)
    text = (await cases.release(answer.json()["id"])).json()["text"]
    assert "Rowan" not in text
    assert "before dawn" not in text
    assert set(json.loads(text)["situation"]) >= {"exploitation_types", "sectors", "place"}


async def test_the_reporters_free_text_stays_where_their_account_stays(cases: CaseWork) -> None:
    told: dict[str, Any] = {
        "when_happened": "since Noor moved in",
        "place": {"council": "E08000003", "address": "4 Larch Row", "description": "behind Noor's house"},
        "persons": [{"role": "alleged_exploiter", "name": "Vex Harrow", "description": "Noor's uncle"}],
    }
    case_id = await cases.report(**{**CONSENTING, "privacy": "confidential"}, **told)
    text = (await cases.release((await authorise(cases, case_id)).json()["id"])).json()["text"]
    assert "Noor" not in text
    assert "Vex Harrow" in text
    assert "Larch Row" in text
    case_id = await cases.report(**CONSENTING, **told)
    text = (await cases.release((await authorise(cases, case_id)).json()["id"])).json()["text"]
    assert text.count("Noor") == 3


async def test_a_refusal_says_why_from_stored_facts(cases: CaseWork) -> None:
    case_id = await cases.report(reporter=a_reporter(is_person_of_concern=True), privacy="confidential")
    answer = await authorise(cases, case_id)
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing-may-leave")
    assert {one["why"] for one in answer.json()["stays"]} >= {"reporter_chose_confidential"}


async def test_a_withdrawal_that_commits_before_the_send_wins(cases: CaseWork) -> None:
    case_id = await cases.report(**CONSENTING)
    disclosure_id = (await authorise(cases, case_id)).json()["id"]
    await withdraw(cases, case_id)
    released = await cases.release(disclosure_id)
    assert (released.status_code, released.json()["code"]) == (409, "withheld")
    (event,) = await cases.service.announced(DisclosureWithheld)
    assert event.reason == "consent_was_withdrawn"


async def test_a_withdrawal_after_the_send_recalls_every_copy(cases: CaseWork) -> None:
    case_id = await cases.report(**CONSENTING)
    disclosure_id = (await authorise(cases, case_id)).json()["id"]
    await cases.release(disclosure_id)
    answer = await withdraw(cases, case_id)
    assert answer.json()["recalled"] == [disclosure_id]
    assert len(await cases.service.announced(DisclosureRecalled)) == 1


async def say(cases: CaseWork, case_id: UUID, person: str, said: dict[str, Any]) -> Any:
    cases.clock.forward(seconds=1)
    answer = await cases.do("POST", f"/v1/cases/{case_id}/persons/{person}/consents", said)
    assert answer.status_code == 201, answer.text
    return answer.json()["recalled"]


@pytest.mark.parametrize(
    "said",
    [{"recipient": "police", "agrees": False}, {"privacy": "confidential"}, {"privacy": "anonymous"}],
    ids=["no-to-the-police", "confidential", "anonymous"],
)
async def test_what_one_line_takes_back_is_called_back_once(cases: CaseWork, said: dict[str, Any]) -> None:
    case_id = await cases.report(**CONSENTING)
    disclosure_id = (await authorise(cases, case_id)).json()["id"]
    await cases.release(disclosure_id)
    reporter = await reporter_of(cases, case_id)
    assert await say(cases, case_id, reporter, said) == [disclosure_id]
    assert await say(cases, case_id, reporter, said) == []
    assert len(await cases.service.announced(DisclosureRecalled)) == 1


async def test_a_situation_that_may_not_go_any_more_is_called_back(cases: CaseWork) -> None:
    case_id = await cases.report(**{**CONSENTING, "privacy": "confidential"})
    disclosure_id = (await authorise(cases, case_id)).json()["id"]
    await cases.release(disclosure_id)
    reporter = await reporter_of(cases, case_id)
    assert await say(cases, case_id, reporter, {"situation": False}) == [disclosure_id]


async def test_a_line_that_takes_nothing_back_from_a_body_calls_nothing_back_from_it(cases: CaseWork) -> None:
    case_id = await cases.report(**{**CONSENTING, "share_with": ["police", "health"]}, danger_now="yes")
    disclosure_id = (await authorise(cases, case_id)).json()["id"]
    await cases.release(disclosure_id)
    await cases.do("POST", f"/v1/cases/{case_id}/confirmation")
    await cases.service.run_loop("mind_clocks")
    for event in await cases.authorised():
        await cases.release(event.disclosure_id)
    reporter = await reporter_of(cases, case_id)
    for said in ({"recipient": "health", "agrees": False}, {"situation": False}, {"privacy": "share"}):
        assert await say(cases, case_id, reporter, said) == []
    assert await say(cases, case_id, reporter, {"privacy": "confidential"}) == [disclosure_id]


async def test_a_copy_that_left_is_called_back_although_a_later_try_was_withheld(cases: CaseWork) -> None:
    """Its answer was lost; before the next try somebody else who told of it agreed to nothing; then it is withdrawn."""
    case_id = await cases.report(**CONSENTING)
    reporter = await reporter_of(cases, case_id)
    disclosure_id = (await authorise(cases, case_id)).json()["id"]
    assert (await cases.release(disclosure_id)).status_code == 200
    cases.clock.forward(seconds=1)
    other = {"roles": ["reporter", "person_of_concern"], "age": {"years": 40}}
    assert (await cases.do("POST", f"/v1/cases/{case_id}/persons", other)).status_code == 201
    assert (await cases.release(disclosure_id)).status_code == 409
    path = f"/v1/cases/{case_id}/persons/{reporter}/withdrawal"
    assert (await cases.do("POST", path)).json()["recalled"] == [disclosure_id]
    assert (await cases.do("POST", path)).json()["recalled"] == []


async def test_a_closed_case_can_still_be_withdrawn_from(cases: CaseWork) -> None:
    case_id = await cases.report(**CONSENTING)
    disclosure_id = (await authorise(cases, case_id)).json()["id"]
    assert (await cases.close(case_id)).status_code == 200
    assert (await cases.read(case_id))["state"] == "closed"
    assert (await withdraw(cases, case_id)).status_code == 201
    assert (await cases.release(disclosure_id)).status_code == 409


async def test_what_a_lead_decides_about_one_charity_tells_another_nothing(cases: CaseWork) -> None:
    case_id = await cases.report(
        persons=[{"name": "Quillfeather"}, {"name": "Brackenbury"}], privacy="confidential"
    )
    persons = {one["name"]: one["id"] for one in (await cases.read(case_id))["persons"] if one.get("name")}
    texts = {}
    for name, body in (("Quillfeather", "charity-one"), ("Brackenbury", "charity-two")):
        told = {"recipient": "service_provider", "body": body, "persons": [persons[name]], "reason": "duress"}
        made = await cases.do("POST", f"/v1/cases/{case_id}/authorisations", told, role="safeguarding_lead")
        texts[body] = (await cases.release(made.json()["id"])).json()["text"]
    assert "Quillfeather" in texts["charity-one"]
    assert "Brackenbury" in texts["charity-two"]
    assert "Quillfeather" not in texts["charity-two"]


async def test_a_withdrawal_neither_stops_nor_recalls_an_override(cases: CaseWork) -> None:
    case_id = await cases.report(**CONSENTING, danger_now="yes")
    await cases.do("POST", f"/v1/cases/{case_id}/confirmation")
    await cases.service.run_loop("mind_clocks")
    assert (await withdraw(cases, case_id)).json()["recalled"] == []
    (event,) = await cases.authorised()
    assert (await cases.release(event.disclosure_id)).status_code == 200


async def test_the_ledger_cannot_be_changed_even_by_hand(cases: CaseWork) -> None:
    await cases.report(**CONSENTING)
    for statement in ("UPDATE consents SET agrees = false", "DELETE FROM consents"):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="written once"):
            await cases.service.fetch(statement)
