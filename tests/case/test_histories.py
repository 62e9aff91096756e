"""Whatever happens on a case, and in whatever order: who must be told is told, and nobody reads what they may not."""

import asyncio
import contextlib
import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis.errors import Flaky

from tests.case.conftest import CaseWork, case_work
from tests.case.histories import run
from tests.case.plants import PLANTS, Plant
from tests.conftest import TestPostgres

HISTORIES = int(os.environ.get("CASE_HISTORIES", "40"))
SHARES = 4


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def told(
    runner: asyncio.Runner, postgres_server: TestPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CaseWork]:
    """The case service on a loop of its own, which stands still between the steps of a history."""
    stack = contextlib.AsyncExitStack()
    home = tmp_path_factory.mktemp("case")
    yield runner.run(stack.enter_async_context(case_work(postgres_server, home)))
    runner.run(stack.aclose())


@pytest.mark.parametrize("share", range(SHARES))
def test_every_history_ends_as_the_plain_model_says(
    share: int, told: CaseWork, runner: asyncio.Runner, record_property: Any
) -> None:
    steps = run(told, runner, histories=HISTORIES // SHARES, start=share)
    record_property("steps", steps)
    print(f"share {share}: {steps} steps of histories")  # noqa: T201  # the gate is a count, and CI shows it
    assert steps > HISTORIES // SHARES


@pytest.mark.timeout(900)
@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_histories_find_a_planted_fault(
    plant: Plant, told: CaseWork, runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was found once may not come again in the same way: the records of the first time are still there."""
    plant(monkeypatch)
    with pytest.raises((AssertionError, Flaky)):
        run(told, runner, histories=200, start=1_000)
