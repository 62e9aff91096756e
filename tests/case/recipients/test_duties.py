"""Sharing duties end to end: opened by facts, sent by silence, ended only by an answer."""

import asyncio

import pytest

from case_service.recipients import scheduler
from case_service.recipients.sharing_records import lock_case
from shared.events import OverrideEscalated, OverrideOpened
from tests.case.builders import (
    LEEDS,
    LEEDS_POLICE,
    MANCHESTER_CARE,
    MANCHESTER_POLICE,
    acknowledge,
    confirm,
    content_of,
    duty_states,
    find_undeliverable,
    open_tasks,
    put,
    recipients_of,
    record_handover,
    task_list,
)
from tests.case.conftest import CaseWork
from tests.support.builders import a_child, a_contact_received, a_reporter

METROPOLITAN, SCOTLAND = "police:E23000001", "police:S23000009"


async def test_a_child_in_a_report_opens_a_duty_to_the_council_and_to_the_police(cases: CaseWork) -> None:
    await cases.report(persons=[a_child()])
    opened = await cases.service.announced(OverrideOpened)
    assert {event.agency_code for event in opened} == {MANCHESTER_CARE, MANCHESTER_POLICE}


async def test_silence_shares_after_an_hour_for_a_child_and_ten_minutes_in_danger(cases: CaseWork) -> None:
    await cases.report(persons=[a_child()])
    await cases.report(danger_now="yes")
    await cases.let_time_pass(minutes=9, seconds=59)
    assert await cases.authorised() == []
    await cases.let_time_pass(seconds=1)
    assert [event.urgent for event in await cases.authorised()] == [True]
    await cases.let_time_pass(minutes=50)
    authorised = await cases.authorised()
    assert [event.verified for event in authorised] == [False, False, False]


