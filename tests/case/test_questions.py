"""A question that comes in an event which we cannot read: no case of it, unless an adviser reads a concern in it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.events import CaseAssessed, ContactReceived, ReportTakenOver
from tests.builders import a_contact_received
from tests.case.conftest import CaseWork

PUPIL: dict[str, Any] = {
    "what_happened": "It is for school.",
    "reporter": {"age": {"years": 15}},
    "place": {},
}


async def asked(cases: CaseWork) -> UUID:
    """A pupil's question, announced in a version of the event that this release does not know."""
    contact_id = await cases.contact(opens_case=False, **PUPIL)
    cases.intake.reports[str(contact_id)]["opens_case"] = False
    await cases.set_aside(contact_id, "contact.received.v9")
    await cases.service.run_loop("tell_held_matters")
    return contact_id


async def the_case(cases: CaseWork, contact_id: UUID) -> dict[str, Any]:
    (line,) = (await cases.do("GET", f"/v1/cases?contact_id={contact_id}")).json()["cases"]
    return dict(line)


async def concern_named(cases: CaseWork, contact_id: UUID) -> ContactReceived:
    """What intake announces once an adviser has read a concern in it."""
    cases.intake.reports[str(contact_id)]["opens_case"] = True
    return a_contact_received(
        contact_id,
        received_at=cases.clock() - timedelta(hours=2),
        purpose="training_and_information",
        caller_type="unknown",
        child_stated=True,
    )


async def test_a_question_whose_event_cannot_be_handled_forces_nothing_and_stays_where_it_was(
    cases: CaseWork,
) -> None:
    contact_id = await asked(cases)
    await cases.service.run_loop("take_over_reports")
    await cases.let_time_pass(hours=2)
    case = await the_case(cases, contact_id)
    assert (case["state"], case["taken_over"], case["danger"], case["child"]) == (
        "closed",
        False,
        False,
        False,
    )
    page = await cases.read(UUID(case["id"]))
    assert (page["persons"], page["legs"]) == ([], [])
    assert await cases.authorised() == []
    assert await cases.service.announced(ReportTakenOver) == []


async def test_a_held_question_is_told_to_an_adviser_and_counted_as_a_question(cases: CaseWork) -> None:
    await asked(cases)
    await cases.service.run_loop("take_over_reports")
    await cases.service.run_loop("tell_held_matters")
    tasks = (await cases.do("GET", "/v1/tasks")).json()["tasks"]
    assert [task["kind"] for task in tasks] == ["held_matter"]
    (assessed,) = await cases.service.announced(CaseAssessed)
    assert (assessed.classification, assessed.children) == ("general_information", 0)


async def test_a_concern_that_an_adviser_read_in_it_opens_the_case_and_its_duties(cases: CaseWork) -> None:
    contact_id = await asked(cases)
    await cases.service.run_loop("take_over_reports")
    await cases.service.given(await concern_named(cases, contact_id))
    await cases.service.run_loop("take_over_reports")
    await cases.let_time_pass(hours=2)
    case = await the_case(cases, contact_id)
    assert (case["state"], case["taken_over"], case["child"]) == ("open", True, True)
    assert {event.body.partition(":")[0] for event in await cases.authorised()} == {"police", "desk"}
    assert (await cases.service.announced(CaseAssessed))[-1].classification == "modern_slavery"


async def test_a_concern_whose_event_is_held_as_well_opens_the_case_all_the_same(cases: CaseWork) -> None:
    contact_id = await asked(cases)
    await cases.service.run_loop("take_over_reports")
    await concern_named(cases, contact_id)
    cases.clock.forward(minutes=5)
    for _ in range(2):
        await cases.service.run_loop("tell_held_matters")
        await cases.service.run_loop("take_over_reports")
    assert (await the_case(cases, contact_id))["state"] == "closed"
    await cases.set_aside(contact_id, "contact.received.v9")
    await cases.service.run_loop("tell_held_matters")
    await cases.service.run_loop("take_over_reports")
    case = await the_case(cases, contact_id)
    assert (case["state"], case["taken_over"]) == ("open", True)


async def test_a_concern_named_while_its_question_is_fetched_is_not_lost(
    cases: CaseWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact_id = await asked(cases)
    fetch = cases.intake.get

    async def slowly(path: str, params: object = None) -> Any:
        answer = dict(await fetch(path, params))
        monkeypatch.setattr(cases.intake, "get", fetch)
        await cases.service.given(await concern_named(cases, contact_id))
        return answer

    monkeypatch.setattr(cases.intake, "get", slowly)
    await cases.service.run_loop("take_over_reports")
    case = await the_case(cases, contact_id)
    assert (case["state"], case["taken_over"]) == ("open", True)


async def test_the_same_contact_announced_again_changes_nothing_in_its_case(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes")
    contact_id = UUID((await cases.read(case_id))["contact_id"])
    before = await cases.read(case_id)
    await cases.service.given(await concern_named(cases, contact_id))
    await cases.service.run_loop("take_over_reports")
    assert await cases.read(case_id) == before
