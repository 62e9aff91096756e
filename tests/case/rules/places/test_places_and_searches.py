"""Places that are lost, lead nowhere or only stand in, and the searches for them (facts 2, 5, 10)."""

from typing import Any

import pytest

from shared.domain.geography import agencies
from tests.case.builders import acknowledge, open_tasks, put
from tests.case.conftest import CaseWork
from tests.case.rules.builders import (
    BRADFORD,
    CARDIFF,
    GLASGOW,
    LEEDS,
    NATIONAL_DESK,
    NO_PLACE,
    SOUTH_WALES,
    WEST_YORKSHIRE,
    an_adult,
    at,
    care_of,
    deliver,
    forced,
    named,
    newest_disclosure,
    only,
    propose,
    put_places,
    says,
    send_report,
    sign,
    state_of,
    task_kinds,
)

ROWS = {
    "A4 premises of a mother who says no": (
        "test_the_place_where_a_mother_is_exploited_stays_while_her_child_has_a_home_of_its_own",
        "test_the_premises_are_named_where_they_are_all_that_finds_the_child",
        "test_new_premises_of_a_mother_are_announced_to_nobody_who_reads_of_her_child",
    ),
    "A5 a place that leads nowhere": (
        "test_a_place_that_leads_nowhere_is_refused_and_moves_no_duty",
        "test_each_person_keeps_a_last_known_place_of_their_own",
        "test_whom_nobody_can_place_is_told_to_a_desk_that_exists",
    ),
    "A10 a place lost after the answer": (
        "test_a_place_lost_after_the_answer_is_searched_for_and_the_case_stays_open",
        "test_a_place_of_danger_lost_after_the_answer_is_searched_for_too",
        "test_a_search_that_cannot_succeed_is_ended_by_two_people_after_the_fallback_answered",
    ),
    "A16 anonymous and in danger": (
        "test_where_an_anonymous_person_in_danger_is_goes_to_the_force",
        "test_where_an_anonymous_child_is_goes_to_its_council",
    ),
}


@pytest.mark.parametrize(
    ("privacy", "bradford", "home", "police"),
    [
        ("confidential", at(BRADFORD, "9 Dye Works Yard"), LEEDS, WEST_YORKSHIRE),
        (None, {"postcode": "BD1 1HX", "address": "9 Dye Works Yard"}, CARDIFF, SOUTH_WALES),
    ],
    ids=["no", "not-asked"],
)
async def test_the_place_where_a_mother_is_exploited_stays_while_her_child_has_a_home_of_its_own(
    cases: CaseWork, privacy: str | None, bradford: dict[str, str], home: str, police: str
) -> None:
    mother = {"name": "Petra Novak", "is_person_of_concern": True, "household": "h", "cares_for_child": True}
    child = {"name": "Mika", "age": {"years": 6}, "role": "household_member", "household": "h"}
    child["lives_at"] = at(home, "3 Mill Lane")
    said = {"privacy": privacy, "situation_may_be_passed_on": False} if privacy else {}
    _, read = await send_report(cases, **said, place=bradford, reporter=mother, persons=[child])
    for agency in (care_of(home), police):
        message = only(read, agency)
        assert says(message, "3 Mill Lane")
        for secret in ("Dye Works", "BD1", BRADFORD, "Bradford", "car_wash", "driven to the car wash"):
            assert not says(message, secret), (agency, secret)
    assert set(read) == {care_of(home), police}


async def test_the_premises_are_named_where_they_are_all_that_finds_the_child(cases: CaseWork) -> None:
    child = {"name": "Mika", "age": {"years": 15}}
    _, read = await send_report(cases, place=at(BRADFORD, "9 Dye Works Yard"), persons=[an_adult(), child])
    message = only(read, care_of(BRADFORD))
    assert says(message, "9 Dye Works Yard")
    assert not says(message, "driven to the car wash")


async def test_new_premises_of_a_mother_are_announced_to_nobody_who_reads_of_her_child(
    cases: CaseWork,
) -> None:
    mother = {"name": "Petra Novak", "is_person_of_concern": True, "household": "h"}
    child = {"name": "Mika", "age": {"years": 6}, "role": "household_member", "household": "h"}
    said = {"privacy": "confidential", "situation_may_be_passed_on": False, "place": {}, "reporter": mother}
    case_id, read = await send_report(cases, **said, persons=[{**child, "lives_at": at(LEEDS)}])
    assert set(read) == {care_of(LEEDS), WEST_YORKSHIRE}
    for place in (at(BRADFORD, "9 Dye Works Yard"), at(GLASGOW, "8 Clyde Row")):
        assert (await put(cases, case_id, "place", place)).status_code == 200
        await cases.let_time_pass(hours=1)
        assert await deliver(cases, case_id) == {}
    assert await forced(cases, case_id) == {care_of(LEEDS), WEST_YORKSHIRE}


