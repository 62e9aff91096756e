"""Intake on a database of its own."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from intake_service.app import INTAKE
from shared.clock import Clock, utc_now
from tests.conftest import TestPostgres
from tests.running import RunningService, running


@pytest.fixture
def clock() -> Clock:
    """The time of day; a test file that moves it has a clock of its own."""
    return utc_now


@pytest.fixture
def changed() -> dict[str, Any]:
    """Settings that a test file wants otherwise."""
    return {}


@pytest.fixture
async def intake(
    postgres_server: TestPostgres, tmp_path: Path, clock: Clock, changed: dict[str, Any]
) -> AsyncIterator[RunningService]:
    async with running(INTAKE, postgres_server, home=tmp_path, clock=clock, **changed) as service:
        yield service
