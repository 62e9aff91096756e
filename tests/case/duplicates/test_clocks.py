"""Clocks of what a duplicate passes on: it is acknowledged, or a person telephones."""

from shared.events import CaseReopened
from tests.case.builders import (
    MANCHESTER_POLICE,
    acknowledge,
    content_of,
    countersign_all,
    danger_of,
    decline,
    duty_states,
    find_undeliverable,
    hand_over_all,
    issue_waiting,
    open_tasks,
    put,
    recipients_of,
    supplements,
    take_back,
)
from tests.case.conftest import CaseWork
from tests.case.duplicates.builders import (
    BOTH,
    KNOWS_MORE,
    compare,
    compare_anew,
    duplicate_of,
    other_case,
    passed_on,
)
from tests.support.builders import a_child


async def an_acknowledgement_ends_it_and_silence_is_telephoned_about(cases: CaseWork) -> None:
    other = await other_case(cases)
    await duplicate_of(cases, other, **KNOWS_MORE)
    care, police = sorted(await passed_on(cases), key=lambda one: one.recipient_kind)
    assert set((await duty_states(cases, other)).values()) == {"authorised"}, "its duty is over"
    await issue_waiting(cases, other)
    await acknowledge(cases, care)
    await cases.let_time_pass(hours=14)
    states = await duty_states(cases, other)
    assert states == {care.agency_code: "acknowledged", police.agency_code: "sent"}
    tasks = [one for one in await open_tasks(cases, other) if one["kind"] == "telephone_agency"]
    assert [task["recipient_id"] for task in tasks] == [str(police.recipient_id)], "nobody telephones"
    await acknowledge(cases, police)
    assert [one for one in await open_tasks(cases, other) if one["kind"] == "telephone_agency"] == []


async def test_an_acknowledgement_ends_it_and_silence_is_telephoned_about(cases: CaseWork) -> None:
    await an_acknowledgement_ends_it_and_silence_is_telephoned_about(cases)


async def a_danger_that_only_the_duplicate_knows_is_urgent(cases: CaseWork) -> None:
    other = await other_case(cases)
    case_id = await cases.report(persons=[a_child()], danger_now="yes")
    danger = await danger_of(cases, case_id)
    await take_back(cases, case_id, danger, reason="duplicate_of", duplicate_of=str(other))
    (event,) = await passed_on(cases)
    assert (event.agency_code, event.grounds) == (MANCHESTER_POLICE, ("override_danger",))
    assert event.urgent, "a danger is told in no hurry"
    tasks = [one for one in await open_tasks(cases, other) if one["kind"] == "telephone_agency"]
    assert [task["recipient_id"] for task in tasks] == [str(event.recipient_id)], "nobody telephones"
    assert (await content_of(cases, event.disclosure_id))["situation"]["danger_now"] is True


async def test_a_danger_that_only_the_duplicate_knows_is_urgent(cases: CaseWork) -> None:
    await a_danger_that_only_the_duplicate_knows_is_urgent(cases)


async def a_closed_case_opens_again(cases: CaseWork) -> None:
    other = await other_case(cases)
    await countersign_all(cases, other)
    assert (await cases.close(other)).status_code == 200
    await duplicate_of(cases, other, **KNOWS_MORE)
    assert len(await passed_on(cases)) == 2
    assert (await cases.read(other))["state"] == "open", "a case with an open duty is closed"
    assert [event.case_id for event in await cases.service.announced(CaseReopened)] == [other]


async def test_a_closed_case_opens_again(cases: CaseWork) -> None:
    await a_closed_case_opens_again(cases)


async def test_an_agency_that_heard_by_telephone_alone_is_told_all_the_same(cases: CaseWork) -> None:
    """Nothing written can go, so that its own message waits for ever: a person telephones again."""
    other = await cases.report(persons=[a_child()])
    await cases.let_time_pass(hours=1)
    for event in await cases.authorised():
        await find_undeliverable(cases, event)
    for one in await recipients_of(cases, other):
        path = f"/v1/case-recipients/{one['id']}/phone-handover"
        called = await cases.do("POST", path, {"spoken_to": "Hale", "reference": "1"})
        assert called.status_code == 200
        signed = await cases.do("POST", f"{path}/countersignature", role="safeguarding_lead", name="lin")
        assert signed.status_code == 200, signed.text
    await duplicate_of(cases, other, **KNOWS_MORE)
    events = await passed_on(cases)
    assert {event.agency_code for event in events} == BOTH
    await compare_anew(cases)
    assert len(await supplements(cases)) == 2
    assert "supplements" not in await content_of(cases, events[0].disclosure_id), "it has no first message"
    await find_undeliverable(cases, events[0])
    tasks = [one for one in await open_tasks(cases, other) if one["kind"] == "telephone_agency"]
    assert str(events[0].recipient_id) in {task["recipient_id"] for task in tasks}


async def test_after_a_call_and_its_message_the_call_counts_no_more(cases: CaseWork) -> None:
    other = await cases.report(persons=[a_child()])
    await cases.let_time_pass(hours=1)
    await hand_over_all(cases, other)
    await duplicate_of(cases, other, **KNOWS_MORE)
    for event in await passed_on(cases):
        message = await content_of(cases, event.disclosure_id)
        assert "confirms_telephone_call" not in message
    assert set((await duty_states(cases, other)).values()) == {"sent"}


async def test_an_agency_that_declines_is_told_nothing_more_and_the_duplicate_opens_again(
    cases: CaseWork,
) -> None:
    other = await other_case(cases)
    case_id = await duplicate_of(cases, other)
    await compare(cases)
    first = (await cases.authorised())[0]
    await decline(cases, first)
    assert (await put(cases, other, "summary", {"text": "Four sleep there."})).status_code == 200
    assert "authorised" in set((await duty_states(cases, other)).values()), "news is on its way there"
    await compare(cases)
    assert set((await duty_states(cases, case_id)).values()) == {"waiting"}
    assert (await cases.read(case_id))["passed_on"] == []
