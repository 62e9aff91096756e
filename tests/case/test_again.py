"""Said again, put back, or agreed to later: what follows from it once more, and what does not."""

import json
from typing import Any
from uuid import UUID

from tests.builders import a_child, a_reporter
from tests.case.checks import acknowledged, person_of, put, sent_child, supplements
from tests.case.conftest import CaseWork

CONSENTING = {"reporter": a_reporter(), "privacy": "share", "share_with": ["police"]}
NOOR: dict[str, Any] = {
    "description": "Noor's sister",
    "lives_at": {"council": "E08000003", "description": "above Noor's shop"},
    "found_at": {"council": "E08000003", "description": "behind Noor's shop"},
}


async def consent(cases: CaseWork, case_id: UUID, person: str, said: dict[str, Any]) -> None:
    cases.clock.forward(seconds=1)
    answer = await cases.do("POST", f"/v1/cases/{case_id}/persons/{person}/consents", said)
    assert answer.status_code == 201


async def to_authorise(cases: CaseWork, case_id: UUID) -> bool:
    tasks = (await cases.read(case_id))["tasks"]
    return any(task["kind"] == "authorise_disclosure" and not task["done_at"] for task in tasks)


async def let_leave(cases: CaseWork, case_id: UUID) -> str:
    made = await cases.do("POST", f"/v1/cases/{case_id}/disclosures", {"recipient": "police"})
    return str((await cases.release(made.json()["id"])).json()["text"])


async def test_a_source_that_is_put_back_goes_to_those_who_were_told_without_it(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[a_child()], reporter=a_reporter())
    await put(cases, case_id, "source", {"left_out_reason": "source_at_risk_if_identified"})
    await cases.do("POST", f"/v1/cases/{case_id}/confirmation")
    await cases.service.run_loop("mind_clocks")
    for event in await cases.authorised():
        assert "Rowan" not in (await cases.release(event.disclosure_id)).json()["text"]
        await acknowledged(cases, event)
    await put(cases, case_id, "source", {"left_out_reason": "source_at_risk_if_identified"})
    assert await supplements(cases) == []
    await put(cases, case_id, "source", {"left_out_reason": None})
    assert len(await supplements(cases)) == 2
    for event in await supplements(cases):
        assert "Rowan" in (await cases.release(event.disclosure_id)).json()["text"]


async def test_a_second_adults_consent_is_proposed_although_the_police_were_told(cases: CaseWork) -> None:
    case_id = await cases.report(**CONSENTING, persons=[{"name": "Quillfeather", "age": {"years": 40}}])
    assert "Quillfeather" not in json.dumps(json.loads(await let_leave(cases, case_id)).get("persons"))
    assert not await to_authorise(cases, case_id)
    person = await person_of(cases, case_id)
    await consent(cases, case_id, person, {"privacy": "share"})
    assert not await to_authorise(cases, case_id)
    await consent(cases, case_id, person, {"recipient": "police", "agrees": True})
    assert await to_authorise(cases, case_id)
    assert "Quillfeather" in await let_leave(cases, case_id)
    assert not await to_authorise(cases, case_id)


async def test_what_waits_to_be_fetched_is_not_proposed_again(cases: CaseWork) -> None:
    case_id = await cases.report(**CONSENTING, persons=[{"name": "Quillfeather", "age": {"years": 40}}])
    await cases.do("POST", f"/v1/cases/{case_id}/disclosures", {"recipient": "police"})
    person = await person_of(cases, case_id)
    await consent(cases, case_id, person, {"privacy": "share"})
    await consent(cases, case_id, person, {"recipient": "police", "agrees": True})
    assert not await to_authorise(cases, case_id)


async def test_a_request_that_is_repeated_does_not_open_a_case_that_was_closed_meanwhile(
    cases: CaseWork,
) -> None:
    case_id = await cases.report()
    key = {"idempotency_key": "one-key-of-sixteen-letters"}
    for path, body in (("persons", {"name": "Jo", "age": {"years": 40}}), ("dangers", {})):
        first = await cases.do("POST", f"/v1/cases/{case_id}/{path}", body, **key)
        assert first.status_code == 201
        for event in await _told(cases):
            await acknowledged(cases, event)
        assert (await cases.close(case_id)).status_code == 200
        again = await cases.do("POST", f"/v1/cases/{case_id}/{path}", body, **key)
        assert (again.status_code, again.json()) == (201, first.json())
        assert (await cases.read(case_id))["state"] == "closed"


async def _told(cases: CaseWork) -> list[Any]:
    await cases.service.run_loop("mind_clocks")
    for event in await cases.authorised():
        await cases.release(event.disclosure_id)
    return await cases.authorised()


async def test_the_reporters_words_about_somebody_stay_where_the_account_stays(cases: CaseWork) -> None:
    """An adult on the case has not agreed to the account: the council reads of the child, in codes."""
    case_id = await sent_child(cases, persons=[a_child(**NOOR), {"name": "Jo", "age": {"years": 40}}])
    for event in await cases.authorised():
        content = json.loads((await cases.release(event.disclosure_id)).json()["text"])
        assert "account" not in content
        assert "Noor" not in json.dumps(content)
        assert "Mika" in json.dumps(content)
    cases.clock.forward(seconds=1)
    await cases.do("POST", f"/v1/cases/{case_id}/dangers", {})
    (police,) = [event for event in await supplements(cases) if event.body.startswith("police:")]
    assert (await cases.release(police.disclosure_id)).json()["text"].count("Noor") == 3


async def test_what_an_adviser_wrote_of_somebody_goes_with_them(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[{"name": "Jo", "age": {"years": 40}}])
    cases.clock.forward(seconds=1)
    child = {"name": "Sami", "age": {"years": 15}, "description": "a scar on the left hand"}
    await cases.do("POST", f"/v1/cases/{case_id}/persons", child)
    await cases.service.run_loop("mind_clocks")
    for event in await cases.authorised():
        content = json.loads((await cases.release(event.disclosure_id)).json()["text"])
        assert "account" not in content
        assert "scar" in json.dumps(content)
