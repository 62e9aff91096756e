"""The sample service on a database of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from tests.conftest import TestPostgres
from tests.running import RunningService, running
from tests.shared.sample import SAMPLE, TABLES


@pytest.fixture
async def sample(postgres_server: TestPostgres, tmp_path: Path) -> AsyncIterator[RunningService]:
    async with running(SAMPLE, postgres_server, home=tmp_path) as service:
        await service.platform.database.pool.execute(TABLES)
        yield service


@pytest.fixture
async def superuser(sample: RunningService) -> AsyncIterator[asyncpg.Connection]:
    """Whoever owns the database server, and can switch every trigger off."""
    connection = await asyncpg.connect(sample.platform.database.url)
    yield connection
    await connection.close()
