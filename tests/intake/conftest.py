"""Fixtures: the intake service on a database of its own."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from intake_service.app import SERVICE as INTAKE
from shared.clock import Clock, utc_now
from tests.conftest import TestPostgres
from tests.support.services import RunningService, running


@pytest.fixture
def clock() -> Clock:
    """The time of day; a test file that moves the time has a clock of its own."""
    return utc_now


@pytest.fixture
def settings() -> dict[str, Any]:
    """Settings that differ from the defaults; a test file that changes some has a fixture of its own."""
    return {}


@pytest.fixture
async def intake(
    postgres_server: TestPostgres, tmp_path: Path, clock: Clock, settings: dict[str, Any]
) -> AsyncIterator[RunningService]:
    async with running(INTAKE, postgres_server, home=tmp_path, clock=clock, **settings) as service:
        yield service
