"""Duties of merged cases: one per agency, with all facts and the earlier clock, and nothing told twice (fact 13)."""

from tests.case.builders import (
    LEEDS,
    LEEDS_CARE,
    LEEDS_POLICE,
    MANCHESTER_CARE,
    MANCHESTER_POLICE,
    acknowledge,
    child_of,
    confirm,
    content_of,
    countersign_all,
    disclosures_of,
    duty_states,
    issue_waiting,
    open_tasks,
    person_of,
    propose,
    recipient_at,
    record_handover,
    sent_child,
    sign,
    state_age,
    supplements,
)
from tests.case.conftest import CaseWork
from tests.case.duplicates.builders import KNOWS_MORE, compare, duplicate_of, other_case
from tests.case.merging.merging_steps import BEN, due_of, merged, names_in, two_children
from tests.support.builders import a_child


async def test_an_agency_of_both_has_one_duty_with_the_earlier_clock_and_one_message(cases: CaseWork) -> None:
    case_id, other = await two_children(cases)
    first = await due_of(cases, case_id, MANCHESTER_CARE, "send_at")
    later = await due_of(cases, other, MANCHESTER_CARE, "send_at")
    assert first < later
    opened = await due_of(cases, case_id, MANCHESTER_CARE, "opened_at")
    case_file = await merged(cases, other, case_id)
    duties = {one["agency_code"]: one["duty"] for one in case_file["recipients"]}
    assert {duty["opened_at"] for duty in duties.values()} == {opened}
    assert {code: (len(duty["facts"]), duty["send_at"]) for code, duty in duties.items()} == {
        MANCHESTER_CARE: (2, first),
        MANCHESTER_POLICE: (2, first),
    }
    await cases.let_time_pass(minutes=41)
    sent = await cases.authorised()
    assert sorted(event.agency_code for event in sent) == sorted([MANCHESTER_CARE, MANCHESTER_POLICE])
    for event in sent:
        assert names_in(await content_of(cases, event.disclosure_id)) >= {"Mika", "Ben Sample"}


async def test_what_waits_is_sent_to_an_agency_that_was_told_of_the_other_case(cases: CaseWork) -> None:
    case_id = await sent_child(cases)
    other = await cases.report(persons=[BEN])
    assert await duty_states(cases, other) == {MANCHESTER_CARE: "waiting", MANCHESTER_POLICE: "waiting"}
    await merged(cases, case_id, other)
    assert await duty_states(cases, case_id) == {
        MANCHESTER_CARE: "authorised",
        MANCHESTER_POLICE: "authorised",
    }
    news = await supplements(cases)
    assert {event.agency_code for event in news} == {MANCHESTER_CARE, MANCHESTER_POLICE}
    assert "Ben Sample" in names_in(await content_of(cases, news[0].disclosure_id))


