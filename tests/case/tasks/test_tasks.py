"""Tasks: the person on call holds what nobody has claimed, and a case whose events are blocked is a task."""

import pytest

from tests.case.builders import CONSENTING, open_tasks, sent_child, task_list
from tests.case.conftest import CaseWork
from tests.support.builders import a_child


async def test_open_tasks_that_nobody_claimed_go_to_the_person_on_call_now(cases: CaseWork) -> None:
    case_id = await sent_child(cases, persons=[a_child()])
    tasks = await open_tasks(cases, case_id)
    claimed = tasks[0]["id"]
    await cases.do("POST", f"/v1/tasks/{claimed}/claim", name="ada")
    answer = await cases.do("PUT", "/v1/on-call", {"holder": "lin"}, role="safeguarding_lead")
    assert answer.status_code == 200
    holders = {task["id"]: task["holder"] for task in (await cases.read(case_id))["tasks"]}
    assert holders == {task["id"]: "ada" if task["id"] == claimed else "lin" for task in tasks}


async def an_open_task(cases: CaseWork) -> str:
    """Return the path of a task on which no duty depends: whether consent may be acted on."""
    case_id = await cases.report(**CONSENTING)
    [task] = await open_tasks(cases, case_id)
    return f"/v1/tasks/{task['id']}"


async def test_a_claim_or_an_end_that_is_repeated_changes_nothing_more(cases: CaseWork) -> None:
    path = await an_open_task(cases)
    for act, body in (("claim", None), ("completion", {"outcome": "authorised"})):
        first = await cases.do("POST", f"{path}/{act}", body, name="ada")
        again = await cases.do("POST", f"{path}/{act}", body, name="ada")
        assert (again.status_code, again.json()) == (200, first.json())
    entries = await cases.service.fetch("SELECT action FROM audit_entries WHERE action LIKE 'task.%'")
    assert sorted(row["action"] for row in entries) == ["task.claimed", "task.completed"]


@pytest.mark.parametrize(
    ("act", "body", "name"),
    [
        ("completion", {"outcome": "not_authorised"}, "ada"),
        ("completion", {"outcome": "authorised"}, "ben"),
        ("claim", None, "ben"),
    ],
)
async def test_a_task_that_is_completed_is_neither_claimed_nor_completed_by_others(
    cases: CaseWork, act: str, body: object, name: str
) -> None:
    path = await an_open_task(cases)
    await cases.do("POST", f"{path}/completion", {"outcome": "authorised"}, name="ada")
    answer = await cases.do("POST", f"{path}/{act}", body, name=name)
    assert (answer.status_code, answer.json()["code"]) == (409, "task-already-completed")


async def test_a_case_whose_events_are_blocked_is_a_persons_task_until_they_are_handled(
    cases: CaseWork,
) -> None:
    case_id = await cases.report()
    await cases.add_dead_letter(case_id, "referral.acknowledged.v1")
    await cases.run_loop("open_blocked_event_tasks")
    assert [(task["kind"], task["holder"], task["overdue"]) for task in await task_list(cases)] == [
        ("blocked_events", "duty-lead", True)
    ]
    await cases.service.fetch("DELETE FROM dead_letters")
    await cases.run_loop("open_blocked_event_tasks")
    assert await task_list(cases) == []
