"""Closing a case, and what opens it again: nothing that is open is forgotten."""

import pytest

from tests.case.builders import (
    LEEDS,
    MANCHESTER_POLICE,
    acknowledge,
    child_of,
    countersign_all,
    find_undeliverable,
    open_tasks,
    propose,
    put,
    recipient_at,
    recipients_of,
    record_handover,
    sent_child,
)
from tests.case.conftest import CaseWork

ASKED = {"age": {"years": 40}}


async def test_a_case_with_an_open_duty_cannot_be_closed(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes")
    answer = await cases.do("POST", f"/v1/cases/{case_id}/closure", {"outcome": "advice_only"})
    assert (answer.status_code, answer.json()["open_duties"]) == (409, 1)


@pytest.mark.parametrize("role", ["reporter", "person_of_concern", "household_member", "alleged_exploiter"])
async def test_a_case_is_not_closed_while_anybodys_age_is_unasked(cases: CaseWork, role: str) -> None:
    other = {} if role == "reporter" else {"persons": [{"role": role, "name": "Ion"}], "reporter": ASKED}
    case_id = await cases.report(**other)
    refused = await cases.do("POST", f"/v1/cases/{case_id}/closure", {"outcome": "advice_only"})
    assert (refused.status_code, refused.json()["unasked_ages"]) == (409, 1)
    assert (await cases.close(case_id)).status_code == 200


async def test_danger_learnt_about_a_closed_case_opens_it_again_and_is_shared(cases: CaseWork) -> None:
    case_id = await cases.report()
    closed = await cases.close(case_id)
    assert closed.status_code == 200, closed.text
    assert (await cases.do("POST", f"/v1/cases/{case_id}/dangers", {})).status_code == 201
    await cases.run_scheduler()
    assert [event.agency_code for event in await cases.authorised()] == [MANCHESTER_POLICE]
    assert (await cases.read(case_id))["state"] == "open"


async def test_a_place_learnt_about_a_closed_case_opens_it_again(cases: CaseWork) -> None:
    case_id = await cases.report()
    assert (await cases.close(case_id)).status_code == 200
    assert (await put(cases, case_id, "place", {"council": LEEDS})).status_code == 200
    assert (await cases.read(case_id))["state"] == "open"


async def test_a_request_that_is_repeated_does_not_open_a_case_that_was_closed_meanwhile(
    cases: CaseWork,
) -> None:
    case_id = await cases.report()
    key = {"idempotency_key": "one-key-of-sixteen-letters"}
    for path, body in (("persons", {"name": "Jo", "age": {"years": 40}}), ("dangers", {})):
        first = await cases.do("POST", f"/v1/cases/{case_id}/{path}", body, **key)
        assert first.status_code == 201
        await _acknowledge_all(cases)
        await countersign_all(cases, case_id)
        assert (await cases.close(case_id)).status_code == 200
        again = await cases.do("POST", f"/v1/cases/{case_id}/{path}", body, **key)
        assert (again.status_code, again.json()) == (201, first.json())
        assert (await cases.read(case_id))["state"] == "closed"


async def test_closing_waits_for_the_countersignature_of_a_lead_which_is_read_back(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes", reporter=ASKED)
    await cases.let_time_pass(minutes=10)
    await _acknowledge_all(cases)
    refused = await cases.close(case_id)
    assert (refused.status_code, refused.json()["open_duties"], refused.json()["unsigned_reviews"]) == (
        409,
        0,
        1,
    )
    (task,) = [one for one in await open_tasks(cases, case_id) if one["kind"] == "countersign"]
    assert task["due_at"] == "2026-06-11T10:10:00Z"
    await countersign_all(cases, case_id)
    (signature,) = (await recipient_at(cases, case_id, MANCHESTER_POLICE))["countersignatures"]
    assert (signature["signed_by"], signature["finding"]) == ("user:lin", "right")
    assert (await cases.close(case_id)).status_code == 200


async def test_closing_waits_for_a_first_signature_that_nobody_has_countersigned(cases: CaseWork) -> None:
    case_id = await sent_child(cases)
    await _acknowledge_all(cases)
    await countersign_all(cases, case_id)
    fact = await child_of(cases, case_id)
    assert (await propose(cases, case_id, fact, act="correct", reason="age_mistaken")).status_code == 201
    refused = await cases.close(case_id)
    assert (refused.status_code, refused.json()["unsigned_reviews"]) == (409, 1)


async def test_a_case_is_not_closed_on_a_call_that_only_one_person_vouches_for(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes", reporter=ASKED)
    (recipient,) = await recipients_of(cases, case_id)
    await record_handover(cases, recipient["id"])
    assert (await cases.close(case_id)).json()["open_duties"] == 1
    (event,) = await cases.authorised()
    await find_undeliverable(cases, event)
    refused = (await cases.close(case_id)).json()
    assert (refused["open_duties"], refused["unsigned_reviews"]) == (1, 2)


async def _acknowledge_all(cases: CaseWork) -> None:
    await cases.run_scheduler()
    for event in await cases.authorised():
        await cases.issue(event.disclosure_id)
        await acknowledge(cases, event)
