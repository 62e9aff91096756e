"""Duplicates: a case that repeats another one is stood down, and opens again if that one ends otherwise."""

from typing import Any
from uuid import UUID, uuid4

from tests.case.builders import (
    acknowledge,
    child_of,
    decline,
    issue_all,
    propose,
    sign,
    states_of,
    supplements,
    take_back,
)
from tests.case.conftest import CaseWork
from tests.support.builders import a_child

NOWHERE: dict[str, Any] = {"place": {}, "persons": [a_child(lives_at=None, found_at=None)]}


async def duplicate(cases: CaseWork, case_id: UUID, other: UUID) -> Any:
    fact = await child_of(cases, case_id)
    return await propose(cases, case_id, fact, reason="duplicate_of", duplicate_of=str(other))


async def test_a_case_repeats_another_only_where_each_agency_hears_of_it_there(cases: CaseWork) -> None:
    other = await cases.report(persons=[a_child()])
    case_id = await cases.report(persons=[a_child(lives_at={"council": "E08000035"})])
    refused = await duplicate(cases, case_id, other)
    assert (refused.status_code, refused.json()["code"]) == (409, "not-a-duplicate")
    for wrong in (case_id, uuid4()):
        refused = await duplicate(cases, case_id, wrong)
        assert (refused.status_code, refused.json()["code"]) == (409, "not-a-duplicate")
    assert await states_of(cases, case_id) == {"waiting"}


async def test_two_cases_are_not_each_the_others_duplicate(cases: CaseWork) -> None:
    one, other = await cases.report(persons=[a_child()]), await cases.report(persons=[a_child()])
    assert (await duplicate(cases, one, other)).status_code == 201
    refused = await duplicate(cases, other, one)
    assert (refused.status_code, refused.json()["code"]) == (409, "not-a-duplicate")


async def test_a_duplicate_opens_again_when_the_case_that_it_repeats_is_stood_down(cases: CaseWork) -> None:
    other, case_id = await cases.report(persons=[a_child()]), await cases.report(persons=[a_child()])
    proposed = await duplicate(cases, case_id, other)
    assert (await sign(cases, case_id, proposed.json()["id"])).status_code == 200
    assert await states_of(cases, case_id) == {"stood_down"}
    await take_back(cases, other, await child_of(cases, other))
    await cases.run_loop("reopen_duplicates")
    assert await states_of(cases, other) == {"stood_down"}
    assert await states_of(cases, case_id) == {"waiting"}
    await cases.let_time_pass(hours=1)
    assert {event.case_id for event in await cases.authorised()} == {case_id}


async def test_a_duplicate_opens_again_when_the_other_case_is_declined(cases: CaseWork) -> None:
    other, case_id = await cases.report(persons=[a_child()]), await cases.report(persons=[a_child()])
    proposed = await duplicate(cases, case_id, other)
    await sign(cases, case_id, proposed.json()["id"])
    await cases.let_time_pass(hours=1)
    await issue_all(cases)
    first = (await cases.authorised())[0]
    await decline(cases, first)
    await cases.run_loop("reopen_duplicates")
    assert "stood_down" not in await states_of(cases, case_id)


async def test_a_duplicate_that_still_stands_stays_stood_down(cases: CaseWork) -> None:
    other, case_id = await cases.report(persons=[a_child()]), await cases.report(persons=[a_child()])
    proposed = await duplicate(cases, case_id, other)
    await sign(cases, case_id, proposed.json()["id"])
    await cases.let_time_pass(hours=1)
    await issue_all(cases)
    for event in await cases.authorised():
        await acknowledge(cases, event)
    await cases.run_loop("reopen_duplicates")
    assert await states_of(cases, case_id) == {"stood_down"}
    assert {event.case_id for event in await cases.authorised()} == {other}
    assert await supplements(cases) == []
