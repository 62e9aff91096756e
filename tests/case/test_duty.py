"""Who is on duty holds what nobody has taken, from the moment at which the duty changes hands."""

from tests.builders import a_child
from tests.case.checks import sent_child
from tests.case.conftest import CaseWork


async def test_open_tasks_that_nobody_took_go_to_whoever_is_on_duty_now(cases: CaseWork) -> None:
    case_id = await sent_child(cases, persons=[a_child()])
    tasks = [task for task in (await cases.read(case_id))["tasks"] if not task["done_at"]]
    taken = tasks[0]["id"]
    await cases.do("POST", f"/v1/tasks/{taken}/take", name="ada")
    answer = await cases.do("PUT", "/v1/duty", {"holder": "lin"}, role="safeguarding_lead")
    assert answer.status_code == 200
    holders = {task["id"]: task["holder"] for task in (await cases.read(case_id))["tasks"]}
    assert holders == {task["id"]: "ada" if task["id"] == taken else "lin" for task in tasks}
