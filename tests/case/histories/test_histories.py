"""Random histories: the service does what its model says, in whatever order things happen on a case."""

import asyncio
import contextlib
import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.case.conftest import CaseWork, case_work
from tests.case.histories.history_mutants import HISTORY_MUTANTS
from tests.case.histories.random_histories import first_noticed, run
from tests.conftest import TestPostgres
from tests.support.mutants import Mutant, planted

HISTORIES = int(os.environ.get("CASE_HISTORIES", "40"))
SHARES = 4


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def work(
    runner: asyncio.Runner, postgres_server: TestPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CaseWork]:
    """Run the case service on a loop of its own, which stands still between the steps of a history."""
    stack = contextlib.AsyncExitStack()
    home = tmp_path_factory.mktemp("case")
    yield runner.run(stack.enter_async_context(case_work(postgres_server, home)))
    runner.run(stack.aclose())


@pytest.mark.parametrize("share", range(SHARES))
def test_every_history_ends_as_the_model_says(
    share: int, work: CaseWork, runner: asyncio.Runner, record_property: Any
) -> None:
    steps = run(work, runner, histories=HISTORIES // SHARES, start=share)
    record_property("steps", steps)
    print(f"share {share}: {steps} steps of histories")  # noqa: T201  # the gate is a count, and CI shows it
    assert steps > HISTORIES // SHARES


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("fault", "messages"), HISTORY_MUTANTS, ids=lambda one: getattr(one, "__name__", ""))
def test_histories_notice_a_planted_fault(
    fault: Mutant, messages: tuple[str, ...], work: CaseWork, runner: asyncio.Runner
) -> None:
    with planted(fault):
        noticed = first_noticed(work, runner, histories=200, start=1_000)
    assert any(message in noticed for message in messages), f"expected {messages}, noticed {noticed!r}"
