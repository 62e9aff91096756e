"""Duplicates: a case repeats another one only where that one stands at each agency of its facts (fact 8)."""

from typing import Any

import pytest

from tests.case.builders import acknowledge
from tests.case.conftest import CaseWork
from tests.case.rules.builders import (
    CARDIFF,
    GREATER_MANCHESTER,
    MANCHESTER,
    an_adult,
    at,
    care_of,
    decline,
    forced,
    named,
    newest_disclosure,
    propose,
    send_report,
    sign,
    state_of,
    take_back,
)

ROWS = {
    "A13 duplicates": (
        "test_two_cases_are_never_each_the_others_duplicate",
        "test_a_duplicate_stands_at_each_agency_of_the_facts",
        "test_where_the_other_case_ends_otherwise_the_duplicate_opens_again",
    ),
}
CHILD: dict[str, Any] = {"name": "Mika", "age": {"years": 15}}
CARE = care_of(MANCHESTER)


async def child_of(cases: CaseWork, case_id: Any, name: str = "Mika") -> tuple[str, str]:
    return "child", await named(cases, case_id, name)


@pytest.mark.parametrize("signed", [True, False])
async def test_two_cases_are_never_each_the_others_duplicate(cases: CaseWork, signed: bool) -> None:
    first, second = await cases.report(persons=[CHILD]), await cases.report(persons=[CHILD])
    proposed = await propose(
        cases, first, "stand_down", "duplicate_of", await child_of(cases, first), duplicate_of=str(second)
    )
    assert proposed.status_code == 201, proposed.text
    if signed:
        assert (await sign(cases, first, proposed.json()["id"])).status_code == 200
    back = await propose(
        cases, second, "stand_down", "duplicate_of", await child_of(cases, second), duplicate_of=str(first)
    )
    assert (back.status_code, back.json()["code"]) == (409, "not-a-duplicate")
    own = await propose(
        cases, second, "stand_down", "duplicate_of", await child_of(cases, second), duplicate_of=str(second)
    )
    assert own.status_code == 409
    assert await forced(cases, second) == {GREATER_MANCHESTER, CARE}


@pytest.mark.parametrize(
    ("other", "stands"),
    [
        ({"persons": [CHILD]}, True),
        ({"persons": [CHILD], "place": at(CARDIFF)}, False),
        ({"persons": [an_adult()], "danger_now": "yes"}, False),
    ],
    ids=["same-agencies", "elsewhere", "police-alone"],
)
async def test_a_duplicate_stands_at_each_agency_of_the_facts(
    cases: CaseWork, other: dict[str, Any], stands: bool
) -> None:
    case_id, repeated = await cases.report(persons=[CHILD]), await cases.report(**other)
    fact = await child_of(cases, case_id)
    answer = await propose(cases, case_id, "stand_down", "duplicate_of", fact, duplicate_of=str(repeated))
    assert answer.status_code == (201 if stands else 409), answer.text


async def test_where_the_other_case_ends_otherwise_the_duplicate_opens_again(cases: CaseWork) -> None:
    first, _ = await send_report(cases, persons=[CHILD])
    for agency in (CARE, GREATER_MANCHESTER):
        await acknowledge(cases, await newest_disclosure(cases, agency))
    case_id = await cases.report(persons=[CHILD])
    fact = await child_of(cases, case_id)
    await take_back(cases, case_id, "stand_down", "duplicate_of", fact, duplicate_of=str(first))
    assert await forced(cases, case_id) == set()
    await decline(cases, CARE)
    await cases.run_loop("reopen_duplicates")
    assert await forced(cases, case_id) == {CARE, GREATER_MANCHESTER}
    assert await state_of(cases, case_id, CARE) == "waiting"
