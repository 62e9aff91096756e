"""Holders of cases: one with an open duty is never given to nobody (fact 13)."""

from typing import Any

from tests.case.builders import acknowledge, confirm, issue_waiting, open_tasks
from tests.case.conftest import CaseWork
from tests.support.builders import a_child


async def test_a_case_with_an_open_duty_is_never_given_to_nobody(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[a_child()])

    async def give(holder: str | None) -> Any:
        version = (await cases.read(case_id))["version"]
        path = f"/v1/cases/{case_id}/holder"
        return await cases.do("PUT", path, {"holder": holder}, if_match=f'"{version}"')

    assert (await give("noor")).status_code == 200
    assert (await cases.read(case_id))["holder"] == "noor"
    refused = await give(None)
    assert (refused.status_code, refused.json()["code"]) == (409, "case-needs-holder")
    await confirm(cases, case_id)
    await issue_waiting(cases, case_id)
    task = (await open_tasks(cases, case_id))[0]
    assert (await cases.do("POST", f"/v1/tasks/{task['id']}/claim", name="noor")).status_code == 200
    assert (await give("kim")).status_code == 200
    holders = {one["id"]: one["holder"] for one in await open_tasks(cases, case_id)}
    assert holders[task["id"]] == "kim"
    for event in await cases.authorised():
        await acknowledge(cases, event)
    assert (await give(None)).status_code == 200
    holders = {one["id"]: (one["holder"], one["claimed"]) for one in await open_tasks(cases, case_id)}
    assert holders[task["id"]] == ("duty-lead", False)
