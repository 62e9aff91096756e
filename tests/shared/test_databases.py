"""No service can open another service's records."""

from pathlib import Path

import asyncpg
import pytest

from deploy.databases import SERVICES, provision
from deploy.postgres import at_database
from tests.conftest import TestPostgres


async def test_each_service_opens_its_own_database_and_is_refused_at_every_other(
    postgres_server: TestPostgres, tmp_path: Path
) -> None:
    urls = await provision(
        postgres_server.superuser_url(), credentials=tmp_path / "credentials.json", prefix=tmp_path.name
    )
    refused = 0
    for service, url in urls.items():
        own = await asyncpg.connect(url)
        assert await own.fetchval("SELECT current_user") == f"{tmp_path.name}_{service}"
        await own.execute("CREATE TABLE belongings (id int)")
        await own.close()
        for other in SERVICES:
            if other != service:
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await asyncpg.connect(at_database(url, f"{tmp_path.name}_{other}"))
                refused += 1
    assert refused == 20
