"""Where somebody lives or is found: set right for each person, looked for until it is found, and never dropped."""

import json
from typing import Any
from uuid import UUID

from tests.builders import a_child
from tests.case.checks import acknowledged, person_of, put, sent_child, supplements
from tests.case.conftest import CaseWork

LEEDS, HULL = "E08000035", "E06000010"
HERE = {"social_care:E08000003", "police:E23000005"}
NOWHERE: dict[str, Any] = {"place": {}, "persons": [a_child(lives_at=None, found_at=None)]}


async def places(cases: CaseWork, case_id: UUID, said: Any, person: str | None = None) -> Any:
    return await put(cases, case_id, f"persons/{person or await person_of(cases, case_id)}/places", said)


async def bodies(cases: CaseWork, case_id: UUID, *states: str) -> set[str]:
    legs = (await cases.read(case_id))["legs"]
    return {leg["body"] for leg in legs if not states or leg["state"] in states}


async def looked_for(cases: CaseWork, case_id: UUID) -> list[str]:
    tasks = (await cases.read(case_id))["tasks"]
    return [task["id"] for task in tasks if task["kind"] == "find_place" and not task["done_at"]]


async def sent_to_the_desks(cases: CaseWork) -> UUID:
    case_id = await sent_child(cases, **NOWHERE)
    for event in await cases.authorised():
        await acknowledged(cases, event)
    assert await bodies(cases, case_id, "acknowledged") == {"police:nca", "desk:social_care"}
    return case_id


async def test_a_place_set_right_before_sending_sends_to_the_right_bodies_only(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[a_child()])
    answer = await places(cases, case_id, {"lives_at": {"council": LEEDS}, "found_at": {"council": LEEDS}})
    assert answer.status_code == 200, answer.text
    await cases.let_time_pass(hours=1)
    assert {event.body for event in await cases.authorised()} == {
        "social_care:E08000035",
        "police:E23000010",
    }
    assert await bodies(cases, case_id, "rerouted") == HERE


async def test_a_home_learnt_after_sending_is_told_there_too_and_to_those_who_were_told(
    cases: CaseWork,
) -> None:
    case_id = await sent_child(cases)
    for event in await cases.authorised():
        await acknowledged(cases, event)
    await places(cases, case_id, {"lives_at": {"council": LEEDS, "address": "4 Larch Row"}})
    await cases.service.run_loop("mind_clocks")
    (new,) = [event for event in await cases.authorised() if event.body not in HERE]
    assert (new.body, new.kind) == ("social_care:E08000035", "initial")
    assert {event.body for event in await supplements(cases)} == HERE
    for event in await supplements(cases):
        assert "Larch Row" in (await cases.release(event.disclosure_id)).json()["text"]


async def test_what_is_not_named_stays_and_null_takes_a_place_back(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[{"name": "Ion"}])
    await places(
        cases, case_id, {"lives_at": {"council": LEEDS}, "found_at": {"council": HULL, "address": "a"}}
    )
    await places(cases, case_id, {"found_at": {"council": HULL}})
    ion = next(one for one in (await cases.read(case_id))["persons"] if one["name"] == "Ion")
    assert (ion["lives_at"]["council"], ion["found_at"]["council"], ion["found_at"]["address"]) == (
        LEEDS,
        HULL,
        None,
    )
    await places(cases, case_id, {"lives_at": None})
    ion = next(one for one in (await cases.read(case_id))["persons"] if one["name"] == "Ion")
    assert (ion["lives_at"], ion["found_at"]["council"]) == (None, HULL)
    assert (await places(cases, case_id, {})).status_code == 422
    assert (await places(cases, case_id, {"lives_at": {"council": "E99999999"}})).status_code == 422


