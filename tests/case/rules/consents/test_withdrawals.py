"""Withdrawals: sending stops at once, and a recall leaves once it is the person's own wish (section 3)."""

from typing import Any

import pytest

from shared.events import DisclosureRecalled
from tests.case.builders import (
    CONSENTING,
    authorise,
    authorise_and_issue,
    record_consent,
    reporter_of,
    withdraw,
)
from tests.case.conftest import CaseWork
from tests.case.rules.builders import an_adult, named, task_kinds

ROWS = {
    "N15 recalls are checked before they leave": (
        "test_a_withdrawal_in_writing_stops_sending_and_recalls_only_after_a_check",
        "test_a_withdrawal_that_is_not_the_persons_wish_recalls_nothing",
        "test_a_later_no_in_writing_is_checked_like_a_withdrawal",
        "test_a_recall_names_what_rested_on_the_one_who_withdraws_and_nothing_else",
    ),
}


async def withdraw_in_writing(cases: CaseWork, case_id: Any, how: str = "message") -> Any:
    """Withdraw with a message or a receipt; return the entry."""
    path = f"/v1/cases/{case_id}/persons/{await reporter_of(cases, case_id)}/withdrawal"
    answer = await cases.do("POST", path, {"given_how": how})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def check(cases: CaseWork, case_id: Any, entry: Any, *, own_wish: bool) -> Any:
    path = f"/v1/cases/{case_id}/consents/{entry['id']}/check"
    return await cases.do("POST", path, {"own_wish": own_wish})


@pytest.mark.parametrize("how", ["message", "receipt", "email"])
async def test_a_withdrawal_in_writing_stops_sending_and_recalls_only_after_a_check(
    cases: CaseWork, how: str
) -> None:
    case_id = await cases.report(**CONSENTING)
    issued = await authorise_and_issue(cases, case_id)
    entry = await withdraw_in_writing(cases, case_id, how)
    assert entry["recalled"] == []
    assert (await authorise(cases, case_id)).status_code == 409
    tasks = [one for one in (await cases.read(case_id))["tasks"] if one["kind"] == "check_withdrawal"]
    assert [one["due_at"][:10] for one in tasks] == ["2026-06-11"]
    assert (await check(cases, case_id, entry, own_wish=True)).json()["recalled"] == [issued]
    assert "check_withdrawal" not in await task_kinds(cases, case_id)
    again = await check(cases, case_id, entry, own_wish=True)
    assert (again.status_code, again.json()["code"]) == (409, "nothing-to-check")
    assert len(await cases.service.announced(DisclosureRecalled)) == 1


async def test_a_withdrawal_that_is_not_the_persons_wish_recalls_nothing(cases: CaseWork) -> None:
    case_id = await cases.report(**CONSENTING)
    await authorise_and_issue(cases, case_id)
    entry = await withdraw_in_writing(cases, case_id)
    assert (await check(cases, case_id, entry, own_wish=False)).json()["recalled"] == []
    assert await cases.service.announced(DisclosureRecalled) == []
    assert "check_withdrawal" not in await task_kinds(cases, case_id)
    assert (await authorise(cases, case_id)).status_code == 409


@pytest.mark.parametrize(
    "choice", [{"recipient_kind": "police", "agrees": False}, {"privacy": "confidential"}]
)
async def test_a_later_no_in_writing_is_checked_like_a_withdrawal(
    cases: CaseWork, choice: dict[str, Any]
) -> None:
    case_id = await cases.report(**CONSENTING)
    issued = await authorise_and_issue(cases, case_id)
    reporter = await reporter_of(cases, case_id)
    entry = await record_consent(cases, case_id, reporter, {**choice, "given_how": "message"})
    assert entry["recalled"] == []
    assert "check_withdrawal" in await task_kinds(cases, case_id)
    assert (await check(cases, case_id, entry, own_wish=True)).json()["recalled"] == [issued]


@pytest.mark.parametrize("who", ["Petra Novak", "Ioana Marin"])
async def test_a_recall_names_what_rested_on_the_one_who_withdraws_and_nothing_else(
    cases: CaseWork, who: str
) -> None:
    persons = [an_adult(), an_adult(name="Ioana Marin")]
    case_id = await cases.report(**{**CONSENTING, "share_with": []}, persons=persons)
    for name in ("Petra Novak", "Ioana Marin"):
        person = await named(cases, case_id, name)
        await record_consent(cases, case_id, person, {"recipient_kind": "police", "agrees": True})
    issued = await authorise_and_issue(cases, case_id)
    her = await named(cases, case_id, who)
    assert (await withdraw(cases, case_id, her)).json()["recalled"] == [issued]
    (event,) = await cases.service.announced(DisclosureRecalled)
    assert [str(one) for one in event.person_ids] == [her]
    assert {group.value for group in event.field_groups} == {"P", "H"}
