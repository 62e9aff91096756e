"""A question whose event cannot be read: it opens no case, unless an adviser reads a concern in it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.events import CaseClassified, ContactReceived, ReportImported
from tests.case.builders import LEEDS, LEEDS_CARE, open_tasks, recipients_of, task_list
from tests.case.conftest import CaseWork
from tests.support.builders import a_contact_received

PUPIL: dict[str, Any] = {
    "what_happened": "It is for school.",
    "reporter": {"age": {"years": 15}},
    "place": {},
}


async def asked(cases: CaseWork, **of_the_pupil: Any) -> UUID:
    """Announce a pupil's question in a version of the event that this release does not know."""
    pupil = {**PUPIL["reporter"], **of_the_pupil}
    contact_id = await cases.contact(opens_case=False, **{**PUPIL, "reporter": pupil})
    cases.intake.reports[str(contact_id)]["opens_case"] = False
    await cases.add_dead_letter(contact_id, "contact.received.v9")
    await cases.run_loop("open_blocked_event_tasks")
    return contact_id


async def the_case(cases: CaseWork, contact_id: UUID) -> dict[str, Any]:
    (item,) = (await cases.do("GET", f"/v1/cases?contact_id={contact_id}")).json()["items"]
    return dict(item)


async def concern_announced(cases: CaseWork, contact_id: UUID) -> ContactReceived:
    """Return what intake announces once an adviser has read a concern in the question."""
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
    await cases.run_loop("import_reports")
    await cases.let_time_pass(hours=2)
    case = await the_case(cases, contact_id)
    assert (case["state"], case["report_imported_at"]) == ("closed", None)
    assert (case["danger_stated"], case["child_stated"]) == (False, False)
    case_file = await cases.read(UUID(case["id"]))
    assert (case_file["persons"], case_file["recipients"]) == ([], [])
    assert await cases.authorised() == []
    assert await cases.service.announced(ReportImported) == []


async def test_a_blocked_question_is_an_advisers_task_and_counted_as_a_question(cases: CaseWork) -> None:
    await asked(cases)
    await cases.run_loop("import_reports")
    await cases.run_loop("open_blocked_event_tasks")
    assert [task["kind"] for task in await task_list(cases)] == ["blocked_events"]
    (classified,) = await cases.service.announced(CaseClassified)
    assert (classified.classification, classified.children) == ("general_information", 0)


async def test_a_concern_that_an_adviser_read_in_it_opens_the_case_and_its_duties(cases: CaseWork) -> None:
    contact_id = await asked(cases, lives_at={"council": LEEDS})
    await cases.run_loop("import_reports")
    await cases.service.given(await concern_announced(cases, contact_id))
    await cases.run_loop("import_reports")
    await cases.let_time_pass(hours=2)
    case = await the_case(cases, contact_id)
    assert (case["state"], case["child_stated"]) == ("open", True)
    assert case["report_imported_at"] is not None
    assert [event.agency_code for event in await cases.authorised()] == [LEEDS_CARE], "a witness: no police"
    assert (await cases.service.announced(CaseClassified))[-1].classification == "modern_slavery"


async def test_a_witness_whom_nobody_can_place_is_looked_at_within_the_hour_and_told_to_no_desk(
    cases: CaseWork,
) -> None:
    contact_id = await asked(cases)
    await cases.run_loop("import_reports")
    await cases.service.given(await concern_announced(cases, contact_id))
    await cases.run_loop("import_reports")
    await cases.let_time_pass(hours=2)
    case = await the_case(cases, contact_id)
    assert await recipients_of(cases, case["id"]) == []
    (task,) = [one for one in await open_tasks(cases, case["id"]) if one["kind"] == "look_at_witness"]
    assert (task["overdue"], bool(task["holder"])) == (True, True)
    done = await cases.do("POST", f"/v1/tasks/{task['id']}/completion", {"outcome": "done"})
    assert (done.status_code, done.json()["code"]) == (409, "task-ends-by-itself")


async def test_a_danger_read_in_a_question_is_a_task_to_read_in_that_second(cases: CaseWork) -> None:
    contact_id = await asked(cases)
    await cases.run_loop("import_reports")
    concern = (await concern_announced(cases, contact_id)).model_copy(update={"danger_stated": True})
    await cases.service.given(concern)
    assert {"read_danger"} <= {task["kind"] for task in await task_list(cases)}


async def test_a_concern_whose_event_is_blocked_as_well_opens_the_case_all_the_same(cases: CaseWork) -> None:
    contact_id = await asked(cases)
    await cases.run_loop("import_reports")
    await concern_announced(cases, contact_id)
    cases.clock.forward(minutes=5)
    for _ in range(2):
        await cases.run_loop("open_blocked_event_tasks")
        await cases.run_loop("import_reports")
    assert (await the_case(cases, contact_id))["state"] == "closed"
    await cases.add_dead_letter(contact_id, "contact.received.v9")
    await cases.run_loop("open_blocked_event_tasks")
    await cases.run_loop("import_reports")
    case = await the_case(cases, contact_id)
    assert (case["state"], case["report_imported_at"] is not None) == ("open", True)


async def test_a_concern_announced_while_its_question_is_fetched_is_not_lost(
    cases: CaseWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact_id = await asked(cases)
    fetch = cases.intake.get

    async def slowly(path: str, params: object = None) -> Any:
        answer = dict(await fetch(path, params))
        monkeypatch.setattr(cases.intake, "get", fetch)
        await cases.service.given(await concern_announced(cases, contact_id))
        return answer

    monkeypatch.setattr(cases.intake, "get", slowly)
    await cases.run_loop("import_reports")
    case = await the_case(cases, contact_id)
    assert (case["state"], case["report_imported_at"] is not None) == ("open", True)


async def test_the_same_contact_announced_again_changes_nothing_in_its_case(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes")
    contact_id = UUID((await cases.read(case_id))["contact_id"])
    before = await cases.read(case_id)
    await cases.service.given(await concern_announced(cases, contact_id))
    await cases.run_loop("import_reports")
    assert await cases.read(case_id) == before
