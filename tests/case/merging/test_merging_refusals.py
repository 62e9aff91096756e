"""Refusals of merging: nothing is guessed, and a merged case is worked on no more."""

from uuid import uuid4

from tests.case.builders import LEEDS, decline, record_handover, sent_child
from tests.case.conftest import CaseWork
from tests.case.merging.merging_steps import BEN, merge, merged, two_children
from tests.support.builders import a_child


async def test_cases_that_contradict_each_other_about_the_place_are_not_merged(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[a_child()], place={"council": "E08000003"})
    for place in ({"council": LEEDS}, {"postcode": "LS1 1UR"}):
        other = await cases.report(persons=[BEN], place=place)
        refused = await merge(cases, case_id, other)
        assert (refused.status_code, refused.json().get("code")) == (409, "places-differ")
        assert (await cases.read(other))["merged_into"] is None


async def test_a_declined_duty_is_handed_on_before_cases_are_merged(cases: CaseWork) -> None:
    case_id = await sent_child(cases)
    await decline(cases, (await cases.authorised())[0])
    other = await cases.report(persons=[BEN])
    for pair in ((case_id, other), (other, case_id)):
        refused = await merge(cases, *pair)
        assert (refused.status_code, refused.json().get("code")) == (409, "duty-declined")


async def test_a_merged_case_is_worked_on_no_more(cases: CaseWork) -> None:
    case_id, other = await two_children(cases)
    recipient = (await cases.read(other))["recipients"][0]["id"]
    await merged(cases, case_id, other)
    for path in (f"cases/{other}/dangers", f"cases/{other}/confirmation"):
        refused = await cases.do("POST", f"/v1/{path}", {} if path.endswith("dangers") else None)
        assert (refused.status_code, refused.json().get("code")) == (409, "case-is-merged")
        assert refused.json()["merged_into"] == str(case_id)
    refused = await record_handover(cases, recipient)
    assert (refused.status_code, refused.json().get("code")) == (409, "case-is-merged")
    third = await cases.report(persons=[BEN])
    for pair in ((case_id, other), (other, third)):
        assert (await merge(cases, *pair)).json()["code"] == "case-is-merged"


async def test_the_same_request_again_merges_once(cases: CaseWork) -> None:
    case_id, other = await two_children(cases)
    key = {"idempotency_key": f"merge-{uuid4()}"}
    answers = [await merge(cases, case_id, other, **key) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert (await merge(cases, case_id, other)).json()["code"] == "case-is-merged"


async def test_nothing_is_merged_with_itself_or_with_nothing(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[a_child()])
    for other in (case_id, uuid4()):
        assert (await merge(cases, case_id, other)).status_code == 404
