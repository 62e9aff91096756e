"""Entries of advisers: a child takes effect when the entry is complete, or 15 minutes after it was begun."""

from typing import Any
from uuid import UUID

from tests.case.builders import (
    LEEDS,
    LEEDS_CARE,
    LEEDS_POLICE,
    MANCHESTER_CARE,
    MANCHESTER_POLICE,
    content_of,
    duty_states,
    put,
)
from tests.case.conftest import CaseWork

BEGUN: dict[str, Any] = {"name": "Sami", "age": {"years": 12}, "complete": False}


async def begin(cases: CaseWork, case_id: UUID, **more: Any) -> str:
    answer = await cases.do("POST", f"/v1/cases/{case_id}/persons", {**BEGUN, **more})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def complete(cases: CaseWork, case_id: UUID, person: str) -> Any:
    return await cases.do("POST", f"/v1/cases/{case_id}/persons/{person}/completed-entry")


async def agencies(cases: CaseWork) -> set[str]:
    return {event.agency_code for event in await cases.authorised()}


async def test_a_child_that_an_adviser_records_as_complete_is_told_of_at_once(cases: CaseWork) -> None:
    case_id = await cases.report()
    await begin(cases, case_id, complete=True)
    await cases.run_scheduler()
    assert await agencies(cases) == {MANCHESTER_CARE, MANCHESTER_POLICE}


async def test_an_unfinished_entry_waits_until_it_is_completed(cases: CaseWork) -> None:
    case_id = await cases.report()
    person = await begin(cases, case_id)
    await cases.let_time_pass(minutes=5)
    assert await agencies(cases) == set()
    assert set((await duty_states(cases, case_id)).values()) == {"waiting"}
    assert (await complete(cases, case_id, person)).status_code == 200
    await cases.run_scheduler()
    assert await agencies(cases) == {MANCHESTER_CARE, MANCHESTER_POLICE}
    for event in await cases.authorised():
        assert event.verified is True
        assert (await content_of(cases, event.disclosure_id))["facts"][0]["verified"] is True
    again = await complete(cases, case_id, person)
    assert (again.status_code, again.json()["code"]) == (409, "entry-complete-already")


async def test_an_unfinished_entry_takes_effect_by_itself_fifteen_minutes_after_it_was_begun(
    cases: CaseWork,
) -> None:
    case_id = await cases.report()
    person = await begin(cases, case_id)
    await cases.let_time_pass(minutes=14, seconds=59)
    assert await agencies(cases) == set()
    await cases.let_time_pass(seconds=1)
    assert await agencies(cases) == {MANCHESTER_CARE, MANCHESTER_POLICE}
    assert (await complete(cases, case_id, person)).status_code == 409


async def test_an_entry_that_is_changed_while_it_waits_is_not_put_off(cases: CaseWork) -> None:
    case_id = await cases.report()
    person = await begin(cases, case_id)
    cases.clock.forward(minutes=10)
    places = {"found_at": {"council": LEEDS}}
    assert (await put(cases, case_id, f"persons/{person}/places", places)).status_code == 200
    later = {"years": 11, "complete": False}
    assert (await put(cases, case_id, f"persons/{person}/age", later)).status_code == 200
    await cases.let_time_pass(minutes=5)
    assert await agencies(cases) == {LEEDS_CARE, LEEDS_POLICE}


async def test_a_danger_to_a_child_whose_entry_is_unfinished_is_told_at_once(cases: CaseWork) -> None:
    case_id = await cases.report()
    person = await begin(cases, case_id)
    danger = await cases.do("POST", f"/v1/cases/{case_id}/dangers", {"person_id": person})
    assert danger.status_code == 201
    await cases.run_scheduler()
    assert await agencies(cases) == {MANCHESTER_CARE, MANCHESTER_POLICE}
    assert {event.urgent for event in await cases.authorised()} == {True}
