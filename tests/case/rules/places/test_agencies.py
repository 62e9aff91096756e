"""Desks, railways, ships and places abroad: which agencies answer where no street address decides (facts 0 and 10)."""

from typing import Any

import pytest

from tests.case.conftest import CaseWork
from tests.case.rules.builders import (
    CARDIFF,
    COASTGUARD,
    CORNWALL,
    DEVON_AND_CORNWALL,
    GLASGOW,
    GREATER_MANCHESTER,
    LEEDS,
    MANCHESTER,
    NATIONAL_DESK,
    RAILWAY_POLICE,
    SCOTLAND,
    SOUTH_WALES,
    WEST_YORKSHIRE,
    an_adult,
    at,
    care_of,
    forced,
    named,
    only,
    put_places,
    recipient,
    record_danger,
    send_report,
    task_kinds,
)

ROWS = {
    "N10 desks": (
        "test_for_a_child_whom_nobody_can_place_the_police_desk_stands_and_no_desk_of_social_care",
        "test_where_several_agencies_remain_the_likeliest_is_told_and_a_person_checks",
        "test_a_contradiction_of_council_and_postcode_tells_both_in_danger",
        "test_one_report_that_forces_many_agencies_is_a_task_for_a_lead",
    ),
    "N11 ships": (
        "test_at_sea_the_force_of_the_port_is_told_and_in_danger_the_coastguard_too",
        "test_a_ship_without_a_port_is_the_coastguards_and_searched_for",
    ),
    "N12 railways": (
        "test_a_railway_in_great_britain_adds_the_british_transport_police",
        "test_a_railway_known_no_further_is_theirs_and_searched_for",
        "test_a_railway_in_northern_ireland_is_the_police_services_alone",
    ),
    "N13 abroad": (
        "test_a_home_abroad_leads_to_the_national_desk_only_where_no_place_here_is_known",
        "test_who_is_found_abroad_is_not_searched_for",
    ),
}
CHILD: dict[str, Any] = {"name": "Mika", "age": {"years": 15}}
DANGER: dict[str, Any] = {"persons": [an_adult()], "danger_now": "yes"}
ABROAD = [{"country": "Romania", "setting": "abroad"}, {"country": "Vietnam"}]
NORTHERN_IRELAND = "police:N99999999"


@pytest.mark.parametrize("role", ["person_of_concern", "household_member", "alleged_exploiter"])
async def test_for_a_child_whom_nobody_can_place_the_police_desk_stands_and_no_desk_of_social_care(
    cases: CaseWork, role: str
) -> None:
    case_id, read = await send_report(cases, place={}, persons=[{**CHILD, "role": role}])
    assert set(read) == {NATIONAL_DESK}
    assert only(read, NATIONAL_DESK)["grounds"] == ["override_child"]
    child = await named(cases, case_id, "Mika")
    assert (await put_places(cases, case_id, child, found_at=at(LEEDS))).status_code == 200
    assert {care_of(LEEDS), WEST_YORKSHIRE} <= await forced(cases, case_id)
    assert "find_place" not in await task_kinds(cases, case_id)


@pytest.mark.parametrize(
    ("place", "agencies"),
    [
        ({"postcode": "LS1"}, {WEST_YORKSHIRE, care_of(LEEDS)}),
        ({"postcode": "BT1"}, {NORTHERN_IRELAND, "social_care:hsc-belfast"}),
        ({"postcode": "RG21 4AH"}, {"police:E23000030", care_of("E10000014")}),
    ],
)
async def test_where_several_agencies_remain_the_likeliest_is_told_and_a_person_checks(
    cases: CaseWork, place: dict[str, str], agencies: set[str]
) -> None:
    case_id, read = await send_report(cases, place=place, persons=[CHILD])
    assert set(read) == agencies
    assert "find_place" in await task_kinds(cases, case_id)
    assert any(messages[0]["place_is_sure"] is False for messages in read.values())


async def test_a_contradiction_of_council_and_postcode_tells_both_in_danger(cases: CaseWork) -> None:
    place = {"council": MANCHESTER, "postcode": "LS1 1UR"}
    case_id = await cases.report(place=place, **DANGER)
    assert await forced(cases, case_id) == {GREATER_MANCHESTER, WEST_YORKSHIRE}
    assert "find_place" in await task_kinds(cases, case_id)
    endangered = await cases.report(place=place, persons=[{**CHILD, "in_danger": "yes"}])
    both = {GREATER_MANCHESTER, WEST_YORKSHIRE, care_of(MANCHESTER), care_of(LEEDS)}
    assert await forced(cases, endangered) == both


async def test_one_report_that_forces_many_agencies_is_a_task_for_a_lead(cases: CaseWork) -> None:
    councils = [MANCHESTER, LEEDS, GLASGOW, CARDIFF, CORNWALL, "E08000025"]
    children = [{**CHILD, "name": one, "lives_at": at(one), "found_at": at(one)} for one in councils]
    case_id, read = await send_report(cases, place={}, persons=children)
    assert len(read) == 12
    assert "mass_notification" in await task_kinds(cases, case_id)
    assert {messages[0]["agencies_informed_in_all"] for messages in read.values()} == {12}
    fewer = await cases.report(place={}, persons=children[:5])
    assert "mass_notification" not in await task_kinds(cases, fewer)


PORT = {"setting": "sea", "postcode": "PL1 1AA", "description": "trawler, third berth"}


