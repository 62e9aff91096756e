"""Names of the people on a case: corrected wherever they were sent, sealed, and never told to anybody new."""

from typing import Any
from uuid import UUID

import pytest

from tests.case.builders import (
    MANCHESTER_CARE,
    MANCHESTER_POLICE,
    acknowledge,
    content_of,
    person_of,
    put,
    sent_child,
    supplements,
    text_of,
)
from tests.case.conftest import CaseWork
from tests.support.builders import a_child


async def correct_name(cases: CaseWork, case_id: UUID, person: str, name: Any) -> Any:
    return await put(cases, case_id, f"persons/{person}/name", {"name": name})


async def test_a_name_that_is_corrected_before_sending_is_the_one_that_is_sent(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[a_child(name="Mka")])
    answer = await correct_name(cases, case_id, await person_of(cases, case_id), " Mika ")
    assert (answer.status_code, "Mika" in answer.text) == (200, False)
    assert await supplements(cases) == []
    await cases.let_time_pass(hours=1)
    for event in await cases.authorised():
        content = await content_of(cases, event.disclosure_id)
        assert [one["name"] for one in content["persons"]] == ["Mika"]


async def test_those_who_were_told_a_name_are_told_the_right_one_and_nobody_else_is(cases: CaseWork) -> None:
    case_id = await sent_child(cases, persons=[a_child(), {"name": "Jo", "age": {"years": 40}}])
    for event in await cases.authorised():
        await acknowledge(cases, event)
    persons = {one["name"]: one["id"] for one in (await cases.read(case_id))["persons"]}
    await correct_name(cases, case_id, persons["Jo"], "Joanna")
    assert await supplements(cases) == [], "a name that nobody was told"
    await correct_name(cases, case_id, persons["Mika"], "Michaela")
    news = await supplements(cases)
    assert {event.agency_code for event in news} == {MANCHESTER_CARE, MANCHESTER_POLICE}
    for event in news:
        assert "Michaela" in await text_of(cases, event.disclosure_id)
    await correct_name(cases, case_id, persons["Mika"], "Michaela")
    assert await supplements(cases) == news, "the same name once more is no news"


async def test_a_name_is_sealed_and_its_change_is_in_the_audit_trail(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[{"name": "Ion"}])
    person = await person_of(cases, case_id)
    await correct_name(cases, case_id, person, "Wexcombe")
    assert "Wexcombe" in {one["name"] for one in (await cases.read(case_id))["persons"]}
    trail = await cases.service.fetch("SELECT actor, codes FROM audit_entries WHERE action = 'name.recorded'")
    assert [(row["actor"], row["codes"]) for row in trail] == [("user:ada", {"person_id": person})]
    for table in ("persons", "audit_entries", "outbox", "cases"):
        rows = await cases.service.fetch(f"SELECT {table}::text AS all_of_it FROM {table}")
        assert not [row for row in rows if "Wexcombe" in row["all_of_it"]]
        assert not [row for row in rows if b"Wexcombe".hex() in row["all_of_it"]]


@pytest.mark.parametrize("name", ["", "   ", "x" * 501, None, ["Ion"]])
async def test_an_empty_name_is_refused(cases: CaseWork, name: Any) -> None:
    case_id = await cases.report(persons=[{"name": "Ion"}])
    answer = await correct_name(cases, case_id, await person_of(cases, case_id), name)
    assert answer.status_code == 422
    assert {one["name"] for one in (await cases.read(case_id))["persons"]} == {"Ion", None}
