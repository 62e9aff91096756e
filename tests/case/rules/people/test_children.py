"""Children: which agencies are told of each, from which place, and whose identity each agency reads (facts 0 and 4)."""

from typing import Any

import pytest

from tests.case.builders import acknowledge, put
from tests.case.conftest import CaseWork
from tests.case.rules.builders import (
    BRADFORD,
    CARDIFF,
    CORNWALL,
    DEVON_AND_CORNWALL,
    GLASGOW,
    LEEDS,
    MANCHESTER,
    SCOTLAND,
    SOUTH_WALES,
    WEST_YORKSHIRE,
    add_person,
    an_adult,
    at,
    care_of,
    deliver,
    forced,
    named,
    names_of,
    newest_disclosure,
    only,
    person_in,
    put_places,
    recipient,
    record_danger,
    says,
    send,
    send_report,
    send_what_is_due,
    take_back,
)

ROWS = {
    "A17 a household child": (
        "test_a_household_child_is_routed_to_the_home_of_its_carer_and_not_to_the_premises",
        "test_who_cares_for_a_child_can_be_recorded_later_also_of_a_reporter",
        "test_the_home_of_somebody_who_does_not_live_with_the_child_leads_nowhere",
    ),
    "A19 every child to its own agencies": (
        "test_the_council_of_a_reporting_child_reads_nothing_of_the_girl_elsewhere",
        "test_two_children_at_two_councils_are_each_known_to_their_own_alone",
        "test_a_child_elsewhere_that_is_added_later_is_announced_to_nobody_here",
    ),
    "A24 a correction reaches everyone who was told": (
        "test_a_correction_reaches_the_agency_whose_duty_was_for_another_child",
    ),
    "N2 whose identity goes": (
        "test_an_agency_of_a_child_reads_its_household_cut_down_and_its_exploiters_whole",
        "test_a_danger_reads_those_whom_it_counts_and_no_others",
        "test_a_child_in_danger_is_told_of_at_once_to_every_agency_of_that_child",
    ),
    "N4 an unfinished entry of a child": (
        "test_an_entry_of_a_child_takes_effect_when_it_is_complete",
        "test_an_entry_that_nobody_completes_takes_effect_after_fifteen_minutes",
        "test_a_danger_to_a_child_whose_entry_is_unfinished_takes_effect_at_once",
    ),
}
MIKA: dict[str, Any] = {"name": "Mika", "age": {"years": 6}, "role": "household_member"}
CARER: dict[str, Any] = an_adult(role="household_member", lives_at=at(LEEDS, "3 Mill Lane"))


@pytest.mark.parametrize("premises", [at(BRADFORD), at(GLASGOW)])
async def test_a_household_child_is_routed_to_the_home_of_its_carer_and_not_to_the_premises(
    cases: CaseWork, premises: dict[str, str]
) -> None:
    case_id = await cases.report(place=premises, persons=[{**CARER, "cares_for_child": True}, MIKA])
    assert await forced(cases, case_id) == {care_of(LEEDS), WEST_YORKSHIRE}
    assert (await recipient(cases, case_id, care_of(LEEDS)))["duty"]["lead"] == "carers_home"


@pytest.mark.parametrize("who", ["Petra Novak", "Rowan Ashdown"])
async def test_who_cares_for_a_child_can_be_recorded_later_also_of_a_reporter(
    cases: CaseWork, who: str
) -> None:
    home = {"lives_at": at(CARDIFF)}
    reporter = {"name": "Rowan Ashdown", **(home if who == "Rowan Ashdown" else {})}
    adult = an_adult(role="household_member", **(home if who == "Petra Novak" else {}))
    case_id = await cases.report(place=at(GLASGOW), reporter=reporter, persons=[adult, MIKA])
    assert await forced(cases, case_id) == {care_of(GLASGOW), SCOTLAND}
    person = await named(cases, case_id, who)
    answer = await put(cases, case_id, f"persons/{person}/relations", {"cares_for_child": True})
    assert answer.status_code == 200, answer.text
    assert await forced(cases, case_id) == {care_of(CARDIFF), SOUTH_WALES}
    by_name = {one["name"]: one for one in (await cases.read(case_id))["persons"]}
    assert by_name[who]["cares_for_child"] is True


async def test_the_home_of_somebody_who_does_not_live_with_the_child_leads_nowhere(cases: CaseWork) -> None:
    case_id = await cases.report(place=at(GLASGOW), persons=[MIKA])
    child = await named(cases, case_id, "Mika")
    await add_person(
        cases,
        case_id,
        name="Aunt",
        roles=["reporter"],
        age={"years": 50},
        cares_for=[child],
        lives_at=at(CARDIFF),
    )
    assert await forced(cases, case_id) == {care_of(GLASGOW), SCOTLAND}