async def test_at_sea_the_force_of_the_port_is_told_and_in_danger_the_coastguard_too(cases: CaseWork) -> None:
    case_id, read = await send_report(cases, place=PORT, **DANGER)
    assert set(read) == {DEVON_AND_CORNWALL, COASTGUARD}
    assert "find_place" not in await task_kinds(cases, case_id)
    _, read = await send_report(cases, place=PORT, persons=[CHILD])
    assert set(read) == {DEVON_AND_CORNWALL, care_of("E06000026")}
    case_id = await cases.report(place={}, persons=[an_adult(found_at=PORT)])
    await record_danger(cases, case_id, person_id=await named(cases, case_id, "Petra Novak"))
    assert await forced(cases, case_id) == {DEVON_AND_CORNWALL, COASTGUARD}


@pytest.mark.parametrize("home", [None, CARDIFF])
async def test_a_ship_without_a_port_is_the_coastguards_and_searched_for(
    cases: CaseWork, home: str | None
) -> None:
    person = an_adult(lives_at=at(home) if home else None)
    case_id = await cases.report(place={"setting": "sea"}, persons=[person], danger_now="yes")
    assert await forced(cases, case_id) == {COASTGUARD, SOUTH_WALES if home else NATIONAL_DESK}
    assert "find_place" in await task_kinds(cases, case_id)


@pytest.mark.parametrize("said", [DANGER, {"persons": [CHILD]}], ids=["danger", "child"])
async def test_a_railway_in_great_britain_adds_the_british_transport_police(
    cases: CaseWork, said: dict[str, Any]
) -> None:
    care = set() if said is DANGER else {care_of(LEEDS)}
    case_id = await cases.report(place={"setting": "railway", "postcode": "LS1 4DY"}, **said)
    assert await forced(cases, case_id) == {WEST_YORKSHIRE, RAILWAY_POLICE} | care
    assert "find_place" not in await task_kinds(cases, case_id)
    care = set() if said is DANGER else {care_of(GLASGOW)}
    case_id = await cases.report(place={"setting": "railway", "council": GLASGOW}, **said)
    assert await forced(cases, case_id) == {SCOTLAND, RAILWAY_POLICE} | care


@pytest.mark.parametrize("said", [DANGER, {"persons": [CHILD]}], ids=["danger", "child"])
async def test_a_railway_known_no_further_is_theirs_and_searched_for(
    cases: CaseWork, said: dict[str, Any]
) -> None:
    place = {"setting": "railway", "description": "the last train north"}
    case_id = await cases.report(place=place, **said)
    for_the_council = set() if said is DANGER else {NATIONAL_DESK}
    assert await forced(cases, case_id) == {RAILWAY_POLICE} | for_the_council
    assert (await recipient(cases, case_id, RAILWAY_POLICE))["duty"]["fallback"] is True
    assert "find_place" in await task_kinds(cases, case_id)


@pytest.mark.parametrize("place", [{"postcode": "BT1 5GS"}, {"council": "N09000003"}])
async def test_a_railway_in_northern_ireland_is_the_police_services_alone(
    cases: CaseWork, place: dict[str, str]
) -> None:
    case_id = await cases.report(place={"setting": "railway", **place}, **DANGER)
    assert await forced(cases, case_id) == {NORTHERN_IRELAND}


@pytest.mark.parametrize("abroad", ABROAD)
async def test_a_home_abroad_leads_to_the_national_desk_only_where_no_place_here_is_known(
    cases: CaseWork, abroad: dict[str, str]
) -> None:
    case_id = await cases.report(place={}, persons=[{**CHILD, "lives_at": abroad}])
    assert await forced(cases, case_id) == {NATIONAL_DESK}
    assert "find_place" in await task_kinds(cases, case_id)
    here = await cases.report(place={}, persons=[{**CHILD, "lives_at": abroad, "found_at": at(LEEDS)}])
    assert await forced(cases, here) == {care_of(LEEDS), WEST_YORKSHIRE}
    assert "find_place" not in await task_kinds(cases, here)
    danger = await cases.report(place=at(GLASGOW), persons=[an_adult(lives_at=abroad)], danger_now="yes")
    assert await forced(cases, danger) == {SCOTLAND}
    last = await cases.report(place={}, persons=[{**CHILD, "lives_at": at(CARDIFF)}])
    child = await named(cases, last, "Mika")
    assert (await put_places(cases, last, child, lives_at=None)).status_code == 200
    assert (await put_places(cases, last, child, lives_at=abroad)).status_code == 200
    assert {care_of(CARDIFF), SOUTH_WALES} <= await forced(cases, last)


@pytest.mark.parametrize("abroad", ABROAD)
async def test_who_is_found_abroad_is_not_searched_for(cases: CaseWork, abroad: dict[str, str]) -> None:
    case_id = await cases.report(place={}, persons=[{**CHILD, "found_at": abroad}])
    assert await forced(cases, case_id) == {NATIONAL_DESK}
    assert "find_place" not in await task_kinds(cases, case_id)
    named_danger = await cases.report(place={}, persons=[an_adult(found_at=abroad, in_danger="yes")])
    assert await forced(cases, named_danger) == {NATIONAL_DESK}
    assert "find_place" not in await task_kinds(cases, named_danger)
    case_id = await cases.report(place={}, persons=[an_adult()])
    await record_danger(cases, case_id, place=abroad)
    assert await forced(cases, case_id) == {NATIONAL_DESK}
    assert "find_place" not in await task_kinds(cases, case_id)
