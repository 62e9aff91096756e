"""Databases of services: no service can open another service's records."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from tests.conftest import TestPostgres
from tools.local.databases import DATABASES, provision, remove
from tools.local.postgres import at_database


@pytest.fixture
async def prefix(postgres_server: TestPostgres) -> AsyncIterator[str]:
    """Return a prefix for databases of this test alone, which are dropped after it."""
    name = f"test_{uuid4().hex[:12]}"
    yield name
    await remove(postgres_server.superuser_url(), prefix=name)


async def test_each_service_opens_its_own_database_and_is_refused_at_every_other(
    postgres_server: TestPostgres, tmp_path: Path, prefix: str
) -> None:
    urls = await provision(
        postgres_server.superuser_url(), credentials=tmp_path / "credentials.json", prefix=prefix
    )
    refused = 0
    for service, url in urls.items():
        own = await asyncpg.connect(url)
        assert await own.fetchval("SELECT current_user") == f"{prefix}_{service}"
        await own.execute("CREATE TABLE own_records (id int)")
        await own.close()
        for other in DATABASES:
            if other != service:
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await asyncpg.connect(at_database(url, f"{prefix}_{other}"))
                refused += 1
    assert refused == 20


async def test_an_operator_who_may_only_create_databases_and_roles_is_enough(
    postgres_server: TestPostgres, tmp_path: Path, prefix: str
) -> None:
    operator = f"{prefix}_operator"
    superuser = await asyncpg.connect(postgres_server.superuser_url())
    await superuser.execute(f"CREATE ROLE {operator} LOGIN CREATEDB CREATEROLE PASSWORD 'long enough'")
    url = f"postgresql://{operator}:long%20enough@{postgres_server.server.address}/postgres"
    for _start in ("the first", "the next"):
        urls = await provision(url, credentials=tmp_path / "credentials.json", prefix=prefix)
        own = await asyncpg.connect(urls["case"])
        await own.execute("CREATE TABLE IF NOT EXISTS own_records (id int)")
        await own.close()
    await remove(postgres_server.superuser_url(), prefix=prefix)
    await superuser.execute(f"DROP ROLE {operator}")
    await superuser.close()


async def test_a_lost_credentials_file_is_replaced_by_new_passwords(
    postgres_server: TestPostgres, tmp_path: Path, prefix: str
) -> None:
    credentials = tmp_path / "credentials.json"
    before = await provision(postgres_server.superuser_url(), credentials=credentials, prefix=prefix)
    credentials.unlink()
    after = await provision(postgres_server.superuser_url(), credentials=credentials, prefix=prefix)
    assert after["case"] != before["case"]
    await (await asyncpg.connect(after["case"])).close()
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(before["case"])
