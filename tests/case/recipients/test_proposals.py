"""Proposals: two people stand facts down, correct them or end a search; one person alone changes nothing."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.case.builders import (
    MANCHESTER_CARE,
    MANCHESTER_POLICE,
    acknowledge,
    child_of,
    content_of,
    corrections,
    danger_of,
    duty_states,
    issue_all,
    open_tasks,
    proposals_of,
    propose,
    put,
    recipients_of,
    record_handover,
    sent_child,
    sign,
    sign_all,
    states_of,
    take_back,
)
from tests.case.conftest import CaseWork
from tests.support.builders import a_child

NOWHERE: dict[str, Any] = {"place": {}, "persons": [a_child(lives_at=None, found_at=None)]}


async def kinds_of_tasks(cases: CaseWork, case_id: UUID) -> set[str]:
    return {task["kind"] for task in await open_tasks(cases, case_id)}


async def test_standing_down_takes_two_people_and_the_clock_runs_until_the_second(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes")
    proposed = await propose(cases, case_id, await danger_of(cases, case_id), reason="no_danger")
    assert proposed.status_code == 201, proposed.text
    assert await states_of(cases, case_id) == {"waiting"}
    assert "sign_proposal" in await kinds_of_tasks(cases, case_id)
    proposal_id = proposed.json()["id"]
    same = await sign(cases, case_id, proposal_id, "ada", "adviser,safeguarding_lead")
    assert (same.status_code, same.json()["code"]) == (409, "second-signature-by-the-same-person")
    no_lead = await sign(cases, case_id, proposal_id, "lin", "adviser")
    assert no_lead.status_code == 403
    signed = (await sign(cases, case_id, proposal_id, "lin")).json()
    assert (signed["first_signed_by"], signed["second_signed_by"]) == ("user:ada", "user:lin")
    assert await states_of(cases, case_id) == {"stood_down"}
    assert not {"sign_proposal", "telephone_agency"} & await kinds_of_tasks(cases, case_id)
    await cases.let_time_pass(hours=2)
    assert await cases.authorised() == []


async def test_the_second_signatory_reads_what_they_sign_on_the_case(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes")
    fact = await danger_of(cases, case_id)
    await propose(cases, case_id, fact, reason="no_danger")
    (proposal,) = await proposals_of(cases, case_id)
    assert (proposal["act"], proposal["reason"], proposal["first_signed_by"]) == (
        "stand_down",
        "no_danger",
        "user:ada",
    )
    assert [(one["kind"], one["subject_id"]) for one in proposal["facts"]] == [("danger", fact["subject_id"])]
    await sign_all(cases, case_id)
    (danger,) = (await cases.read(case_id))["dangers"]
    assert danger["taken_back"]


async def test_a_proposal_that_has_both_signatures_is_not_signed_again(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes")
    proposed = await propose(cases, case_id, await danger_of(cases, case_id))
    await sign(cases, case_id, proposed.json()["id"])
    again = await sign(cases, case_id, proposed.json()["id"], "max")
    assert (again.status_code, again.json()["code"]) == (409, "proposal-already-signed")
    assert (await cases.read(case_id))["proposals"][0]["second_signed_by"] == "user:lin"
    assert (await sign(cases, case_id, str(uuid4()))).status_code == 404


async def test_each_fact_stands_or_falls_by_itself(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes", persons=[a_child()])
    await take_back(cases, case_id, await danger_of(cases, case_id), reason="no_danger")
    await cases.let_time_pass(hours=1)
    events = {event.agency_code: event for event in await cases.authorised()}
    assert events.keys() == {MANCHESTER_CARE, MANCHESTER_POLICE}
    for event in events.values():
        assert event.grounds == ("override_child",)
        content = await content_of(cases, event.disclosure_id)
        assert "danger_now" not in content["situation"]
        assert [fact["kind"] for fact in content["facts"]] == ["child"]


@pytest.mark.parametrize(
    ("reason", "kind"),
    [("age_mistaken", "danger"), ("witness_only", "danger"), ("no_danger", "child")],
)
async def test_a_reason_that_does_not_fit_the_fact_is_refused(
    cases: CaseWork, reason: str, kind: str
) -> None:
    case_id = await cases.report(danger_now="yes", persons=[a_child()])
    fact = await (danger_of if kind == "danger" else child_of)(cases, case_id)
    assert (await propose(cases, case_id, fact, reason=reason)).status_code == 422
    assert await proposals_of(cases, case_id) == []


@pytest.mark.parametrize(
    "body",
    [
        {"act": "end_search", "reason": "not_a_report"},
        {"act": "stand_down", "reason": "person_not_found"},
        {"act": "end_declined", "reason": "nobody_else_responsible"},
        {"act": "stand_down", "reason": "duplicate_of"},
        {
            "act": "stand_down",
            "reason": "not_a_report",
            "duplicate_of": "3f1d6f0e-6c1b-4a52-9d53-1b0f9a4d2c11",
        },
        {"act": "stand_down", "reason": "not_a_report", "facts": []},
    ],
    ids=str,
)
async def test_a_proposal_that_says_two_things_at_once_is_refused(
    cases: CaseWork, body: dict[str, Any]
) -> None:
    case_id = await cases.report(danger_now="yes")
    whole = {"facts": [await danger_of(cases, case_id)], **body}
    answer = await cases.do("POST", f"/v1/cases/{case_id}/proposals", whole)
    assert answer.status_code == 422, answer.text


async def test_a_fact_of_another_case_is_not_found(cases: CaseWork) -> None:
    case_id, other = await cases.report(danger_now="yes"), await cases.report(danger_now="yes")
    assert (await propose(cases, case_id, await danger_of(cases, other))).status_code == 404
    adult = await cases.report(persons=[{"name": "Jo", "age": {"years": 40}}])
    assert (await propose(cases, adult, await child_of(cases, adult))).status_code == 404


async def test_a_fact_that_came_after_the_first_signature_is_not_signed_away(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[a_child()])
    proposed = await propose(cases, case_id, await child_of(cases, case_id), reason="age_mistaken")
    person = (await child_of(cases, case_id))["subject_id"]
    assert (await put(cases, case_id, f"persons/{person}/age", {"years": 13})).status_code == 200
    refused = await sign(cases, case_id, proposed.json()["id"])
    assert (refused.status_code, refused.json()["code"]) == (409, "new-fact-since-first-signature")
    assert "stood_down" not in await states_of(cases, case_id)


async def test_another_danger_is_untouched_by_a_signature_and_a_new_one_opens_the_duty_again(
    cases: CaseWork,
) -> None:
    case_id = await cases.report(danger_now="yes")
    proposed = await propose(cases, case_id, await danger_of(cases, case_id))
    assert (await sign(cases, case_id, proposed.json()["id"])).status_code == 200
    assert await states_of(cases, case_id) == {"stood_down"}
    await cases.do("POST", f"/v1/cases/{case_id}/dangers", {})
    await cases.run_scheduler()
    assert len(await cases.authorised()) == 1
    assert "telephone_agency" in await kinds_of_tasks(cases, case_id)


async def test_nobody_stands_down_what_is_sent_told_by_telephone_or_on_its_way(cases: CaseWork) -> None:
    sent = await sent_child(cases)
    called = await cases.report(danger_now="yes")
    (recipient,) = await recipients_of(cases, called)
    await record_handover(cases, recipient["id"])
    waiting = await cases.report(danger_now="yes")
    await cases.let_time_pass(minutes=10)
    for case_id, fact in (
        (sent, await child_of(cases, sent)),
        (called, await danger_of(cases, called)),
        (waiting, await danger_of(cases, waiting)),
    ):
        refused = await propose(cases, case_id, fact)
        assert (refused.status_code, refused.json()["code"]) == (409, "already-sent")


async def test_a_danger_that_was_sent_and_proves_wrong_is_corrected_by_two_people(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes")
    fact = await danger_of(cases, case_id)
    early = await propose(cases, case_id, fact, act="correct", reason="no_danger")
    assert (early.status_code, early.json()["code"]) == (409, "nobody-was-informed")
    await cases.let_time_pass(minutes=10)
    await issue_all(cases)
    await take_back(cases, case_id, fact, act="correct", reason="no_danger")
    (corrected,) = await corrections(cases)
    assert corrected.agency_code == MANCHESTER_POLICE
    content = await content_of(cases, corrected.disclosure_id)
    assert content["corrects"] == [{"danger": fact["subject_id"], "turned_out_to_be": "no_danger"}]
    assert not (await cases.read(case_id))["in_danger"]


async def test_a_danger_that_was_told_by_telephone_alone_is_corrected_in_writing(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes")
    (recipient,) = await recipients_of(cases, case_id)
    await record_handover(cases, recipient["id"])
    fact = await danger_of(cases, case_id)
    await take_back(cases, case_id, fact, act="correct", reason="no_danger")
    assert [event.agency_code for event in await corrections(cases)] == [MANCHESTER_POLICE]


# Searches


async def test_a_search_is_ended_by_two_people_after_the_fallback_has_acknowledged(cases: CaseWork) -> None:
    case_id = await sent_child(cases, **NOWHERE)
    fact = await child_of(cases, case_id)
    how: dict[str, Any] = {"act": "end_search", "reason": "person_not_found"}
    early = await propose(cases, case_id, fact, **how)
    assert (early.status_code, early.json()["code"]) == (409, "search-not-over")
    for event in await cases.authorised():
        await acknowledge(cases, event)
    assert "find_place" in await kinds_of_tasks(cases, case_id), "an answer of the desk finds no place"
    proposed = await propose(cases, case_id, fact, **how)
    assert "find_place" in await kinds_of_tasks(cases, case_id), "one person ends no search"
    assert (await sign(cases, case_id, proposed.json()["id"])).status_code == 200
    assert "find_place" not in await kinds_of_tasks(cases, case_id)
    await put(cases, case_id, "place", {"council": "E08000035"})
    assert len(await duty_states(cases, case_id)) == 3, "a place that is learnt later still leads somewhere"


async def test_a_search_for_a_place_that_is_known_cannot_be_ended(cases: CaseWork) -> None:
    case_id = await sent_child(cases)
    for event in await cases.authorised():
        await acknowledge(cases, event)
    how: dict[str, Any] = {"act": "end_search", "reason": "person_not_found"}
    refused = await propose(cases, case_id, await child_of(cases, case_id), **how)
    assert (refused.status_code, refused.json()["code"]) == (409, "search-not-over")
