"""Telephone handovers, declines and recalls: what ends each of them, and what does not (fact 9)."""

from typing import Any

import pytest

from shared.events import ReferralAcknowledged
from tests.case.builders import CONSENTING, acknowledge, authorise, withdraw
from tests.case.conftest import CaseWork
from tests.case.rules.builders import (
    CARDIFF,
    GREATER_MANCHESTER,
    LEEDS,
    MANCHESTER,
    SOUTH_WALES,
    WEST_YORKSHIRE,
    act_on,
    an_adult,
    at,
    call,
    care_of,
    decline,
    deliver,
    detail,
    find_undeliverable,
    newest_disclosure,
    only,
    recipient,
    send_report,
    send_what_is_due,
    sign,
    state_of,
    task_kinds,
)

ROWS = {
    "A6 a phone handover never replaces the message": (
        "test_after_a_call_inside_the_window_the_message_goes_at_once_and_says_that_it_confirms_it",
        "test_a_duty_ends_when_the_call_and_the_message_both_exist_in_either_order",
        "test_one_call_without_a_message_closes_no_case",
        "test_where_nothing_written_can_go_another_lead_countersigns_the_call",
    ),
    "A11 declines and recalls": (
        "test_an_agency_that_declines_ends_nothing",
        "test_a_call_to_or_a_receipt_of_the_agency_that_declined_ends_nothing",
        "test_a_recall_by_telephone_is_ended_by_its_own_answer_alone",
    ),
    "N9 after a decline": (
        "test_another_agency_that_acknowledges_ends_what_one_declined",
        "test_the_last_of_several_agencies_ends_what_all_before_it_declined",
        "test_two_named_people_end_what_was_declined",
        "test_only_another_agency_of_the_kind_takes_over_what_was_declined",
    ),
}
CHILD: dict[str, Any] = {"persons": [{"name": "Mika", "age": {"years": 15}}]}
DANGER: dict[str, Any] = {"persons": [an_adult()], "danger_now": "yes"}
KINDS = pytest.mark.parametrize(
    ("said", "agency"),
    [(DANGER, GREATER_MANCHESTER), (CHILD, care_of(MANCHESTER))],
    ids=["danger", "child"],
)


@KINDS
async def test_after_a_call_inside_the_window_the_message_goes_at_once_and_says_that_it_confirms_it(
    cases: CaseWork, said: dict[str, Any], agency: str
) -> None:
    case_id = await cases.report(**said)
    assert await state_of(cases, case_id, agency) == "waiting"
    assert (await call(cases, case_id, agency)).status_code == 200
    assert await state_of(cases, case_id, agency) == "authorised"
    message = only(await deliver(cases, case_id), agency)
    assert message["confirms_telephone_call"] is True
    assert await state_of(cases, case_id, agency) == "handed_over"


@KINDS
@pytest.mark.parametrize("order", ["call-first", "message-first"])
async def test_a_duty_ends_when_the_call_and_the_message_both_exist_in_either_order(
    cases: CaseWork, said: dict[str, Any], agency: str, order: str
) -> None:
    case_id = await cases.report(**said)
    if order == "call-first":
        await call(cases, case_id, agency)
        assert await state_of(cases, case_id, agency) == "authorised"
        await send_what_is_due(cases, case_id, hours=2)
    else:
        await send_what_is_due(cases, case_id, hours=2)
        assert await state_of(cases, case_id, agency) == "sent"
        await call(cases, case_id, agency)
    assert await state_of(cases, case_id, agency) == "handed_over"
    await acknowledge(cases, await newest_disclosure(cases, agency))
    assert await state_of(cases, case_id, agency) == "acknowledged"


@KINDS
async def test_one_call_without_a_message_closes_no_case(
    cases: CaseWork, said: dict[str, Any], agency: str
) -> None:
    case_id = await cases.report(**said)
    for one in (await cases.read(case_id))["recipients"]:
        assert (await call(cases, case_id, one["agency_code"])).status_code == 200
    kinds = await task_kinds(cases, case_id)
    assert "telephone_agency" not in kinds
    closed = await cases.close(case_id)
    assert closed.status_code == 409
    assert closed.json()["open_duties"] > 0
    again = await call(cases, case_id, agency)
    assert (again.status_code, again.json()["code"]) == (409, "duty-not-open")


