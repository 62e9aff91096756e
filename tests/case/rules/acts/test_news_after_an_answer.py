"""News after an agency answered: somebody telephones about a danger at once, and a decline stays one (facts 7, 9)."""

from typing import Any

import pytest

from tests.case.builders import acknowledge, open_tasks
from tests.case.conftest import CaseWork
from tests.case.rules.builders import (
    GREATER_MANCHESTER,
    MANCHESTER,
    WEST_YORKSHIRE,
    act_on,
    an_adult,
    at,
    call,
    decline,
    deliver,
    newest_disclosure,
    recipient,
    record_danger,
    send_report,
    send_what_is_due,
    state_of,
)

CHILD: dict[str, Any] = {"persons": [an_adult(), {"name": "Mika", "age": {"years": 15}}]}


async def telephoning(cases: CaseWork, case_id: Any) -> list[Any]:
    own = (await recipient(cases, case_id, GREATER_MANCHESTER))["id"]
    tasks = await open_tasks(cases, case_id)
    return [one for one in tasks if one["kind"] == "telephone_agency" and one["recipient_id"] == own]


@pytest.mark.parametrize("answer", ["acknowledged", "handed over", "declined"])
async def test_a_danger_recorded_after_an_agency_answered_opens_the_telephone_task_in_that_second(
    cases: CaseWork, answer: str
) -> None:
    case_id, _ = await send_report(cases, **CHILD)
    if answer == "acknowledged":
        await acknowledge(cases, await newest_disclosure(cases, GREATER_MANCHESTER))
    elif answer == "handed over":
        assert (await call(cases, case_id, GREATER_MANCHESTER)).status_code == 200
    else:
        await decline(cases, GREATER_MANCHESTER)
    assert await telephoning(cases, case_id) == []
    await record_danger(cases, case_id, person_id=None, place=at(MANCHESTER))
    assert len(await telephoning(cases, case_id)) == 1


async def test_news_that_goes_to_an_agency_which_declined_leaves_the_choice_of_another_one_open(
    cases: CaseWork,
) -> None:
    case_id, _ = await send_report(cases, **CHILD)
    await decline(cases, GREATER_MANCHESTER)
    await record_danger(cases, case_id, person_id=None, place=at(MANCHESTER))
    await deliver(cases, case_id)
    assert await state_of(cases, case_id, GREATER_MANCHESTER) == "sent"
    chosen = await act_on(cases, case_id, GREATER_MANCHESTER, "redirection", {"agency_code": WEST_YORKSHIRE})
    assert chosen.status_code == 201, chosen.text
    await send_what_is_due(cases, case_id)
    await acknowledge(cases, await newest_disclosure(cases, WEST_YORKSHIRE))
    assert await state_of(cases, case_id, GREATER_MANCHESTER) == "elsewhere"
