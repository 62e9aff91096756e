"""A child who turns out to be an adult: nobody alone stops what was forced. Every agency hears the truth."""

import json
from typing import Any

import pytest

from tests.case.builders import (
    MANCHESTER_CARE,
    MANCHESTER_POLICE,
    acknowledge,
    content_of,
    corrections,
    duty_states,
    person_of,
    sent_child,
    state_age,
    supplements,
)
from tests.case.conftest import CaseWork
from tests.support.builders import a_child

ADULT = {"years": 25}


async def test_what_was_forced_and_never_arrived_still_goes_when_one_person_corrects_the_age(
    cases: CaseWork,
) -> None:
    """The endpoint refused the connection, an adviser corrected the age, and the referral service tries again."""
    case_id = await sent_child(cases)
    first = await cases.authorised()
    await state_age(cases, case_id, ADULT)
    for event in first:
        content = await content_of(cases, event.disclosure_id)
        assert [one["name"] for one in content["persons"]] == ["Mika"]
        assert content["grounds"] == ["override_child"]
    assert await supplements(cases) == [], "each agency hears of a child once, and then that there was none"
    corrected = await corrections(cases)
    assert {event.recipient_id for event in corrected} == {event.recipient_id for event in first}
    for event in corrected:
        assert "corrects" in await content_of(cases, event.disclosure_id)


async def test_what_an_agency_has_is_not_issued_again_after_the_correction(cases: CaseWork) -> None:
    case_id = await sent_child(cases)
    first = await cases.authorised()
    for event in first:
        await acknowledge(cases, event)
    await state_age(cases, case_id, ADULT)
    for event in first:
        assert (await cases.issue(event.disclosure_id)).status_code == 409


async def test_another_childs_news_no_longer_names_who_turned_out_to_be_an_adult(cases: CaseWork) -> None:
    case_id = await sent_child(cases, persons=[a_child(), a_child(name="Sami")])
    persons = {one["name"]: one["id"] for one in (await cases.read(case_id))["persons"]}
    await state_age(cases, case_id, ADULT, persons["Sami"])
    news = await supplements(cases)
    assert len(news) == 2
    for event in news:
        assert "Sami" not in json.dumps(await content_of(cases, event.disclosure_id))


async def test_a_record_of_what_goes_after_a_correction_names_the_fact_that_forced_it(
    cases: CaseWork,
) -> None:
    case_id = await sent_child(cases)
    await state_age(cases, case_id, ADULT)
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
    assert await corrections(cases) == []
    for event in await cases.authorised():
        assert "Mika" in json.dumps(await content_of(cases, event.disclosure_id))
    await state_age(cases, case_id, ADULT)
    assert len(await corrections(cases)) == 2, "now it is known"


async def test_an_age_that_was_corrected_before_sending_is_corrected_when_it_was_sent(
    cases: CaseWork,
) -> None:
    case_id = await cases.report(persons=[a_child()])
    await state_age(cases, case_id, ADULT)
    await cases.let_time_pass(hours=1)
    for event in await cases.authorised():
        assert "Mika" in json.dumps(await content_of(cases, event.disclosure_id))
    corrected = await corrections(cases)
    assert {event.agency_code for event in corrected} == {MANCHESTER_CARE, MANCHESTER_POLICE}
    for event in corrected:
        assert len((await content_of(cases, event.disclosure_id))["corrects"]) == 1
    for event in await cases.authorised():
        await acknowledge(cases, event)
    assert set((await duty_states(cases, case_id)).values()) == {"acknowledged"}
    assert len(await corrections(cases)) == 2


async def test_a_birthday_on_the_way_is_no_mistake(cases: CaseWork) -> None:
    await cases.report(persons=[a_child(age={"date_of_birth": "2008-06-11"})])
    cases.clock.forward(hours=13, minutes=30)
    await cases.run_scheduler()
    for event in await cases.authorised():
        await content_of(cases, event.disclosure_id)
    assert await corrections(cases) == []


async def test_a_correction_carries_nothing_but_who_is_an_adult(cases: CaseWork) -> None:
    case_id = await sent_child(cases)
    person = await person_of(cases, case_id)
    await state_age(cases, case_id, ADULT)
    for event in await corrections(cases):
        content = await content_of(cases, event.disclosure_id)
        assert content["corrects"] == [{"person": person, "turned_out_to_be": "adult"}]
        assert set(content) == {
            "corrects",
            "disclosure_id",
            "kind",
            "grounds",
            "verified",
            "protect_source",
            "rule_version",
        }
