"""Dangers lead to the force of where they are, rank by rank, and more danger never removes anybody (fact 0)."""

from typing import Any

import pytest

from tests.case.conftest import CaseWork
from tests.case.rules.builders import (
    CARDIFF,
    GLASGOW,
    GREATER_MANCHESTER,
    LEEDS,
    MANCHESTER,
    MET,
    NO_PLACE,
    SCOTLAND,
    SOUTH_WALES,
    WEST_YORKSHIRE,
    WESTMINSTER,
    an_adult,
    at,
    call,
    care_of,
    forced,
    named,
    names_of,
    only,
    person_in,
    put_places,
    recipient,
    record_danger,
    says,
    send,
    send_report,
)

ROWS = {
    "A1 more danger never removes anybody": (
        "test_a_reporter_in_danger_elsewhere_leaves_the_danger_at_the_premises_to_its_force",
        "test_a_named_danger_in_a_report_never_narrows_the_general_one",
        "test_a_named_danger_that_is_recorded_later_leaves_every_force_with_what_it_has",
    ),
    "A2 ranks of fact 0": (
        "test_a_danger_without_a_place_goes_where_the_person_of_concern_is_found",
        "test_a_self_report_in_danger_goes_where_its_writer_is_found",
        "test_premises_and_where_each_person_of_concern_is_found_are_all_told",
        "test_a_danger_at_home_goes_to_the_home_where_no_better_place_is_known",
        "test_the_place_of_a_danger_is_told_before_the_premises",
        "test_what_stands_in_for_a_place_of_danger_gives_way_only_before_its_agency_was_told",
        "test_what_stands_in_for_the_place_of_a_child_gives_way_only_before_its_agency_was_told",
    ),
    "A3 never not in danger": (
        "test_nobody_is_shown_as_not_in_danger",
        "test_whom_a_danger_names_is_in_danger_and_nobody_else_is_shown_as_safe",
    ),
    "A20 true or nothing of a danger": (
        "test_police_and_childrens_services_are_told_of_the_danger_of_a_household_or_nothing",
        "test_an_agency_of_a_child_apart_from_the_danger_reads_nothing_of_whether_it_is_safe",
    ),
}
IN_GLASGOW: dict[str, Any] = {"place": at(GLASGOW), "danger_now": "yes", "persons": [an_adult()]}


async def test_a_reporter_in_danger_elsewhere_leaves_the_danger_at_the_premises_to_its_force(
    cases: CaseWork,
) -> None:
    _, alone = await send_report(cases, **IN_GLASGOW)
    assert names_of(only(alone, SCOTLAND)) == {"Petra Novak"}
    reporter = {"name": "Rowan Ashdown", "in_danger": "yes", "found_at": at(WESTMINSTER)}
    _, read = await send_report(cases, **IN_GLASGOW, reporter=reporter)
    assert set(read) == {SCOTLAND, MET}
    assert "Petra Novak" in names_of(only(read, SCOTLAND))


@pytest.mark.parametrize("found_at", [at(CARDIFF), {"postcode": "LS1 1UR"}, None])
async def test_a_named_danger_in_a_report_never_narrows_the_general_one(
    cases: CaseWork, found_at: dict[str, str] | None
) -> None:
    endangered = an_adult(name="Ioana Marin", in_danger="yes", found_at=found_at)
    said = {**IN_GLASGOW, "persons": [an_adult(), endangered]}
    _, read = await send_report(cases, **said)
    own = {"W06000015": SOUTH_WALES, "LS1 1UR": WEST_YORKSHIRE}
    assert set(read) == {SCOTLAND, *(own[one] for one in (found_at or {}).values())}
    assert {"Petra Novak", "Ioana Marin"} <= names_of(only(read, SCOTLAND))


