"""Phone handover: a call stops the alarm and never replaces the message; the duty ends when both exist."""

from typing import Any
from uuid import UUID

from shared.events import DisclosureIssued, PhoneHandoverRecorded
from tests.case.builders import (
    CONSENTING,
    MANCHESTER_CARE,
    MANCHESTER_POLICE,
    SPOKEN_TO,
    acknowledge,
    authorise,
    child_of,
    content_of,
    corrections,
    disclosures_of,
    duty_states,
    hand_over_all,
    open_tasks,
    person_of,
    put,
    recipient_at,
    recipients_of,
    record_handover,
    sent_child,
    supplements,
    take_back,
    text_of,
    withdraw,
)
from tests.case.conftest import CaseWork
from tests.support.builders import a_child


async def permitted(cases: CaseWork, case_id: UUID) -> Any:
    return (await authorise(cases, case_id)).json()


async def call_all(cases: CaseWork, case_id: UUID) -> None:
    for one in await recipients_of(cases, case_id):
        assert (await record_handover(cases, one["id"])).status_code == 200


async def task_kinds(cases: CaseWork, case_id: UUID) -> set[str]:
    return {task["kind"] for task in await open_tasks(cases, case_id)}


def included(record: Any) -> set[tuple[str, str | None, str]]:
    return {(one["group"], one["person_id"], one["extent"]) for one in record["included"]}


async def test_a_call_inside_the_window_lets_the_message_go_at_once_and_ends_nothing_alone(
    cases: CaseWork,
) -> None:
    case_id = await cases.report(persons=[a_child()])
    await call_all(cases, case_id)
    assert set((await duty_states(cases, case_id)).values()) == {"authorised"}
    closed = await cases.close(case_id)
    assert (closed.status_code, closed.json()["open_duties"]) == (409, 2)
    events = await cases.authorised()
    assert {event.agency_code for event in events} == {MANCHESTER_CARE, MANCHESTER_POLICE}
    for event in events:
        content = await content_of(cases, event.disclosure_id)
        assert content["confirms_telephone_call"] is True
        assert [one["name"] for one in content["persons"]] == ["Mika"]
    assert set((await duty_states(cases, case_id)).values()) == {"handed_over"}


async def test_a_message_that_no_call_came_before_confirms_none(cases: CaseWork) -> None:
    await sent_child(cases)
    for event in await cases.authorised():
        assert "confirms_telephone_call" not in await content_of(cases, event.disclosure_id)


