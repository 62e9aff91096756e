"""Merging: two cases that are one matter become one, and no duty, source or choice is lost (fact 13)."""

import json
from typing import Any
from uuid import UUID, uuid4

from shared.events import CaseMerged
from tests.case.builders import (
    CONSENTING,
    LEEDS,
    LEEDS_CARE,
    LEEDS_POLICE,
    MANCHESTER_CARE,
    MANCHESTER_POLICE,
    acknowledge,
    authorise,
    child_of,
    confirm,
    content_of,
    countersign_all,
    decline,
    disclosures_of,
    duty_states,
    issue_waiting,
    open_tasks,
    person_of,
    propose,
    recipient_at,
    record_consent,
    record_handover,
    reporter_of,
    sent_child,
    sign,
    supplements,
    withdraw,
)
from tests.case.conftest import CaseWork
from tests.support.builders import a_child, a_reporter

BEN = a_child(name="Ben Sample")
CARE = ("children_social_care", MANCHESTER_CARE)


async def merge(cases: CaseWork, case_id: UUID, other: UUID, **headers: str) -> Any:
    """Ask that another case becomes part of a case; return the response."""
    return await cases.do("POST", f"/v1/cases/{case_id}/merged-cases/{other}", **headers)


async def merged(cases: CaseWork, case_id: UUID, other: UUID) -> Any:
    answer = await merge(cases, case_id, other)
    assert answer.status_code == 201, answer.text
    return await cases.read(case_id)


async def two_children(cases: CaseWork, **said: Any) -> tuple[UUID, UUID]:
    """Return two cases of a child each, told by two reporters, who live in the same place."""
    one = await cases.report(persons=[a_child()], reporter=a_reporter(), **said)
    cases.clock.forward(minutes=20)
    return one, await cases.report(persons=[BEN], reporter={"name": "Second Sample"}, **said)


def names_in(content: Any) -> set[str]:
    return {one["name"] for one in content["persons"]}


async def due_of(cases: CaseWork, case_id: UUID, agency: str, what: str) -> str:
    return str((await recipient_at(cases, case_id, agency))["duty"][what])


async def test_the_case_has_everything_of_both_and_the_other_says_where_it_went(cases: CaseWork) -> None:
    case_id, other = await two_children(cases)
    case_file = await merged(cases, case_id, other)
    assert {one["name"] for one in case_file["persons"]} >= {"Ben Sample", "Second Sample"}
    assert len(case_file["accounts"]) == 2
    part = case_file["merged_cases"][0]
    assert (part["id"], part["merged_by"]) == (str(other), "user:ada")
    rest = await cases.read(other)
    assert (rest["state"], rest["merged_into"], rest["persons"]) == ("closed", str(case_id), [])
    assert await cases.service.announced(CaseMerged) == [
        CaseMerged(case_id=other, merged_into_case_id=case_id, merged_at=cases.clock())
    ]
    listed = (await cases.do("GET", f"/v1/cases?contact_id={rest['contact_id']}")).json()["items"]
    assert [one["merged_into"] for one in listed] == [str(case_id)]


async def test_an_agency_of_both_has_one_duty_with_the_earlier_clock_and_one_message(cases: CaseWork) -> None:
    case_id, other = await two_children(cases)
    first = await due_of(cases, case_id, MANCHESTER_CARE, "send_at")
    later = await due_of(cases, other, MANCHESTER_CARE, "send_at")
    assert first < later
    case_file = await merged(cases, other, case_id)
    duties = {one["agency_code"]: one["duty"] for one in case_file["recipients"]}
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


async def test_what_was_told_of_both_is_told_once_more_only_where_something_is_new(cases: CaseWork) -> None:
    case_id = await sent_child(cases)
    other = await sent_child(cases, persons=[BEN])
    before = len(await cases.authorised())
    await merged(cases, case_id, other)
    news = (await cases.authorised())[before:]
    assert {event.kind for event in news} <= {"supplement"}
    assert len({event.agency_code for event in news}) == len(news)
    await issue_waiting(cases, case_id)
    await confirm_nothing_more(cases, case_id)


async def confirm_nothing_more(cases: CaseWork, case_id: UUID) -> None:
    """Record something that no agency reads: nobody is told again."""
    before = len(await cases.authorised())
    version = (await cases.read(case_id))["version"]
    path = f"/v1/cases/{case_id}/assessment"
    said = {"classification": "modern_slavery"}
    assert (await cases.do("PUT", path, said, if_match=f'"{version}"')).status_code == 200
    assert len(await cases.authorised()) == before


