"""Acts that have no effect say so; nothing recorded is overwritten, and tasks end with what they are for."""

from typing import Any

import pytest

from tests.case.builders import CONSENTING, acknowledge, authorise, authorise_and_issue, put, withdraw
from tests.case.conftest import CaseWork
from tests.case.rules.builders import (
    CARDIFF,
    GREATER_MANCHESTER,
    WEST_YORKSHIRE,
    act_on,
    add_person,
    an_adult,
    at,
    call,
    dangers_of,
    decline,
    detail,
    named,
    newest_disclosure,
    recipient,
    record_danger,
    send_report,
    take_back,
    task_kinds,
)

ROWS = {
    "A22 tasks end with what they are for": (
        "test_after_a_withdrawal_no_task_is_left_to_telephone_about_what_was_permitted",
        "test_after_a_stand_down_no_task_is_left_to_telephone_or_to_find_the_place",
    ),
    "A22 confirming what does not wait": (
        "test_what_two_people_stood_down_is_not_confirmed",
        "test_what_was_confirmed_is_not_confirmed_again",
        "test_a_case_without_a_fact_to_confirm_says_so",
    ),
    "A22 nothing recorded is overwritten": (
        "test_a_second_acknowledgement_changes_nothing_of_the_first",
        "test_a_second_call_is_refused_and_the_first_is_kept",
    ),
    "A22 a decision about a source without effect": (
        "test_the_same_decision_about_a_source_is_not_taken_twice",
        "test_nothing_is_decided_about_who_told_of_nothing_that_is_shared",
    ),
    "A22 reviews and redirections without effect": (
        "test_there_is_nothing_to_countersign_twice",
        "test_an_agency_that_was_chosen_already_is_not_chosen_again",
    ),
}
CHILD: dict[str, Any] = {"name": "Mika", "age": {"years": 15}}
BOTH: dict[str, Any] = {"persons": [CHILD], "danger_now": "yes"}
CONFIRMATION = "/v1/cases/{}/confirmation"


@pytest.mark.parametrize("escalated", [True, False])
async def test_after_a_withdrawal_no_task_is_left_to_telephone_about_what_was_permitted(
    cases: CaseWork, escalated: bool
) -> None:
    case_id = await cases.report(**CONSENTING)
    await authorise_and_issue(cases, case_id)
    if escalated:
        await cases.let_time_pass(hours=73)
        assert "telephone_agency" in await task_kinds(cases, case_id)
    assert (await withdraw(cases, case_id)).status_code == 201
    assert "telephone_agency" not in await task_kinds(cases, case_id)
    await cases.let_time_pass(hours=100)
    assert "telephone_agency" not in await task_kinds(cases, case_id)
    assert (await call(cases, case_id, GREATER_MANCHESTER)).status_code == 409
    assert (await authorise(cases, case_id)).status_code == 409


async def test_after_a_stand_down_no_task_is_left_to_telephone_or_to_find_the_place(cases: CaseWork) -> None:
    case_id = await cases.report(place={}, persons=[an_adult()], danger_now="yes")
    assert {"telephone_agency", "find_place"} <= await task_kinds(cases, case_id)
    danger = (await dangers_of(cases, case_id))[0]["id"]
    await take_back(cases, case_id, "stand_down", "no_danger", ("danger", danger))
    assert not {"telephone_agency", "find_place", "sign_proposal"} & await task_kinds(cases, case_id)
    await cases.let_time_pass(hours=1)
    assert await cases.authorised() == []


@pytest.mark.parametrize("named_fact", [True, False])
async def test_what_two_people_stood_down_is_not_confirmed(cases: CaseWork, named_fact: bool) -> None:
    case_id = await cases.report(persons=[an_adult()], danger_now="yes")
    danger = (await dangers_of(cases, case_id))[0]["id"]
    await take_back(cases, case_id, "stand_down", "no_danger", ("danger", danger))
    body = {"facts": [{"kind": "danger", "subject_id": danger}]} if named_fact else None
    answer = await cases.do("POST", CONFIRMATION.format(case_id), body)
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing-to-confirm")
    assert (await dangers_of(cases, case_id))[0]["confirmed_by"] is None
    await cases.let_time_pass(hours=1)
    assert await cases.authorised() == []


@pytest.mark.parametrize("named_fact", [True, False])
async def test_what_was_confirmed_is_not_confirmed_again(cases: CaseWork, named_fact: bool) -> None:
    case_id = await cases.report(persons=[CHILD])
    child = await named(cases, case_id, "Mika")
    body = {"facts": [{"kind": "child", "subject_id": child}]} if named_fact else None
    path = CONFIRMATION.format(case_id)
    assert (await cases.do("POST", path, body, name="bea")).status_code == 200
    again = await cases.do("POST", path, body)
    assert (again.status_code, again.json()["code"]) == (409, "nothing-to-confirm")
    statements = next(
        one["statements"] for one in (await cases.read(case_id))["persons"] if one["id"] == child
    )
    assert statements[0]["confirmed_by"] == "user:bea"


