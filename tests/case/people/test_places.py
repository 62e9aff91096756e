"""Places of a person: corrected for each, looked for until they are found, and never dropped."""

import json
from typing import Any
from uuid import UUID

import pytest

from tests.case.builders import (
    LEEDS,
    LEEDS_CARE,
    LEEDS_POLICE,
    MANCHESTER_CARE,
    MANCHESTER_POLICE,
    acknowledge,
    content_of,
    duty_states,
    open_tasks,
    person_of,
    put,
    recipients_of,
    record_handover,
    reporter_of,
    sent_child,
    state_age,
    supplements,
    text_of,
)
from tests.case.conftest import CaseWork
from tests.support.builders import a_child

HULL = "E06000010"
IN_LEEDS = {"lives_at": {"council": LEEDS}, "found_at": {"council": LEEDS}}
MANCHESTER = {MANCHESTER_CARE, MANCHESTER_POLICE}
NOWHERE: dict[str, Any] = {"place": {}, "persons": [a_child(lives_at=None, found_at=None)]}


async def record_places(cases: CaseWork, case_id: UUID, places: Any, person: str | None = None) -> Any:
    person = person or await person_of(cases, case_id)
    return await put(cases, case_id, f"persons/{person}/places", places)


async def agencies(cases: CaseWork, case_id: UUID, *states: str) -> set[str]:
    """Return the agencies that have a duty, in one of these states where some are given."""
    duties = await duty_states(cases, case_id)
    return {agency for agency, state in duties.items() if not states or state in states}


async def searches(cases: CaseWork, case_id: UUID) -> list[str]:
    return [task["id"] for task in await open_tasks(cases, case_id) if task["kind"] == "find_place"]


async def sent_to_the_desk(cases: CaseWork) -> UUID:
    """Send a child whose place nobody knows; the national police desk acknowledges it."""
    case_id = await sent_child(cases, **NOWHERE)
    for event in await cases.authorised():
        await acknowledge(cases, event)
    assert await agencies(cases, case_id, "acknowledged") == {"police:nca"}
    return case_id


async def test_a_place_corrected_before_sending_sends_to_the_right_agencies_only(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[a_child()])
    answer = await record_places(cases, case_id, IN_LEEDS)
    assert answer.status_code == 200, answer.text
    await cases.let_time_pass(hours=1)
    assert {event.agency_code for event in await cases.authorised()} == {LEEDS_CARE, LEEDS_POLICE}
    assert await agencies(cases, case_id, "rerouted") == MANCHESTER


async def test_a_home_learnt_after_sending_is_told_there_too_and_to_those_who_were_told(
    cases: CaseWork,
) -> None:
    case_id = await sent_child(cases)
    for event in await cases.authorised():
        await acknowledge(cases, event)
    await record_places(cases, case_id, {"lives_at": {"council": LEEDS, "address": "4 Larch Row"}})
    await cases.run_scheduler()
    new = [event for event in await cases.authorised() if event.agency_code not in MANCHESTER]
    assert {(event.agency_code, event.kind) for event in new} == {
        (LEEDS_CARE, "initial"),
        (LEEDS_POLICE, "initial"),
    }
    for event in new:
        assert (await content_of(cases, event.disclosure_id))["led_by"] == "home"
    assert {event.agency_code for event in await supplements(cases)} == MANCHESTER
    for event in await supplements(cases):
        assert "Larch Row" in await text_of(cases, event.disclosure_id)


