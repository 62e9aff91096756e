"""Fixtures: the statistics service on a database of its own, in a February whose January has settled."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stats_service.app import SERVICE as STATS
from tests.conftest import TestPostgres
from tests.support.services import MovableClock, RunningService, running


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(datetime(2026, 2, 20, 12, tzinfo=UTC))


@pytest.fixture
async def stats(
    postgres_server: TestPostgres, tmp_path: Path, clock: MovableClock
) -> AsyncIterator[RunningService]:
    async with running(STATS, postgres_server, home=tmp_path, clock=clock) as service:
        yield service
