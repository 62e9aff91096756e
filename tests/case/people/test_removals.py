"""Identities that wait for their removal: each check passes, and notices the faults that are planted for it."""

from typing import Any

import pytest

from case_service.cases import case_change
from case_service.cases.case_file import CaseFile
from case_service.people import removals
from case_service.people.anonymity import remove_waiting_identities
from tests.case.builders import (
    LEEDS,
    LEEDS_POLICE,
    MANCHESTER_POLICE,
    acknowledge,
    danger_of,
    duty_states,
    issue_waiting,
    take_back,
)
from tests.case.conftest import CaseWork, ServerFault
from tests.case.people.removal_checks import (
    CHECKS,
    Check,
    answer_all,
    assert_gone,
    assert_held,
    in_danger,
    removal_count,
    who_shares_again_keeps_their_name,
)
from tests.case.people.removal_mutants import REMOVAL_FAULTS
from tests.support.mutants import Mutant, assert_noticed


def named(one: object) -> str:
    return str(getattr(one, "__name__", one))


@pytest.mark.parametrize("check", CHECKS, ids=named)
async def test_an_identity_is_removed_once_no_duty_is_open(check: Check, cases: CaseWork) -> None:
    await check(cases)


@pytest.mark.parametrize(("fault", "check", "message"), REMOVAL_FAULTS, ids=named)
async def test_a_planted_fault_is_noticed(fault: Mutant, check: Check, message: str, cases: CaseWork) -> None:
    await assert_noticed(fault, message, lambda: check(cases))


def test_every_check_notices_a_fault() -> None:
    assert {check.__name__ for check in CHECKS} == {check.__name__ for _, check, _ in REMOVAL_FAULTS}


async def test_who_becomes_confidential_again_keeps_their_name(cases: CaseWork) -> None:
    await who_shares_again_keeps_their_name(cases, "confidential")


async def test_an_acknowledgement_wakes_the_loop_that_removes(
    cases: CaseWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id, _ = await in_danger(cases)
    await issue_waiting(cases, case_id)
    (event,) = await cases.authorised()
    woken: list[str] = []
    monkeypatch.setattr(cases.service.context.database.notifier, "notify", woken.append)
    await acknowledge(cases, event)
    (loop,) = [one for one in cases.service.service.loops if one.name == "remove_identities"]
    assert loop.channel in woken


async def test_a_crash_removes_nothing_and_the_next_round_all(
    cases: CaseWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id, person = await in_danger(cases)
    await answer_all(cases, case_id)

    async def crash(case_file: CaseFile) -> bool:
        await remove_waiting_identities(case_file)
        await case_file.uow.write_out()
        raise ConnectionError

    with monkeypatch.context() as crashing:
        crashing.setattr(case_change, "remove_waiting_identities", crash)
        with pytest.raises(ServerFault):
            await cases.run_loop("remove_identities")
    await assert_held(cases, case_id, person)
    await cases.run_loop("remove_identities")
    await assert_gone(cases, case_id, person)


async def test_a_case_that_cannot_be_changed_keeps_no_other_from_its_turn(
    cases: CaseWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [await in_danger(cases) for _ in range(3)]
    for case_id, _ in made:
        await answer_all(cases, case_id)
    (stuck, its_maker), *others = sorted(made)

    def refuse(case_id: Any, *values: Any) -> Any:
        if case_id == stuck:
            raise ConnectionError
        return case_change.change_case(case_id, *values)

    with monkeypatch.context() as refusing:
        refusing.setattr(removals, "change_case", refuse)
        refusing.setattr(removals, "BATCH", 1)
        with pytest.raises(ServerFault):
            await cases.run_loop("remove_identities")
    await assert_held(cases, stuck, its_maker)
    for case_id, person in others:
        await assert_gone(cases, case_id, person)


async def test_a_duty_that_opens_after_the_search_is_seen_under_the_lock(
    cases: CaseWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id, person = await in_danger(cases)
    found = [[case_id], []]

    async def outdated(*_: Any) -> Any:
        return found.pop(0)

    monkeypatch.setattr(removals, "_cases_to_remove_from", outdated)
    await cases.run_loop("remove_identities")
    assert not found
    await assert_held(cases, case_id, person)


async def test_an_identity_at_a_closed_case_goes_too(cases: CaseWork) -> None:
    case_id, person = await in_danger(cases)
    await answer_all(cases, case_id)
    await cases.service.fetch("UPDATE cases SET state = 'closed', closed_at = now() WHERE id = $1", case_id)
    await cases.run_loop("remove_identities")
    case_file = await cases.read(case_id)
    assert (case_file["state"], case_file["persons"][0]["name"]) == ("closed", None)
    assert await removal_count(cases, person) == 1


async def test_a_duty_whose_danger_was_corrected_keeps_no_identity(cases: CaseWork) -> None:
    """The duty of the other force is authorised for its correction, and rests on nothing any more."""
    case_id, person = await in_danger(cases)
    elsewhere = {"place": {"council": LEEDS}}
    assert (await cases.do("POST", f"/v1/cases/{case_id}/dangers", elsewhere)).status_code == 201
    await cases.run_scheduler()
    await issue_waiting(cases, case_id)
    mistake = await danger_of(cases, case_id)
    await take_back(cases, case_id, mistake, act="correct", reason="not_a_report")
    assert await duty_states(cases, case_id) == {MANCHESTER_POLICE: "sent", LEEDS_POLICE: "authorised"}
    await assert_held(cases, case_id, person)
    (event,) = [one for one in await cases.authorised() if one.agency_code == MANCHESTER_POLICE]
    await acknowledge(cases, event)
    await cases.run_loop("remove_identities")
    await assert_gone(cases, case_id, person)
