"""Corrections of what a duplicate passed on, and withdrawals, which win where they commit before the issue."""

import asyncio
import json
from uuid import UUID

from case_service.cases.case_change import change_case
from case_service.consent.models import ConsentTaken
from case_service.settings import deadlines_of
from tests.case.builders import (
    acknowledge,
    child_of,
    content_of,
    corrections,
    danger_of,
    decline,
    duty_states,
    issue_waiting,
    person_of,
    proposals_of,
    propose,
    put,
    reporter_of,
    sign_all,
    state_age,
    supplements,
    take_back,
    withdraw,
)
from tests.case.conftest import CaseWork
from tests.case.duplicates.builders import (
    BOTH,
    KNOWS_MORE,
    PHONE,
    compare,
    compare_anew,
    duplicate_of,
    other_case,
    pass_on_and_acknowledge,
    passed_on,
)
from tests.support.builders import a_child, a_reporter

TAKEN = ConsentTaken(wording="call-2026-01", language="en", given_how="phone")


async def a_withdrawal_before_the_issue_wins(cases: CaseWork) -> None:
    other = await other_case(cases)
    sharing = {"reporter": a_reporter(), "privacy": "share", "share_with": ["police"]}
    case_id = await duplicate_of(cases, other, **KNOWS_MORE, **sharing)
    events = await passed_on(cases)
    assert (await withdraw(cases, case_id)).status_code == 201
    for event in events:
        message = json.dumps(await content_of(cases, event.disclosure_id))
        assert "Rowan" not in message, "issued after a withdrawal"
        assert PHONE in message, "what is forced was stopped"


async def test_a_withdrawal_before_the_issue_wins(cases: CaseWork) -> None:
    await a_withdrawal_before_the_issue_wins(cases)


async def a_withdrawal_that_is_being_written_wins(cases: CaseWork) -> None:
    other = await other_case(cases)
    sharing = {"reporter": a_reporter(), "privacy": "share", "share_with": ["police"]}
    case_id = await duplicate_of(cases, other, **sharing)
    (event,) = await passed_on(cases)
    reporter = UUID(await reporter_of(cases, case_id))
    deadlines = deadlines_of(cases.service.context)
    async with (
        cases.service.unit_of_work() as uow,
        change_case(case_id, uow, deadlines) as change,
    ):
        issued = asyncio.create_task(cases.issue(event.disclosure_id))
        await asyncio.sleep(0.3)
        await change.case_file.add_consent(reporter, TAKEN, withdraws=True)
    assert "Rowan" not in (await issued).text, "issued after a withdrawal"


async def test_a_withdrawal_that_is_being_written_wins(cases: CaseWork) -> None:
    await a_withdrawal_that_is_being_written_wins(cases)


async def test_the_agency_that_was_told_is_corrected_once(cases: CaseWork) -> None:
    await the_agency_that_was_told_is_corrected_once(cases)


async def the_agency_that_was_told_is_corrected_once(cases: CaseWork) -> None:
    other = await other_case(cases)
    case_id = await duplicate_of(cases, other, **KNOWS_MORE)
    await pass_on_and_acknowledge(cases, other, case_id)
    mika = await person_of(cases, case_id)
    await state_age(cases, case_id, {"years": 25})
    (proposal,) = await proposals_of(cases, case_id)
    assert (proposal["act"], proposal["reason"]) == ("correct", "age_mistaken")
    await compare(cases)
    assert await corrections(cases) == [], "one person alone corrects nothing"
    await sign_all(cases, case_id)
    for _ in range(2):
        await compare_anew(cases)
        corrected = await corrections(cases)
        assert {event.agency_code for event in corrected} == BOTH, "the agency was not corrected"
        assert len(corrected) == 2, "corrected twice"
        await issue_waiting(cases, other)
    for event in corrected:
        assert event.case_id == other
        message = await content_of(cases, event.disclosure_id)
        assert message["corrects"] == [{"person": mika, "turned_out_to_be": "adult"}]
        await acknowledge(cases, event)
    assert set((await duty_states(cases, other)).values()) == {"acknowledged"}
    assert (await put(cases, case_id, "summary", {"text": "Four sleep there."})).status_code == 200
    assert len(await passed_on(cases)) == 2, "what proved wrong is told no more"
    kinds = [one["kind"] for one in (await cases.read(case_id))["passed_on"]]
    assert kinds == ["supplement", "supplement", "correction", "correction"]


async def test_a_fact_that_proves_wrong_on_the_way_is_told_and_corrected(cases: CaseWork) -> None:
    other = await other_case(cases)
    case_id = await duplicate_of(cases, other, **KNOWS_MORE)
    events = await passed_on(cases)
    fact = await child_of(cases, case_id)
    await take_back(cases, case_id, fact, act="correct", reason="not_a_report")
    for event in events:
        assert PHONE in json.dumps(await content_of(cases, event.disclosure_id))
    await compare(cases)
    assert {event.agency_code for event in await corrections(cases)} == BOTH
    for event in events:
        await acknowledge(cases, event)
        assert (await cases.issue(event.disclosure_id)).status_code == 409, "it is told no more"


async def test_what_the_agency_has_can_be_issued_again_while_it_is_right(cases: CaseWork) -> None:
    other = await other_case(cases)
    case_id = await duplicate_of(cases, other, **KNOWS_MORE)
    await pass_on_and_acknowledge(cases, other, case_id)
    for event in await supplements(cases):
        assert PHONE in json.dumps(await content_of(cases, event.disclosure_id))


async def test_a_danger_that_was_passed_on_is_corrected(cases: CaseWork) -> None:
    other = await other_case(cases)
    case_id = await cases.report(persons=[a_child()], danger_now="yes")
    danger = await danger_of(cases, case_id)
    await take_back(cases, case_id, danger, reason="duplicate_of", duplicate_of=str(other))
    await issue_waiting_after_comparing(cases, other)
    refused = await propose(cases, case_id, danger, reason="no_danger")
    assert (refused.status_code, refused.json()["code"]) == (409, "already-sent")
    await take_back(cases, case_id, danger, act="correct", reason="no_danger")
    await compare(cases)
    (event,) = await corrections(cases)
    message = await content_of(cases, event.disclosure_id)
    assert message["corrects"] == [{"danger": danger["subject_id"], "turned_out_to_be": "no_danger"}]


async def issue_waiting_after_comparing(cases: CaseWork, other: UUID) -> None:
    await compare(cases)
    await issue_waiting(cases, other)


async def test_after_the_duplicate_opened_again_what_was_told_is_still_corrected(cases: CaseWork) -> None:
    other = await other_case(cases)
    case_id = await duplicate_of(cases, other, **KNOWS_MORE)
    await pass_on_and_acknowledge(cases, other, case_id)
    await decline(cases, (await cases.authorised())[0])
    await compare(cases)
    assert "stood_down" not in set((await duty_states(cases, case_id)).values())
    fact = await child_of(cases, case_id)
    await take_back(cases, case_id, fact, act="correct", reason="not_a_report")
    await compare(cases)
    assert {event.case_id for event in await corrections(cases)} == {other}


async def test_nothing_that_was_not_passed_on_is_corrected(cases: CaseWork) -> None:
    other = await other_case(cases)
    case_id = await duplicate_of(cases, other)
    await compare(cases)
    fact = await child_of(cases, case_id)
    answer = await propose(cases, case_id, fact, act="correct", reason="not_a_report")
    assert answer.status_code == 404, "its fact was stood down, and nobody was told"
