"""Witnesses: children whose only role is reporter are told of to the council of their own place alone (fact 7)."""

from typing import Any

import pytest

from tests.case.builders import put
from tests.case.conftest import CaseWork
from tests.case.rules.builders import (
    CARDIFF,
    GLASGOW,
    LEEDS,
    NATIONAL_DESK,
    SOUTH_WALES,
    WEST_YORKSHIRE,
    an_adult,
    at,
    care_of,
    deliver,
    forced,
    named,
    only,
    propose,
    put_places,
    says,
    send_report,
    send_what_is_due,
    take_back,
    task_kinds,
)

ROWS = {
    "N6 witness children": (
        "test_the_council_of_a_witness_is_told_and_no_police_with_no_words_and_no_premises",
        "test_the_police_of_a_witness_are_told_where_the_child_is_harmed",
        "test_a_witness_without_a_place_here_is_a_task_within_the_hour_and_never_a_desk",
        "test_two_people_stand_down_who_is_a_witness_only",
    ),
}


def a_witness(**said: Any) -> dict[str, Any]:
    return {"name": "Rowan Ashdown", "age": {"years": 15}, **said}


@pytest.mark.parametrize("where", ["lives_at", "found_at"])
async def test_the_council_of_a_witness_is_told_and_no_police_with_no_words_and_no_premises(
    cases: CaseWork, where: str
) -> None:
    reporter = a_witness(**{where: at(CARDIFF, "2 Quay Street")})
    _, read = await send_report(
        cases, place=at(GLASGOW, "9 Dye Works Yard"), reporter=reporter, persons=[an_adult()]
    )
    assert set(read) == {care_of(CARDIFF)}
    message = only(read, care_of(CARDIFF))
    assert message["children"][0]["concerns"] == ["witness"]
    assert says(message["persons"], "2 Quay Street")
    for secret in ("driven to the car wash", "Dye Works", GLASGOW, "Petra"):
        assert not says(message, secret)


async def test_the_police_of_a_witness_are_told_where_the_child_is_harmed(cases: CaseWork) -> None:
    case_id = await cases.report(place=at(GLASGOW), reporter=a_witness(lives_at=at(CARDIFF)))
    assert await forced(cases, case_id) == {care_of(CARDIFF)}
    child = await named(cases, case_id, "Rowan Ashdown")
    harmed = {"coded_concerns": ["harmed_or_exploited"]}
    assert (await put(cases, case_id, f"persons/{child}/relations", harmed)).status_code == 200
    assert await forced(cases, case_id) == {care_of(CARDIFF), SOUTH_WALES}


@pytest.mark.parametrize(
    "place",
    [{}, {"lives_at": {"country": "Romania", "setting": "abroad"}}, {"found_at": {"country": "Romania"}}],
)
async def test_a_witness_without_a_place_here_is_a_task_within_the_hour_and_never_a_desk(
    cases: CaseWork, place: dict[str, Any]
) -> None:
    case_id = await cases.report(place=at(GLASGOW), reporter=a_witness(**place))
    assert await forced(cases, case_id) == set()
    tasks = [one for one in (await cases.read(case_id))["tasks"] if one["kind"] == "look_at_witness"]
    assert [one["due_at"] for one in tasks] == ["2026-06-10T11:00:00Z"]
    await cases.let_time_pass(hours=30)
    assert await deliver(cases, case_id) == {}
    assert await forced(cases, case_id) == set()
    closed = await cases.close(case_id)
    assert closed.status_code == 409
    child = await named(cases, case_id, "Rowan Ashdown")
    assert (await put_places(cases, case_id, child, lives_at=at(LEEDS))).status_code == 200
    assert await forced(cases, case_id) == {care_of(LEEDS)}
    assert "look_at_witness" not in await task_kinds(cases, case_id)
    assert {WEST_YORKSHIRE, NATIONAL_DESK}.isdisjoint(await send_what_is_due(cases, case_id, hours=2))


async def test_two_people_stand_down_who_is_a_witness_only(cases: CaseWork) -> None:
    case_id = await cases.report(place=at(GLASGOW), reporter=a_witness(lives_at=at(CARDIFF)))
    child = await named(cases, case_id, "Rowan Ashdown")
    await take_back(cases, case_id, "stand_down", "witness_only", ("child", child))
    assert await forced(cases, case_id) == set()
    of_concern = await cases.report(persons=[{"name": "Mika", "age": {"years": 15}}])
    mika = await named(cases, of_concern, "Mika")
    refused = await propose(cases, of_concern, "stand_down", "witness_only", ("child", mika))
    assert refused.status_code in (409, 422), "the child is no witness"
