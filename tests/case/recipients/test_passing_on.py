"""Passing on: what only a duplicate knows goes to the agencies as a supplement of the case that it repeats (fact 8)."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from case_service import access
from case_service.cases.case_change import change_case
from case_service.consent.models import ConsentTaken
from case_service.disclosures import content, issue
from case_service.disclosures.payload import parts
from case_service.proposals import pass_on, reopen
from case_service.proposals.models import DUPLICATES_CHANNEL, Proposal
from case_service.recipients.apply_effects import apply_effects
from case_service.recipients.sharing_records import lock_case
from case_service.settings import deadlines_of
from case_service.sharing.duties.duty import Duty
from case_service.sharing.shared_so_far import DisclosureState, RecipientSoFar
from shared.events import CaseReopened, DisclosureAuthorised
from tests.case.builders import (
    LEEDS,
    LEEDS_CARE,
    LEEDS_POLICE,
    MANCHESTER_CARE,
    MANCHESTER_POLICE,
    acknowledge,
    child,
    child_of,
    content_of,
    corrections,
    countersign_all,
    danger_of,
    decline,
    disclosures_of,
    duty_states,
    find_undeliverable,
    hand_over_all,
    issue_all,
    issue_waiting,
    open_tasks,
    person_of,
    proposals_of,
    propose,
    put,
    recipient_at,
    recipients_of,
    reporter_of,
    sign,
    sign_all,
    state_age,
    supplements,
    take_back,
    withdraw,
)
from tests.case.conftest import CaseWork
from tests.support.builders import a_child, a_reporter
from tests.support.mutants import Mutant, Right, assert_noticed, mutant

BOTH = {MANCHESTER_CARE, MANCHESTER_POLICE}
PHONE = "+44 7700 900999"
KNOWS_MORE: dict[str, Any] = {"persons": [a_child(phone=PHONE)]}
TAKEN = ConsentTaken(wording="call-2026-01", language="en", given_how="phone")
WORDS = "A grey van brings them back after midnight."


async def other_case(cases: CaseWork, *, sent: bool = True, **said: Any) -> UUID:
    """Report the case that another one repeats, and let its first messages go and be acknowledged."""
    other = await cases.report(**{"persons": [a_child()], **said})
    if sent:
        await cases.let_time_pass(hours=1)
        await issue_waiting(cases, other)
        for event in await cases.authorised():
            await acknowledge(cases, event)
    return other


async def duplicate_of(cases: CaseWork, other: UUID, **said: Any) -> UUID:
    """Report a case and let two people stand its child down as a duplicate; nothing was compared yet."""
    case_id = await cases.report(**{"persons": [a_child()], **said})
    await stand_down(cases, case_id, other)
    return case_id


async def stand_down(cases: CaseWork, case_id: UUID, other: UUID, name: str | None = None) -> None:
    """Stand down every child, or the one of this name."""
    persons = (await cases.read(case_id))["persons"]
    children = [
        child(one["id"])
        for one in persons
        if one["age_status"] == "child_stated" and name in (None, one["name"])
    ]
    await take_back(cases, case_id, *children, reason="duplicate_of", duplicate_of=str(other))


async def compare(cases: CaseWork) -> None:
    await cases.run_loop("reopen_duplicates")


async def compare_anew(cases: CaseWork) -> None:
    """Compare all duplicates as if none had been compared."""
    await cases.service.fetch("UPDATE proposals SET compared = NULL")
    await compare(cases)


async def passed_on(cases: CaseWork) -> list[DisclosureAuthorised]:
    """Compare, and return the supplements of all cases so far."""
    await compare(cases)
    return await supplements(cases)


async def told(cases: CaseWork, other: UUID, case_id: UUID) -> None:
    """Pass on what only the duplicate knows, and let the agencies acknowledge it."""
    for event in await passed_on(cases):
        await content_of(cases, event.disclosure_id)
        await acknowledge(cases, event)
    assert (await cases.read(case_id))["passed_on"] != []
    assert set((await duty_states(cases, other)).values()) == {"acknowledged"}


# What is passed on


async def each_agency_gets_what_only_the_duplicate_knows(cases: CaseWork) -> None:
    other = await other_case(cases)
    firsts = {str(one["agency_code"]): one["id"] for one in await disclosures_of(cases, other)}
    threads = {one["agency_code"]: one["id"] for one in await recipients_of(cases, other)}
    case_id = await duplicate_of(cases, other, **KNOWS_MORE, what_happened=WORDS)
    events = await passed_on(cases)
    assert {event.agency_code for event in events} == BOTH, "the agencies were not told"
    assert len(events) == 2, "told twice the same"
    for event in events:
        assert (event.case_id, str(event.recipient_id)) == (other, threads[event.agency_code])
        assert event.grounds == ("override_child",)
        message = await content_of(cases, event.disclosure_id)
        assert [one.get("phone") for one in message["persons"]] == [PHONE], "another case's content went"
        assert (message["agency"], message["kind"]) == (event.agency_code, "supplement")
        assert message["supplements"] == firsts[event.agency_code]
        assert "may_be_the_same_matter_as" not in message
        assert message["account"] == [WORDS]
        assert (message["led_by"], message["place_is_sure"]) == ("premises", True)
        assert message["agencies_informed_of_the_same"] == sorted(BOTH - {event.agency_code})
        mika = await person_of(cases, case_id)
        assert message["facts"] == [{"kind": "child", "ref": mika, "verified": False}]


async def test_each_agency_gets_what_only_the_duplicate_knows(cases: CaseWork) -> None:
    await each_agency_gets_what_only_the_duplicate_knows(cases)


async def what_both_know_is_not_told_again(cases: CaseWork) -> None:
    other = await other_case(cases)
    await duplicate_of(cases, other)
    assert await passed_on(cases) == [], "told twice the same"


async def test_what_both_know_is_not_told_again(cases: CaseWork) -> None:
    await what_both_know_is_not_told_again(cases)


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ({"persons": [a_child(), a_child(name="Sami")]}, "Sami"),
        ({"persons": [a_child(), {"name": "Jo", "role": "alleged_exploiter"}]}, "Jo"),
        ({"place": {"postcode": "M1 1AE", "description": "behind the arch"}}, "behind the arch"),
        ({"what_happened": WORDS}, WORDS),
        ({"persons": [a_child(name="Mika Ray")]}, "Mika Ray"),
    ],
    ids=["child", "exploiter", "place", "words", "name"],
)
async def test_another_person_place_or_word_is_told(cases: CaseWork, said: Any, text: str) -> None:
    other = await other_case(cases)
    await duplicate_of(cases, other, **said)
    events = await passed_on(cases)
    assert {event.agency_code for event in events} == BOTH
    for event in events:
        assert text in json.dumps(await content_of(cases, event.disclosure_id))


async def test_persons_without_a_name_are_the_same_only_where_everything_is(cases: CaseWork) -> None:
    nameless = a_child(name=None)
    other = await other_case(cases, persons=[nameless])
    await duplicate_of(cases, other, persons=[nameless])
    assert await passed_on(cases) == []
    await duplicate_of(cases, other, persons=[a_child(name=None, description="blue coat")])
    assert len(await passed_on(cases)) == 2


async def test_two_of_one_name_are_not_taken_for_each_other(cases: CaseWork) -> None:
    twins = [a_child(phone=PHONE), a_child(age={"years": 12})]
    other = await other_case(cases, persons=twins)
    case_id = await duplicate_of(cases, other, persons=[a_child(phone=PHONE)])
    assert len(await passed_on(cases)) == 2
    assert (await cases.read(case_id))["passed_on"] != []


async def an_unnamed_source_stays_unnamed(cases: CaseWork) -> None:
    other = await other_case(cases)
    await duplicate_of(cases, other, **KNOWS_MORE, reporter=a_reporter(), privacy="confidential")
    for event in await passed_on(cases):
        message = await content_of(cases, event.disclosure_id)
        assert "Rowan" not in json.dumps(message), "a confidential source was named"
        assert message["protect_source"] is True
    assert len(await supplements(cases)) == 2, "the agencies were not told"


async def test_an_unnamed_source_stays_unnamed(cases: CaseWork) -> None:
    await an_unnamed_source_stays_unnamed(cases)


async def test_a_source_who_shares_with_one_kind_is_named_to_that_kind_alone(cases: CaseWork) -> None:
    other = await other_case(cases)
    sharing = {"reporter": a_reporter(), "privacy": "share", "share_with": ["police"]}
    await duplicate_of(cases, other, **sharing)
    (event,) = await passed_on(cases)
    assert event.agency_code == MANCHESTER_POLICE, "to the council there is nothing new"
    assert "Rowan" in json.dumps(await content_of(cases, event.disclosure_id))


async def an_adult_who_withholds_there_keeps_her_words(cases: CaseWork) -> None:
    """The choices of the duplicate decide about what it told, whatever the other case lets go."""
    other = await other_case(cases)
    adult = {"name": "Ana", "age": {"years": 30}}
    await duplicate_of(cases, other, persons=[a_child(phone=PHONE), adult], what_happened=WORDS)
    events = await passed_on(cases)
    assert len(events) == 2, "the agencies were not told"
    for event in events:
        message = json.dumps(await content_of(cases, event.disclosure_id))
        assert (PHONE in message, WORDS in message) == (True, False)


async def test_an_adult_who_withholds_there_keeps_her_words(cases: CaseWork) -> None:
    await an_adult_who_withholds_there_keeps_her_words(cases)


# When it goes


async def nothing_goes_before_the_first_message(cases: CaseWork) -> None:
    other = await other_case(cases, sent=False)
    await duplicate_of(cases, other, **KNOWS_MORE)
    assert await passed_on(cases) == [], "before the first message"
    await cases.let_time_pass(hours=1)
    assert await passed_on(cases) == [], "before the first message"
    await issue_waiting(cases, other)
    assert {event.agency_code for event in await passed_on(cases)} == BOTH, "the agencies were not told"
    assert {event.case_id for event in await cases.authorised()} == {other}


async def test_nothing_goes_before_the_first_message(cases: CaseWork) -> None:
    await nothing_goes_before_the_first_message(cases)


async def nothing_is_told_twice_and_news_once_more(cases: CaseWork) -> None:
    other = await other_case(cases)
    case_id = await duplicate_of(cases, other, **KNOWS_MORE)
    for count in (2, 2, 2):
        await compare_anew(cases)
        assert len(await supplements(cases)) == count, "told twice the same"
    await issue_waiting(cases, other)
    for _ in range(2):
        await compare_anew(cases)
        assert len(await supplements(cases)) == 2, "told twice the same"
    assert (await put(cases, case_id, "summary", {"text": "Four sleep there."})).status_code == 200
    news = (await passed_on(cases))[2:]
    assert {event.agency_code for event in news} == BOTH, "the agencies were not told"
    for event in news:
        assert "Four sleep there." in json.dumps(await content_of(cases, event.disclosure_id))
    await compare_anew(cases)
    assert len(await supplements(cases)) == 4, "told twice the same"


async def test_nothing_is_told_twice_and_news_once_more(cases: CaseWork) -> None:
    await nothing_is_told_twice_and_news_once_more(cases)


async def test_what_was_passed_on_and_is_learnt_there_too_is_no_news_of_that_case(cases: CaseWork) -> None:
    other = await other_case(cases)
    case_id = await duplicate_of(cases, other)
    summary = {"text": "Four sleep there."}
    assert (await put(cases, case_id, "summary", summary)).status_code == 200
    await told(cases, other, case_id)
    assert (await put(cases, other, "summary", summary)).status_code == 200
    assert len(await passed_on(cases)) == 2
    assert (await put(cases, other, "summary", {"text": "Five sleep there."})).status_code == 200
    assert len(await passed_on(cases)) == 4


async def own_news_waits_for_no_supplement_of_a_duplicate(cases: CaseWork) -> None:
    other = await other_case(cases)
    await duplicate_of(cases, other, **KNOWS_MORE)
    await compare(cases)
    assert (await put(cases, other, "summary", {"text": "Four sleep there."})).status_code == 200
    assert len(await supplements(cases)) == 4, "its own news is lost"
    texts = [json.dumps(await content_of(cases, one.disclosure_id)) for one in await supplements(cases)]
    assert sum("Four sleep there." in text for text in texts) == 2
    assert sum(PHONE in text for text in texts) == 2


async def test_own_news_waits_for_no_supplement_of_a_duplicate(cases: CaseWork) -> None:
    await own_news_waits_for_no_supplement_of_a_duplicate(cases)


async def test_what_the_other_case_has_said_and_corrected_since_is_no_news(cases: CaseWork) -> None:
    other = await other_case(cases, place={"postcode": "M1 1AE", "description": "behind the arch"})
    assert (await put(cases, other, "place", {"postcode": "M1 1AE"})).status_code == 200
    await issue_waiting(cases, other)
    before = len(await supplements(cases))
    await duplicate_of(cases, other, place={"postcode": "M1 1AE", "description": "behind the arch"})
    assert len(await passed_on(cases)) == before


async def agencies_beside_the_proposal_get_nothing(cases: CaseWork) -> None:
    """Both cases tell Leeds of another child: what was stood down never led there."""
    sami = a_child(name="Sami", found_at={"council": LEEDS})
    other = await other_case(cases, persons=[a_child(), sami])
    case_id = await cases.report(persons=[a_child(phone=PHONE), sami])
    assert len(await recipients_of(cases, other)) == len(await recipients_of(cases, case_id)) == 4
    await stand_down(cases, case_id, other, "Mika")
    assert {event.agency_code for event in await passed_on(cases)} == BOTH, "an agency beside the proposal"


async def test_agencies_beside_the_proposal_get_nothing(cases: CaseWork) -> None:
    await agencies_beside_the_proposal_get_nothing(cases)


async def test_the_agencies_are_those_at_the_second_signature(cases: CaseWork) -> None:
    """The place was corrected between the signatures: the agency of the wrong place hears nothing."""
    leeds = a_child(name="Sami", found_at={"council": LEEDS})
    other = await other_case(cases, persons=[a_child(), leeds])
    case_id = await cases.report(**KNOWS_MORE)
    proposed = await propose(
        cases, case_id, await child_of(cases, case_id), reason="duplicate_of", duplicate_of=str(other)
    )
    assert (await put(cases, case_id, "place", {"council": LEEDS})).status_code == 200
    assert (await sign(cases, case_id, proposed.json()["id"])).status_code == 200
    events = await passed_on(cases)
    assert {event.agency_code for event in events} == {LEEDS_CARE, LEEDS_POLICE}


async def facts_that_were_not_stood_down_are_not_passed_on(cases: CaseWork) -> None:
    """A danger became known to the duplicate later: its own duty tells the police of it."""
    other = await other_case(cases)
    case_id = await duplicate_of(cases, other, **KNOWS_MORE)
    assert (await cases.do("POST", f"/v1/cases/{case_id}/dangers", {})).status_code == 201
    for event in await passed_on(cases):
        message = await content_of(cases, event.disclosure_id)
        assert {one["kind"] for one in message["facts"]} == {"child"}, "a fact that was not stood down"
        rows = await cases.service.fetch(
            "SELECT facts FROM issue_records WHERE disclosure_id = $1", event.disclosure_id
        )
        assert "danger" not in rows[0]["facts"], "a fact that was not stood down"
    own = [event for event in await cases.authorised() if event.case_id == case_id]
    await cases.run_scheduler()
    own = [event for event in await cases.authorised() if event.case_id == case_id]
    assert {event.agency_code for event in own} == {MANCHESTER_POLICE}


async def test_facts_that_were_not_stood_down_are_not_passed_on(cases: CaseWork) -> None:
    await facts_that_were_not_stood_down_are_not_passed_on(cases)


# Its clock


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


# Withdrawals and corrections


async def a_withdrawal_before_the_issue_wins(cases: CaseWork) -> None:
    other = await other_case(cases)
    sharing = {"reporter": a_reporter(), "privacy": "share", "share_with": ["police"]}
    case_id = await duplicate_of(cases, other, **KNOWS_MORE, **sharing)
    events = await passed_on(cases)
    assert (await withdraw(cases, case_id)).status_code == 201
    for event in events:
        message = json.dumps(await content_of(cases, event.disclosure_id))
        assert "Rowan" not in message, "issued after a withdrawal"
        assert PHONE in message, "what is forced was stopped"


async def test_a_withdrawal_before_the_issue_wins(cases: CaseWork) -> None:
    await a_withdrawal_before_the_issue_wins(cases)


async def a_withdrawal_that_is_being_written_wins(cases: CaseWork) -> None:
    other = await other_case(cases)
    sharing = {"reporter": a_reporter(), "privacy": "share", "share_with": ["police"]}
    case_id = await duplicate_of(cases, other, **sharing)
    (event,) = await passed_on(cases)
    reporter = UUID(await reporter_of(cases, case_id))
    deadlines = deadlines_of(cases.service.context)
    async with (
        cases.service.unit_of_work() as uow,
        change_case(case_id, uow, deadlines) as change,
    ):
        issued = asyncio.create_task(cases.issue(event.disclosure_id))
        await asyncio.sleep(0.3)
        await change.case_file.add_consent(reporter, TAKEN, withdraws=True)
    assert "Rowan" not in (await issued).text, "issued after a withdrawal"


async def test_a_withdrawal_that_is_being_written_wins(cases: CaseWork) -> None:
    await a_withdrawal_that_is_being_written_wins(cases)


async def test_the_agency_that_was_told_is_corrected_once(cases: CaseWork) -> None:
    await the_agency_that_was_told_is_corrected_once(cases)


async def the_agency_that_was_told_is_corrected_once(cases: CaseWork) -> None:
    other = await other_case(cases)
    case_id = await duplicate_of(cases, other, **KNOWS_MORE)
    await told(cases, other, case_id)
    mika = await person_of(cases, case_id)
    await state_age(cases, case_id, {"years": 25})
    (proposal,) = await proposals_of(cases, case_id)
    assert (proposal["act"], proposal["reason"]) == ("correct", "age_mistaken")
    await compare(cases)
    assert await corrections(cases) == [], "one person alone corrects nothing"
    await sign_all(cases, case_id)
    for _ in range(2):
        await compare_anew(cases)
        corrected = await corrections(cases)
        assert {event.agency_code for event in corrected} == BOTH, "the agency was not corrected"
        assert len(corrected) == 2, "corrected twice"
        await issue_waiting(cases, other)
    for event in corrected:
        assert event.case_id == other
        message = await content_of(cases, event.disclosure_id)
        assert message["corrects"] == [{"person": mika, "turned_out_to_be": "adult"}]
        await acknowledge(cases, event)
    assert set((await duty_states(cases, other)).values()) == {"acknowledged"}
    assert (await put(cases, case_id, "summary", {"text": "Four sleep there."})).status_code == 200
    assert len(await passed_on(cases)) == 2, "what proved wrong is told no more"
    kinds = [one["kind"] for one in (await cases.read(case_id))["passed_on"]]
    assert kinds == ["supplement", "supplement", "correction", "correction"]


async def test_a_fact_that_proves_wrong_on_the_way_is_told_and_corrected(cases: CaseWork) -> None:
    other = await other_case(cases)
    case_id = await duplicate_of(cases, other, **KNOWS_MORE)
    events = await passed_on(cases)
    fact = await child_of(cases, case_id)
    await take_back(cases, case_id, fact, act="correct", reason="not_a_report")
    for event in events:
        assert PHONE in json.dumps(await content_of(cases, event.disclosure_id))
    await compare(cases)
    assert {event.agency_code for event in await corrections(cases)} == BOTH
    for event in events:
        await acknowledge(cases, event)
        assert (await cases.issue(event.disclosure_id)).status_code == 409, "it is told no more"


async def test_what_the_agency_has_can_be_issued_again_while_it_is_right(cases: CaseWork) -> None:
    other = await other_case(cases)
    case_id = await duplicate_of(cases, other, **KNOWS_MORE)
    await told(cases, other, case_id)
    for event in await supplements(cases):
        assert PHONE in json.dumps(await content_of(cases, event.disclosure_id))


async def test_a_danger_that_was_passed_on_is_corrected(cases: CaseWork) -> None:
    other = await other_case(cases)
    case_id = await cases.report(persons=[a_child()], danger_now="yes")
    danger = await danger_of(cases, case_id)
    await take_back(cases, case_id, danger, reason="duplicate_of", duplicate_of=str(other))
    await issue_waiting_after_comparing(cases, other)
    refused = await propose(cases, case_id, danger, reason="no_danger")
    assert (refused.status_code, refused.json()["code"]) == (409, "already-sent")
    await take_back(cases, case_id, danger, act="correct", reason="no_danger")
    await compare(cases)
    (event,) = await corrections(cases)
    message = await content_of(cases, event.disclosure_id)
    assert message["corrects"] == [{"danger": danger["subject_id"], "turned_out_to_be": "no_danger"}]


async def issue_waiting_after_comparing(cases: CaseWork, other: UUID) -> None:
    await compare(cases)
    await issue_waiting(cases, other)


async def test_after_the_duplicate_opened_again_what_was_told_is_still_corrected(cases: CaseWork) -> None:
    other = await other_case(cases)
    case_id = await duplicate_of(cases, other, **KNOWS_MORE)
    await told(cases, other, case_id)
    await decline(cases, (await cases.authorised())[0])
    await compare(cases)
    assert "stood_down" not in set((await duty_states(cases, case_id)).values())
    fact = await child_of(cases, case_id)
    await take_back(cases, case_id, fact, act="correct", reason="not_a_report")
    await compare(cases)
    assert {event.case_id for event in await corrections(cases)} == {other}


async def test_nothing_that_was_not_passed_on_is_corrected(cases: CaseWork) -> None:
    other = await other_case(cases)
    case_id = await duplicate_of(cases, other)
    await compare(cases)
    fact = await child_of(cases, case_id)
    answer = await propose(cases, case_id, fact, act="correct", reason="not_a_report")
    assert answer.status_code == 404, "its fact was stood down, and nobody was told"


# Records


async def test_both_cases_show_what_was_passed_on(cases: CaseWork) -> None:
    other = await other_case(cases)
    case_id = await duplicate_of(cases, other, **KNOWS_MORE)
    await compare(cases)
    await issue_waiting(cases, other)
    listed = [one for one in await disclosures_of(cases, other) if one["kind"] == "supplement"]
    assert {one["duplicate_case_id"] for one in listed} == {str(case_id)}
    mika = await person_of(cases, case_id)
    for one in listed:
        (record,) = one["records"]
        assert record["grounds"] == ["override_child"]
        assert [fact["subject_id"] for fact in record["facts"]] == [mika]
        assert mika in record["person_ids"]
        assert record["recipient_reason"] == "premises:E08000003"
        assert record["verified"] is False
    shown = (await cases.read(case_id))["passed_on"]
    assert {one["disclosure_id"] for one in shown} == {one["id"] for one in listed}
    assert {(one["case_id"], one["kind"], one["state"]) for one in shown} == {
        (str(other), "supplement", "issued")
    }
    assert {one["agency_code"] for one in shown} == BOTH
    detail = await recipient_at(cases, other, MANCHESTER_CARE)
    assert detail["duty"]["state"] == "sent"
    assert (await cases.read(other))["passed_on"] == []


async def test_no_event_or_record_holds_what_was_said(cases: CaseWork) -> None:
    other = await other_case(cases)
    case_id = await duplicate_of(cases, other, **KNOWS_MORE)
    await told(cases, other, case_id)
    said = str([event.model_dump_json() for event in await cases.service.announced()])
    for table in ("audit_entries", "issue_records", "disclosures", "proposals"):
        said += str(await cases.service.fetch(f"SELECT * FROM {table}"))
    for word in (PHONE, "Mika", "red coat"):
        assert word not in said


async def test_content_is_refused_to_another_agency(cases: CaseWork) -> None:
    other = await other_case(cases)
    await duplicate_of(cases, other, **KNOWS_MORE)
    event = (await passed_on(cases))[0]
    (wrong,) = BOTH - {event.agency_code}
    path = f"/v1/disclosures/{event.disclosure_id}/issue"
    body = {"attempt": 1, "agency_code": wrong}
    refused = await cases.do("POST", path, body, role="service", name="referral")
    assert (refused.status_code, refused.json()["code"]) == (409, "for-another-agency")


# The loop and its locks


async def test_cases_that_have_not_changed_are_not_compared_again(cases: CaseWork) -> None:
    other = await other_case(cases)
    case_id = await duplicate_of(cases, other, **KNOWS_MORE)
    await compare(cases)
    await compare(cases)
    async with cases.service.unit_of_work() as uow:
        await lock_case(case_id, uow)
        await asyncio.wait_for(compare(cases), 5)  # it would wait for the lock


async def test_a_change_of_a_duplicate_wakes_the_loop(cases: CaseWork) -> None:
    other = await other_case(cases)
    case_id = await duplicate_of(cases, other)
    deadlines = deadlines_of(cases.service.context)
    for changed, woken in ((case_id, True), (other, False)):
        async with cases.service.unit_of_work() as uow:
            async with change_case(changed, uow, deadlines) as change:
                await change.case_file.change_situation({"summary": "Four sleep there."})
            assert (DUPLICATES_CHANNEL in uow.channels) is woken


@pytest.mark.parametrize("older_repeats", [True, False])
async def test_changes_of_both_cases_at_once_wait_for_each_other_and_end(
    cases: CaseWork, older_repeats: bool
) -> None:
    first = await cases.report(**KNOWS_MORE)
    second = await cases.report(**KNOWS_MORE)
    case_id, other = (first, second) if older_repeats else (second, first)
    await stand_down(cases, case_id, other)
    await cases.let_time_pass(hours=1)
    await issue_all(cases)
    for number in range(4):
        summary = {"text": f"{number} sleep there."}
        assert (await put(cases, case_id, "summary", summary)).status_code == 200
        await compare(cases)
        waiting = [one for one in await disclosures_of(cases, other) if one["state"] == "authorised"]
        assert len(waiting) == 2
        consent = {"text": f"{number} eat there."}
        versions = [(await cases.read(one))["version"] for one in (case_id, other)]
        answers = await asyncio.gather(
            *(cases.issue(one["id"]) for one in waiting),
            *(
                cases.do("PUT", f"/v1/cases/{one}/risk-to-approach", consent, if_match=f'"{version}"')
                for one, version in zip((case_id, other), versions, strict=True)
            ),
            compare(cases),
        )
        assert {one.status_code for one in answers[:4]} == {200}
        await compare(cases)
        await issue_waiting(cases, other)


async def test_who_names_a_case_that_somebody_holds_waits_for_nobody(cases: CaseWork) -> None:
    """The loop holds one case and waits for the other: who holds that one must be able to name the first."""
    other = await other_case(cases)
    case_id = await cases.report(**KNOWS_MORE)
    fact = await child_of(cases, case_id)
    async with cases.service.unit_of_work() as uow:
        await lock_case(other, uow)
        proposing = propose(cases, case_id, fact, reason="duplicate_of", duplicate_of=str(other))
        assert (await asyncio.wait_for(proposing, 5)).status_code == 201


async def test_one_pair_that_cannot_be_compared_keeps_no_other_waiting(
    cases: CaseWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = await other_case(cases)
    broken = await duplicate_of(cases, other, **KNOWS_MORE)
    await duplicate_of(cases, other, persons=[a_child(email="m@example.org")])

    def fails(proposal: Proposal, *others: Any) -> bool:
        if proposal.case_id == broken:
            raise RuntimeError
        return pass_on.pass_on(proposal, *others)

    monkeypatch.setattr(reopen, "pass_on", fails)
    await cases.service.run_loop("reopen_duplicates")
    assert len(await supplements(cases)) == 2
    monkeypatch.undo()
    await issue_waiting(cases, other)
    assert len(await passed_on(cases)) == 4, "and it has its turn later"


# Faults


@mutant(reopen, "pass_on")
def nothing_is_passed_on(_: Right) -> Right:
    return lambda *values: False


@mutant(pass_on, "_has_news")
def everything_is_news(_: Right) -> Right:
    return lambda *values: True


@mutant(content, "named")
def persons_are_told_apart_by_their_ids(_: Right) -> Right:
    return lambda payload: payload


@mutant(content, "_named_parts_of")
def two_cases_are_compared_under_two_keys(right: Right) -> Right:
    return lambda message, case_id: right(message, message.case_file.case.id)


@mutant(pass_on, "_may_be_told_more")
def it_waits_for_no_first_message(_: Right) -> Right:
    return lambda recipient: not any(one.is_of_duplicate for one in recipient.disclosures)


@mutant(RecipientSoFar, "parts_sent")
def what_was_told_is_forgotten(_: Right) -> Right:
    return lambda recipient: frozenset()


@mutant(Proposal, "facts_of_agencies")
def every_agency_of_the_other_case_is_told(right: Right) -> Right:
    def everywhere(proposal: Proposal) -> Any:
        found = dict(right(proposal))
        leeds = {"police": LEEDS_POLICE, "children_social_care": LEEDS_CARE}
        return found | {(kind, leeds[kind]): proposal.covers() for kind, _ in found}

    return everywhere


@mutant(issue, "teller_of")
def its_own_content_is_sent(right: Right) -> Right:
    return lambda disclosure, recipient, case_file, duplicate: right(disclosure, recipient, case_file, None)


@mutant(issue, "teller_of")
def every_fact_of_the_duplicate_is_told(right: Right) -> Right:
    def told_all(disclosure: Any, recipient: Any, case_file: Any, duplicate: Any) -> Any:
        teller = right(disclosure, recipient, case_file, duplicate)
        if duplicate is None:
            return teller
        facts = teller.facts | {one.row.fact for one in duplicate.dangers}
        return replace(teller, duty=replace(teller.duty, facts=facts))

    return told_all


@mutant(Duty, "authorised")
def its_clock_does_not_run(right: Right) -> Right:
    def still(duty: Duty, *values: Any) -> Duty:
        return duty if duty.acknowledged_at is not None else right(duty, *values)

    return still


@mutant(access, "lock_cases")
def the_duplicate_is_not_locked(_: Right) -> Right:
    async def unlocked(case_ids: Any, uow: Any) -> None:
        return None

    return unlocked


@mutant(pass_on, "_apply")
def a_closed_case_stays_closed(_: Right) -> Right:
    return lambda effects, duplicate, other: apply_effects(effects, other.records)


@mutant(reopen, "correct_passed_on")
def what_was_passed_on_is_never_corrected(_: Right) -> Right:
    return lambda *values: False


@mutant(pass_on, "correct_informed")
def it_is_corrected_again_and_again(right: Right) -> Right:
    def forgetful(facts: Any, shared: Any, *values: Any) -> Any:
        kept = [
            replace(
                one,
                disclosures=tuple(
                    each
                    for each in one.disclosures
                    if not each.about or each.state is DisclosureState.AUTHORISED
                ),
            )
            for one in shared.recipients
        ]
        return right(facts, replace(shared, recipients=tuple(kept)), *values)

    return forgetful


Check = Callable[[CaseWork], Awaitable[None]]
FAULTS: tuple[tuple[Mutant, Check, str], ...] = (
    (nothing_is_passed_on, each_agency_gets_what_only_the_duplicate_knows, "the agencies were not told"),
    (everything_is_news, what_both_know_is_not_told_again, "told twice the same"),
    (persons_are_told_apart_by_their_ids, what_both_know_is_not_told_again, "told twice the same"),
    (two_cases_are_compared_under_two_keys, what_both_know_is_not_told_again, "told twice the same"),
    (what_was_told_is_forgotten, nothing_is_told_twice_and_news_once_more, "told twice the same"),
    (it_waits_for_no_first_message, nothing_goes_before_the_first_message, "before the first message"),
    (
        every_agency_of_the_other_case_is_told,
        agencies_beside_the_proposal_get_nothing,
        "an agency beside the proposal",
    ),
    (
        its_own_content_is_sent,
        each_agency_gets_what_only_the_duplicate_knows,
        "another case's content went",
    ),
    (
        every_fact_of_the_duplicate_is_told,
        facts_that_were_not_stood_down_are_not_passed_on,
        "a fact that was not stood down",
    ),
    (its_clock_does_not_run, an_acknowledgement_ends_it_and_silence_is_telephoned_about, "its duty is over"),
    (
        the_duplicate_is_not_locked,
        a_withdrawal_that_is_being_written_wins,
        "issued after a withdrawal",
    ),
    (a_closed_case_stays_closed, a_closed_case_opens_again, "a case with an open duty is closed"),
    (
        what_was_passed_on_is_never_corrected,
        the_agency_that_was_told_is_corrected_once,
        "the agency was not corrected",
    ),
    (it_is_corrected_again_and_again, the_agency_that_was_told_is_corrected_once, "corrected twice"),
)


@pytest.mark.parametrize(("fault", "check", "message"), FAULTS, ids=lambda one: getattr(one, "__name__", ""))
async def test_a_planted_fault_is_noticed(fault: Mutant, check: Check, message: str, cases: CaseWork) -> None:
    await assert_noticed(fault, message, lambda: check(cases))


def test_persons_are_compared_by_their_names() -> None:
    one = {
        "persons": [{"ref": "1", "name": "Mika", "phone": "7"}],
        "children": [{"ref": "1", "concerns": []}],
    }
    other = {
        "persons": [{"ref": "2", "name": "Mika", "phone": "7"}],
        "children": [{"ref": "2", "concerns": []}],
    }
    assert parts.named(one) == parts.named(other) != one
