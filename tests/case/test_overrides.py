"""Overrides end to end within the case service: opened by facts, sent by silence, ended only by an answer."""

import asyncio
import json
from typing import Any
from uuid import UUID

import pytest

from case_service import minding
from case_service.pages import lock_case
from shared.errors import Unavailable
from shared.events import OverrideEscalated, OverrideOpened, ReferralAcknowledged, ReferralUndeliverable
from shared.outbound import Unreachable
from tests.builders import a_child, a_reporter
from tests.case.conftest import CaseWork


async def content_of(cases: CaseWork, disclosure_id: UUID) -> Any:
    answer = await cases.release(disclosure_id)
    assert answer.status_code == 200, answer.text
    return json.loads(answer.json()["text"])


async def acknowledged(cases: CaseWork, event: Any) -> None:
    await cases.service.given(
        ReferralAcknowledged(
            case_id=event.case_id,
            referral_id=event.leg_id,
            disclosure_id=event.disclosure_id,
            leg_id=event.leg_id,
            recipient=event.recipient,
            body=event.body,
            occurred_at=cases.clock(),
            forced=True,
            by="api",
        )
    )


async def test_a_child_in_a_report_opens_a_leg_to_the_council_and_to_the_police(cases: CaseWork) -> None:
    await cases.report(persons=[a_child()])
    opened = await cases.service.announced(OverrideOpened)
    assert {event.body for event in opened} == {"social_care:E08000003", "police:E23000005"}


async def test_silence_shares_after_an_hour_for_a_child_and_ten_minutes_in_danger(cases: CaseWork) -> None:
    await cases.report(persons=[a_child()])
    await cases.report(danger_now="yes")
    await cases.let_time_pass(minutes=9, seconds=59)
    assert await cases.authorised() == []
    await cases.let_time_pass(seconds=1)
    assert [event.urgent for event in await cases.authorised()] == [True]
    await cases.let_time_pass(minutes=50)
    sent = await cases.authorised()
    assert [event.verified for event in sent] == [False, False, False]


