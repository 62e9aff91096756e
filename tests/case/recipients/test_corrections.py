"""A child who turns out to be an adult: two people sign, and every agency that was told is corrected."""

import json
from typing import Any

import pytest

from tests.case.builders import (
    MANCHESTER_CARE,
    MANCHESTER_POLICE,
    acknowledge,
    content_of,
    corrections,
    danger_of,
    duty_states,
    issue_all,
    open_tasks,
    person_of,
    proposals_of,
    propose,
    sent_child,
    sign,
    sign_all,
    state_age,
    supplements,
)
from tests.case.conftest import CaseWork
from tests.support.builders import a_child

ADULT = {"years": 25}
CORRECTED = {
    "agency",
    "corrects",
    "disclosure_id",
    "grounds",
    "kind",
    "not_for_immigration_enforcement",
    "protect_source",
    "rule_version",
    "verified",
}


async def test_an_adult_age_is_the_first_of_two_signatures_and_tells_nobody_anything(cases: CaseWork) -> None:
    case_id = await sent_child(cases)
    await state_age(cases, case_id, ADULT)
    (proposal,) = await proposals_of(cases, case_id)
    assert (proposal["act"], proposal["reason"]) == ("correct", "age_mistaken")
    assert proposal["first_signed_by"] == "user:ada"
    assert {fact["subject_id"] for fact in proposal["facts"]} == {await person_of(cases, case_id)}
    assert "sign_proposal" in {task["kind"] for task in await open_tasks(cases, case_id)}
    assert await corrections(cases) == []
    assert await supplements(cases) == []
    same = await sign(cases, case_id, proposal["id"], name="ada", role="adviser,safeguarding_lead")
    assert (same.status_code, same.json()["code"]) == (409, "second-signature-by-the-same-person")
    assert await corrections(cases) == []
    await sign_all(cases, case_id)
    assert {event.agency_code for event in await corrections(cases)} == {MANCHESTER_CARE, MANCHESTER_POLICE}
    assert "sign_proposal" not in {task["kind"] for task in await open_tasks(cases, case_id)}


async def test_what_was_forced_and_never_arrived_still_goes_when_the_age_is_corrected(
    cases: CaseWork,
) -> None:
    """The endpoint refused the connection, the age was corrected, and the referral service tries again."""
    case_id = await sent_child(cases)
    first = await cases.authorised()
    await state_age(cases, case_id, ADULT)
    await sign_all(cases, case_id)
    for event in first:
        content = await content_of(cases, event.disclosure_id)
        assert [one["name"] for one in content["persons"]] == ["Mika"]
        assert content["grounds"] == ["override_child"]
    assert await supplements(cases) == [], "each agency hears of a child once, and then that there was none"
    corrected = await corrections(cases)
    assert {event.recipient_id for event in corrected} == {event.recipient_id for event in first}
    for event in corrected:
        assert "corrects" in await content_of(cases, event.disclosure_id)


async def test_until_the_second_signature_nothing_that_is_sent_calls_the_child_an_adult(
    cases: CaseWork,
) -> None:
    case_id = await sent_child(cases)
    before = {
        event.disclosure_id: await content_of(cases, event.disclosure_id)
        for event in await cases.authorised()
    }
    await state_age(cases, case_id, ADULT)
    for disclosure_id, content in before.items():
        assert await content_of(cases, disclosure_id) | {"persons": None} == content | {"persons": None}
        assert "adult" not in json.dumps(await content_of(cases, disclosure_id))


async def test_what_an_agency_has_is_not_issued_again_after_the_correction(cases: CaseWork) -> None:
    case_id = await sent_child(cases)
    first = await cases.authorised()
    for event in first:
        await acknowledge(cases, event)
    await state_age(cases, case_id, ADULT)
    await sign_all(cases, case_id)
    for event in first:
        assert (await cases.issue(event.disclosure_id)).status_code == 409


async def test_another_childs_agencies_get_the_correction_and_no_news_that_names_who_was_an_adult(
    cases: CaseWork,
) -> None:
    """A part that goes less is never announced: the correction alone says that one of the two was no child."""
    case_id = await sent_child(cases, persons=[a_child(), a_child(name="Sami")])
    persons = {one["name"]: one["id"] for one in (await cases.read(case_id))["persons"]}
    await state_age(cases, case_id, ADULT, persons["Sami"])
    await sign_all(cases, case_id)
    assert await supplements(cases) == []
    for event in await corrections(cases):
        content = await content_of(cases, event.disclosure_id)
        assert content["corrects"] == [{"person": persons["Sami"], "turned_out_to_be": "adult"}]
        await acknowledge(cases, event)
    cases.clock.forward(seconds=1)
    added = {"name": "Tariq", "age": {"years": 12}}
    assert (await cases.do("POST", f"/v1/cases/{case_id}/persons", added)).status_code == 201
    news = await supplements(cases)
    assert len(news) == 2
    for event in news:
        text = json.dumps(await content_of(cases, event.disclosure_id))
        assert ("Tariq" in text, "Sami" in text) == (True, False)