async def test_the_council_of_a_reporting_child_reads_nothing_of_the_girl_elsewhere(cases: CaseWork) -> None:
    reporter = {"name": "Rowan Ashdown", "age": {"years": 16}, "lives_at": at(CORNWALL, "2 Quay Street")}
    girl = {"name": "Mika", "age": {"years": 15}, "lives_at": at(GLASGOW, "8 Clyde Row")}
    _, read = await send_report(cases, place=at(GLASGOW), reporter=reporter, persons=[girl])
    assert set(read) == {care_of(CORNWALL), care_of(GLASGOW), SCOTLAND}
    assert names_of(only(read, care_of(CORNWALL))) == {"Rowan Ashdown"}
    for secret in ("Mika", "Clyde Row", GLASGOW, "Glasgow", "driven to the car wash"):
        assert not says(only(read, care_of(CORNWALL)), secret)
    assert names_of(only(read, care_of(GLASGOW))) == {"Mika"}
    assert not says(only(read, care_of(GLASGOW)), "Quay Street")


async def test_two_children_at_two_councils_are_each_known_to_their_own_alone(cases: CaseWork) -> None:
    children = [
        {"name": "Mika", "age": {"years": 15}, "lives_at": at(GLASGOW), "found_at": at(GLASGOW)},
        {"name": "Ana", "age": {"years": 12}, "lives_at": at(CARDIFF), "found_at": at(CARDIFF)},
    ]
    _, read = await send_report(cases, place={}, persons=children)
    for agency in (care_of(GLASGOW), SCOTLAND):
        assert names_of(only(read, agency)) == {"Mika"}
    for agency in (care_of(CARDIFF), SOUTH_WALES):
        assert names_of(only(read, agency)) == {"Ana"}


async def test_a_child_elsewhere_that_is_added_later_is_announced_to_nobody_here(cases: CaseWork) -> None:
    girl = {"name": "Mika", "age": {"years": 15}, "lives_at": at(GLASGOW), "found_at": at(GLASGOW)}
    case_id, read = await send_report(cases, place={}, persons=[girl])
    assert set(read) == {care_of(GLASGOW), SCOTLAND}
    places = {"lives_at": at(CARDIFF), "found_at": at(CARDIFF)}
    await add_person(cases, case_id, name="Ana", age={"years": 12}, **places)
    assert set(await send_what_is_due(cases, case_id, seconds=1)) == {care_of(CARDIFF), SOUTH_WALES}


async def test_a_correction_reaches_the_agency_whose_duty_was_for_another_child(cases: CaseWork) -> None:
    children = [
        {**MIKA, "lives_at": at(GLASGOW), "found_at": at(GLASGOW), "household": "h"},
        {**MIKA, "name": "Ana", "lives_at": at(CARDIFF), "found_at": at(CARDIFF), "household": "h"},
    ]
    case_id, read = await send_report(cases, place={}, persons=children)
    assert all(names_of(only(read, agency)) == {"Mika", "Ana"} for agency in read)
    for agency in read:
        await acknowledge(cases, await newest_disclosure(cases, agency))
    ana = await named(cases, case_id, "Ana")
    await take_back(cases, case_id, "correct", "age_mistaken", ("child", ana))
    corrected = await send_what_is_due(cases, case_id, seconds=1)
    for agency in read:
        message = only(corrected, agency)
        assert message["kind"] == "correction"
        assert [one["person"] for one in message["corrects"]] == [ana]


async def test_an_agency_of_a_child_reads_its_household_cut_down_and_its_exploiters_whole(
    cases: CaseWork,
) -> None:
    girl = {
        "name": "Mika",
        "age": {"years": 15},
        "lives_at": at(LEEDS),
        "found_at": at(LEEDS),
        "household": "h",
    }
    persons = [
        girl,
        {**MIKA, "name": "Ana", "household": "h"},
        an_adult(role="household_member", household="h", phone="+44 7700 900555"),
        an_adult(name="Viktor Hale", role="alleged_exploiter", phone="+44 7700 900666"),
        an_adult(name="Ioana Marin", found_at=at(CARDIFF)),
    ]
    _, read = await send_report(cases, place=at(LEEDS), persons=persons)
    message = only(read, care_of(LEEDS))
    assert names_of(message) == {"Mika", "Ana", "Petra Novak", "Viktor Hale"}
    assert "phone" not in person_in(message, "Petra Novak")
    assert person_in(message, "Petra Novak")["relation"] == "household_member"
    assert person_in(message, "Viktor Hale")["phone"] == "+44 7700 900666"
    assert not says(message, "Ioana")