NOWHERE: list[dict[str, Any]] = [
    {"postcode": "ZZ99 9ZZ"},
    {"postcode": "XX1 1XX"},
    {"council": "E08999999"},
    {"postcode": "nowhere at all", "address": "3 Mill Lane"},
]


@pytest.mark.parametrize("place", NOWHERE)
async def test_a_place_that_leads_nowhere_is_refused_and_moves_no_duty(
    cases: CaseWork, place: dict[str, str]
) -> None:
    child = {"name": "Mika", "age": {"years": 15}, "lives_at": at(LEEDS), "found_at": at(LEEDS)}
    case_id = await cases.report(**NO_PLACE, persons=[child])
    person = await named(cases, case_id, "Mika")
    before = await forced(cases, case_id)
    for answer in (
        await put_places(cases, case_id, person, lives_at=place),
        await put_places(cases, case_id, person, found_at=place),
        await put(cases, case_id, "place", place),
    ):
        assert answer.status_code == 422, answer.text
        assert "ZZ99" not in answer.text
        assert "E08999999" not in answer.text
    assert await forced(cases, case_id) == before == {care_of(LEEDS), WEST_YORKSHIRE}


async def test_each_person_keeps_a_last_known_place_of_their_own(cases: CaseWork) -> None:
    children = [
        {"name": "Mika", "age": {"years": 15}, "lives_at": at(LEEDS), "found_at": at(LEEDS)},
        {"name": "Ana", "age": {"years": 12}, "lives_at": at(CARDIFF), "found_at": at(CARDIFF)},
    ]
    case_id = await cases.report(**NO_PLACE, persons=children)
    for name in ("Mika", "Ana"):
        person = await named(cases, case_id, name)
        assert (await put_places(cases, case_id, person, lives_at=None, found_at=None)).status_code == 200
    persons = {one["name"]: one for one in (await cases.read(case_id))["persons"]}
    assert persons["Mika"]["last_known_at"]["council"] == LEEDS
    assert persons["Ana"]["last_known_at"]["council"] == CARDIFF
    assert {care_of(LEEDS), WEST_YORKSHIRE, care_of(CARDIFF), SOUTH_WALES} <= await forced(cases, case_id)
    assert "find_place" in await task_kinds(cases, case_id)


@pytest.mark.parametrize(
    "said",
    [
        {"persons": [{"name": "Mika", "age": {"years": 15}}]},
        {"persons": [an_adult()], "danger_now": "yes"},
        {"persons": [{"name": "Mika", "age": {"years": 9}, "role": "household_member"}]},
    ],
    ids=["child", "danger", "household-child"],
)
async def test_whom_nobody_can_place_is_told_to_a_desk_that_exists(
    cases: CaseWork, said: dict[str, Any]
) -> None:
    case_id, read = await send_report(cases, **NO_PLACE, **said)
    assert set(read) == {NATIONAL_DESK}
    assert set(read) <= {one.code for one in agencies()}
    assert only(read, NATIONAL_DESK)["place_is_sure"] is False
    assert "find_place" in await task_kinds(cases, case_id)


@pytest.mark.parametrize("lost", ["place", "person"])
async def test_a_place_lost_after_the_answer_is_searched_for_and_the_case_stays_open(
    cases: CaseWork, lost: str
) -> None:
    child = {"name": "Mika", "age": {"years": 15}}
    said = {"place": at(LEEDS)} if lost == "place" else {**NO_PLACE}
    child |= {"lives_at": at(LEEDS), "found_at": at(LEEDS)} if lost == "person" else {}
    case_id, read = await send_report(cases, **said, persons=[child])
    for agency in read:
        await acknowledge(cases, await newest_disclosure(cases, agency))
    assert "find_place" not in await task_kinds(cases, case_id)
    person = await named(cases, case_id, "Mika")
    gone = (
        await put(cases, case_id, "place", {"postcode": None, "council": None})
        if lost == "place"
        else await put_places(cases, case_id, person, lives_at=None, found_at=None)
    )
    assert gone.status_code == 200, gone.text
    assert "find_place" in await task_kinds(cases, case_id)
    closed = await cases.close(case_id)
    assert closed.status_code == 409
    assert closed.json()["places_to_find"] > 0