@pytest.mark.parametrize("order", ["call-first", "failure-first"])
async def test_where_nothing_written_can_go_another_lead_countersigns_the_call(
    cases: CaseWork, order: str
) -> None:
    case_id = await cases.report(**DANGER)
    await cases.let_time_pass(minutes=11)
    if order == "failure-first":
        await find_undeliverable(cases, GREATER_MANCHESTER)
    one = await recipient(cases, case_id, GREATER_MANCHESTER)
    path = f"/v1/case-recipients/{one['id']}/phone-handover"
    lead = {"role": "adviser,safeguarding_lead", "name": "lou"}
    spoken = {"spoken_to": "Sgt Hale", "reference": "GMP-1"}
    assert (await cases.do("POST", path, spoken, **lead)).status_code == 200
    if order == "call-first":
        await find_undeliverable(cases, GREATER_MANCHESTER)
    assert "countersign_call" in await task_kinds(cases, case_id)
    assert await state_of(cases, case_id, GREATER_MANCHESTER) == "authorised"
    assert (await cases.close(case_id)).status_code == 409
    alone = await cases.do("POST", f"{path}/countersignature", **lead)
    assert alone.status_code == 409
    assert (await cases.do("POST", f"{path}/countersignature")).status_code == 403
    other = await cases.do("POST", f"{path}/countersignature", role="safeguarding_lead", name="lea")
    assert other.status_code == 200, other.text
    assert await state_of(cases, case_id, GREATER_MANCHESTER) == "handed_over"
    assert "countersign_call" not in await task_kinds(cases, case_id)


@KINDS
@pytest.mark.parametrize("answered_before", [False, True], ids=["at-once", "after-an-acknowledgement"])
async def test_an_agency_that_declines_ends_nothing(
    cases: CaseWork, said: dict[str, Any], agency: str, answered_before: bool
) -> None:
    case_id, read = await send_report(cases, **said)
    for other in read:
        if other != agency or answered_before:
            await acknowledge(cases, await newest_disclosure(cases, other))
    await decline(cases, agency)
    assert await state_of(cases, case_id, agency) == "declined"
    assert "declined_by_agency" in await task_kinds(cases, case_id)
    closed = await cases.close(case_id)
    assert (closed.status_code, closed.json()["open_duties"]) == (409, 1)


@KINDS
async def test_a_call_to_or_a_receipt_of_the_agency_that_declined_ends_nothing(
    cases: CaseWork, said: dict[str, Any], agency: str
) -> None:
    case_id, _ = await send_report(cases, **said)
    await decline(cases, agency)
    called = await call(cases, case_id, agency)
    assert (called.status_code, called.json()["code"]) == (409, "duty-declined")
    await acknowledge(cases, await newest_disclosure(cases, agency))
    assert await state_of(cases, case_id, agency) == "declined"


async def test_a_recall_by_telephone_is_ended_by_its_own_answer_alone(cases: CaseWork) -> None:
    case_id = await cases.report(**CONSENTING)
    assert (await authorise(cases, case_id)).status_code == 201
    assert (await call(cases, case_id, GREATER_MANCHESTER)).status_code == 200
    assert (await withdraw(cases, case_id)).status_code == 201
    assert "telephone_recall" in await task_kinds(cases, case_id)
    event = await newest_disclosure(cases, GREATER_MANCHESTER)
    await acknowledge(cases, event)
    about = event.model_dump(
        include={"case_id", "disclosure_id", "recipient_id", "recipient_kind", "agency_code"}
    )
    late = about | {"referral_id": event.recipient_id, "occurred_at": cases.clock(), "forced": False}
    await cases.service.given(ReferralAcknowledged.model_validate(late | {"acknowledged_by": "link"}))
    assert "telephone_recall" in await task_kinds(cases, case_id)
    task = next(one for one in (await cases.read(case_id))["tasks"] if one["kind"] == "telephone_recall")
    by_hand = await cases.do("POST", f"/v1/tasks/{task['id']}/completion", {"outcome": "done"})
    assert by_hand.status_code == 409
    answer = {"spoken_to": "Data officer", "reference": "DPO 12", "answer": "kept"}
    path = "recall-answer"
    unreasoned = await act_on(cases, case_id, GREATER_MANCHESTER, path, answer)
    assert unreasoned.status_code == 422
    kept = await act_on(cases, case_id, GREATER_MANCHESTER, path, answer | {"reason": "court_order"})
    assert kept.status_code == 201, kept.text
    assert "telephone_recall" not in await task_kinds(cases, case_id)
    again = await act_on(cases, case_id, GREATER_MANCHESTER, path, answer | {"answer": "destroyed"})
    assert (again.status_code, again.json()["code"]) == (409, "no-recall-to-answer")