async def test_a_place_that_is_not_named_stays_and_null_takes_it_back(cases: CaseWork) -> None:
    async def ion() -> Any:
        return next(one for one in (await cases.read(case_id))["persons"] if one["name"] == "Ion")

    case_id = await cases.report(persons=[{"name": "Ion"}])
    found_at = {"council": HULL, "address": "a"}
    await record_places(cases, case_id, {"lives_at": {"council": LEEDS}, "found_at": found_at})
    await record_places(cases, case_id, {"found_at": {"council": HULL}})
    places = await ion()
    assert (places["lives_at"]["council"], places["found_at"]["council"]) == (LEEDS, HULL)
    assert places["found_at"]["address"] is None
    await record_places(cases, case_id, {"lives_at": None})
    places = await ion()
    assert (places["lives_at"], places["found_at"]["council"]) == (None, HULL)
    assert (await record_places(cases, case_id, {})).status_code == 422
    unknown = await record_places(cases, case_id, {"lives_at": {"council": "E99999999"}})
    assert unknown.status_code == 422
    assert unknown.json()["invalid"] == [{"field": "lives_at.council", "rule": "unknown_council"}]


@pytest.mark.parametrize(
    ("place", "field", "rule"),
    [
        ({"postcode": "QQ1 1QQ"}, "postcode", "unknown_postcode"),
        ({"postcode": "not known", "council": LEEDS}, "postcode", "unknown_postcode"),
        ({"council": "E99999999"}, "council", "unknown_council"),
        ({"council": "E99999999", "postcode": "LS1 4AP"}, "council", "unknown_council"),
        ({"council": "E10000006"}, "council", "several_councils"),  # Cumbria, which became two
        ({"council": "Newcastle"}, "council", "several_councils"),
        ({"council": "E10000006", "postcode": "CA"}, "postcode", "unknown_postcode"),
    ],
)
async def test_a_place_that_leads_nowhere_is_refused_with_its_field_and_the_old_one_stays(
    cases: CaseWork, place: dict[str, str], field: str, rule: str
) -> None:
    case_id = await cases.report(persons=[{"name": "Ion"}])
    await record_places(cases, case_id, {"lives_at": {"council": HULL}})
    refused = await record_places(cases, case_id, {"lives_at": place})
    assert refused.status_code == 422
    assert {"field": f"lives_at.{field}", "rule": rule} in refused.json()["invalid"]
    assert not any(word in refused.text for word in place.values())
    (ion,) = [one for one in (await cases.read(case_id))["persons"] if one["name"] == "Ion"]
    assert ion["lives_at"]["council"] == HULL


@pytest.mark.parametrize(
    "place",
    [
        {"postcode": "LS1-4AP."},
        {"postcode": "LS1 4AP, Leeds"},
        {"postcode": "LS1 4"},
        {"postcode": "LSI 4AP"},
        {"council": "E10000006", "postcode": "LS1 4AP"},  # they disagree: both are told, a person checks
        {"address": "12 High Street, Leeds"},
    ],
)
async def test_a_place_as_an_adviser_types_it_leads_to_its_council(
    cases: CaseWork, place: dict[str, str]
) -> None:
    case_id = await cases.report(persons=[a_child(lives_at={"council": HULL}, found_at=None)])
    answer = await record_places(cases, case_id, {"lives_at": place})
    assert answer.status_code == 200, answer.text
    await cases.let_time_pass(hours=1)
    assert LEEDS_CARE in {event.agency_code for event in await cases.authorised()}


async def test_an_adviser_enters_northern_ireland_as_a_whole_and_a_code_that_ended(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[{"name": "Ion"}])
    for code in ("N92000002", "E07000163", "M99999999"):
        assert (await record_places(cases, case_id, {"lives_at": {"council": code}})).status_code == 200


async def test_a_place_is_sealed_and_its_change_is_in_the_audit_trail(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[{"name": "Ion"}])
    person = await person_of(cases, case_id)
    await record_places(cases, case_id, {"lives_at": {"council": LEEDS, "address": "Wexcombe Row"}})
    trail = await cases.service.fetch(
        "SELECT actor, codes FROM audit_entries WHERE action = 'places.recorded'"
    )
    assert [(row["actor"], row["codes"]["person_id"]) for row in trail] == [("user:ada", person)]
    for table in ("persons", "audit_entries", "outbox", "cases"):
        rows = await cases.service.fetch(f"SELECT {table}::text AS all_of_it FROM {table}")
        assert not [row for row in rows if "Wexcombe" in row["all_of_it"]]


