"""Permissions end in no silence either: what is unanswered becomes a person's telephone task."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from case_service.permissions.models import SharingPermission
from case_service.sharing.duties.deadlines import PERMITTED_ACKNOWLEDGE_WITHIN, ShorterDeadlines
from shared.events import OverrideEscalated
from tests.case.builders import (
    CONSENTING,
    MANCHESTER_POLICE,
    acknowledge,
    authorise,
    authorise_and_issue,
    confirm,
    open_tasks,
    put,
    reporter_of,
    sent_child,
    withdraw,
)
from tests.case.conftest import CaseWork
from tests.support.builders import a_child
from tests.support.mutants import Right, assert_noticed, mutant

Permit = Callable[[CaseWork], Awaitable[UUID]]


async def issued_on_consent(cases: CaseWork) -> UUID:
    case_id = await cases.report(**CONSENTING)
    await authorise_and_issue(cases, case_id)
    return case_id


async def issued_on_a_leads_decision(cases: CaseWork) -> UUID:
    case_id = await cases.report(**{**CONSENTING, "privacy": "confidential"})
    body = {
        "recipient_kind": "police",
        "agency_code": MANCHESTER_POLICE,
        "person_ids": [await reporter_of(cases, case_id)],
        "reason": "serious_crime",
    }
    path = f"/v1/cases/{case_id}/authorisations"
    made = await cases.do("POST", path, body, role="safeguarding_lead")
    assert made.status_code == 201, made.text
    assert (await cases.issue(made.json()["id"])).status_code == 200
    return case_id


async def issued_beside_a_duty(cases: CaseWork) -> UUID:
    """The police were forced to be told, and acknowledged; what was consented to was issued afterwards."""
    case_id = await sent_child(cases, **CONSENTING)
    for event in await cases.authorised():
        await acknowledge(cases, event)
    await authorise_and_issue(cases, case_id)
    return case_id


async def issued_before_the_duty_was_answered(cases: CaseWork) -> UUID:
    case_id = await cases.report(persons=[a_child()], **CONSENTING)
    await authorise_and_issue(cases, case_id)
    await confirm(cases, case_id)
    for event in await _forced(cases):
        assert (await cases.issue(event.disclosure_id)).status_code == 200
    await _answer_duty_alone(cases)
    await cases.run_scheduler()
    return case_id


async def _forced(cases: CaseWork) -> list[Any]:
    return [event for event in await cases.authorised() if event.grounds != ("consent",)]


async def _answer_duty_alone(cases: CaseWork) -> None:
    """Answer the duty as if it had been authorised first: that says nothing of what was permitted."""
    sql = "UPDATE disclosures SET authorised_at = authorised_at + interval '1 second' WHERE grounds = $1"
    await cases.service.fetch(sql, ["consent"])
    for event in await _forced(cases):
        await acknowledge(cases, event)


async def telephone_tasks(cases: CaseWork, case_id: UUID) -> list[Any]:
    return [one for one in await open_tasks(cases, case_id) if one["kind"].startswith("telephone")]


async def unanswered_is_telephoned_about(cases: CaseWork, permit: Permit = issued_on_consent) -> None:
    case_id = await permit(cases)
    await cases.let_time_pass(hours=71)
    assert await telephone_tasks(cases, case_id) == [], "telephoned about too early"
    await cases.let_time_pass(hours=1, minutes=1)
    tasks = await telephone_tasks(cases, case_id)
    assert [task["kind"] for task in tasks] == ["telephone_agency"], "nobody telephones"
    assert tasks[0]["overdue"], "the telephone task is not due"
    assert tasks[0]["holder"], "no named person holds it"
    await cases.let_time_pass(days=30)
    assert len(await telephone_tasks(cases, case_id)) == 1, "the same is asked twice"


PERMITTED = [
    issued_on_consent,
    issued_on_a_leads_decision,
    issued_beside_a_duty,
    issued_before_the_duty_was_answered,
]


@pytest.mark.parametrize("permit", PERMITTED)
async def test_after_three_days_without_an_answer_a_named_person_telephones(
    cases: CaseWork, permit: Permit
) -> None:
    await unanswered_is_telephoned_about(cases, permit)
    escalated = await cases.service.announced(OverrideEscalated)
    assert escalated == [], "nothing forced it: no override is reported as unanswered"


async def test_a_duty_that_is_answered_later_leaves_the_task_about_what_is_permitted(cases: CaseWork) -> None:
    """One task asked about both; the duty's answer says nothing of what was permitted after it."""
    case_id = await sent_child(cases, **CONSENTING)
    cases.clock.forward(seconds=1)
    await authorise_and_issue(cases, case_id)
    await cases.let_time_pass(days=4)
    assert await telephone_tasks(cases, case_id) != []
    for event in await _forced(cases):
        await acknowledge(cases, event)
    await cases.run_scheduler()
    (task,) = await telephone_tasks(cases, case_id)
    assert task["kind"] == "telephone_agency"
    (permitted,) = [event for event in await cases.authorised() if event.grounds == ("consent",)]
    assert task["recipient_id"] == str(permitted.recipient_id)
    await acknowledge(cases, permitted)
    assert await telephone_tasks(cases, case_id) == []