async def test_an_answer_about_one_case_answers_nothing_of_the_other(cases: CaseWork) -> None:
    case_id = await sent_child(cases)
    other = await sent_child(cases, persons=[BEN])
    events = {(one.case_id, one.agency_code): one for one in await cases.authorised()}
    await merged(cases, case_id, other)
    await issue_waiting(cases, case_id)
    await acknowledge(cases, events[other, MANCHESTER_CARE])
    assert (await duty_states(cases, case_id))[MANCHESTER_CARE] == "sent"
    await acknowledge(cases, events[case_id, MANCHESTER_CARE])
    last = [one for one in await cases.authorised() if one.agency_code == MANCHESTER_CARE][-1]
    await acknowledge(cases, last)
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


async def test_every_source_stays_the_source_of_its_own_facts(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[a_child()], **CONSENTING)
    told = {"reporter": {"name": "Second Sample"}, "privacy": "confidential"}
    other = await cases.report(persons=[BEN], what_happened="Words of the second.", **told)
    await merged(cases, case_id, other)
    await confirm(cases, case_id)
    sent = await cases.authorised()
    police = next(one for one in sent if one.agency_code == MANCHESTER_POLICE)
    content = await content_of(cases, police.disclosure_id)
    assert [one["name"] for one in content["reporter"]] == [a_reporter()["name"]]
    assert "Second Sample" not in json.dumps(content)


async def test_the_situation_goes_by_consent_only_where_both_reporters_let_it(cases: CaseWork) -> None:
    adult: dict[str, Any] = {"persons": [{"name": "Ana Sample", "age": {"years": 30}}]}
    case_id = await cases.report(**adult, privacy="confidential", situation_may_be_passed_on=True)
    other = await cases.report(**adult, privacy="confidential", situation_may_be_passed_on=False)
    assert (await authorise(cases, case_id)).status_code == 201
    await merged(cases, case_id, other)
    refused = await authorise(cases, case_id)
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing-may-be-shared")


async def test_consent_moves_with_its_person_and_can_be_withdrawn(cases: CaseWork) -> None:
    adult = {"name": "Ana Sample", "age": {"years": 30}}
    case_id = await cases.report(persons=[adult])
    other = await cases.report(persons=[{**adult, "name": "Ben Sample"}])
    ben = await person_of(cases, other)
    await record_consent(cases, other, ben, {"recipient_kind": "police", "agrees": True})
    sent = await authorise(cases, other)
    assert (await cases.issue(sent.json()["id"])).status_code == 200
    await merged(cases, case_id, other)
    assert [one["state"] for one in await disclosures_of(cases, case_id)] == ["issued"]
    assert (await withdraw(cases, case_id, ben)).status_code == 201
    ledger = (await cases.do("GET", f"/v1/cases/{case_id}/consents")).json()["items"]
    assert [one["withdraws"] for one in ledger if one["person_id"] == ben] == [False, True]


async def test_who_is_not_named_in_one_case_is_not_of_the_household_of_the_other(cases: CaseWork) -> None:
    carer = {"name": "Kay Carer", "age": {"years": 40}, "role": "household_member", "cares_for_child": True}
    case_id = await cases.report(persons=[a_child(), carer])
    far = a_child(name="Ben Sample", lives_at={"council": LEEDS}, found_at={"council": LEEDS})
    other = await cases.report(place={}, persons=[far])
    await merged(cases, case_id, other)
    await confirm(cases, case_id)
    leeds = next(one for one in await cases.authorised() if one.agency_code == LEEDS_CARE)
    assert names_in(await content_of(cases, leeds.disclosure_id)) == {"Ben Sample"}


async def test_people_known_by_number_only_stay_so(cases: CaseWork) -> None:
    agreeing = {**CONSENTING, "situation_may_be_passed_on": True}
    grown = [{"name": name, "age": {"years": 30}} for name in ("Ana Sample", "Bea Sample")]
    case_id = await cases.report(persons=[grown[0]], how_many=2, **agreeing)
    other = await cases.report(persons=[grown[1]], how_many=1, **agreeing)
    await merged(cases, case_id, other)
    for one in (await cases.read(case_id))["persons"]:
        if one["roles"] == ["person_of_concern"]:
            await record_consent(cases, case_id, one["id"], {"recipient_kind": "police", "agrees": True})
    content = await content_of(cases, (await authorise(cases, case_id)).json()["id"])
    assert "account" not in content


async def test_cases_that_contradict_each_other_about_the_place_are_not_merged(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[a_child()], place={"council": "E08000003"})
    for place in ({"council": LEEDS}, {"postcode": "LS1 1UR"}):
        other = await cases.report(persons=[BEN], place=place)
        refused = await merge(cases, case_id, other)
        assert (refused.status_code, refused.json()["code"]) == (409, "places-differ")
        assert (await cases.read(other))["merged_into"] is None


async def test_each_says_what_the_other_does_not_know_of_the_place(cases: CaseWork) -> None:
    case_id = await cases.report(place={"council": "E08000003", "address": "4 Larch Row"})
    other = await cases.report(place={"postcode": "M1 1AE", "address": "Flat 2, 4 Larch row"})
    place = (await merged(cases, case_id, other))["situation"]["place"]
    assert (place["postcode"], place["address"]) == ("M1 1AE", "Flat 2, 4 Larch row")


