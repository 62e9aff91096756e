"""Human acts: each is on the case file and in the answers, with who did it and when (fact 12)."""

from typing import Any

import pytest

from tests.case.builders import CONSENTING, authorise_and_issue, put, task_list, withdraw
from tests.case.conftest import CaseWork
from tests.case.rules.builders import (
    GREATER_MANCHESTER,
    MANCHESTER,
    act_on,
    an_adult,
    call,
    care_of,
    dangers_of,
    detail,
    named,
    propose,
    record_danger,
    send_report,
    sign,
    take_back,
)

ROWS = {
    "A21 a proposal can be read before it is signed": (
        "test_a_proposal_is_a_task_and_stands_on_the_case_file_with_its_facts_and_reason",
        "test_both_signatures_can_be_read_with_their_times",
    ),
    "A21 a handover can be read back": ("test_a_handover_is_read_back_with_name_reference_caller_and_time",),
    "A21 who confirmed, told and countersigned": (
        "test_who_confirmed_each_fact_can_be_read",
        "test_who_was_informed_and_who_countersigned_can_be_read",
        "test_who_decided_to_share_and_why_can_be_read",
        "test_who_recorded_a_danger_and_who_completed_a_task_can_be_read",
        "test_who_checked_a_withdrawal_can_be_read",
    ),
}
CHILD: dict[str, Any] = {"name": "Mika", "age": {"years": 15}}
BOTH: dict[str, Any] = {"persons": [CHILD], "danger_now": "yes"}
NOON = "2026-06-10T10:00:"
"""Beginning of every time in these tests: the clock begins at ten, and moves by seconds."""


@pytest.mark.parametrize("reason", ["no_danger", "not_a_report"])
async def test_a_proposal_is_a_task_and_stands_on_the_case_file_with_its_facts_and_reason(
    cases: CaseWork, reason: str
) -> None:
    case_id = await cases.report(**BOTH)
    danger = (await dangers_of(cases, case_id))[0]["id"]
    proposed = await propose(cases, case_id, "stand_down", reason, ("danger", danger))
    tasks = [one for one in await task_list(cases) if one["kind"] == "sign_proposal"]
    assert [one["case_id"] for one in tasks] == [str(case_id)]
    assert tasks[0]["holder"]
    (proposal,) = (await cases.read(case_id))["proposals"]
    assert proposal["id"] == proposed.json()["id"]
    assert (proposal["act"], proposal["reason"], proposal["first_signed_by"]) == (
        "stand_down",
        reason,
        "user:ada",
    )
    assert proposal["first_signed_at"].startswith(NOON)
    assert [(one["kind"], one["subject_id"]) for one in proposal["facts"]] == [("danger", danger)]
    assert proposal["second_signed_by"] is None


async def test_both_signatures_can_be_read_with_their_times(cases: CaseWork) -> None:
    case_id = await cases.report(**BOTH)
    danger = (await dangers_of(cases, case_id))[0]["id"]
    await take_back(cases, case_id, "stand_down", "no_danger", ("danger", danger))
    (proposal,) = (await cases.read(case_id))["proposals"]
    assert (proposal["first_signed_by"], proposal["second_signed_by"]) == ("user:ada", "user:lea")
    assert proposal["second_signed_at"].startswith(NOON)
    assert (await dangers_of(cases, case_id))[0]["taken_back"] is True
    assert "sign_proposal" not in {one["kind"] for one in await task_list(cases)}


@pytest.mark.parametrize("agency", [GREATER_MANCHESTER, care_of(MANCHESTER)])
async def test_a_handover_is_read_back_with_name_reference_caller_and_time(
    cases: CaseWork, agency: str
) -> None:
    case_id = await cases.report(**BOTH)
    await call(cases, case_id, agency, name="bea", spoken_to="Sgt Hale", reference="GMP-1")
    (handover,) = (await detail(cases, case_id, agency))["phone_handovers"]
    handover.pop("id")
    assert handover.pop("recorded_at").startswith(NOON)
    assert handover == {"spoken_to": "Sgt Hale", "reference": "GMP-1", "recorded_by": "user:bea"}
    duty = (await detail(cases, case_id, agency))["duty"]
    assert duty["handed_over_by"] == "user:bea"


async def test_who_confirmed_each_fact_can_be_read(cases: CaseWork) -> None:
    case_id = await cases.report(**BOTH)
    danger = (await dangers_of(cases, case_id))[0]
    assert (danger["confirmed_by"], danger["confirmed_at"]) == (None, None)
    body = {"facts": [{"kind": "danger", "subject_id": danger["id"]}]}
    path = f"/v1/cases/{case_id}/confirmation"
    assert (await cases.do("POST", path, body, name="bea")).status_code == 200
    danger = (await dangers_of(cases, case_id))[0]
    assert danger["confirmed_by"] == "user:bea"
    assert danger["confirmed_at"].startswith(NOON)
    child = await named(cases, case_id, "Mika")
    body = {"facts": [{"kind": "child", "subject_id": child}]}
    assert (await cases.do("POST", path, body, name="cai")).status_code == 200
    case_file = await cases.read(case_id)
    person = next(one for one in case_file["persons"] if one["id"] == child)
    assert [one["confirmed_by"] for one in person["statements"]] == ["user:cai"]
    assert case_file["confirmed_by"] == "user:cai"
    assert case_file["dangers"][0]["confirmed_by"] == "user:bea"