async def test_a_record_of_what_goes_after_a_correction_names_the_fact_that_forced_it(
    cases: CaseWork,
) -> None:
    case_id = await sent_child(cases)
    await state_age(cases, case_id, ADULT)
    await sign_all(cases, case_id)
    event = (await cases.authorised())[0]
    await content_of(cases, event.disclosure_id)
    rows = await cases.service.fetch(
        "SELECT facts FROM issue_records WHERE disclosure_id = $1", event.disclosure_id
    )
    assert len(rows) == 2
    assert rows[0]["facts"] == rows[1]["facts"] != []


@pytest.mark.parametrize("said", [{}, {"chosen": "unknown_no_indication"}], ids=["nothing", "no-indication"])
async def test_an_age_that_nobody_knows_tells_no_agency_of_an_adult(cases: CaseWork, said: Any) -> None:
    case_id = await sent_child(cases)
    await state_age(cases, case_id, {"years": None})
    if said:
        await state_age(cases, case_id, said)
    assert await proposals_of(cases, case_id) == []
    assert await corrections(cases) == []
    for event in await cases.authorised():
        assert "Mika" in json.dumps(await content_of(cases, event.disclosure_id))
    await state_age(cases, case_id, ADULT)
    await sign_all(cases, case_id)
    assert len(await corrections(cases)) == 2, "now it is known"


async def test_a_mistaken_age_that_two_people_sign_before_sending_is_stood_down_and_never_sent(
    cases: CaseWork,
) -> None:
    case_id = await cases.report(persons=[a_child()])
    await state_age(cases, case_id, ADULT)
    (proposal,) = await proposals_of(cases, case_id)
    assert (proposal["act"], proposal["reason"]) == ("stand_down", "age_mistaken")
    await sign_all(cases, case_id)
    assert set((await duty_states(cases, case_id)).values()) == {"stood_down"}
    await cases.let_time_pass(hours=2)
    assert await cases.authorised() == []


async def test_an_age_that_one_person_corrected_before_sending_is_sent_and_corrected_once_two_have_signed(
    cases: CaseWork,
) -> None:
    case_id = await cases.report(persons=[a_child()])
    await state_age(cases, case_id, ADULT)
    (early,) = await proposals_of(cases, case_id)
    await cases.let_time_pass(hours=1)
    for event in await cases.authorised():
        assert "Mika" in json.dumps(await content_of(cases, event.disclosure_id))
    assert await corrections(cases) == [], "one person alone corrects nothing"
    refused = await sign(cases, case_id, early["id"])
    assert (early["act"], refused.status_code, refused.json()["code"]) == ("stand_down", 409, "already-sent")
    (late,) = [one for one in await proposals_of(cases, case_id) if one["act"] == "correct"]
    assert late["first_signed_by"] == "user:ada", "who recorded the age, not who sent the message"
    assert (await sign(cases, case_id, late["id"])).status_code == 200
    corrected = await corrections(cases)
    assert {event.agency_code for event in corrected} == {MANCHESTER_CARE, MANCHESTER_POLICE}
    for event in corrected:
        assert len((await content_of(cases, event.disclosure_id))["corrects"]) == 1
    for event in await cases.authorised():
        await acknowledge(cases, event)
    assert set((await duty_states(cases, case_id)).values()) == {"acknowledged"}
    assert len(await corrections(cases)) == 2


async def test_a_first_signature_that_was_overtaken_keeps_no_task_to_sign_open(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes")
    assert (await propose(cases, case_id, await danger_of(cases, case_id))).status_code == 201
    assert "sign_proposal" in {task["kind"] for task in await open_tasks(cases, case_id)}
    await cases.let_time_pass(minutes=10)
    await issue_all(cases)
    assert "sign_proposal" not in {task["kind"] for task in await open_tasks(cases, case_id)}


async def test_an_age_that_goes_to_and_fro_can_be_signed_as_mistaken_in_the_end(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[a_child()])
    for said in (ADULT, {"years": 14}, {"years": 26}):
        await state_age(cases, case_id, said)
    first, last = await proposals_of(cases, case_id)
    refused = await sign(cases, case_id, first["id"])
    assert (refused.status_code, refused.json()["code"]) == (409, "new-fact-since-first-signature")
    signed = await sign(cases, case_id, last["id"])
    assert (signed.status_code, len(signed.json()["facts"])) == (200, 2)
    assert set((await duty_states(cases, case_id)).values()) == {"stood_down"}
    assert "sign_proposal" not in {task["kind"] for task in await open_tasks(cases, case_id)}


async def test_a_birthday_on_the_way_is_no_mistake(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[a_child(age={"date_of_birth": "2008-06-11"})])
    cases.clock.forward(hours=13, minutes=30)
    await cases.run_scheduler()
    for event in await cases.authorised():
        await content_of(cases, event.disclosure_id)
    assert await proposals_of(cases, case_id) == []
    assert await corrections(cases) == []


async def test_a_correction_carries_nothing_but_who_is_an_adult(cases: CaseWork) -> None:
    case_id = await sent_child(cases)
    person = await person_of(cases, case_id)
    await state_age(cases, case_id, ADULT)
    await sign_all(cases, case_id)
    for event in await corrections(cases):
        content = await content_of(cases, event.disclosure_id)
        assert content["corrects"] == [{"person": person, "turned_out_to_be": "adult"}]
        assert set(content) == CORRECTED
    await issue_all(cases)
    assert len(await corrections(cases)) == 2, "each agency is corrected once"
