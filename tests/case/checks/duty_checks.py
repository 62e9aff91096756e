"""Checks of sharing duties: nothing postpones them, one person alone ends none, and silence is somebody's task."""

from shared.events import OverrideEscalated
from tests.case.builders import (
    LEEDS,
    LEEDS_CARE,
    MANCHESTER_CARE,
    MANCHESTER_POLICE,
    acknowledge,
    confirm,
    content_of,
    danger_of,
    decline,
    duty_states,
    issue_all,
    open_tasks,
    person_of,
    propose,
    put,
    recipients_of,
    record_handover,
    sent_child,
    sign,
    state_age,
)
from tests.case.conftest import CaseWork
from tests.support.builders import a_child


async def a_supplement_never_postpones_the_telephone(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes")
    await confirm(cases, case_id)
    await issue_all(cases)
    cases.clock.forward(seconds=49)
    await put(cases, case_id, "summary", {"text": "Two doors, both locked."})
    await cases.let_time_pass(seconds=10)
    assert len(await cases.service.announced(OverrideEscalated)) == 1, "the telephone was postponed"


async def danger_hurries_the_childs_council_too(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[a_child()])
    person = await person_of(cases, case_id)
    await cases.do("POST", f"/v1/cases/{case_id}/dangers", {"person_id": person})
    await cases.run_scheduler()
    informed = {event.agency_code for event in await cases.authorised()}
    assert informed == {MANCHESTER_CARE, MANCHESTER_POLICE}, (
        "the council waits although the child is in danger"
    )
    await cases.let_time_pass(seconds=60)
    assert len(await cases.service.announced(OverrideEscalated)) == 2, "the council may answer later"


async def a_ground_is_taken_away_by_two_people_only(cases: CaseWork) -> None:
    """Two children in two places; one is older than was thought: the duty to their council waits for two people."""
    there = {"council": LEEDS}
    case_id = await cases.report(persons=[a_child(), a_child(name="Sami", found_at=there, lives_at=there)])
    persons = (await cases.read(case_id))["persons"]
    sami = next(one["id"] for one in persons if one["name"] == "Sami")
    await state_age(cases, case_id, {"years": 30}, sami)
    states = await duty_states(cases, case_id)
    assert states[LEEDS_CARE] == "waiting", "one person took a ground away"


async def tasks_of_a_duty_are_not_ticked_off(cases: CaseWork) -> None:
    case_id = await sent_child(cases)
    await cases.let_time_pass(hours=14)
    tasks = await open_tasks(cases, case_id)
    assert {one["kind"] for one in tasks} == {"telephone_agency", "countersign", "inform_person"}
    for task in tasks:
        answer = await cases.do("POST", f"/v1/tasks/{task['id']}/completion", {"outcome": "done"})
        assert answer.status_code == 409, f"ticked off: {task['kind']}"


async def a_danger_that_an_adviser_records_waits_for_nobody(cases: CaseWork) -> None:
    """The report said it too; from the moment at which somebody vouches for it, the child's council is told."""
    case_id = await cases.report(persons=[a_child()], danger_now="yes")
    await cases.do("POST", f"/v1/cases/{case_id}/dangers", {})
    await cases.run_scheduler()
    informed = {event.agency_code for event in await cases.authorised()}
    assert MANCHESTER_CARE in informed, "the council waits although an adviser vouched for the danger"


async def a_child_whom_an_adviser_adds_waits_for_no_reports_clock(cases: CaseWork) -> None:
    """One of two agencies was told of the first child by telephone; the other still waits for the report's hour."""
    case_id = await cases.report(persons=[a_child()])
    ids = {one["recipient_kind"]: one["id"] for one in await recipients_of(cases, case_id)}
    await record_handover(cases, ids["children_social_care"])
    cases.clock.forward(seconds=60)
    await cases.do("POST", f"/v1/cases/{case_id}/persons", {"name": "Sami", "age": {"years": 12}})
    await cases.run_scheduler()
    informed = {event.recipient_kind for event in await cases.authorised()}
    assert informed == {"children_social_care", "police"}, "an adviser's child waits for the report's clock"


async def standing_down_takes_two(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes")
    both = "adviser,safeguarding_lead"
    proposed = await propose(cases, case_id, await danger_of(cases, case_id), reason="no_danger", name="lin")
    signed = await sign(cases, case_id, proposed.json()["id"], name="lin", role=both)
    assert signed.status_code == 409, "one person stood a duty down"
    assert set((await duty_states(cases, case_id)).values()) == {"waiting"}, "one person stood a duty down"


async def a_call_never_replaces_the_message(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes")
    answer = await record_handover(cases, (await recipients_of(cases, case_id))[0]["id"])
    assert answer.json()["duty"]["state"] != "handed_over", "a call alone ended a duty"
    (event,) = await cases.authorised()
    assert (await content_of(cases, event.disclosure_id))["confirms_telephone_call"] is True
    assert set((await duty_states(cases, case_id)).values()) == {"handed_over"}, (
        "call and message end no duty"
    )


async def a_decline_is_no_end(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes")
    await confirm(cases, case_id)
    await issue_all(cases)
    await decline(cases, (await cases.authorised())[0])
    assert set((await duty_states(cases, case_id)).values()) == {"declined"}, "a decline ended a duty"
    assert "declined_by_agency" in {one["kind"] for one in await open_tasks(cases, case_id)}
    called = await record_handover(cases, (await recipients_of(cases, case_id))[0]["id"])
    assert called.status_code == 409, "a call to the agency that declined counts"


async def a_lost_place_is_searched_for(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes")
    await confirm(cases, case_id)
    await issue_all(cases)
    await acknowledge(cases, (await cases.authorised())[0])
    await put(cases, case_id, "place", {"council": None, "postcode": None, "address": None})
    assert "find_place" in {one["kind"] for one in await open_tasks(cases, case_id)}, "nobody searches"


async def silence_is_followed_by_a_task(cases: CaseWork) -> None:
    case_id = await sent_child(cases)
    await cases.let_time_pass(days=1)
    overdue = [
        one
        for one in await open_tasks(cases, case_id)
        if one["overdue"] and one["kind"] == "telephone_agency"
    ]
    assert len(overdue) == len(await recipients_of(cases, case_id)) == 2, "silence is nobody's task"
