"""Confirmations, each fact by itself, and the tasks that open in the second of a danger (fact 7)."""

from typing import Any

import pytest

from tests.case.builders import put, state_age
from tests.case.conftest import CaseWork
from tests.case.rules.builders import (
    CARDIFF,
    GREATER_MANCHESTER,
    LEEDS,
    MANCHESTER,
    NATIONAL_DESK,
    SOUTH_WALES,
    WEST_YORKSHIRE,
    an_adult,
    announce,
    at,
    call,
    care_of,
    dangers_of,
    deliver,
    forced,
    named,
    only,
    record_danger,
    send_report,
    send_what_is_due,
    task_kinds,
)

ROWS = {
    "A24 verified": (
        "test_what_nobody_confirmed_is_sent_as_unverified",
        "test_a_confirmation_verifies_the_facts_that_it_names_and_no_others",
        "test_a_correction_of_something_else_confirms_nothing",
        "test_what_an_adviser_records_is_verified_by_itself",
    ),
    "A24 a danger before the report is here": (
        "test_a_danger_is_recorded_on_a_case_whose_report_is_not_here_yet",
    ),
    "A24 an adviser's own telephone report": (
        "test_a_report_that_an_adviser_enters_in_a_call_waits_for_nobody",
    ),
    "A24 a task in the first second of a danger": (
        "test_a_report_of_danger_is_a_task_to_read_before_it_is_imported",
        "test_whoever_is_on_call_must_telephone_in_the_second_of_a_danger",
        "test_the_task_to_read_a_danger_ends_when_somebody_confirms_it",
    ),
    "N5 the call and the message": ("test_a_message_after_a_call_confirms_the_call_and_others_do_not",),
}
CHILD: dict[str, Any] = {"name": "Mika", "age": {"years": 15}}
BOTH: dict[str, Any] = {"persons": [CHILD], "danger_now": "yes"}
CARE = care_of(MANCHESTER)


def verified(message: Any) -> dict[str, bool]:
    """Return whether each kind of fact in a message is verified."""
    return {one["kind"]: one["verified"] for one in message["facts"]}


async def test_what_nobody_confirmed_is_sent_as_unverified(cases: CaseWork) -> None:
    case_id = await cases.report(**BOTH)
    read = await send_what_is_due(cases, case_id, minutes=61)
    assert verified(only(read, GREATER_MANCHESTER)) == {"danger": False, "child": False}
    assert only(read, GREATER_MANCHESTER)["verified"] is False
    assert verified(only(read, CARE)) == {"child": False}


@pytest.mark.parametrize("kind", ["danger", "child"])
async def test_a_confirmation_verifies_the_facts_that_it_names_and_no_others(
    cases: CaseWork, kind: str
) -> None:
    case_id = await cases.report(**BOTH)
    danger = (await dangers_of(cases, case_id))[0]["id"]
    subject = danger if kind == "danger" else await named(cases, case_id, "Mika")
    body = {"facts": [{"kind": kind, "subject_id": subject}]}
    answer = await cases.do("POST", f"/v1/cases/{case_id}/confirmation", body)
    assert answer.status_code == 200, answer.text
    read = await send_what_is_due(cases, case_id, minutes=61)
    message = only(read, GREATER_MANCHESTER)
    assert verified(message) == {"danger": kind == "danger", "child": kind == "child"}
    assert message["verified"] is False
    assert only(read, CARE)["verified"] is (kind == "child")


@pytest.mark.parametrize("what", ["place", "name", "places", "summary", "risk", "another-danger"])
async def test_a_correction_of_something_else_confirms_nothing(cases: CaseWork, what: str) -> None:
    case_id = await cases.report(**BOTH)
    child = await named(cases, case_id, "Mika")
    if what == "another-danger":
        await record_danger(cases, case_id, council=CARDIFF)
    else:
        path, body = {
            "place": ("place", {"postcode": "M1 1AE", "address": "Unit 4"}),
            "name": (f"persons/{child}/name", {"name": "Mika Novak"}),
            "places": (f"persons/{child}/places", {"lives_at": at(MANCHESTER)}),
            "summary": ("summary", {"text": "Several people sleep there."}),
            "risk": ("risk-to-approach", {"text": "A camera at the gate."}),
        }[what]
        assert (await put(cases, case_id, path, body)).status_code == 200
    read = await send_what_is_due(cases, case_id, minutes=61)
    assert verified(only(read, GREATER_MANCHESTER)) == {"danger": False, "child": False}
    assert only(read, CARE)["verified"] is False


