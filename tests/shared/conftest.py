"""Sample service on a database of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from tests.conftest import TestPostgres
from tests.support.sample_service import SAMPLE, TABLES
from tests.support.services import RunningService, running


@pytest.fixture
async def sample(postgres_server: TestPostgres, tmp_path: Path) -> AsyncIterator[RunningService]:
    async with running(SAMPLE, postgres_server, home=tmp_path) as service:
        await service.context.database.pool.execute(TABLES)
        yield service


@pytest.fixture
async def superuser(sample: RunningService) -> AsyncIterator[asyncpg.Connection]:
    """Yield a connection of the owner of the database server, who can switch every trigger off."""
    connection = await asyncpg.connect(sample.context.database.url)
    yield connection
    await connection.close()