@pytest.mark.parametrize("place", [at(WESTMINSTER), None])
async def test_a_named_danger_that_is_recorded_later_leaves_every_force_with_what_it_has(
    cases: CaseWork, place: dict[str, str] | None
) -> None:
    second = an_adult(name="Ioana Marin", found_at=at(LEEDS))
    said = {**IN_GLASGOW, "persons": [an_adult(), second]}
    case_id = await cases.report(**said)
    assert await forced(cases, case_id) == {SCOTLAND, WEST_YORKSHIRE}
    person = await named(cases, case_id, "Ioana Marin")
    await record_danger(cases, case_id, person_id=person, place=place)
    more = {MET} if place else set()
    assert await forced(cases, case_id) == {SCOTLAND, WEST_YORKSHIRE} | more
    read = await send(cases, case_id)
    assert {"Petra Novak", "Ioana Marin"} <= names_of(read[SCOTLAND][0])


async def test_a_danger_without_a_place_goes_where_the_person_of_concern_is_found(cases: CaseWork) -> None:
    case_id, read = await send_report(
        cases, **NO_PLACE, danger_now="yes", persons=[an_adult(found_at=at(LEEDS))]
    )
    assert set(read) == {WEST_YORKSHIRE}
    assert only(read, WEST_YORKSHIRE)["led_by"] == "found"
    assert (await recipient(cases, case_id, WEST_YORKSHIRE))["duty"]["lead"] == "found"


@pytest.mark.parametrize(
    "spoken", [{"danger_now": "yes"}, {"reporter_in_danger": "yes"}, {"someone_hurt": "yes"}]
)
async def test_a_self_report_in_danger_goes_where_its_writer_is_found(
    cases: CaseWork, spoken: dict[str, str]
) -> None:
    reporter = {"name": "Petra Novak", "is_person_of_concern": True, "found_at": {"postcode": "LS1 1UR"}}
    reporter["in_danger"] = spoken.pop("reporter_in_danger", "unknown")
    _, read = await send_report(cases, **NO_PLACE, **spoken, reporter=reporter)
    assert set(read) == {WEST_YORKSHIRE}


async def test_premises_and_where_each_person_of_concern_is_found_are_all_told(cases: CaseWork) -> None:
    persons = [an_adult(found_at=at(LEEDS)), an_adult(name="Ioana Marin", found_at=at(CARDIFF))]
    _, read = await send_report(cases, danger_now="yes", place=at(GLASGOW), persons=persons)
    assert set(read) == {SCOTLAND, WEST_YORKSHIRE, SOUTH_WALES}
    for message in (only(read, agency) for agency in read):
        assert len(message["agencies_informed_of_the_same"]) == 2


@pytest.mark.parametrize("named_danger", [True, False])
async def test_a_danger_at_home_goes_to_the_home_where_no_better_place_is_known(
    cases: CaseWork, named_danger: bool
) -> None:
    danger = {"danger_now": "unknown" if named_danger else "yes"}
    person = an_adult(lives_at=at(CARDIFF), in_danger="yes" if named_danger else "unknown")
    _, read = await send_report(cases, **NO_PLACE, **danger, persons=[person])
    assert set(read) == {SOUTH_WALES}
    assert only(read, SOUTH_WALES)["led_by"] == "home"


async def test_the_place_of_a_danger_is_told_before_the_premises(cases: CaseWork) -> None:
    case_id = await cases.report(place=at(GLASGOW), persons=[an_adult(found_at=at(LEEDS))])
    await record_danger(cases, case_id, council=MANCHESTER)
    assert await forced(cases, case_id) == {GREATER_MANCHESTER}
    assert (await recipient(cases, case_id, GREATER_MANCHESTER))["duty"]["lead"] == "danger"


@pytest.mark.parametrize("informed", [False, "message", "call"])
async def test_what_stands_in_for_a_place_of_danger_gives_way_only_before_its_agency_was_told(
    cases: CaseWork, informed: bool | str
) -> None:
    case_id = await cases.report(place=at(GLASGOW), persons=[an_adult(in_danger="yes")])
    assert await forced(cases, case_id) == {SCOTLAND}
    if informed == "message":
        assert set(await send(cases, case_id)) == {SCOTLAND}
    if informed == "call":
        assert (await call(cases, case_id, SCOTLAND)).status_code == 200
    person = await named(cases, case_id, "Petra Novak")
    assert (await put_places(cases, case_id, person, found_at=at(LEEDS))).status_code == 200
    assert await forced(cases, case_id) == {WEST_YORKSHIRE} | ({SCOTLAND} if informed else set())


