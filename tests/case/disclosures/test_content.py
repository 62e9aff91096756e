"""Content of a disclosure: whose words go with what, and which reporter goes along."""

import json
import re
from typing import Any
from uuid import UUID

from tests.case.builders import (
    acknowledge,
    authorise,
    confirm,
    content_of,
    person_of,
    put,
    sent_child,
    supplements,
    text_of,
)
from tests.case.conftest import CaseWork
from tests.support.builders import a_child, a_reporter

NOOR: dict[str, Any] = {
    "description": "Noor's sister",
    "lives_at": {"council": "E08000003", "description": "above Noor's shop"},
    "found_at": {"council": "E08000003", "description": "behind Noor's shop"},
}
SOURCE_AT_RISK = {"left_out_reason": "source_at_risk_if_identified"}


def ids_in(text: str) -> set[UUID]:
    return {UUID(one) for one in re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", text)}


async def test_a_source_that_is_put_back_goes_to_those_who_were_told_without_it(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[a_child()], reporter=a_reporter())
    await put(cases, case_id, "source", SOURCE_AT_RISK)
    await confirm(cases, case_id)
    for event in await cases.authorised():
        assert "Rowan" not in await text_of(cases, event.disclosure_id)
        await acknowledge(cases, event)
    await put(cases, case_id, "source", SOURCE_AT_RISK)
    assert await supplements(cases) == []
    await put(cases, case_id, "source", {"left_out_reason": None})
    assert len(await supplements(cases)) == 2
    for event in await supplements(cases):
        assert "Rowan" in await text_of(cases, event.disclosure_id)


async def test_the_reporters_words_about_somebody_stay_where_the_account_stays(cases: CaseWork) -> None:
    """An adult on the case has not agreed to the account: the council reads of the child, in codes."""
    case_id = await sent_child(cases, persons=[a_child(**NOOR), {"name": "Jo", "age": {"years": 40}}])
    for event in await cases.authorised():
        content = await content_of(cases, event.disclosure_id)
        assert "account" not in content
        assert "Noor" not in json.dumps(content)
        assert "Mika" in json.dumps(content)
    cases.clock.forward(seconds=1)
    await cases.do("POST", f"/v1/cases/{case_id}/dangers", {})
    (police,) = [event for event in await supplements(cases) if event.recipient_kind == "police"]
    assert (await text_of(cases, police.disclosure_id)).count("Noor") == 3


async def test_an_advisers_words_about_somebody_go_with_them(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[{"name": "Jo", "age": {"years": 40}}])
    cases.clock.forward(seconds=1)
    child = {"name": "Sami", "age": {"years": 15}, "description": "a scar on the left hand"}
    await cases.do("POST", f"/v1/cases/{case_id}/persons", child)
    await cases.run_scheduler()
    assert len(await cases.authorised()) == 2
    for event in await cases.authorised():
        content = await content_of(cases, event.disclosure_id)
        assert "account" not in content
        assert "scar" in json.dumps(content)


async def test_no_id_that_an_agency_reads_tells_when_its_record_was_made(cases: CaseWork) -> None:
    """A gap in the order would show that somebody was left out, a time how long it was held back."""
    case_id = await cases.report(persons=[a_child(), a_child()], reporter=a_reporter())
    await confirm(cases, case_id)
    for event in await cases.authorised():
        read = {event.disclosure_id, *ids_in(await text_of(cases, event.disclosure_id))}
        assert len(read) > 2
        assert {one.version for one in read} == {4}


async def test_all_who_made_the_report_together_go_along(cases: CaseWork) -> None:
    together = [{"role": "reporter", "name": "Ada Twofold"}, {"role": "reporter", "name": "Ben Threefold"}]
    await cases.report(danger_now="yes", reporter=a_reporter(), persons=together)
    await cases.let_time_pass(hours=1)
    (event,) = await cases.authorised()
    text = await text_of(cases, event.disclosure_id)
    assert all(name in text for name in ("Rowan", "Ada Twofold", "Ben Threefold"))


async def test_the_source_of_the_danger_goes_along_and_no_other_reporter(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes", reporter=a_reporter())
    await cases.let_time_pass(hours=1)
    second = {"roles": ["reporter"], "name": "Second Caller", "phone": "07700 900999"}
    added = await cases.do("POST", f"/v1/cases/{case_id}/persons", second)
    assert added.status_code == 201
    (first,) = await cases.authorised()
    assert "Rowan" in await text_of(cases, first.disclosure_id)
    assert "Second Caller" not in await text_of(cases, first.disclosure_id)
    source = {"source_reporter_id": added.json()["id"]}
    assert (await cases.do("POST", f"/v1/cases/{case_id}/dangers", source)).status_code == 201
    newest = (await cases.authorised())[-1]
    assert "Second Caller" in await text_of(cases, newest.disclosure_id)
    refused = await cases.do("POST", f"/v1/cases/{case_id}/dangers", {"source_reporter_id": str(case_id)})
    assert refused.status_code == 404


async def test_a_lead_and_a_place_decide_which_agency_is_asked(cases: CaseWork) -> None:
    case_id = await cases.report(reporter=a_reporter(), privacy="share", share_with=["health"], place={})
    needed = await authorise(cases, case_id, "health")
    assert (needed.status_code, needed.json()["code"]) == (422, "agency-needed")
    assert needed.json()["invalid"] == [{"field": "agency_code", "rule": "missing"}]
    wrong = await authorise(cases, case_id, "health", agency_code="police:E23000005")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "agency-of-another-kind")
    assert (await authorise(cases, case_id, "health", agency_code="trust-one")).status_code == 201
    person = await person_of(cases, case_id, "reporter")
    body = {"recipient_kind": "health", "person_ids": [person], "reason": "duress"}
    path = f"/v1/cases/{case_id}/authorisations"
    lead = await cases.do("POST", path, body, role="safeguarding_lead")
    assert (lead.status_code, lead.json()["code"]) == (422, "agency-needed")