async def test_who_was_informed_and_who_countersigned_can_be_read(cases: CaseWork) -> None:
    case_id, _ = await send_report(cases, **BOTH)
    child = await named(cases, case_id, "Mika")
    body = {"person_id": child, "informed": False, "reason": "not_contactable"}
    for who, said in (("bea", body), ("cai", {"person_id": child, "informed": True})):
        answer = await act_on(cases, case_id, GREATER_MANCHESTER, "informed-persons", said, name=who)
        assert answer.status_code == 201, answer.text
    lead = {"role": "safeguarding_lead", "name": "lea"}
    signed = await act_on(
        cases, case_id, GREATER_MANCHESTER, "countersignature", {"finding": "right"}, **lead
    )
    assert signed.status_code == 201
    read = await detail(cases, case_id, GREATER_MANCHESTER)
    assert [(one["recorded_by"], one["informed"], one["reason"]) for one in read["informed_persons"]] == [
        ("user:bea", False, "not_contactable"),
        ("user:cai", True, None),
    ]
    assert [(one["signed_by"], one["finding"]) for one in read["countersignatures"]] == [
        ("user:lea", "right")
    ]
    assert read["countersignatures"][0]["signed_at"].startswith(NOON)


async def test_who_decided_to_share_and_why_can_be_read(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[an_adult()], reporter={"name": "Rowan Ashdown"})
    her = await named(cases, case_id, "Petra Novak")
    body = {"recipient_kind": "police", "agency_code": GREATER_MANCHESTER, "reason": "incapacity"}
    path, lead = f"/v1/cases/{case_id}/authorisations", {"role": "safeguarding_lead", "name": "lea"}
    assert (await cases.do("POST", path, body | {"person_ids": [her]}, **lead)).status_code == 201
    (decided,) = (await cases.read(case_id))["authorisations"]
    assert (decided["reason"], decided["decided_by"], decided["person_ids"]) == (
        "incapacity",
        "user:lea",
        [her],
    )
    assert decided["agency_code"] == GREATER_MANCHESTER
    assert decided["decided_at"].startswith(NOON)


async def test_who_recorded_a_danger_and_who_completed_a_task_can_be_read(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[an_adult()])
    await record_danger(cases, case_id)
    assert [one["recorded_by"] for one in await dangers_of(cases, case_id)] == ["user:ada"]
    permitted = await cases.report(**CONSENTING)
    await authorise_and_issue(cases, permitted)
    await cases.let_time_pass(hours=73)
    (task,) = [one for one in (await cases.read(permitted))["tasks"] if one["kind"] == "telephone_agency"]
    path = f"/v1/tasks/{task['id']}/completion"
    done = await cases.do("POST", path, {"outcome": "spoken"}, name="bea")
    assert done.status_code == 200, done.text
    (task,) = [one for one in (await cases.read(permitted))["tasks"] if one["kind"] == "telephone_agency"]
    assert (task["outcome"], task["completed_by"]) == ("spoken", "user:bea")


async def test_who_checked_a_withdrawal_can_be_read(cases: CaseWork) -> None:
    case_id = await cases.report(reporter={"name": "Rowan Ashdown"})
    reporter = await named(cases, case_id, "Rowan Ashdown")
    path = f"/v1/cases/{case_id}/persons/{reporter}/withdrawal"
    entry = (await cases.do("POST", path, {"given_how": "message"})).json()
    check = f"/v1/cases/{case_id}/consents/{entry['id']}/check"
    assert (await cases.do("POST", check, {"own_wish": True}, name="bea")).status_code == 201
    entries = (await cases.do("GET", f"/v1/cases/{case_id}/consents")).json()["items"]
    checked = entries[-1]["check"]
    assert (checked["own_wish"], checked["checked_by"]) == (True, "user:bea")
    assert entries[-1]["recorded_by"] == "user:ada"
    assert (await withdraw(cases, case_id)).status_code == 201


async def test_who_ended_a_declined_duty_can_be_read(cases: CaseWork) -> None:
    case_id, _ = await send_report(cases, **BOTH)
    danger = (await dangers_of(cases, case_id))[0]["id"]
    proposed = await propose(cases, case_id, "correct", "no_danger", ("danger", danger), name="bea")
    assert (await sign(cases, case_id, proposed.json()["id"])).status_code == 200
    (proposal,) = (await cases.read(case_id))["proposals"]
    assert (proposal["first_signed_by"], proposal["second_signed_by"]) == ("user:bea", "user:lea")
    decision = {"choice": "name", "reason": "needed_to_protect_the_person"}
    reporter = next(one["id"] for one in (await cases.read(case_id))["persons"] if one["made_report"])
    assert (await put(cases, case_id, f"persons/{reporter}/source-decision", decision)).status_code == 200
    (decided,) = (await cases.read(case_id))["source_decisions"]
    assert (decided["decided_by"], decided["reason"]) == ("user:ada", "needed_to_protect_the_person")