async def test_a_confirmed_report_leaves_at_once_and_is_marked_verified(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes", reporter=a_reporter(), privacy="confidential")
    assert (await cases.do("POST", f"/v1/cases/{case_id}/confirmation")).status_code == 200
    await cases.service.run_loop("mind_clocks")
    (event,) = await cases.authorised()
    content = await content_of(cases, event.disclosure_id)
    assert content["verified"] is True
    assert content["protect_source"] is True
    assert content["reporter"][0]["name"] == "Rowan Ashdown"
    assert "before dawn" in content["account"][0]


async def test_what_an_adviser_records_takes_effect_when_it_is_recorded(cases: CaseWork) -> None:
    case_id = await cases.report()
    assert (await cases.do("POST", f"/v1/cases/{case_id}/dangers", {})).status_code == 201
    await cases.service.run_loop("mind_clocks")
    (event,) = await cases.authorised()
    assert (event.body, event.urgent, event.verified) == ("police:E23000005", True, True)


async def test_unacknowledged_danger_is_a_telephone_task_within_sixty_seconds(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes")
    await cases.do("POST", f"/v1/cases/{case_id}/confirmation")
    await cases.service.run_loop("mind_clocks")
    await cases.let_time_pass(seconds=60)
    assert len(await cases.service.announced(OverrideEscalated)) == 1
    tasks = (await cases.do("GET", "/v1/tasks")).json()["tasks"]
    assert [(t["kind"], t["holder"], t["overdue"]) for t in tasks] == [
        ("telephone_agency", "duty-lead", True)
    ]


async def test_an_acknowledgement_ends_the_clock_and_the_telephone_task(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes")
    await cases.do("POST", f"/v1/cases/{case_id}/confirmation")
    await cases.service.run_loop("mind_clocks")
    (event,) = await cases.authorised()
    await cases.release(event.disclosure_id)
    await cases.let_time_pass(seconds=61)
    await acknowledged(cases, event)
    page = await cases.read(case_id)
    assert [leg["state"] for leg in page["legs"]] == ["acknowledged"]
    assert {task["kind"] for task in page["tasks"] if not task["done_at"]} == {"countersign", "tell_person"}
    await cases.let_time_pass(days=3)
    assert len(await cases.service.announced(OverrideEscalated)) == 1


async def test_no_route_to_the_agency_is_a_telephone_task_at_once(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes")
    await cases.do("POST", f"/v1/cases/{case_id}/confirmation")
    await cases.service.run_loop("mind_clocks")
    (event,) = await cases.authorised()
    told = event.model_dump(include={"case_id", "disclosure_id", "leg_id", "recipient", "body"})
    await cases.service.given(
        ReferralUndeliverable(
            **told, referral_id=event.leg_id, occurred_at=cases.clock(), reason="no-endpoint"
        )
    )
    tasks = (await cases.do("GET", "/v1/tasks")).json()["tasks"]
    assert "telephone_agency" in {task["kind"] for task in tasks}


async def test_only_a_name_and_a_reference_close_a_leg_by_hand(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes")
    leg_id = (await cases.read(case_id))["legs"][0]["id"]
    assert (
        await cases.do("POST", f"/v1/legs/{leg_id}/hand-over", {"spoken_to": "Sgt Hale"})
    ).status_code == 422
    told = {"spoken_to": "Sgt Hale", "reference": "GMP-1"}
    answer = await cases.do("POST", f"/v1/legs/{leg_id}/hand-over", told)
    assert answer.json()["state"] == "handed_over"


async def test_place_unknown_opens_the_national_desk_and_a_task_to_find_it(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes", place={})
    page = await cases.read(case_id)
    assert [(leg["body"], leg["fallback"]) for leg in page["legs"]] == [("police:nca", True)]
    assert [task["kind"] for task in page["tasks"]] == ["find_place"]


async def test_a_place_corrected_before_sending_sends_to_the_right_force_only(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes", place={})
    page = await cases.read(case_id)
    place = {"council": "E08000035"}
    answer = await cases.do("PUT", f"/v1/cases/{case_id}/place", place, if_match=f'"{page["version"]}"')
    assert answer.status_code == 200, answer.text
    await cases.let_time_pass(minutes=10)
    assert [event.body for event in await cases.authorised()] == ["police:E23000010"]


async def test_standing_down_takes_two_people_and_the_clock_runs_until_the_second(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes")
    leg_id = (await cases.read(case_id))["legs"][0]["id"]
    await cases.do("POST", f"/v1/legs/{leg_id}/stand-down", {"reason": "not_a_report"}, name="ada")
    same = await cases.do(
        "POST", f"/v1/legs/{leg_id}/stand-down/signature", role="adviser,safeguarding_lead", name="ada"
    )
    assert same.json()["code"] == "second-signature-by-the-same-person"
    other = await cases.do(
        "POST", f"/v1/legs/{leg_id}/stand-down/signature", role="safeguarding_lead", name="lin"
    )
    assert other.json()["state"] == "stood_down"
    await cases.let_time_pass(hours=2)
    assert await cases.authorised() == []


async def test_a_new_fact_opens_a_leg_again_that_was_stood_down(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes")
    leg_id = (await cases.read(case_id))["legs"][0]["id"]
    await cases.do("POST", f"/v1/legs/{leg_id}/stand-down", {"reason": "not_a_report"})
    await cases.do("POST", f"/v1/legs/{leg_id}/stand-down/signature", role="safeguarding_lead", name="lin")
    await cases.do("POST", f"/v1/cases/{case_id}/dangers", {})
    await cases.service.run_loop("mind_clocks")
    assert len(await cases.authorised()) == 1


async def test_a_case_with_an_open_forced_leg_cannot_be_closed(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes")
    answer = await cases.do("POST", f"/v1/cases/{case_id}/closing", {"outcome": "advice_only"})
    assert (answer.status_code, answer.json()["open_legs"]) == (409, 1)


@pytest.mark.parametrize("fault", [Unreachable(), Unavailable("no token")], ids=["intake", "sign-in"])
async def test_a_report_that_cannot_be_fetched_becomes_a_persons_task(
    cases: CaseWork, fault: Exception
) -> None:
    case_id = await cases.contact(danger_now="yes")
    cases.intake.fault = fault
    for _ in range(3):
        await cases.service.run_loop("take_over_reports")
        cases.clock.forward(seconds=30)
    tasks = (await cases.do("GET", "/v1/tasks")).json()["tasks"]
    assert [(task["kind"], task["case_id"]) for task in tasks] == [("take_over_report", str(case_id))]


async def test_a_case_that_somebody_holds_stops_nobody_elses_clock(
    cases: CaseWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(minding, "AT_ONCE", 1)
    held, free = await cases.report(danger_now="yes"), await cases.report(danger_now="yes")
    cases.clock.forward(minutes=10)
    async with cases.service.unit_of_work() as uow:
        await lock_case(held, uow)
        async with asyncio.timeout(5):
            await cases.service.run_loop("mind_clocks")
    assert [event.case_id for event in await cases.authorised()] == [free]


async def test_danger_learnt_about_a_closed_case_opens_it_again_and_is_shared(cases: CaseWork) -> None:
    case_id = await cases.report()
    closed = await cases.close(case_id)
    assert closed.status_code == 200, closed.text
    assert (await cases.do("POST", f"/v1/cases/{case_id}/dangers", {})).status_code == 201
    await cases.service.run_loop("mind_clocks")
    assert [event.body for event in await cases.authorised()] == ["police:E23000005"]
    assert (await cases.read(case_id))["state"] == "open"


async def test_a_matter_whose_events_are_held_is_a_persons_task_until_they_are_handled(
    cases: CaseWork,
) -> None:
    case_id = await cases.report()
    await cases.set_aside(case_id, "referral.acknowledged.v1")
    await cases.service.run_loop("tell_held_matters")
    tasks = (await cases.do("GET", "/v1/tasks")).json()["tasks"]
    assert [(task["kind"], task["holder"], task["overdue"]) for task in tasks] == [
        ("held_matter", "duty-lead", True)
    ]
    await cases.service.fetch("DELETE FROM failed_events")
    await cases.service.run_loop("tell_held_matters")
    assert (await cases.do("GET", "/v1/tasks")).json()["tasks"] == []


async def test_a_contact_whose_event_cannot_be_handled_opens_its_case_and_its_duties_all_the_same(
    cases: CaseWork,
) -> None:
    contact_id = await cases.contact(opens_case=False, danger_now="yes")  # heard, and it opened nothing
    await cases.set_aside(contact_id, "contact.received.v9")
    await cases.service.run_loop("tell_held_matters")
    await cases.service.run_loop("take_over_reports")
    await cases.let_time_pass(hours=1)
    (authorised,) = await cases.authorised()
    assert authorised.body.startswith("police:")
    tasks = (await cases.do("GET", "/v1/tasks")).json()["tasks"]
    assert "held_matter" in {task["kind"] for task in tasks}
    await cases.service.run_loop("tell_held_matters")
    assert len(await cases.service.fetch("SELECT id FROM cases")) == 1


async def test_a_postcode_of_northern_ireland_is_enough_for_its_police_and_a_person_finds_the_district(
    cases: CaseWork,
) -> None:
    await cases.report(danger_now="yes", place={"postcode": "BT1 1AA"}, persons=[a_child()])
    await cases.let_time_pass(hours=1)
    bodies = {event.body: event for event in await cases.authorised()}
    assert set(bodies) == {"police:N99999999", "desk:social_care"}
    tasks = (await cases.do("GET", "/v1/tasks")).json()["tasks"]
    assert "find_place" in {task["kind"] for task in tasks}


async def test_danger_to_somebody_whose_home_alone_is_known_goes_there_and_a_person_finds_the_place(
    cases: CaseWork,
) -> None:
    who = {"name": "Kit", "in_danger": "yes", "lives_at": {"postcode": "M1 1AE"}}
    await cases.report(place={}, persons=[who])
    await cases.let_time_pass(hours=1)
    assert [event.body for event in await cases.authorised()] == ["police:E23000005"]
    tasks = (await cases.do("GET", "/v1/tasks")).json()["tasks"]
    assert "find_place" in {task["kind"] for task in tasks}


async def test_all_who_made_the_report_together_go_along(cases: CaseWork) -> None:
    together = [{"role": "reporter", "name": "Ada Twofold"}, {"role": "reporter", "name": "Ben Threefold"}]
    await cases.report(danger_now="yes", reporter=a_reporter(), persons=together)
    await cases.let_time_pass(hours=1)
    (event,) = await cases.authorised()
    text = (await cases.release(event.disclosure_id)).text
    assert all(name in text for name in ("Rowan", "Ada Twofold", "Ben Threefold"))


async def test_only_who_told_of_the_danger_goes_along_and_no_other_reporter(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes", reporter=a_reporter())
    await cases.let_time_pass(hours=1)
    second = {"roles": ["reporter"], "name": "Second Caller", "phone": "07700 900999"}
    added = await cases.do("POST", f"/v1/cases/{case_id}/persons", second)
    assert added.status_code == 201
    (first,) = await cases.authorised()
    assert "Rowan" in (await cases.release(first.disclosure_id)).text
    assert "Second Caller" not in (await cases.release(first.disclosure_id)).text
    told = await cases.do("POST", f"/v1/cases/{case_id}/dangers", {"told_by": added.json()["id"]})
    assert told.status_code == 201
    newest = (await cases.authorised())[-1]
    assert "Second Caller" in (await cases.release(newest.disclosure_id)).text
    refused = await cases.do("POST", f"/v1/cases/{case_id}/dangers", {"told_by": str(case_id)})
    assert refused.status_code == 404