@pytest.mark.parametrize("named_danger", [True, False])
async def test_a_place_of_danger_lost_after_the_answer_is_searched_for_too(
    cases: CaseWork, named_danger: bool
) -> None:
    adult = an_adult(found_at=at(LEEDS), in_danger="yes" if named_danger else "unknown")
    said: dict[str, Any] = {
        "place": {},
        "danger_now": "unknown" if named_danger else "yes",
        "persons": [adult],
    }
    case_id, read = await send_report(cases, **said)
    assert set(read) == {WEST_YORKSHIRE}
    await acknowledge(cases, await newest_disclosure(cases, WEST_YORKSHIRE))
    assert "find_place" not in await task_kinds(cases, case_id)
    person = await named(cases, case_id, "Petra Novak")
    assert (await put_places(cases, case_id, person, found_at=None)).status_code == 200
    assert "find_place" in await task_kinds(cases, case_id)
    assert (await cases.close(case_id)).status_code == 409
    assert (await put_places(cases, case_id, person, found_at=at(CARDIFF))).status_code == 200
    assert "find_place" not in await task_kinds(cases, case_id)
    assert await forced(cases, case_id) == {WEST_YORKSHIRE, SOUTH_WALES}


@pytest.mark.parametrize("kind", ["child", "danger"])
async def test_a_search_that_cannot_succeed_is_ended_by_two_people_after_the_fallback_answered(
    cases: CaseWork, kind: str
) -> None:
    said: dict[str, Any] = {"persons": [{"name": "Mika", "age": {"years": 15}}]}
    said |= {"persons": [an_adult()], "danger_now": "yes"} if kind == "danger" else {}
    case_id, _read = await send_report(cases, **NO_PLACE, **said)
    case_file = await cases.read(case_id)
    subject = case_file["dangers"][0]["id"] if kind == "danger" else await named(cases, case_id, "Mika")
    early = await propose(cases, case_id, "end_search", "person_not_found", (kind, subject))
    assert early.status_code == 409
    assert early.json()["code"] == "search-not-over"
    await acknowledge(cases, await newest_disclosure(cases, NATIONAL_DESK))
    proposed = await propose(cases, case_id, "end_search", "person_not_found", (kind, subject))
    assert "find_place" in await task_kinds(cases, case_id)
    alone = await sign(cases, case_id, proposed.json()["id"], name="ada")
    assert alone.status_code == 409
    assert (await sign(cases, case_id, proposed.json()["id"])).status_code == 200
    assert "find_place" not in await task_kinds(cases, case_id)
    assert await state_of(cases, case_id, NATIONAL_DESK) == "acknowledged"
    for task in await open_tasks(cases, case_id):
        assert task["kind"] in ("countersign", "inform_person", "read_danger"), task["kind"]


@pytest.mark.parametrize(
    "said",
    [
        {"danger_now": "yes", "reporter": {"is_person_of_concern": True}},
        {"reporter": {"in_danger": "yes"}},
        {"someone_hurt": "yes", "reporter": {"is_person_of_concern": True}},
    ],
    ids=["danger-now", "named", "hurt"],
)
async def test_where_an_anonymous_person_in_danger_is_goes_to_the_force(
    cases: CaseWork, said: dict[str, Any]
) -> None:
    reporter = {**said["reporter"], "found_at": at(LEEDS, "Unit 4, back room")}
    said = {**NO_PLACE, **said, "privacy": "anonymous", "reporter": reporter}
    _, read = await send_report(cases, **said)
    message = only(read, WEST_YORKSHIRE)
    assert says(message, "Unit 4, back room")
    assert "reporter" not in message


async def test_where_an_anonymous_child_is_goes_to_its_council(cases: CaseWork) -> None:
    reporter = {
        "is_person_of_concern": True,
        "age": {"years": 14},
        "found_at": at(LEEDS, "Unit 4, back room"),
    }
    _, read = await send_report(cases, **NO_PLACE, privacy="anonymous", reporter=reporter)
    for agency in (care_of(LEEDS), WEST_YORKSHIRE):
        assert says(only(read, agency), "Unit 4, back room")
        assert "reporter" not in only(read, agency)