@pytest.mark.parametrize("informed", [False, True])
async def test_what_stands_in_for_the_place_of_a_child_gives_way_only_before_its_agency_was_told(
    cases: CaseWork, informed: bool
) -> None:
    child = {"name": "Mika", "age": {"years": 9}, "role": "household_member"}
    case_id = await cases.report(place=at(GLASGOW), persons=[child])
    glasgow, leeds = {SCOTLAND, care_of(GLASGOW)}, {WEST_YORKSHIRE, care_of(LEEDS)}
    assert await forced(cases, case_id) == glasgow
    if informed:
        assert set(await send(cases, case_id)) == glasgow
    person = await named(cases, case_id, "Mika")
    assert (await put_places(cases, case_id, person, lives_at=at(LEEDS))).status_code == 200
    assert await forced(cases, case_id) == leeds | (glasgow if informed else set())
    assert (await put_places(cases, case_id, person, found_at=at(CARDIFF))).status_code == 200
    assert await forced(cases, case_id) >= leeds | {SOUTH_WALES, care_of(CARDIFF)}


async def test_nobody_is_shown_as_not_in_danger(cases: CaseWork) -> None:
    persons = [an_adult(), an_adult(name="Ioana Marin")]
    _, read = await send_report(cases, danger_now="yes", persons=persons)
    message = only(read, GREATER_MANCHESTER)
    assert {one["in_danger"] for one in message["persons"]} == {"may_be"}
    assert message["situation"]["danger_now"] is True


async def test_whom_a_danger_names_is_in_danger_and_nobody_else_is_shown_as_safe(cases: CaseWork) -> None:
    child = {"name": "Mika", "age": {"years": 9}, "role": "household_member", "household": "h"}
    persons = [an_adult(in_danger="yes", household="h"), an_adult(name="Ioana Marin"), child]
    _, read = await send_report(cases, persons=persons)
    message = only(read, GREATER_MANCHESTER)
    assert person_in(message, "Petra Novak")["in_danger"] == "yes"
    assert person_in(message, "Mika")["in_danger"] == "may_be"
    assert all(one.get("in_danger") in ("yes", "may_be", None) for one in message["persons"])
    assert not says(message, '"danger_now": false')
    assert not says(message, '"in_danger": false')


HOME = at(LEEDS, "3 Mill Lane")


@pytest.mark.parametrize("household", [{"household": "h"}, {}], ids=["as-recorded", "by-role"])
async def test_police_and_childrens_services_are_told_of_the_danger_of_a_household_or_nothing(
    cases: CaseWork, household: dict[str, str]
) -> None:
    child = {"name": "Mika", "age": {"years": 9}, "role": "household_member", "lives_at": HOME, **household}
    persons = [an_adult(lives_at=HOME, in_danger="yes", **household), child]
    _, read = await send_report(cases, place=HOME, persons=persons)
    assert only(read, WEST_YORKSHIRE)["situation"]["danger_now"] is True
    message = only(read, f"social_care:{LEEDS}")
    assert message["situation"]["danger_now"] is True
    assert person_in(message, "Mika")["in_danger"] == "may_be"


async def test_an_agency_of_a_child_apart_from_the_danger_reads_nothing_of_whether_it_is_safe(
    cases: CaseWork,
) -> None:
    child = {"name": "Mika", "age": {"years": 15}, "lives_at": at(CARDIFF), "found_at": at(CARDIFF)}
    persons = [an_adult(in_danger="yes", found_at=at(LEEDS)), child]
    _, read = await send_report(cases, **NO_PLACE, persons=persons)
    message = only(read, f"social_care:{CARDIFF}")
    assert not says(message, "in_danger")
    assert not says(message, "danger_now")
    assert only(read, WEST_YORKSHIRE)["situation"]["danger_now"] is True
