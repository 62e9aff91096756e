"""Recalls: what was issued on consent that is taken back is called back, once, and nothing else is."""

from typing import Any
from uuid import UUID

import pytest

from shared.events import DisclosureRecalled
from tests.case.builders import (
    CONSENTING,
    answer_recall,
    authorise,
    authorise_and_issue,
    confirm,
    find_undeliverable,
    issue_all,
    open_tasks,
    person_of,
    record_consent,
    register,
    reporter_of,
    state_age,
    withdraw,
)
from tests.case.conftest import CaseWork


async def recalled_by(cases: CaseWork, case_id: UUID, choice: dict[str, Any]) -> Any:
    """Record a choice of the reporter; return the disclosures that it recalled."""
    reporter = await reporter_of(cases, case_id)
    return (await record_consent(cases, case_id, reporter, choice))["recalled"]


async def test_a_withdrawal_after_the_issue_recalls_every_copy(cases: CaseWork) -> None:
    case_id = await cases.report(**CONSENTING)
    disclosure_id = await authorise_and_issue(cases, case_id)
    answer = await withdraw(cases, case_id)
    assert answer.json()["recalled"] == [disclosure_id]
    assert len(await cases.service.announced(DisclosureRecalled)) == 1


@pytest.mark.parametrize(
    "choice",
    [{"recipient_kind": "police", "agrees": False}, {"privacy": "confidential"}, {"privacy": "anonymous"}],
    ids=["no-to-the-police", "confidential", "anonymous"],
)
async def test_what_one_entry_takes_back_is_recalled_once(cases: CaseWork, choice: dict[str, Any]) -> None:
    case_id = await cases.report(**CONSENTING)
    disclosure_id = await authorise_and_issue(cases, case_id)
    assert await recalled_by(cases, case_id, choice) == [disclosure_id]
    assert await recalled_by(cases, case_id, choice) == []
    assert len(await cases.service.announced(DisclosureRecalled)) == 1


async def test_a_situation_that_may_not_go_any_more_is_recalled(cases: CaseWork) -> None:
    case_id = await cases.report(**{**CONSENTING, "privacy": "confidential"})
    disclosure_id = await authorise_and_issue(cases, case_id)
    assert await recalled_by(cases, case_id, {"situation": False}) == [disclosure_id]


async def test_an_entry_that_takes_nothing_back_from_an_agency_recalls_nothing_there(cases: CaseWork) -> None:
    case_id = await cases.report(**{**CONSENTING, "share_with": ["police", "health"]}, danger_now="yes")
    disclosure_id = await authorise_and_issue(cases, case_id)
    await confirm(cases, case_id)
    await issue_all(cases)
    for choice in ({"recipient_kind": "health", "agrees": False}, {"situation": False}, {"privacy": "share"}):
        assert await recalled_by(cases, case_id, choice) == []
    assert await recalled_by(cases, case_id, {"privacy": "confidential"}) == [disclosure_id]


async def test_an_issued_copy_is_recalled_although_a_later_attempt_was_withheld(cases: CaseWork) -> None:
    """Its answer was lost, she proved to be a child before the next attempt, and then she withdrew."""
    quill = {"name": "Quillfeather", "age": {"years": 19}}
    case_id = await cases.report(privacy="confidential", situation_may_be_passed_on=False, persons=[quill])
    person = await person_of(cases, case_id)
    await record_consent(cases, case_id, person, {"recipient_kind": "health", "agrees": True})
    await register(cases, "trust-one", "health")
    made = await authorise(cases, case_id, "health", agency_code="trust-one")
    disclosure_id = made.json()["id"]
    assert (await cases.issue(disclosure_id)).status_code == 200
    await state_age(cases, case_id, {"years": 16}, person)
    assert (await cases.issue(disclosure_id)).status_code == 409
    assert (await withdraw(cases, case_id, person)).json()["recalled"] == [disclosure_id]
    assert (await withdraw(cases, case_id, person)).json()["recalled"] == []


async def test_a_recall_names_the_groups_and_persons_that_rested_on_who_withdrew(cases: CaseWork) -> None:
    case_id = await cases.report(**CONSENTING)
    reporter = await reporter_of(cases, case_id)
    await authorise_and_issue(cases, case_id)
    await recalled_by(cases, case_id, {"privacy": "confidential"})
    (event,) = await cases.service.announced(DisclosureRecalled)
    assert (event.field_groups, event.person_ids) == (("H", "R"), (UUID(reporter),))
    await recalled_by(cases, case_id, {"situation": False})
    later = (await cases.service.announced(DisclosureRecalled))[-1]
    assert (later.field_groups, later.person_ids) == (("S",), ())


async def test_an_answer_about_one_copy_is_none_about_another(cases: CaseWork) -> None:
    case_id = await cases.report(**CONSENTING, persons=[{"name": "Ana Sample", "age": {"years": 30}}])
    copies = [await authorise_and_issue(cases, case_id)]
    await record_consent(
        cases, case_id, await person_of(cases, case_id), {"recipient_kind": "police", "agrees": True}
    )
    copies.append(await authorise_and_issue(cases, case_id))
    assert (await withdraw(cases, case_id)).json()["recalled"] == copies
    events = {str(one.disclosure_id): one for one in await cases.authorised()}
    for copy in copies:
        await find_undeliverable(cases, events[copy])
    kinds = []
    for copy in copies:
        await answer_recall(cases, events[copy])
        kinds.append("telephone_recall" in {one["kind"] for one in await open_tasks(cases, case_id)})
    assert kinds == [True, False]