@pytest.mark.parametrize(
    ("said", "agency", "other"),
    [
        (DANGER, GREATER_MANCHESTER, WEST_YORKSHIRE),
        (CHILD, care_of(MANCHESTER), care_of(LEEDS)),
    ],
    ids=["danger", "child"],
)
async def test_another_agency_that_acknowledges_ends_what_one_declined(
    cases: CaseWork, said: dict[str, Any], agency: str, other: str
) -> None:
    case_id, _ = await send_report(cases, **said)
    await decline(cases, agency)
    chosen = await act_on(cases, case_id, agency, "redirection", {"agency_code": other})
    assert chosen.status_code == 201, chosen.text
    assert await state_of(cases, case_id, agency) == "declined"
    assert only(await send_what_is_due(cases, case_id, seconds=1), other)["led_by"] == "redirected"
    assert await state_of(cases, case_id, agency) == "declined"
    await acknowledge(cases, await newest_disclosure(cases, other))
    assert await state_of(cases, case_id, agency) == "elsewhere"
    assert "declined_by_agency" not in await task_kinds(cases, case_id)
    redirection = (await detail(cases, case_id, agency))["redirections"][0]
    assert (redirection["to_agency"], redirection["chosen_by"]) == (other, "user:ada")


async def test_the_last_of_several_agencies_ends_what_all_before_it_declined(cases: CaseWork) -> None:
    case_id, _ = await send_report(cases, **DANGER)
    for before, after in ((GREATER_MANCHESTER, WEST_YORKSHIRE), (WEST_YORKSHIRE, SOUTH_WALES)):
        await decline(cases, before)
        chosen = await act_on(cases, case_id, before, "redirection", {"agency_code": after})
        assert chosen.status_code == 201, chosen.text
        await send_what_is_due(cases, case_id, seconds=1)
    assert await state_of(cases, case_id, GREATER_MANCHESTER) == "declined"
    await acknowledge(cases, await newest_disclosure(cases, SOUTH_WALES))
    for agency in (GREATER_MANCHESTER, WEST_YORKSHIRE):
        assert await state_of(cases, case_id, agency) == "elsewhere"
    assert "declined_by_agency" not in await task_kinds(cases, case_id)


@KINDS
async def test_two_named_people_end_what_was_declined(
    cases: CaseWork, said: dict[str, Any], agency: str
) -> None:
    case_id, _ = await send_report(cases, **said)
    end = "end-of-declined-duty"
    early = await act_on(cases, case_id, agency, end, {"reason": "nobody_else_responsible"})
    assert (early.status_code, early.json()["code"]) == (409, "duty-not-open")
    await decline(cases, agency)
    unreasoned = await act_on(cases, case_id, agency, end, {"reason": "because"})
    assert unreasoned.status_code == 422
    proposed = await act_on(cases, case_id, agency, end, {"reason": "nobody_else_responsible"})
    assert proposed.status_code == 201, proposed.text
    assert await state_of(cases, case_id, agency) == "declined"
    assert "sign_proposal" in await task_kinds(cases, case_id)
    alone = await sign(cases, case_id, proposed.json()["id"], name="ada")
    assert alone.status_code == 409
    assert (await sign(cases, case_id, proposed.json()["id"])).status_code == 200
    assert await state_of(cases, case_id, agency) == "ended"
    assert not {"declined_by_agency", "sign_proposal"} & await task_kinds(cases, case_id)


async def test_only_another_agency_of_the_kind_takes_over_what_was_declined(cases: CaseWork) -> None:
    child = {"name": "Mika", "age": {"years": 15}, "lives_at": at(CARDIFF)}
    case_id, _ = await send_report(cases, persons=[child])
    early = await act_on(cases, case_id, SOUTH_WALES, "redirection", {"agency_code": WEST_YORKSHIRE})
    assert (early.status_code, early.json()["code"]) == (409, "duty-not-open")
    await decline(cases, SOUTH_WALES)
    for code, status, problem in (
        (SOUTH_WALES, 409, "agency-already-informed"),
        (GREATER_MANCHESTER, 409, "agency-already-informed"),
        (care_of(LEEDS), 422, "agency-of-another-kind"),
        ("police:fake", 422, "agency-unknown"),
    ):
        answer = await act_on(cases, case_id, SOUTH_WALES, "redirection", {"agency_code": code})
        assert (answer.status_code, answer.json()["code"]) == (status, problem)
    assert await state_of(cases, case_id, SOUTH_WALES) == "declined"