async def test_what_an_adviser_records_is_verified_by_itself(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[CHILD])
    await record_danger(cases, case_id)
    message = only(await send_what_is_due(cases, case_id, seconds=1), GREATER_MANCHESTER)
    assert verified(message) == {"danger": True, "child": False}
    case_id = await cases.report(persons=[CHILD])
    await state_age(cases, case_id, {"years": 14})
    facts = only(await send_what_is_due(cases, case_id, seconds=1), CARE)["facts"]
    assert True in [one["verified"] for one in facts]


@pytest.mark.parametrize("place", [{"council": CARDIFF}, {"place": {"postcode": "LS1 1UR"}}, {}])
async def test_a_danger_is_recorded_on_a_case_whose_report_is_not_here_yet(
    cases: CaseWork, place: dict[str, Any]
) -> None:
    case_id = await announce(cases, {"persons": [CHILD]}, child_stated=True)
    await record_danger(cases, case_id, **place)
    agency = {"council": SOUTH_WALES, "place": WEST_YORKSHIRE}.get(next(iter(place), ""), NATIONAL_DESK)
    assert await forced(cases, case_id) == {agency}
    await cases.run_scheduler()
    assert agency in {event.agency_code for event in await cases.authorised()}
    await cases.run_loop("import_reports")
    assert {agency, CARE, GREATER_MANCHESTER} - {NATIONAL_DESK} <= await forced(cases, case_id)


@pytest.mark.parametrize("said", [BOTH, {"persons": [CHILD]}, {"persons": [an_adult()], "danger_now": "yes"}])
async def test_a_report_that_an_adviser_enters_in_a_call_waits_for_nobody(
    cases: CaseWork, said: dict[str, Any]
) -> None:
    case_id = await announce(cases, {**said, "channel": "phone"}, recorded_by_adviser=True)
    await cases.run_loop("import_reports")
    await cases.run_scheduler()
    read = await deliver(cases, case_id)
    assert set(read) == await forced(cases, case_id)
    assert all(messages[0]["verified"] is True for messages in read.values())
    public = await announce(cases, {**said, "channel": "phone"})
    await cases.run_loop("import_reports")
    await cases.run_scheduler()
    assert await deliver(cases, public) == {}


async def test_a_report_of_danger_is_a_task_to_read_before_it_is_imported(cases: CaseWork) -> None:
    case_id = await announce(cases, BOTH, danger_stated=True, child_stated=True)
    (task,) = (await cases.read(case_id))["tasks"]
    assert (task["kind"], task["due_at"]) == ("read_danger", "2026-06-10T10:00:00Z")
    assert task["holder"]
    quiet = await announce(cases, {"persons": [CHILD]}, child_stated=True)
    assert (await cases.read(quiet))["tasks"] == []


@pytest.mark.parametrize("door", ["general", "named", "hurt", "recorded", "child"])
async def test_whoever_is_on_call_must_telephone_in_the_second_of_a_danger(
    cases: CaseWork, door: str
) -> None:
    reports: dict[str, dict[str, Any]] = {
        "general": {"persons": [an_adult()], "danger_now": "yes"},
        "named": {"persons": [an_adult(in_danger="yes")]},
        "hurt": {"persons": [an_adult()], "someone_hurt": "yes"},
        "recorded": {"persons": [an_adult()]},
        "child": {"persons": [{**CHILD, "in_danger": "yes"}]},
    }
    case_id = await cases.report(**reports[door])
    if door == "recorded":
        await record_danger(cases, case_id, someone_hurt=True)
    tasks = [one for one in (await cases.read(case_id))["tasks"] if one["kind"] == "telephone_agency"]
    assert len(tasks) == (2 if door == "child" else 1)
    assert all(one["holder"] and one["due_at"].startswith("2026-06-10T10:00:0") for one in tasks)
    hurt = [one["someone_hurt"] for one in await dangers_of(cases, case_id)]
    assert hurt == [door in ("hurt", "recorded")]


async def test_the_task_to_read_a_danger_ends_when_somebody_confirms_it(cases: CaseWork) -> None:
    case_id = await announce(cases, BOTH, danger_stated=True, child_stated=True)
    await cases.run_loop("import_reports")
    assert "read_danger" in await task_kinds(cases, case_id)
    assert (await cases.do("POST", f"/v1/cases/{case_id}/confirmation")).status_code == 200
    assert "read_danger" not in await task_kinds(cases, case_id)


async def test_a_message_after_a_call_confirms_the_call_and_others_do_not(cases: CaseWork) -> None:
    case_id, read = await send_report(cases, place=at(LEEDS), persons=[an_adult()], danger_now="yes")
    assert "confirms_telephone_call" not in only(read, WEST_YORKSHIRE)
    case_id = await cases.report(place=at(LEEDS), persons=[an_adult()], danger_now="yes")
    await call(cases, case_id, WEST_YORKSHIRE)
    assert only(await deliver(cases, case_id), WEST_YORKSHIRE)["confirms_telephone_call"] is True
