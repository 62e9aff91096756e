"""Somebody turned out to be an adult: nobody alone stops what was forced, and nobody is told what is not so."""

import json
from typing import Any
from uuid import UUID

import pytest

from tests.builders import a_child
from tests.case.checks import acknowledged, person_of, put, sent_child, supplements
from tests.case.conftest import CaseWork

OLD = {"years": 25}


async def age(cases: CaseWork, case_id: UUID, said: Any, person: str | None = None) -> None:
    path = f"persons/{person or await person_of(cases, case_id)}/age"
    assert (await put(cases, case_id, path, said)).status_code == 200


async def states(cases: CaseWork, case_id: UUID) -> set[str]:
    return {leg["state"] for leg in (await cases.read(case_id))["legs"]}


async def content(cases: CaseWork, event: Any) -> Any:
    answer = await cases.release(event.disclosure_id)
    assert answer.status_code == 200, answer.text
    return json.loads(answer.json()["text"])


async def test_what_was_forced_and_never_arrived_still_goes_when_one_person_corrects_the_age(
    cases: CaseWork,
) -> None:
    """The endpoint refused the connection, an adviser corrected the age, and the referral service tries again."""
    case_id = await sent_child(cases)
    first = await cases.authorised()
    await age(cases, case_id, OLD)
    for event in first:
        told = await content(cases, event)
        assert [one["name"] for one in told["persons"]] == ["Mika"]
        assert told["grounds"] == ["override_child"]
    assert await supplements(cases) == [], (
        "it is told once that there was a child, and then that there was none"
    )
    corrections = await supplements(cases, "correction")
    assert {event.leg_id for event in corrections} == {event.leg_id for event in first}
    for event in corrections:
        assert "corrects" in await content(cases, event)


async def test_what_a_body_has_is_not_released_again_after_the_correction(cases: CaseWork) -> None:
    case_id = await sent_child(cases)
    first = await cases.authorised()
    for event in first:
        await acknowledged(cases, event)
    await age(cases, case_id, OLD)
    for event in first:
        assert (await cases.release(event.disclosure_id)).status_code == 409


async def test_another_childs_news_no_longer_names_who_turned_out_to_be_an_adult(cases: CaseWork) -> None:
    case_id = await sent_child(cases, persons=[a_child(), a_child(name="Sami")])
    persons = {one["name"]: one["id"] for one in (await cases.read(case_id))["persons"]}
    await age(cases, case_id, OLD, persons["Sami"])
    told = await supplements(cases)
    assert len(told) == 2
    for event in told:
        assert "Sami" not in json.dumps(await content(cases, event))


async def test_a_record_of_what_goes_after_a_correction_names_the_fact_that_forced_it(
    cases: CaseWork,
) -> None:
    case_id = await sent_child(cases)
    await age(cases, case_id, OLD)
    event = (await cases.authorised())[0]
    await content(cases, event)
    rows = await cases.service.fetch(
        "SELECT facts FROM disclosure_records WHERE disclosure_id = $1", event.disclosure_id
    )
    assert len(rows) == 2
    assert rows[0]["facts"] == rows[1]["facts"] != []


@pytest.mark.parametrize("said", [{}, {"chosen": "unknown_no_indication"}], ids=["nothing", "no-indication"])
async def test_that_nobody_knows_the_age_tells_nobody_that_it_is_an_adult(cases: CaseWork, said: Any) -> None:
    case_id = await sent_child(cases)
    await age(cases, case_id, said)
    assert await supplements(cases, "correction") == []
    for event in await cases.authorised():
        assert "Mika" in json.dumps(await content(cases, event))
    await age(cases, case_id, OLD)
    assert len(await supplements(cases, "correction")) == 2, "now it is known"


async def test_an_age_that_was_corrected_before_sending_is_corrected_when_it_was_sent(
    cases: CaseWork,
) -> None:
    case_id = await cases.report(persons=[a_child()])
    await age(cases, case_id, OLD)
    await cases.let_time_pass(hours=1)
    for event in await cases.authorised():
        assert "Mika" in json.dumps(await content(cases, event))
    corrections = await supplements(cases, "correction")
    assert {event.body for event in corrections} == {"social_care:E08000003", "police:E23000005"}
    for event in corrections:
        assert len((await content(cases, event))["corrects"]) == 1
    for event in await cases.authorised():
        await acknowledged(cases, event)
    assert await states(cases, case_id) == {"acknowledged"}
    assert len(await supplements(cases, "correction")) == 2


async def test_a_birthday_on_the_way_is_no_mistake(cases: CaseWork) -> None:
    await cases.report(persons=[a_child(age={"date_of_birth": "2008-06-11"})])
    cases.clock.forward(hours=13, minutes=30)
    await cases.service.run_loop("mind_clocks")
    for event in await cases.authorised():
        await content(cases, event)
    assert await supplements(cases, "correction") == []
