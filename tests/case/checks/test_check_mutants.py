"""Each planted fault is noticed by its check, for the reason that is named beside it."""

from types import SimpleNamespace

import pytest

from shared.errors import Conflict
from tests.case.checks.all_checks import CHECKS, Check
from tests.case.checks.check_faults import FAULTS
from tests.case.conftest import CaseWork
from tests.support.mutants import Mutant, Right, assert_noticed, mutant


def named(one: object) -> str:
    return str(getattr(one, "__name__", one))


@pytest.mark.parametrize(("fault", "check", "message"), FAULTS, ids=named)
async def test_a_planted_fault_is_noticed(fault: Mutant, check: Check, message: str, cases: CaseWork) -> None:
    await assert_noticed(fault, message, lambda: check(cases))


def test_every_check_notices_a_fault() -> None:
    assert {check.__name__ for check in CHECKS} <= {check.__name__ for _, check, _ in FAULTS}


# The machinery of the mutants


def doubled(number: int) -> int:
    return 2 * number


CODE = SimpleNamespace(doubled=doubled, asked=False)


@mutant(CODE, "doubled")
def tripled(doubled: Right) -> Right:
    return lambda number: 3 * number


@mutant(CODE, "doubled")
def taken_without_a_number(doubled: Right) -> Right:
    return lambda: 4


@mutant(CODE, "doubled")
def refused(doubled: Right) -> Right:
    def refuse(number: int) -> int:
        raise Conflict

    return refuse


async def doubles() -> None:
    try:
        assert CODE.doubled(2) == 4, "two is not doubled"
    except Conflict:
        raise AssertionError("it refuses") from None


async def swallows_errors() -> None:
    try:
        CODE.doubled(2)
    except TypeError:
        raise AssertionError("two is not doubled") from None


async def asks_nothing() -> None:
    raise AssertionError("two is not doubled")


async def test_a_fault_that_is_noticed_passes_and_is_taken_away_again() -> None:
    await assert_noticed(tripled, "two is not doubled", doubles)
    await assert_noticed(refused, "it refuses", doubles)
    assert CODE.doubled is doubled


@pytest.mark.parametrize(
    ("fault", "message", "check", "found"),
    [
        (tripled, "two is not doubled", asks_nothing, "never reached"),
        (tripled, "another reason", doubles, "expected 'another reason'"),
        (taken_without_a_number, "two is not doubled", swallows_errors, "broke with TypeError"),
    ],
    ids=["never reached", "noticed for another reason", "broken"],
)
async def test_a_fault_that_proves_nothing_fails(
    fault: Mutant, message: str, check: Right, found: str
) -> None:
    with pytest.raises(AssertionError, match=found):
        await assert_noticed(fault, message, check)


async def test_a_fault_that_nobody_notices_fails() -> None:
    async def looks_away() -> None:
        CODE.doubled(2)

    with pytest.raises(AssertionError, match="noticed 'nothing'"):
        await assert_noticed(tripled, "two is not doubled", looks_away)


async def test_a_fault_that_breaks_the_code_is_an_error_and_no_success() -> None:
    with pytest.raises(TypeError):
        await assert_noticed(taken_without_a_number, "two is not doubled", doubles)
