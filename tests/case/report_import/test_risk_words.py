"""Risk of approaching a place: the reporter's words stay with their account, an adviser's go with every override."""

from typing import Any

from tests.case.builders import confirm, content_of, put
from tests.case.conftest import CaseWork
from tests.support.builders import a_child

MIXED: dict[str, Any] = {"persons": [a_child(), {"name": "Jo", "age": {"years": 40}}]}
"""A child, and an adult of concern who has not agreed to anything."""


async def risks_that_left(cases: CaseWork) -> list[Any]:
    return [
        (await content_of(cases, event.disclosure_id)).get("risk_to_approach")
        for event in await cases.authorised()
    ]


async def test_a_risk_in_the_reporters_words_stays_where_the_account_stays(cases: CaseWork) -> None:
    case_id = await cases.report(risk_to_approach="Noor's dog", **MIXED)
    await confirm(cases, case_id)
    assert await risks_that_left(cases) == [None, None]


async def test_a_risk_in_an_advisers_words_goes_with_every_override(cases: CaseWork) -> None:
    case_id = await cases.report(risk_to_approach="Noor's dog", **MIXED)
    await put(cases, case_id, "risk-to-approach", {"text": "A dog in the yard."})
    await confirm(cases, case_id)
    assert await risks_that_left(cases) == [["A dog in the yard."]] * 2