@pytest.mark.parametrize("said", [{}, {"persons": [an_adult()]}], ids=["nobody", "an-adult"])
async def test_a_case_without_a_fact_to_confirm_says_so(cases: CaseWork, said: dict[str, Any]) -> None:
    case_id = await cases.report(**said)
    answer = await cases.do("POST", CONFIRMATION.format(case_id))
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing-to-confirm")
    await record_danger(cases, case_id)
    recorded = await cases.do("POST", CONFIRMATION.format(case_id))
    assert recorded.status_code == 409


async def test_a_second_acknowledgement_changes_nothing_of_the_first(cases: CaseWork) -> None:
    case_id, _ = await send_report(cases, **BOTH)
    event = await newest_disclosure(cases, GREATER_MANCHESTER)
    await acknowledge(cases, event)
    first = (await recipient(cases, case_id, GREATER_MANCHESTER))["duty"]
    cases.clock.forward(hours=1)
    await acknowledge(cases, event)
    assert (await recipient(cases, case_id, GREATER_MANCHESTER))["duty"] == first


async def test_a_second_call_is_refused_and_the_first_is_kept(cases: CaseWork) -> None:
    case_id, _ = await send_report(cases, **BOTH)
    await call(cases, case_id, GREATER_MANCHESTER, spoken_to="Sgt Hale", reference="GMP-1")
    again = await call(cases, case_id, GREATER_MANCHESTER, name="bea", spoken_to="PC Ng", reference="GMP-2")
    assert (again.status_code, again.json()["code"]) == (409, "duty-not-open")
    handovers = (await detail(cases, case_id, GREATER_MANCHESTER))["phone_handovers"]
    assert [one["reference"] for one in handovers] == ["GMP-1"]


NAMED = {"choice": "name", "reason": "needed_to_protect_the_person"}
LEFT_OUT = {"choice": "leave_out", "reason": "source_at_risk_if_identified"}


@pytest.mark.parametrize("decision", [NAMED, LEFT_OUT])
async def test_the_same_decision_about_a_source_is_not_taken_twice(
    cases: CaseWork, decision: dict[str, str]
) -> None:
    case_id = await cases.report(persons=[CHILD], reporter={"name": "Rowan Ashdown"})
    path = f"persons/{await named(cases, case_id, 'Rowan Ashdown')}/source-decision"
    assert (await put(cases, case_id, path, decision)).status_code in (200, 409)
    again = await put(cases, case_id, path, decision)
    assert (again.status_code, again.json()["code"]) == (409, "decision-has-no-effect")
    assert len((await cases.read(case_id))["source_decisions"]) <= 1


@pytest.mark.parametrize("facts", ["none", "another-reporters"])
async def test_nothing_is_decided_about_who_told_of_nothing_that_is_shared(
    cases: CaseWork, facts: str
) -> None:
    case_id = await cases.report(persons=[an_adult()], reporter={"name": "Rowan Ashdown"})
    if facts == "another-reporters":
        other = await add_person(cases, case_id, roles=["reporter"], name="Sam Underhill")
        await record_danger(cases, case_id, council=CARDIFF, source_reporter_id=other)
    path = f"persons/{await named(cases, case_id, 'Rowan Ashdown')}/source-decision"
    answer = await put(cases, case_id, path, NAMED)
    assert (answer.status_code, answer.json()["code"]) == (409, "not-a-source")
    assert (await cases.read(case_id))["source_decisions"] == []
    her = await named(cases, case_id, "Petra Novak")
    assert (await put(cases, case_id, f"persons/{her}/source-decision", NAMED)).status_code == 404


async def test_there_is_nothing_to_countersign_twice(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[CHILD], place=at(CARDIFF))
    lead = {"role": "safeguarding_lead", "name": "lea"}
    (agency, *_) = [one["agency_code"] for one in (await cases.read(case_id))["recipients"]]
    early = await act_on(cases, case_id, agency, "countersignature", **lead)
    assert (early.status_code, early.json()["code"]) == (409, "nothing-to-countersign")
    case_id, _ = await send_report(cases, persons=[CHILD], place=at(CARDIFF))
    assert (await act_on(cases, case_id, agency, "countersignature", **lead)).status_code == 201
    again = await act_on(cases, case_id, agency, "countersignature", role="safeguarding_lead", name="lou")
    assert (again.status_code, again.json()["code"]) == (409, "nothing-to-countersign")
    assert [one["signed_by"] for one in (await detail(cases, case_id, agency))["countersignatures"]] == [
        "user:lea"
    ]


async def test_an_agency_that_was_chosen_already_is_not_chosen_again(cases: CaseWork) -> None:
    case_id, _ = await send_report(cases, persons=[an_adult()], danger_now="yes")
    await decline(cases, GREATER_MANCHESTER)
    body = {"agency_code": WEST_YORKSHIRE}
    assert (await act_on(cases, case_id, GREATER_MANCHESTER, "redirection", body)).status_code == 201
    again = await act_on(cases, case_id, GREATER_MANCHESTER, "redirection", body)
    assert (again.status_code, again.json()["code"]) == (409, "agency-already-informed")