async def test_a_danger_in_the_very_same_words_is_sent_as_a_fact_of_its_own(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes", persons=[])
    await confirm(cases, case_id)
    await issue_waiting(cases, case_id)
    other = await cases.report(danger_now="yes", persons=[])
    await merged(cases, case_id, other)
    news = await supplements(cases)
    assert len(news) == 1
    assert len((await content_of(cases, news[0].disclosure_id))["facts"]) == 2


async def test_who_was_told_of_both_cases_is_told_nothing_twice(cases: CaseWork) -> None:
    case_id = await sent_child(cases)
    other = await sent_child(cases, persons=[BEN])
    before = len(await cases.authorised())
    await merged(cases, case_id, other)
    assert len(await cases.authorised()) == before
    await state_age(cases, case_id, {"years": 14}, await person_of(cases, case_id))
    news = (await cases.authorised())[before:]
    assert {(event.kind, event.agency_code) for event in news} == {
        ("supplement", MANCHESTER_CARE),
        ("supplement", MANCHESTER_POLICE),
    }


async def test_an_answer_about_one_case_answers_nothing_of_the_other(cases: CaseWork) -> None:
    case_id = await sent_child(cases)
    other = await sent_child(cases, persons=[BEN])
    events = {(one.case_id, one.agency_code): one for one in await cases.authorised()}
    await merged(cases, case_id, other)
    await issue_waiting(cases, case_id)
    await acknowledge(cases, events[other, MANCHESTER_CARE])
    assert (await duty_states(cases, case_id))[MANCHESTER_CARE] == "sent"
    await acknowledge(cases, events[case_id, MANCHESTER_CARE])
    assert (await duty_states(cases, case_id))[MANCHESTER_CARE] == "acknowledged"


async def test_an_answered_duty_and_an_open_one_make_an_open_one(cases: CaseWork) -> None:
    case_id = await sent_child(cases)
    for event in await cases.authorised():
        await acknowledge(cases, event)
    assert await duty_states(cases, case_id) == {
        MANCHESTER_CARE: "acknowledged",
        MANCHESTER_POLICE: "acknowledged",
    }
    other = await sent_child(cases, persons=[BEN])
    due = await due_of(cases, other, MANCHESTER_CARE, "due_at")
    await merged(cases, case_id, other)
    assert await due_of(cases, case_id, MANCHESTER_CARE, "due_at") <= due
    assert "acknowledged" not in (await duty_states(cases, case_id)).values()
    refused = await cases.close(case_id)
    assert (refused.status_code, refused.json()["code"]) == (409, "case-cannot-be-closed")


async def test_a_duty_of_one_case_alone_moves_with_its_messages_and_tasks(cases: CaseWork) -> None:
    case_id = await sent_child(cases)
    other = await cases.report(place={}, persons=[a_child(name="Ben Sample", lives_at={"council": LEEDS})])
    await confirm(cases, other)
    await issue_waiting(cases, other)
    tasks = {one["kind"] for one in await open_tasks(cases, other)}
    await merged(cases, case_id, other)
    assert {LEEDS_CARE, LEEDS_POLICE} < set(await duty_states(cases, case_id))
    assert await open_tasks(cases, other) == []
    assert tasks <= {one["kind"] for one in await open_tasks(cases, case_id)}
    event = next(one for one in await cases.authorised() if one.agency_code == LEEDS_CARE)
    assert event.case_id == other
    await issue_waiting(cases, case_id)
    for one in [one for one in await cases.authorised() if one.agency_code == LEEDS_CARE]:
        await acknowledge(cases, one)
    assert (await duty_states(cases, case_id))[LEEDS_CARE] == "acknowledged"


async def test_an_unanswered_telephone_call_counts_for_its_own_facts_only(cases: CaseWork) -> None:
    case_id, other = await two_children(cases)
    await confirm(cases, case_id)
    recipient = await recipient_at(cases, case_id, MANCHESTER_CARE)
    assert (await record_handover(cases, recipient["id"])).status_code == 200
    await merged(cases, case_id, other)
    await issue_waiting(cases, case_id)
    assert (await duty_states(cases, case_id))[MANCHESTER_CARE] == "sent"
    after = await recipient_at(cases, case_id, MANCHESTER_CARE)
    assert after["duty"]["due_at"] is not None
    assert [one["spoken_to"] for one in after["phone_handovers"]] == ["Sgt Hale"]


async def test_the_calls_and_reviews_of_both_cases_can_be_read(cases: CaseWork) -> None:
    case_id = await sent_child(cases)
    other = await sent_child(cases, persons=[BEN])
    recipient = await recipient_at(cases, other, MANCHESTER_CARE)
    assert (await record_handover(cases, recipient["id"])).status_code == 200
    await countersign_all(cases, other)
    await merged(cases, case_id, other)
    detail = await recipient_at(cases, case_id, MANCHESTER_CARE)
    assert [one["spoken_to"] for one in detail["phone_handovers"]] == ["Sgt Hale"]
    assert [one["signed_by"] for one in detail["countersignatures"]] == ["user:lin"]


async def test_a_case_that_took_another_over_can_become_part_of_a_third(cases: CaseWork) -> None:
    one, two = await two_children(cases)
    await confirm(cases, two)
    await issue_waiting(cases, two)
    event = next(event for event in await cases.authorised() if event.agency_code == MANCHESTER_CARE)
    third = await cases.report(persons=[a_child(name="Cal Sample")])
    await merged(cases, one, two)
    case_file = await merged(cases, third, one)
    assert {part["id"] for part in case_file["merged_cases"]} == {str(one), str(two)}
    assert (await cases.read(two))["merged_into"] == str(third)
    await issue_waiting(cases, third)
    await acknowledge(cases, event)
    assert len((await cases.read(third))["persons"]) == 6
    assert (await recipient_at(cases, third, MANCHESTER_CARE))["duty"]["state"] == "sent"


async def test_an_event_that_cannot_be_handled_is_a_task_of_the_case_that_both_are(cases: CaseWork) -> None:
    case_id, other = await two_children(cases)
    await merged(cases, case_id, other)
    await cases.add_dead_letter(other, "referral.acknowledged.v1")
    await cases.run_loop("open_blocked_event_tasks")
    assert "blocked_events" in {one["kind"] for one in await open_tasks(cases, case_id)}
    assert await open_tasks(cases, other) == []


async def test_a_duplicate_follows_the_case_that_it_repeats(cases: CaseWork) -> None:
    one, two = await two_children(cases)
    copy = await cases.report(persons=[a_child()])
    fact = await child_of(cases, copy)
    proposed = await propose(cases, copy, fact, reason="duplicate_of", duplicate_of=str(two))
    assert (await sign(cases, copy, proposed.json()["id"])).status_code == 200
    await merged(cases, one, two)
    assert (await cases.read(copy))["proposals"][0]["duplicate_of"] == str(one)
    await cases.run_loop("reopen_duplicates")
    assert set((await duty_states(cases, copy)).values()) == {"stood_down"}


async def test_what_waits_of_a_duplicate_stands_in_for_nothing_of_a_merged_case(cases: CaseWork) -> None:
    """Its message says what the duplicate knows alone, and nothing of the case that became part."""
    case_id = await other_case(cases)
    await duplicate_of(cases, case_id, **KNOWS_MORE)
    await compare(cases)
    other = await cases.report(persons=[BEN])
    await confirm(cases, other)
    await merged(cases, case_id, other)
    withheld = [one for one in await disclosures_of(cases, case_id) if one["state"] == "withheld"]
    assert withheld == []
    care = [one for one in await cases.authorised() if one.agency_code == MANCHESTER_CARE]
    said = [await content_of(cases, one.disclosure_id) for one in care]
    assert any("Ben Sample" in names_in(one) for one in said)


async def test_a_case_is_no_duplicate_of_itself(cases: CaseWork) -> None:
    one, two = await two_children(cases)
    fact = await child_of(cases, two)
    proposed = await propose(cases, two, fact, reason="duplicate_of", duplicate_of=str(one))
    assert (await sign(cases, two, proposed.json()["id"])).status_code == 200
    await merged(cases, one, two)
    care = await recipient_at(cases, one, MANCHESTER_CARE)
    assert len(care["duty"]["facts"]) == 2