async def test_a_place_is_sealed_and_its_change_is_in_the_audit_trail(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[{"name": "Ion"}])
    person = await person_of(cases, case_id)
    await places(cases, case_id, {"lives_at": {"council": LEEDS, "address": "Wexcombe Row"}})
    trail = await cases.service.fetch(
        "SELECT actor, codes FROM audit_entries WHERE action = 'places.recorded'"
    )
    assert [(row["actor"], row["codes"]["person_id"]) for row in trail] == [("user:ada", person)]
    for table in ("persons", "audit_entries", "outbox", "cases"):
        rows = await cases.service.fetch(f"SELECT {table}::text AS all_of_it FROM {table}")
        assert not [row for row in rows if "Wexcombe" in row["all_of_it"]]


async def test_of_an_anonymous_reporters_places_the_council_alone_is_kept(cases: CaseWork) -> None:
    case_id = await cases.report(privacy="anonymous")
    reporter = await person_of(cases, case_id, "reporter")
    refused = await places(cases, case_id, {"lives_at": {"council": LEEDS, "address": "a"}}, reporter)
    assert (refused.status_code, refused.json()["code"]) == (409, "chose-to-be-anonymous")
    assert (await places(cases, case_id, {"lives_at": {"council": LEEDS}}, reporter)).status_code == 200


async def test_the_search_for_a_place_ends_with_a_place_and_with_nothing_else(cases: CaseWork) -> None:
    case_id = await sent_to_the_desks(cases)
    searches = await looked_for(cases, case_id)
    assert len(searches) == 2
    for task in searches:
        answer = await cases.do("POST", f"/v1/tasks/{task}/done", {"outcome": "done"})
        assert answer.status_code == 409, "ticked off"
    closed = await cases.close(case_id)
    assert (closed.status_code, closed.json()["places_to_find"]) == (409, 2)
    assert (await put(cases, case_id, "place", {"council": LEEDS})).status_code == 200
    assert await looked_for(cases, case_id) == []
    assert {"police:E23000010", "social_care:E08000035"} <= await bodies(cases, case_id)


async def test_a_telephone_call_to_the_desk_does_not_end_the_search(cases: CaseWork) -> None:
    case_id = await cases.report(**NOWHERE)
    for leg in (await cases.read(case_id))["legs"]:
        told = {"spoken_to": "Sgt Hale", "reference": "NCA-1"}
        assert (await cases.do("POST", f"/v1/legs/{leg['id']}/hand-over", told)).status_code == 200
    assert len(await looked_for(cases, case_id)) == 2


async def test_a_place_learnt_about_a_closed_case_opens_it_again(cases: CaseWork) -> None:
    case_id = await cases.report()
    assert (await cases.close(case_id)).status_code == 200
    assert (await put(cases, case_id, "place", {"council": LEEDS})).status_code == 200
    assert (await cases.read(case_id))["state"] == "open"


async def test_who_has_come_of_age_becomes_known_to_no_new_body(cases: CaseWork) -> None:
    child = a_child(age={"date_of_birth": "2008-06-20"})
    case_id = await sent_child(cases, persons=[child])
    for event in await cases.authorised():
        await acknowledged(cases, event)
    cases.clock.forward(days=12)
    await places(cases, case_id, {"lives_at": {"council": LEEDS}, "found_at": {"council": LEEDS}})
    await put(cases, case_id, "place", {"council": HULL})
    assert await bodies(cases, case_id) == HERE


async def test_who_has_come_of_age_before_it_left_is_told_of_at_the_right_place(cases: CaseWork) -> None:
    """Nobody stood it down: it goes, and not to where it was wrong."""
    case_id = await cases.report(persons=[a_child()])
    await put(cases, case_id, f"persons/{await person_of(cases, case_id)}/age", {"years": 25})
    await places(cases, case_id, {"lives_at": {"council": LEEDS}, "found_at": {"council": LEEDS}})
    await cases.let_time_pass(hours=1)
    assert await bodies(cases, case_id, "rerouted") == HERE
    texts = [
        (await cases.release(event.disclosure_id)).json()["text"]
        for event in await cases.authorised()
        if event.kind == "initial"
    ]
    assert len(texts) == 2
    assert all("Mika" in json.dumps(text) for text in texts)
