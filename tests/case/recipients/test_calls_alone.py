"""Calls where nothing written can go: a lead who did not make the call countersigns it (fact 9)."""

from typing import Any
from uuid import UUID

import pytest

from tests.case.builders import (
    MANCHESTER_POLICE,
    duty_states,
    find_undeliverable,
    open_tasks,
    recipient_at,
    recipients_of,
    record_handover,
    text_of,
)
from tests.case.conftest import CaseWork


async def task_kinds(cases: CaseWork, case_id: UUID) -> set[str]:
    return {task["kind"] for task in await open_tasks(cases, case_id)}


async def a_call_alone(cases: CaseWork) -> tuple[UUID, str]:
    """Return a case in danger whose agency was telephoned, and to which nothing written can go."""
    case_id = await cases.report(danger_now="yes")
    (recipient,) = await recipients_of(cases, case_id)
    await record_handover(cases, recipient["id"])
    (event,) = await cases.authorised()
    await find_undeliverable(cases, event)
    return case_id, recipient["id"]


async def countersign_call(
    cases: CaseWork, recipient_id: str, name: str, role: str = "safeguarding_lead"
) -> Any:
    path = f"/v1/case-recipients/{recipient_id}/phone-handover/countersignature"
    return await cases.do("POST", path, role=role, name=name)


async def test_a_call_alone_ends_a_duty_once_a_lead_who_did_not_make_it_has_countersigned(
    cases: CaseWork,
) -> None:
    case_id, recipient_id = await a_call_alone(cases)
    assert await duty_states(cases, case_id) == {MANCHESTER_POLICE: "authorised"}
    assert "countersign_call" in await task_kinds(cases, case_id)
    assert (await cases.close(case_id)).json()["open_duties"] == 1
    same = await countersign_call(cases, recipient_id, "ada")
    assert (same.status_code, same.json()["code"]) == (409, "second-signature-by-the-same-person")
    assert (await countersign_call(cases, recipient_id, "ben", "adviser")).status_code == 403
    signed = await countersign_call(cases, recipient_id, "lin")
    assert signed.json()["duty"]["state"] == "handed_over", signed.text
    assert "countersign_call" not in await task_kinds(cases, case_id)
    (signature,) = (await recipient_at(cases, case_id, MANCHESTER_POLICE))["countersignatures"]
    assert (signature["signed_by"], signature["finding"]) == ("user:lin", "call-confirmed")
    again = await countersign_call(cases, recipient_id, "max")
    assert (again.status_code, again.json()["code"]) == (409, "duty-not-open")


async def test_a_call_that_comes_after_nothing_could_go_is_countersigned_too(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes")
    await cases.let_time_pass(minutes=10)
    (event,) = await cases.authorised()
    await find_undeliverable(cases, event)
    (recipient,) = await recipients_of(cases, case_id)
    early = await countersign_call(cases, recipient["id"], "lin")
    assert (early.status_code, early.json()["code"]) == (409, "duty-not-open"), "nobody has called"
    await record_handover(cases, recipient["id"])
    assert "countersign_call" in await task_kinds(cases, case_id)
    assert "telephone_agency" not in await task_kinds(cases, case_id)
    assert (await countersign_call(cases, recipient["id"], "lin")).status_code == 200
    assert await duty_states(cases, case_id) == {MANCHESTER_POLICE: "handed_over"}


async def test_a_call_whose_message_is_on_its_way_is_not_for_a_lead_to_countersign(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes")
    (recipient,) = await recipients_of(cases, case_id)
    await record_handover(cases, recipient["id"])
    refused = await countersign_call(cases, recipient["id"], "lin")
    assert (refused.status_code, refused.json()["code"]) == (409, "duty-not-open")
    assert await duty_states(cases, case_id) == {MANCHESTER_POLICE: "authorised"}


@pytest.mark.parametrize("order", ["call-first", "failure-first"])
async def test_a_message_that_an_endpoint_did_not_take_confirms_no_call(cases: CaseWork, order: str) -> None:
    """The content was handed out, and nothing arrived: a lead countersigns the call (fact 9)."""
    case_id = await cases.report(danger_now="yes")
    await cases.let_time_pass(minutes=10)
    (event,) = await cases.authorised()
    await text_of(cases, event.disclosure_id)
    (recipient,) = await recipients_of(cases, case_id)
    if order == "failure-first":
        await find_undeliverable(cases, event)
        assert "telephone_agency" in await task_kinds(cases, case_id)
    await record_handover(cases, recipient["id"])
    if order == "call-first":
        await find_undeliverable(cases, event)
    assert await duty_states(cases, case_id) == {MANCHESTER_POLICE: "sent"}
    assert "countersign_call" in await task_kinds(cases, case_id)
    assert (await countersign_call(cases, recipient["id"], "lin")).status_code == 200
    assert await duty_states(cases, case_id) == {MANCHESTER_POLICE: "handed_over"}
    assert "countersign_call" not in await task_kinds(cases, case_id)


async def test_a_message_that_goes_after_all_leaves_no_call_to_countersign(cases: CaseWork) -> None:
    case_id, _ = await a_call_alone(cases)
    (event,) = await cases.authorised()
    await text_of(cases, event.disclosure_id)
    assert await duty_states(cases, case_id) == {MANCHESTER_POLICE: "handed_over"}
    assert "countersign_call" not in await task_kinds(cases, case_id)