async def test_a_declined_duty_is_handed_on_before_cases_are_merged(cases: CaseWork) -> None:
    case_id = await sent_child(cases)
    await decline(cases, (await cases.authorised())[0])
    other = await cases.report(persons=[BEN])
    for pair in ((case_id, other), (other, case_id)):
        refused = await merge(cases, *pair)
        assert (refused.status_code, refused.json()["code"]) == (409, "duty-declined")


async def test_a_merged_case_is_worked_on_no_more(cases: CaseWork) -> None:
    case_id, other = await two_children(cases)
    recipient = (await cases.read(other))["recipients"][0]["id"]
    await merged(cases, case_id, other)
    for path in (f"cases/{other}/dangers", f"cases/{other}/confirmation"):
        refused = await cases.do("POST", f"/v1/{path}", {} if path.endswith("dangers") else None)
        assert (refused.status_code, refused.json()["code"]) == (409, "case-is-merged")
        assert refused.json()["merged_into"] == str(case_id)
    refused = await record_handover(cases, recipient)
    assert (refused.status_code, refused.json()["code"]) == (409, "case-is-merged")
    third = await cases.report(persons=[BEN])
    for pair in ((case_id, other), (other, third)):
        assert (await merge(cases, *pair)).json()["code"] == "case-is-merged"


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


async def test_a_duplicate_follows_the_case_that_it_repeats(cases: CaseWork) -> None:
    one, two = await two_children(cases)
    copy = await cases.report(persons=[a_child()])
    fact = await child_of(cases, copy)
    proposed = await propose(cases, copy, fact, reason="duplicate_of", duplicate_of=str(two))
    assert (await sign(cases, copy, proposed.json()["id"])).status_code == 200
    await merged(cases, one, two)
    await cases.run_loop("reopen_duplicates")
    assert set((await duty_states(cases, copy)).values()) == {"stood_down"}
    assert (await cases.read(copy))["proposals"][0]["duplicate_of"] == str(one)


async def test_a_case_is_no_duplicate_of_itself(cases: CaseWork) -> None:
    one, two = await two_children(cases)
    fact = await child_of(cases, two)
    proposed = await propose(cases, two, fact, reason="duplicate_of", duplicate_of=str(one))
    assert (await sign(cases, two, proposed.json()["id"])).status_code == 200
    await merged(cases, one, two)
    care = await recipient_at(cases, one, MANCHESTER_CARE)
    assert len(care["duty"]["facts"]) == 2


async def test_the_same_request_again_merges_once(cases: CaseWork) -> None:
    case_id, other = await two_children(cases)
    key = {"idempotency_key": f"merge-{uuid4()}"}
    answers = [await merge(cases, case_id, other, **key) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert (await merge(cases, case_id, other)).json()["code"] == "case-is-merged"


async def test_nothing_is_merged_with_itself_or_with_nothing(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[a_child()])
    for other in (case_id, uuid4()):
        assert (await merge(cases, case_id, other)).status_code == 404


async def test_a_case_with_an_open_duty_is_never_given_to_nobody(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[a_child()])

    async def give(holder: str | None) -> Any:
        version = (await cases.read(case_id))["version"]
        path = f"/v1/cases/{case_id}/holder"
        return await cases.do("PUT", path, {"holder": holder}, if_match=f'"{version}"')

    assert (await give("noor")).status_code == 200
    assert (await cases.read(case_id))["holder"] == "noor"
    refused = await give(None)
    assert (refused.status_code, refused.json()["code"]) == (409, "case-needs-holder")
    await confirm(cases, case_id)
    await issue_waiting(cases, case_id)
    task = (await open_tasks(cases, case_id))[0]
    assert (await cases.do("POST", f"/v1/tasks/{task['id']}/claim", name="noor")).status_code == 200
    assert (await give("kim")).status_code == 200
    held = {one["id"]: one["holder"] for one in await open_tasks(cases, case_id)}
    assert held[task["id"]] == "kim"
    for event in await cases.authorised():
        await acknowledge(cases, event)
    assert (await give(None)).status_code == 200
    held = {one["id"]: (one["holder"], one["claimed"]) for one in await open_tasks(cases, case_id)}
    assert held[task["id"]] == ("duty-lead", False)


async def test_the_reporter_of_a_merged_case_may_withdraw_the_own_consent_alone(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[], **CONSENTING)
    other = await cases.report(persons=[], **{**CONSENTING, "reporter": {"name": "Second Sample"}})
    second = await reporter_of(cases, other)
    await merged(cases, case_id, other)
    await withdraw(cases, case_id, second)
    content = await content_of(cases, (await authorise(cases, case_id)).json()["id"])
    assert "Second Sample" not in json.dumps(content)