async def test_of_an_anonymous_reporters_places_the_council_alone_is_kept(cases: CaseWork) -> None:
    case_id = await cases.report(privacy="anonymous")
    reporter = await reporter_of(cases, case_id)
    refused = await record_places(cases, case_id, {"lives_at": {"council": LEEDS, "address": "a"}}, reporter)
    assert (refused.status_code, refused.json()["code"]) == (409, "chose-to-be-anonymous")
    kept = await record_places(cases, case_id, {"lives_at": {"council": LEEDS}}, reporter)
    assert kept.status_code == 200


async def test_the_search_for_a_place_ends_with_a_place_and_with_nothing_else(cases: CaseWork) -> None:
    case_id = await sent_to_the_desk(cases)
    tasks = await searches(cases, case_id)
    assert len(tasks) == 1
    for task in tasks:
        answer = await cases.do("POST", f"/v1/tasks/{task}/completion", {"outcome": "done"})
        assert (answer.status_code, answer.json()["code"]) == (409, "task-ends-by-itself")
    closed = await cases.close(case_id)
    assert (closed.status_code, closed.json()["places_to_find"]) == (409, 1)
    assert (await put(cases, case_id, "place", {"council": LEEDS})).status_code == 200
    assert await searches(cases, case_id) == []
    assert {LEEDS_POLICE, LEEDS_CARE} <= await agencies(cases, case_id)


async def test_a_telephone_call_to_the_desk_does_not_end_the_search(cases: CaseWork) -> None:
    case_id = await cases.report(**NOWHERE)
    for one in await recipients_of(cases, case_id):
        assert (await record_handover(cases, one["id"])).status_code == 200
    for event in await cases.authorised():
        assert (await cases.issue(event.disclosure_id)).status_code == 200
    assert await agencies(cases, case_id, "handed_over") == {"police:nca"}
    assert len(await searches(cases, case_id)) == 1


async def test_a_place_that_is_lost_after_the_answer_opens_the_search_again(cases: CaseWork) -> None:
    case_id = await sent_child(cases, place={}, persons=[a_child(found_at={"council": LEEDS})])
    for event in await cases.authorised():
        await acknowledge(cases, event)
    assert await searches(cases, case_id) == []
    await record_places(cases, case_id, {"found_at": None})
    assert len(await searches(cases, case_id)) == 2, "at the last known council, and at its force"
    assert await agencies(cases, case_id) == {LEEDS_CARE, LEEDS_POLICE}
    assert (await cases.close(case_id)).json()["places_to_find"] == 2
    await record_places(cases, case_id, {"found_at": {"council": HULL}})
    assert await searches(cases, case_id) == []


async def test_a_child_who_has_come_of_age_becomes_known_to_no_new_agency(cases: CaseWork) -> None:
    child = a_child(age={"date_of_birth": "2008-06-20"})
    case_id = await sent_child(cases, persons=[child])
    for event in await cases.authorised():
        await acknowledge(cases, event)
    cases.clock.forward(days=12)
    await record_places(cases, case_id, IN_LEEDS)
    await put(cases, case_id, "place", {"council": HULL})
    assert await agencies(cases, case_id) == MANCHESTER


async def test_a_child_found_to_be_an_adult_before_sending_is_told_of_at_the_right_place(
    cases: CaseWork,
) -> None:
    """Forced disclosures that were not stood down are sent, and not to the agencies of the wrong place."""
    case_id = await cases.report(persons=[a_child()])
    await state_age(cases, case_id, {"years": 25})
    await record_places(cases, case_id, IN_LEEDS)
    await cases.let_time_pass(hours=1)
    assert await agencies(cases, case_id, "rerouted") == MANCHESTER
    initial = [event for event in await cases.authorised() if event.kind == "initial"]
    texts = [await text_of(cases, event.disclosure_id) for event in initial]
    assert len(texts) == 2
    assert all("Mika" in json.dumps(text) for text in texts)