async def test_a_danger_reads_those_whom_it_counts_and_no_others(cases: CaseWork) -> None:
    persons = [
        an_adult(in_danger="yes", household="h", found_at=at(GLASGOW)),
        {**MIKA, "household": "h", "lives_at": at(CARDIFF)},
        an_adult(name="Ioana Marin"),
        an_adult(name="Viktor Hale", role="alleged_exploiter"),
    ]
    _, read = await send_report(cases, place={}, persons=persons)
    message = only(read, SCOTLAND)
    assert names_of(message) == {"Petra Novak", "Mika"}
    assert person_in(message, "Mika")["in_danger"] == "may_be"
    general = {"place": at(GLASGOW), "danger_now": "yes", "persons": [*persons[2:], an_adult()]}
    _, read = await send_report(cases, **general)
    assert names_of(only(read, SCOTLAND)) == {"Petra Novak", "Ioana Marin"}


@pytest.mark.parametrize("danger", ["named", "of-the-household"])
async def test_a_child_in_danger_is_told_of_at_once_to_every_agency_of_that_child(
    cases: CaseWork, danger: str
) -> None:
    child = {**MIKA, "lives_at": at(CARDIFF), "found_at": at(GLASGOW), "household": "h"}
    adult = an_adult(household="h", found_at=at(GLASGOW))
    (child if danger == "named" else adult)["in_danger"] = "yes"
    case_id = await cases.report(place={}, persons=[adult, child])
    await cases.let_time_pass(minutes=9)
    assert await deliver(cases, case_id) == {}
    read = await send_what_is_due(cases, case_id, minutes=2)
    assert set(read) == {care_of(CARDIFF), SOUTH_WALES, care_of(GLASGOW), SCOTLAND}
    await cases.let_time_pass(seconds=61)
    tasks = [one for one in (await cases.read(case_id))["tasks"] if one["kind"] == "telephone_agency"]
    assert len(tasks) == 4


async def test_an_entry_of_a_child_takes_effect_when_it_is_complete(cases: CaseWork) -> None:
    case_id = await cases.report(place=at(MANCHESTER))
    child = await add_person(
        cases, case_id, name="Mika", age={"years": 15}, lives_at=at(CARDIFF), complete=False
    )
    assert await send_what_is_due(cases, case_id, minutes=14) == {}
    path = f"/v1/cases/{case_id}/persons/{child}/completed-entry"
    assert (await cases.do("POST", path)).status_code == 200
    assert {care_of(CARDIFF), SOUTH_WALES} <= set(await send_what_is_due(cases, case_id, seconds=1))
    again = await cases.do("POST", path)
    assert (again.status_code, again.json()["code"]) == (409, "entry-complete-already")


@pytest.mark.parametrize("door", ["person", "age"])
async def test_an_entry_that_nobody_completes_takes_effect_after_fifteen_minutes(
    cases: CaseWork, door: str
) -> None:
    case_id = await cases.report(place=at(MANCHESTER), persons=[an_adult(name="Lia", age={})])
    if door == "person":
        await add_person(cases, case_id, name="Mika", age={"years": 15}, complete=False)
    else:
        path = f"persons/{await named(cases, case_id, 'Lia')}/age"
        assert (await put(cases, case_id, path, {"years": 15, "complete": False})).status_code == 200
    assert await send_what_is_due(cases, case_id, minutes=14, seconds=58) == {}
    assert care_of(MANCHESTER) in await send_what_is_due(cases, case_id, seconds=3)


@pytest.mark.parametrize("named_danger", [True, False])
async def test_a_danger_to_a_child_whose_entry_is_unfinished_takes_effect_at_once(
    cases: CaseWork, named_danger: bool
) -> None:
    case_id = await cases.report(place=at(MANCHESTER))
    child = await add_person(cases, case_id, name="Mika", age={"years": 15}, complete=False)
    await record_danger(cases, case_id, person_id=child if named_danger else None)
    read = await send_what_is_due(cases, case_id, seconds=1)
    assert care_of(MANCHESTER) in read
    assert person_in(only(read, care_of(MANCHESTER)), "Mika")["in_danger"] in ("yes", "may_be")
    assert (await put_places(cases, case_id, child, lives_at=at(CARDIFF))).status_code == 200
    assert care_of(CARDIFF) in await send_what_is_due(cases, case_id, seconds=1)


async def test_a_reporter_who_cares_for_a_child_is_named_as_its_carer(cases: CaseWork) -> None:
    reporter = {"name": "Rowan Ashdown", "lives_at": at(CORNWALL)}
    case_id = await cases.report(place=at(GLASGOW), reporter=reporter, persons=[MIKA])
    person = await named(cases, case_id, "Rowan Ashdown")
    await put(cases, case_id, f"persons/{person}/relations", {"cares_for_child": True})
    read = await send(cases, case_id)
    assert set(read) == {care_of(CORNWALL), DEVON_AND_CORNWALL}
    assert [one["name"] for one in only(read, care_of(CORNWALL))["reporter"]] == ["Rowan Ashdown"]
