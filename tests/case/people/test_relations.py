"""Relations: who lives together, who cares for whom and who exploits whom is recorded, never guessed."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.case.builders import (
    LEEDS,
    LEEDS_CARE,
    LEEDS_POLICE,
    MANCHESTER_CARE,
    MANCHESTER_POLICE,
    acknowledge,
    confirm,
    content_of,
    duty_states,
    put,
    reporter_of,
    sent_child,
    supplements,
    text_of,
)
from tests.case.conftest import CaseWork
from tests.support.builders import a_child, a_reporter

HOUSEHOLD_CHILD = a_child(role="household_member", name="Sami")
MOTHER: dict[str, Any] = {"name": "Jo", "age": {"years": 40}, "lives_at": {"council": LEEDS}}


async def ids(cases: CaseWork, case_id: UUID) -> dict[str, str]:
    return {one["name"]: one["id"] for one in (await cases.read(case_id))["persons"] if one["name"]}


async def relate(cases: CaseWork, case_id: UUID, person: str, **relations: Any) -> Any:
    return await put(cases, case_id, f"persons/{person}/relations", relations)


async def test_a_household_child_is_told_of_where_its_carer_lives_once_that_is_recorded(
    cases: CaseWork,
) -> None:
    case_id = await cases.report(persons=[HOUSEHOLD_CHILD, MOTHER])
    known = await ids(cases, case_id)
    assert (await relate(cases, case_id, known["Jo"], cares_for_child=True)).status_code == 200
    await cases.let_time_pass(hours=1)
    assert {event.agency_code for event in await cases.authorised()} == {LEEDS_CARE, LEEDS_POLICE}
    states = await duty_states(cases, case_id)
    assert {states[MANCHESTER_CARE], states[MANCHESTER_POLICE]} == {"rerouted"}
    for event in await cases.authorised():
        assert (await content_of(cases, event.disclosure_id))["led_by"] == "carers_home"


async def test_a_carer_learnt_after_sending_is_told_there_too_and_nobody_loses_anything(
    cases: CaseWork,
) -> None:
    case_id = await sent_child(cases, persons=[HOUSEHOLD_CHILD, MOTHER])
    for event in await cases.authorised():
        await acknowledge(cases, event)
    known = await ids(cases, case_id)
    await relate(cases, case_id, known["Jo"], cares_for=[known["Sami"]], lives_with=[known["Sami"]])
    states = await duty_states(cases, case_id)
    assert {LEEDS_CARE, LEEDS_POLICE, MANCHESTER_CARE, MANCHESTER_POLICE} == states.keys()
    assert "rerouted" not in states.values()


async def test_a_reporter_who_cares_for_the_child_is_named_to_those_who_protect_it(cases: CaseWork) -> None:
    case_id = await cases.report(privacy="confidential", reporter=a_reporter(), persons=[a_child()])
    assert (
        await relate(cases, case_id, await reporter_of(cases, case_id), cares_for_child=True)
    ).status_code == 200
    await confirm(cases, case_id)
    assert len(await cases.authorised()) == 2
    for event in await cases.authorised():
        assert (await content_of(cases, event.disclosure_id))["reporter"][0]["name"] == "Rowan Ashdown"


TWO_CHILDREN = [a_child(lives_at={"council": LEEDS}, found_at={"council": LEEDS}), a_child(name="Sami")]
EXPLOITER: dict[str, Any] = {"name": "Vex Harrow", "age": {"years": 40}}


async def names_by_agency(cases: CaseWork, case_id: UUID) -> dict[str, set[str]]:
    await confirm(cases, case_id)
    named = {}
    for event in await cases.authorised():
        content = await content_of(cases, event.disclosure_id)
        named[event.agency_code] = {one["name"] for one in content["persons"]}
    return named


async def test_an_exploiter_of_one_child_is_not_named_to_who_protects_another(cases: CaseWork) -> None:
    case_id = await cases.report(persons=TWO_CHILDREN)
    cases.clock.forward(seconds=1)
    mika = (await ids(cases, case_id))["Mika"]
    added = {**EXPLOITER, "roles": ["alleged_exploiter"], "exploits": [mika]}
    assert (await cases.do("POST", f"/v1/cases/{case_id}/persons", added)).status_code == 201
    named = await names_by_agency(cases, case_id)
    assert named[LEEDS_CARE] == named[LEEDS_POLICE] == {"Mika", "Vex Harrow"}
    assert named[MANCHESTER_CARE] == named[MANCHESTER_POLICE] == {"Sami"}


async def test_an_exploiter_of_nobody_in_particular_stays_named_when_one_child_is_learnt(
    cases: CaseWork,
) -> None:
    case_id = await cases.report(persons=[*TWO_CHILDREN, {**EXPLOITER, "role": "alleged_exploiter"}])
    known = await ids(cases, case_id)
    assert (await relate(cases, case_id, known["Vex Harrow"], exploits=[known["Mika"]])).status_code == 200
    named = await names_by_agency(cases, case_id)
    assert len(named) == 4
    assert all("Vex Harrow" in names for names in named.values())


async def test_a_coded_concern_about_a_child_is_news_to_those_who_were_told(cases: CaseWork) -> None:
    case_id = await sent_child(cases)
    for event in await cases.authorised():
        await acknowledge(cases, event)
    known = await ids(cases, case_id)
    await relate(cases, case_id, known["Mika"], coded_concerns=["missing"])
    assert len(await supplements(cases)) == 2
    for event in await supplements(cases):
        assert "missing" in await text_of(cases, event.disclosure_id)
    await relate(cases, case_id, known["Mika"], coded_concerns=["missing"])
    assert len(await supplements(cases)) == 2


async def test_a_witness_who_proves_to_be_harmed_is_told_of_to_the_police_too(cases: CaseWork) -> None:
    child = a_reporter(age={"years": 15}, lives_at={"council": LEEDS})
    case_id = await cases.report(reporter=child)
    assert (await duty_states(cases, case_id)).keys() == {LEEDS_CARE}
    person = await reporter_of(cases, case_id)
    await relate(cases, case_id, person, coded_concerns=["harmed_or_exploited"])
    assert (await duty_states(cases, case_id)).keys() == {LEEDS_CARE, LEEDS_POLICE}


@pytest.mark.parametrize("relation", ["lives_with", "cares_for", "exploits"])
async def test_a_relation_to_somebody_who_is_not_on_the_case_is_not_found(
    cases: CaseWork, relation: str
) -> None:
    case_id = await cases.report(persons=[MOTHER])
    known = await ids(cases, case_id)
    assert (await relate(cases, case_id, known["Jo"], **{relation: [str(uuid4())]})).status_code == 404
    (jo,) = [one for one in (await cases.read(case_id))["persons"] if one["name"] == "Jo"]
    assert jo[relation] == []


async def test_relations_that_are_not_named_stay_and_nothing_named_is_refused(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[HOUSEHOLD_CHILD, MOTHER])
    known = await ids(cases, case_id)
    assert (await relate(cases, case_id, known["Jo"])).status_code == 422
    await relate(cases, case_id, known["Jo"], cares_for=[known["Sami"]])
    await relate(cases, case_id, known["Jo"], lives_with=[known["Sami"]])
    (jo,) = [one for one in (await cases.read(case_id))["persons"] if one["name"] == "Jo"]
    assert (jo["cares_for"], jo["lives_with"]) == ([known["Sami"]], [known["Sami"]])
