"""The rules that a second reading found broken, or easy to break, in the case service."""

import os

import pytest

from tests.case import checks
from tests.case.checks import CHECKS
from tests.case.conftest import CaseWork

RACES = int(os.environ.get("CASE_RACES", "200"))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_it_holds(check: checks.Check, cases: CaseWork) -> None:
    await check(cases)


async def test_a_send_and_a_withdrawal_at_the_same_moment_leave_no_copy_unrecalled(cases: CaseWork) -> None:
    left, stayed = await checks.withdrawals_race(cases, races=RACES)
    print(f"{RACES} races: {left} left before, {stayed} stayed")  # noqa: T201  # the gate is a count
    assert min(left, stayed) > 0, "nobody raced"
