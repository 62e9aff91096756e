"""Checks of withdrawals: sending stops at once, and a recall waits until the wish is known."""

from typing import Any
from uuid import UUID

import pytest

from shared.events import DisclosureRecalled
from tests.case.builders import CONSENTING, authorise, authorise_and_issue, open_tasks, reporter_of, withdraw
from tests.case.conftest import CaseWork


async def withdrawn(cases: CaseWork, given_how: str) -> tuple[UUID, str, Any]:
    """Issue something on consent, and withdraw; return the case, the disclosure and the answer."""
    case_id = await cases.report(**CONSENTING)
    disclosure_id = await authorise_and_issue(cases, case_id)
    cases.clock.forward(seconds=1)
    path = f"/v1/cases/{case_id}/persons/{await reporter_of(cases, case_id)}/withdrawal"
    answer = await cases.do("POST", path, {"given_how": given_how})
    assert answer.status_code == 201, answer.text
    return case_id, disclosure_id, answer.json()


async def check(cases: CaseWork, case_id: UUID, entry_id: str, *, own_wish: bool) -> Any:
    path = f"/v1/cases/{case_id}/consents/{entry_id}/check"
    return await cases.do("POST", path, {"own_wish": own_wish}, name="ben")


async def check_tasks(cases: CaseWork, case_id: UUID) -> list[Any]:
    return [one for one in await open_tasks(cases, case_id) if one["kind"] == "check_withdrawal"]


@pytest.mark.parametrize("given_how", ["phone", "call", "in_person"])
async def test_a_withdrawal_that_was_said_to_an_adviser_recalls_at_once(
    cases: CaseWork, given_how: str
) -> None:
    case_id, disclosure_id, answer = await withdrawn(cases, given_how)
    assert answer["recalled"] == [disclosure_id]
    assert await check_tasks(cases, case_id) == []
    refused = await check(cases, case_id, answer["id"], own_wish=True)
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing-to-check")


@pytest.mark.parametrize("given_how", ["web", "text_message", "email", "receipt"])
async def test_a_withdrawal_in_writing_stops_sending_and_waits_for_a_check_before_it_recalls(
    cases: CaseWork, given_how: str
) -> None:
    case_id, disclosure_id, answer = await withdrawn(cases, given_how)
    assert answer["recalled"] == []
    assert (await authorise(cases, case_id)).status_code == 409, "nothing more is sent"
    assert (await cases.issue(disclosure_id)).status_code == 409
    (task,) = await check_tasks(cases, case_id)
    assert task["due_at"].startswith("2026-06-11"), "within one working day"
    done = await cases.do("POST", f"/v1/tasks/{task['id']}/completion", {"outcome": "done"})
    assert (done.status_code, done.json()["code"]) == (409, "task-ends-by-itself")
    checked = await check(cases, case_id, answer["id"], own_wish=True)
    assert checked.status_code == 201, checked.text
    assert checked.json()["recalled"] == [disclosure_id]
    assert (checked.json()["check"]["checked_by"], checked.json()["check"]["own_wish"]) == ("user:ben", True)
    assert await check_tasks(cases, case_id) == []
    assert len(await cases.service.announced(DisclosureRecalled)) == 1
    again = await check(cases, case_id, answer["id"], own_wish=False)
    assert (again.status_code, again.json()["code"]) == (409, "nothing-to-check")


async def test_a_withdrawal_that_was_not_the_persons_wish_recalls_nothing_and_sends_nothing(
    cases: CaseWork,
) -> None:
    case_id, _, answer = await withdrawn(cases, "web")
    checked = await check(cases, case_id, answer["id"], own_wish=False)
    assert (checked.status_code, checked.json()["recalled"]) == (201, [])
    assert await check_tasks(cases, case_id) == []
    assert await cases.service.announced(DisclosureRecalled) == []
    assert (await authorise(cases, case_id)).status_code == 409


async def test_a_withdrawal_of_which_no_agency_holds_a_copy_is_nobodys_task(cases: CaseWork) -> None:
    case_id = await cases.report(**CONSENTING)
    path = f"/v1/cases/{case_id}/persons/{await reporter_of(cases, case_id)}/withdrawal"
    assert (await cases.do("POST", path, {"given_how": "web"})).status_code == 201
    assert await check_tasks(cases, case_id) == []


async def test_a_later_no_in_writing_is_checked_like_a_withdrawal_of_the_difference(cases: CaseWork) -> None:
    case_id = await cases.report(**CONSENTING)
    disclosure_id = await authorise_and_issue(cases, case_id)
    cases.clock.forward(seconds=1)
    path = f"/v1/cases/{case_id}/persons/{await reporter_of(cases, case_id)}/consents"
    no = {"recipient_kind": "police", "agrees": False, "given_how": "web"}
    answer = (await cases.do("POST", path, no)).json()
    assert answer["recalled"] == []
    assert len(await check_tasks(cases, case_id)) == 1
    checked = await check(cases, case_id, answer["id"], own_wish=True)
    assert checked.json()["recalled"] == [disclosure_id]


async def test_the_check_of_another_case_s_entry_is_not_found(cases: CaseWork) -> None:
    _, _, answer = await withdrawn(cases, "web")
    other = await cases.report()
    assert (await check(cases, other, answer["id"], own_wish=True)).status_code == 404


async def test_a_no_in_writing_that_nobody_checked_does_not_hide_what_the_person_takes_back_in_a_call(
    cases: CaseWork,
) -> None:
    case_id, disclosure_id, _ = await withdrawn(cases, "web")
    cases.clock.forward(seconds=1)
    assert (await withdraw(cases, case_id)).json()["recalled"] == [disclosure_id]
    assert await check_tasks(cases, case_id) == [], "nothing is left to recall"


async def test_what_only_lets_something_go_needs_no_check(cases: CaseWork) -> None:
    case_id = await cases.report(**CONSENTING)
    entries = (await cases.do("GET", f"/v1/cases/{case_id}/consents")).json()["items"]
    assert {one["given_how"] for one in entries} == {"report"}
    for entry in entries:
        refused = await check(cases, case_id, entry["id"], own_wish=True)
        assert (refused.status_code, refused.json()["code"]) == (409, "nothing-to-check")