async def test_a_confirmed_report_is_sent_at_once_and_is_marked_verified(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes", reporter=a_reporter(), privacy="confidential")
    await confirm(cases, case_id)
    (event,) = await cases.authorised()
    content = await content_of(cases, event.disclosure_id)
    assert content["verified"] is True
    assert content["facts"][0]["verified"] is True
    assert content["protect_source"] is True
    assert "before dawn" in content["account"][0]


async def test_a_source_who_is_confidential_is_not_named_and_the_helpline_says_whether_it_can_reach_them(
    cases: CaseWork,
) -> None:
    safe = {"may_contact": "yes", "when": "after six"}
    case_id = await cases.report(
        danger_now="yes", reporter=a_reporter(), privacy="confidential", safe_contact=safe
    )
    await confirm(cases, case_id)
    (event,) = await cases.authorised()
    content = await content_of(cases, event.disclosure_id)
    assert "reporter" not in content
    assert "Rowan" not in str(content)
    assert content["source"] == {"helpline_can_reach": True, "when": ["after six"]}


async def test_what_an_adviser_records_takes_effect_when_it_is_recorded(cases: CaseWork) -> None:
    case_id = await cases.report()
    assert (await cases.do("POST", f"/v1/cases/{case_id}/dangers", {})).status_code == 201
    await cases.run_scheduler()
    (event,) = await cases.authorised()
    assert (event.agency_code, event.urgent, event.verified) == (MANCHESTER_POLICE, True, True)


async def test_unacknowledged_danger_is_a_telephone_task_within_sixty_seconds(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes")
    await confirm(cases, case_id)
    await cases.let_time_pass(seconds=60)
    assert len(await cases.service.announced(OverrideEscalated)) == 1
    tasks = await task_list(cases)
    assert [(t["kind"], t["holder"], t["overdue"]) for t in tasks] == [
        ("telephone_agency", "duty-lead", True)
    ]


async def test_an_acknowledgement_ends_the_clock_and_the_telephone_task(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes")
    await confirm(cases, case_id)
    (event,) = await cases.authorised()
    await cases.issue(event.disclosure_id)
    await cases.let_time_pass(seconds=61)
    await acknowledge(cases, event)
    assert list((await duty_states(cases, case_id)).values()) == ["acknowledged"]
    assert {task["kind"] for task in await open_tasks(cases, case_id)} == {"countersign", "inform_person"}
    await cases.let_time_pass(days=3)
    assert len(await cases.service.announced(OverrideEscalated)) == 1


async def test_no_route_to_the_agency_is_a_telephone_task_at_once(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes")
    await confirm(cases, case_id)
    (event,) = await cases.authorised()
    await find_undeliverable(cases, event)
    assert "telephone_agency" in {task["kind"] for task in await task_list(cases)}


async def test_only_a_name_and_a_reference_record_a_call(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes")
    recipient_id = (await recipients_of(cases, case_id))[0]["id"]
    path = f"/v1/case-recipients/{recipient_id}/phone-handover"
    for body in ({"spoken_to": "Sgt Hale"}, {"reference": "GMP-1"}, {"spoken_to": " ", "reference": "GMP-1"}):
        assert (await cases.do("POST", path, body)).status_code == 422
    assert (await record_handover(cases, recipient_id)).status_code == 200


async def test_a_danger_is_a_task_to_read_before_its_report_is_here(cases: CaseWork) -> None:
    await cases.service.given(a_contact_received(received_at=cases.clock(), danger_stated=True))
    (task,) = await task_list(cases)
    assert (task["kind"], task["holder"], task["overdue"]) == ("read_danger", "duty-lead", True)


async def test_a_danger_is_telephoned_about_in_the_second_its_report_is_here(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes")
    (task,) = await open_tasks(cases, case_id)
    assert (task["kind"], task["holder"], task["overdue"]) == ("telephone_agency", "duty-lead", True)
    (recipient,) = await recipients_of(cases, case_id)
    assert task["recipient_id"] == recipient["id"]


async def test_a_danger_that_an_adviser_records_is_telephoned_about_in_that_second(cases: CaseWork) -> None:
    case_id = await cases.report()
    await cases.do("POST", f"/v1/cases/{case_id}/dangers", {"someone_hurt": True})
    assert "telephone_agency" in {task["kind"] for task in await open_tasks(cases, case_id)}


async def test_place_unknown_opens_the_national_desk_and_a_task_to_find_it(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes", place={})
    case_file = await cases.read(case_id)
    fallbacks = [(one["agency_code"], one["duty"]["fallback"]) for one in case_file["recipients"]]
    assert fallbacks == [("police:nca", True)]
    assert "find_place" in {task["kind"] for task in case_file["tasks"]}


async def test_a_child_whom_no_place_is_known_of_is_told_to_the_police_desk_and_to_no_desk_of_social_care(
    cases: CaseWork,
) -> None:
    case_id = await cases.report(place={}, persons=[a_child()])
    (one,) = await recipients_of(cases, case_id)
    assert (one["agency_code"], one["recipient_kind"]) == ("police:nca", "police")
    assert (one["duty"]["grounds"], one["duty"]["lead"]) == (["override_child"], "desk")
    assert "find_place" in {task["kind"] for task in await open_tasks(cases, case_id)}


async def test_a_place_corrected_before_sending_sends_to_the_right_force_only(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes", place={})
    answer = await put(cases, case_id, "place", {"council": LEEDS})
    assert answer.status_code == 200, answer.text
    await cases.let_time_pass(minutes=10)
    assert [event.agency_code for event in await cases.authorised()] == [LEEDS_POLICE]


async def test_a_case_that_somebody_holds_stops_nobody_elses_clock(
    cases: CaseWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "BATCH", 1)
    locked, free = await cases.report(danger_now="yes"), await cases.report(danger_now="yes")
    cases.clock.forward(minutes=10)
    async with cases.service.unit_of_work() as uow:
        await lock_case(locked, uow)
        async with asyncio.timeout(5):
            await cases.run_scheduler()
    assert [event.case_id for event in await cases.authorised()] == [free]


async def test_a_postcode_district_of_northern_ireland_tells_its_police_and_the_likeliest_trust(
    cases: CaseWork,
) -> None:
    case_id = await cases.report(danger_now="yes", place={"postcode": "BT1"}, persons=[a_child()])
    await cases.let_time_pass(hours=1)
    agencies = {event.agency_code for event in await cases.authorised()}
    assert "police:N99999999" in agencies
    assert {code.partition(":")[0] for code in agencies} == {"police", "social_care"}
    assert "find_place" in {task["kind"] for task in await open_tasks(cases, case_id)}


async def test_danger_to_somebody_whose_home_alone_is_known_goes_there_and_nothing_is_searched_for(
    cases: CaseWork,
) -> None:
    who = {"name": "Kit", "in_danger": "yes", "lives_at": {"postcode": "M1 1AE"}}
    await cases.report(place={}, persons=[who])
    await cases.let_time_pass(hours=1)
    (event,) = await cases.authorised()
    assert event.agency_code == MANCHESTER_POLICE
    content = await content_of(cases, event.disclosure_id)
    assert (content["led_by"], content["place_is_sure"]) == ("home", True)


async def test_danger_in_a_report_never_hides_a_danger_that_it_names_elsewhere(cases: CaseWork) -> None:
    reporter = {**a_reporter(), "in_danger": "yes", "found_at": {"council": "E09000033"}}
    jo = {"name": "Jo", "age": {"years": 40}}
    await cases.report(danger_now="yes", place={"council": "S12000049"}, reporter=reporter, persons=[jo])
    await cases.let_time_pass(minutes=10)
    texts = {
        event.agency_code: str(await content_of(cases, event.disclosure_id))
        for event in await cases.authorised()
    }
    assert texts.keys() == {METROPOLITAN, SCOTLAND}
    assert "Jo" in texts[SCOTLAND]
    assert "Jo" not in texts[METROPOLITAN]
