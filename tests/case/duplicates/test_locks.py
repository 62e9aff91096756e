"""Locks of two cases: they are compared when one has changed, and nobody waits for ever."""

import asyncio
from typing import Any

import pytest

from case_service.cases.case_change import change_case
from case_service.proposals import pass_on, reopen
from case_service.proposals.models import DUPLICATES_CHANNEL, Proposal
from case_service.recipients.sharing_records import lock_case
from case_service.settings import deadlines_of
from tests.case.builders import (
    child_of,
    disclosures_of,
    issue_all,
    issue_waiting,
    propose,
    put,
    supplements,
)
from tests.case.conftest import CaseWork
from tests.case.duplicates.builders import (
    KNOWS_MORE,
    compare,
    duplicate_of,
    other_case,
    passed_on,
    stand_down,
)
from tests.support.builders import a_child


async def test_cases_that_have_not_changed_are_not_compared_again(cases: CaseWork) -> None:
    other = await other_case(cases)
    case_id = await duplicate_of(cases, other, **KNOWS_MORE)
    await compare(cases)
    await compare(cases)
    async with cases.service.unit_of_work() as uow:
        await lock_case(case_id, uow)
        await asyncio.wait_for(compare(cases), 5)  # it would wait for the lock


async def test_a_change_of_a_duplicate_wakes_the_loop(cases: CaseWork) -> None:
    other = await other_case(cases)
    case_id = await duplicate_of(cases, other)
    deadlines = deadlines_of(cases.service.context)
    for changed, woken in ((case_id, True), (other, False)):
        async with cases.service.unit_of_work() as uow:
            async with change_case(changed, uow, deadlines) as change:
                await change.case_file.change_situation({"summary": "Four sleep there."})
            assert (DUPLICATES_CHANNEL in uow.channels) is woken


@pytest.mark.parametrize("older_repeats", [True, False])
async def test_changes_of_both_cases_at_once_wait_for_each_other_and_end(
    cases: CaseWork, older_repeats: bool
) -> None:
    first = await cases.report(**KNOWS_MORE)
    second = await cases.report(**KNOWS_MORE)
    case_id, other = (first, second) if older_repeats else (second, first)
    await stand_down(cases, case_id, other)
    await cases.let_time_pass(hours=1)
    await issue_all(cases)
    for number in range(4):
        summary = {"text": f"{number} sleep there."}
        assert (await put(cases, case_id, "summary", summary)).status_code == 200
        await compare(cases)
        waiting = [one for one in await disclosures_of(cases, other) if one["state"] == "authorised"]
        assert len(waiting) == 2
        consent = {"text": f"{number} eat there."}
        versions = [(await cases.read(one))["version"] for one in (case_id, other)]
        answers = await asyncio.gather(
            *(cases.issue(one["id"]) for one in waiting),
            *(
                cases.do("PUT", f"/v1/cases/{one}/risk-to-approach", consent, if_match=f'"{version}"')
                for one, version in zip((case_id, other), versions, strict=True)
            ),
            compare(cases),
        )
        assert {one.status_code for one in answers[:4]} == {200}
        await compare(cases)
        await issue_waiting(cases, other)


async def test_who_names_a_case_that_somebody_holds_waits_for_nobody(cases: CaseWork) -> None:
    """The loop holds one case and waits for the other, whose holder must be able to name the first."""
    other = await other_case(cases)
    case_id = await cases.report(**KNOWS_MORE)
    fact = await child_of(cases, case_id)
    async with cases.service.unit_of_work() as uow:
        await lock_case(other, uow)
        proposing = propose(cases, case_id, fact, reason="duplicate_of", duplicate_of=str(other))
        assert (await asyncio.wait_for(proposing, 5)).status_code == 201


async def test_one_pair_that_cannot_be_compared_keeps_no_other_waiting(
    cases: CaseWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = await other_case(cases)
    broken = await duplicate_of(cases, other, **KNOWS_MORE)
    await duplicate_of(cases, other, persons=[a_child(email="m@example.org")])

    def fails(proposal: Proposal, *others: Any) -> bool:
        if proposal.case_id == broken:
            raise RuntimeError
        return pass_on.pass_on(proposal, *others)

    monkeypatch.setattr(reopen, "pass_on", fails)
    await cases.service.run_loop("reopen_duplicates")
    assert len(await supplements(cases)) == 2
    monkeypatch.undo()
    await issue_waiting(cases, other)
    assert len(await passed_on(cases)) == 4, "and it has its turn later"
