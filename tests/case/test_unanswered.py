"""What left because it was permitted ends in no silence either: unanswered, it becomes a person's telephone task."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from case_service.legs import Leg
from shared.clocks import PERMITTED_TOLD_WITHIN, permitted_reminder
from shared.events import OverrideEscalated
from tests.builders import a_child, a_reporter
from tests.case.checks import acknowledged, person_of, sent_child
from tests.case.conftest import CaseWork

CONSENTING = {"reporter": a_reporter(), "privacy": "share", "share_with": ["police"]}
Permit = Callable[[CaseWork], Awaitable[UUID]]


async def let_leave(cases: CaseWork, case_id: UUID) -> UUID:
    """An adviser authorises what was consented to, and it leaves; answers the disclosure's id."""
    answer = await cases.do("POST", f"/v1/cases/{case_id}/disclosures", {"recipient": "police"})
    assert answer.status_code == 201, answer.text
    assert (await cases.release(answer.json()["id"])).status_code == 200
    return UUID(answer.json()["id"])


async def left_on_consent(cases: CaseWork) -> UUID:
    case_id = await cases.report(**CONSENTING)
    await let_leave(cases, case_id)
    return case_id


async def left_on_a_leads_decision(cases: CaseWork) -> UUID:
    case_id = await cases.report(**{**CONSENTING, "privacy": "confidential"})
    told = {"recipient": "police", "persons": [await person_of(cases, case_id, "reporter")]}
    path = f"/v1/cases/{case_id}/authorisations"
    made = await cases.do("POST", path, {**told, "reason": "serious_crime"}, role="safeguarding_lead")
    assert made.status_code == 201, made.text
    assert (await cases.release(made.json()["id"])).status_code == 200
    return case_id


async def left_beside_a_duty(cases: CaseWork) -> UUID:
    """The police were forced to be told, and acknowledged; what was consented to left afterwards."""
    case_id = await sent_child(cases, **CONSENTING)
    for event in await cases.authorised():
        await acknowledged(cases, event)
    await let_leave(cases, case_id)
    return case_id


async def left_before_the_duty_was_answered(cases: CaseWork) -> UUID:
    case_id = await cases.report(persons=[a_child()], **CONSENTING)
    await let_leave(cases, case_id)
    await cases.do("POST", f"/v1/cases/{case_id}/confirmation")
    await cases.service.run_loop("mind_clocks")
    for event in await cases.authorised():
        if event.grounds != ("consent",):
            assert (await cases.release(event.disclosure_id)).status_code == 200
    await _duty_is_answered_alone(cases, case_id)
    await cases.service.run_loop("mind_clocks")
    return case_id


async def _duty_is_answered_alone(cases: CaseWork, case_id: UUID) -> None:
    """As if it had been authorised first: its answer then says nothing of what was permitted."""
    sql = "UPDATE disclosures SET authorised_at = authorised_at + interval '1 second' WHERE grounds = $1"
    await cases.service.fetch(sql, ["consent"])
    for event in await cases.authorised():
        if event.grounds != ("consent",):
            await acknowledged(cases, event)


async def telephones(cases: CaseWork, case_id: UUID) -> list[Any]:
    tasks = (await cases.read(case_id))["tasks"]
    return [one for one in tasks if one["kind"].startswith("telephone") and not one["done_at"]]


async def unanswered_is_telephoned_about(cases: CaseWork, permit: Permit = left_on_consent) -> None:
    case_id = await permit(cases)
    await cases.let_time_pass(hours=71)
    assert await telephones(cases, case_id) == []
    await cases.let_time_pass(hours=1, minutes=1)
    (task,) = await telephones(cases, case_id)
    assert task["kind"] == "telephone_agency"
    assert task["overdue"]
    assert task["holder"], "a named person holds it"
    await cases.let_time_pass(days=30)
    assert len(await telephones(cases, case_id)) == 1


PERMITTED = [
    left_on_consent,
    left_on_a_leads_decision,
    left_beside_a_duty,
    left_before_the_duty_was_answered,
]


@pytest.mark.parametrize("permit", PERMITTED)
async def test_after_three_days_without_an_answer_a_named_person_telephones(
    cases: CaseWork, permit: Permit
) -> None:
    await unanswered_is_telephoned_about(cases, permit)
    escalated = await cases.service.announced(OverrideEscalated)
    assert escalated == [], "nothing forced it: no override is reported as unanswered"


async def test_a_clock_that_is_dropped_is_found(cases: CaseWork, monkeypatch: pytest.MonkeyPatch) -> None:
    authorise = Leg.authorise

    def forgetful(leg: Leg, at: datetime, told_within: Any) -> None:
        authorise(leg, at, told_within)
        leg.due_at = leg.due_at if leg.forced else None

    monkeypatch.setattr(Leg, "authorise", forgetful)
    with pytest.raises((AssertionError, ValueError)):
        await unanswered_is_telephoned_about(cases)


async def test_an_answer_stops_the_clock(cases: CaseWork) -> None:
    case_id = await left_on_consent(cases)
    (event,) = await cases.authorised()
    await acknowledged(cases, event)
    await cases.let_time_pass(days=30)
    assert await telephones(cases, case_id) == []


@pytest.mark.parametrize("permit", PERMITTED)
async def test_a_late_answer_ends_the_task(cases: CaseWork, permit: Permit) -> None:
    case_id = await permit(cases)
    await cases.let_time_pass(days=4)
    assert await telephones(cases, case_id) != []
    for event in await cases.authorised():
        await acknowledged(cases, event)
    assert await telephones(cases, case_id) == []


async def test_nobody_is_asked_about_what_was_taken_back(cases: CaseWork) -> None:
    case_id = await left_on_consent(cases)
    person = await person_of(cases, case_id, "reporter")
    assert (await cases.do("POST", f"/v1/cases/{case_id}/persons/{person}/withdrawal")).status_code == 201
    await cases.let_time_pass(days=30)
    assert await telephones(cases, case_id) == []


async def test_what_a_person_telephoned_about_is_not_asked_again_but_what_left_later_is(
    cases: CaseWork,
) -> None:
    case_id = await left_on_consent(cases)
    await cases.let_time_pass(days=3, minutes=1)
    (task,) = await telephones(cases, case_id)
    done = await cases.do("POST", f"/v1/tasks/{task['id']}/done", {"outcome": "told-by-telephone"})
    assert done.status_code == 200
    await cases.let_time_pass(days=30)
    assert await telephones(cases, case_id) == []
    await let_leave(cases, case_id)
    await cases.let_time_pass(days=2)
    assert await telephones(cases, case_id) == []
    await cases.let_time_pass(days=1, minutes=1)
    assert len(await telephones(cases, case_id)) == 1


async def test_what_leaves_later_gives_the_body_no_longer_to_answer_what_left_before(cases: CaseWork) -> None:
    case_id = await left_on_consent(cases)
    await cases.let_time_pass(days=2)
    await let_leave(cases, case_id)
    await cases.let_time_pass(days=1, minutes=1)
    assert len(await telephones(cases, case_id)) == 1


def test_an_operator_can_make_it_shorter_and_never_longer() -> None:
    at = datetime(2026, 6, 10, 10, tzinfo=UTC)
    assert permitted_reminder(at, timedelta(hours=4)) == at + timedelta(hours=4)
    assert permitted_reminder(at, timedelta(days=9)) == at + PERMITTED_TOLD_WITHIN == permitted_reminder(at)
