"""Intake on a database of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from intake_service.app import INTAKE
from tests.conftest import TestPostgres
from tests.running import RunningService, running


@pytest.fixture
async def intake(postgres_server: TestPostgres, tmp_path: Path) -> AsyncIterator[RunningService]:
    database = await postgres_server.create_database("intake")
    bus = await postgres_server.create_database("bus")
    async with running(INTAKE, database_url=database, bus_url=bus, home=tmp_path) as service:
        yield service