@mutant(SharingPermission, "authorise")
def a_permission_without_a_clock(authorise: Right) -> Right:
    def forgetful(permission: SharingPermission, at: datetime, deadlines: ShorterDeadlines) -> None:
        authorise(permission, at, deadlines)
        permission.set_deadline(None)

    return forgetful


async def test_a_clock_that_is_dropped_is_noticed(cases: CaseWork) -> None:
    await assert_noticed(
        a_permission_without_a_clock, "nobody telephones", lambda: unanswered_is_telephoned_about(cases)
    )


async def test_an_answer_stops_the_clock(cases: CaseWork) -> None:
    case_id = await issued_on_consent(cases)
    (event,) = await cases.authorised()
    await acknowledge(cases, event)
    await cases.let_time_pass(days=30)
    assert await telephone_tasks(cases, case_id) == []


@pytest.mark.parametrize("permit", PERMITTED)
async def test_a_late_answer_ends_the_task(cases: CaseWork, permit: Permit) -> None:
    case_id = await permit(cases)
    await cases.let_time_pass(days=4)
    assert await telephone_tasks(cases, case_id) != []
    for event in await cases.authorised():
        await acknowledge(cases, event)
    assert await telephone_tasks(cases, case_id) == []


async def test_nobody_is_asked_about_what_was_taken_back(cases: CaseWork) -> None:
    case_id = await issued_on_consent(cases)
    assert (await withdraw(cases, case_id)).status_code == 201
    await cases.let_time_pass(days=30)
    assert await telephone_tasks(cases, case_id) == []


async def permit_something_new(cases: CaseWork, case_id: UUID) -> None:
    """Write a summary that may be passed on, and issue it on consent too."""
    assert (await put(cases, case_id, "summary", {"text": "Four sleep there."})).status_code == 200
    await authorise_and_issue(cases, case_id)


async def test_what_was_sent_is_not_authorised_again_until_there_is_more_to_say(cases: CaseWork) -> None:
    case_id = await issued_on_consent(cases)
    refused = await authorise(cases, case_id)
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing-new-to-share")
    assert len(await cases.authorised()) == 1
    await permit_something_new(cases, case_id)
    assert [event.kind for event in await cases.authorised()] == ["initial", "supplement"]


async def test_what_a_person_telephoned_about_is_not_asked_again_but_what_was_issued_later_is(
    cases: CaseWork,
) -> None:
    case_id = await issued_on_consent(cases)
    await cases.let_time_pass(days=3, minutes=1)
    (task,) = await telephone_tasks(cases, case_id)
    done = await cases.do("POST", f"/v1/tasks/{task['id']}/completion", {"outcome": "told-by-telephone"})
    assert done.status_code == 200
    await cases.let_time_pass(days=30)
    assert await telephone_tasks(cases, case_id) == []
    await permit_something_new(cases, case_id)
    await cases.let_time_pass(days=2)
    assert await telephone_tasks(cases, case_id) == []
    await cases.let_time_pass(days=1, minutes=1)
    assert len(await telephone_tasks(cases, case_id)) == 1


async def test_what_is_issued_later_gives_the_agency_no_longer_to_answer_what_was_issued_before(
    cases: CaseWork,
) -> None:
    case_id = await issued_on_consent(cases)
    await cases.let_time_pass(days=2)
    await permit_something_new(cases, case_id)
    await cases.let_time_pass(days=1, minutes=1)
    assert len(await telephone_tasks(cases, case_id)) == 1


def test_an_operator_can_make_it_shorter_and_never_longer() -> None:
    at = datetime(2026, 6, 10, 10, tzinfo=UTC)

    def due(escalate_permitted: timedelta | None) -> datetime:
        return ShorterDeadlines(escalate_permitted=escalate_permitted).acknowledge_permitted_by(at)

    assert due(timedelta(hours=4)) == at + timedelta(hours=4)
    assert due(timedelta(days=9)) == at + PERMITTED_ACKNOWLEDGE_WITHIN == due(None)