async def test_a_call_after_the_message_ends_the_duty_and_the_telephone_task(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes")
    await cases.let_time_pass(minutes=10)
    (event,) = await cases.authorised()
    await text_of(cases, event.disclosure_id)
    await cases.let_time_pass(minutes=2)
    assert "telephone_agency" in await task_kinds(cases, case_id)
    await call_all(cases, case_id)
    assert await duty_states(cases, case_id) == {MANCHESTER_POLICE: "handed_over"}
    assert "telephone_agency" not in await task_kinds(cases, case_id)


async def test_what_a_call_and_its_message_told_is_recorded_once(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[a_child()])
    await hand_over_all(cases, case_id)
    child = await person_of(cases, case_id)
    disclosures = await disclosures_of(cases, case_id)
    assert {one["agency_code"] for one in disclosures} == {MANCHESTER_CARE, MANCHESTER_POLICE}
    for one in disclosures:
        (record,) = one["records"]
        assert (one["state"], one["told_by_phone"]) == ("issued", False)
        assert (record["outcome"], len(record["digest"])) == ("issued", 64)
        assert (record["grounds"], child in record["person_ids"]) == (["override_child"], True)
        assert {("S", None, "full"), ("P", child, "full")} <= included(record)
        assert record["rule_version"]
        assert record["facts"]
    assert len(await cases.service.announced(DisclosureIssued)) == 2
    assert len(await cases.service.announced(PhoneHandoverRecorded)) == 2


async def test_a_message_that_has_not_arrived_still_follows_the_call(cases: CaseWork) -> None:
    case_id = await sent_child(cases)
    await call_all(cases, case_id)
    assert set((await duty_states(cases, case_id)).values()) == {"handed_over"}
    for event in await cases.authorised():
        content = await content_of(cases, event.disclosure_id)
        assert content["confirms_telephone_call"] is True


async def test_an_acknowledgement_that_comes_later_replaces_the_handover(cases: CaseWork) -> None:
    case_id = await sent_child(cases)
    await call_all(cases, case_id)
    for event in await cases.authorised():
        await acknowledge(cases, event)
    assert set((await duty_states(cases, case_id)).values()) == {"acknowledged"}


async def test_who_was_spoken_to_and_the_reference_are_read_back_and_never_overwritten(
    cases: CaseWork,
) -> None:
    case_id = await cases.report(danger_now="yes")
    (recipient,) = await recipients_of(cases, case_id)
    await record_handover(cases, recipient["id"])
    path = f"/v1/case-recipients/{recipient['id']}/phone-handover"
    again = await cases.do("POST", path, {"spoken_to": "Nobody", "reference": "x"}, name="ben")
    assert (again.status_code, again.json()["code"]) == (409, "duty-not-open")
    (handover,) = (await recipient_at(cases, case_id, MANCHESTER_POLICE))["phone_handovers"]
    assert {name: handover[name] for name in SPOKEN_TO} == SPOKEN_TO
    assert (handover["recorded_by"], bool(handover["recorded_at"])) == ("user:ada", True)


# News


async def test_an_agency_that_was_handed_over_to_is_sent_the_news_and_only_news(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[a_child()])
    await hand_over_all(cases, case_id)
    await put(cases, case_id, "assessment", {"classification": "modern_slavery"})
    assert await supplements(cases) == []
    await put(cases, case_id, f"persons/{await person_of(cases, case_id)}/name", {"name": "Michaela"})
    news = await supplements(cases)
    assert {event.agency_code for event in news} == {MANCHESTER_CARE, MANCHESTER_POLICE}
    for event in news:
        assert "Michaela" in await text_of(cases, event.disclosure_id)
    assert set((await duty_states(cases, case_id)).values()) == {"sent"}


async def test_the_same_name_again_is_no_news_to_an_agency_that_was_handed_over_to(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[a_child()])
    await hand_over_all(cases, case_id)
    await put(cases, case_id, f"persons/{await person_of(cases, case_id)}/name", {"name": "Mika"})
    assert await supplements(cases) == []


async def test_a_correction_that_waits_goes_in_writing_all_the_same(cases: CaseWork) -> None:
    case_id = await sent_child(cases)
    await take_back(cases, case_id, await child_of(cases, case_id), act="correct", reason="age_mistaken")
    assert len(await corrections(cases)) == 2
    for event in await corrections(cases):
        assert (await cases.issue(event.disclosure_id)).status_code == 200


# What is only permitted


async def test_what_was_permitted_can_be_told_by_telephone_and_is_not_sent_then(cases: CaseWork) -> None:
    case_id = await cases.report(**CONSENTING)
    made = await permitted(cases, case_id)
    answer = await record_handover(cases, made["recipient_id"])
    assert answer.json()["permission"]["state"] == "acknowledged"
    assert (await cases.issue(made["id"])).status_code == 409
    (one,) = await disclosures_of(cases, case_id)
    assert (one["state"], one["told_by_phone"]) == ("acknowledged", True)
    reporter = await person_of(cases, case_id, "reporter")
    assert {("S", None, "full"), ("R", reporter, "full")} <= included(one["records"][0])
    assert await cases.service.announced(PhoneHandoverRecorded) == []
    assert await open_tasks(cases, case_id) == []
    assert (await record_handover(cases, made["recipient_id"])).status_code == 409


async def test_what_was_permitted_and_taken_back_is_not_told_by_telephone_either(cases: CaseWork) -> None:
    case_id = await cases.report(**CONSENTING)
    made = await permitted(cases, case_id)
    await withdraw(cases, case_id)
    refused = await record_handover(cases, made["recipient_id"])
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing-may-be-shared")


async def test_what_was_told_by_telephone_is_recalled_by_telephone_and_only_its_answer_ends_that(
    cases: CaseWork,
) -> None:
    """No message holds it that a recall could name: a person telephones again."""
    case_id = await cases.report(**CONSENTING)
    made = await permitted(cases, case_id)
    await record_handover(cases, made["recipient_id"])
    assert (await withdraw(cases, case_id)).json()["recalled"] == [made["id"]]
    (task,) = await open_tasks(cases, case_id)
    assert (task["kind"], task["recipient_id"]) == ("telephone_recall", made["recipient_id"])
    done = await cases.do("POST", f"/v1/tasks/{task['id']}/completion", {"outcome": "done"})
    assert (done.status_code, done.json()["code"]) == (409, "task-ends-by-itself")
    path = f"/v1/case-recipients/{made['recipient_id']}/recall-answer"
    for unclear in ({"answer": "kept"}, {"answer": "destroyed", "reason": "court_order"}, {"answer": "done"}):
        assert (await cases.do("POST", path, {**SPOKEN_TO, **unclear})).status_code == 422
    kept = {**SPOKEN_TO, "answer": "kept", "reason": "criminal_investigation"}
    answered = await cases.do("POST", path, kept)
    assert answered.status_code == 201, answered.text
    assert await open_tasks(cases, case_id) == []
    again = await cases.do("POST", path, {**SPOKEN_TO, "answer": "destroyed"})
    assert (again.status_code, again.json()["code"]) == (409, "no-recall-to-answer")


async def test_a_call_about_a_duty_tells_nothing_of_what_is_permitted_beside_it(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[a_child()], **CONSENTING)
    made = await permitted(cases, case_id)
    await record_handover(cases, made["recipient_id"])
    police = await recipient_at(cases, case_id, MANCHESTER_POLICE)
    assert (police["duty"]["state"], police["permission"]["state"]) == ("authorised", "authorised")
    assert (await cases.issue(made["id"])).status_code == 200, (
        "the permission goes in writing, as the duty does"
    )
    assert (await recipient_at(cases, case_id, MANCHESTER_POLICE))["duty"]["state"] == "authorised"
