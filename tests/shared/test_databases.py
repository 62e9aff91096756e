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


async def test_an_operator_who_may_only_make_databases_and_roles_is_enough(
    postgres_server: TestPostgres, tmp_path: Path
) -> None:
    operator = f"operator_{tmp_path.name}"
    superuser = await asyncpg.connect(postgres_server.superuser_url())
    await superuser.execute(f"CREATE ROLE {operator} LOGIN CREATEDB CREATEROLE PASSWORD 'long enough'")
    await superuser.close()
    url = f"postgresql://{operator}:long%20enough@{postgres_server.server.address}/postgres"
    for _start in ("the first", "the next"):
        urls = await provision(url, credentials=tmp_path / "credentials.json", prefix=f"by_{tmp_path.name}")
        own = await asyncpg.connect(urls["case"])
        await own.execute("CREATE TABLE IF NOT EXISTS belongings (id int)")
        await own.close()


async def test_a_lost_credentials_file_is_replaced_by_new_passwords(
    postgres_server: TestPostgres, tmp_path: Path
) -> None:
    credentials, prefix = tmp_path / "credentials.json", f"lost_{tmp_path.name}"
    before = await provision(postgres_server.superuser_url(), credentials=credentials, prefix=prefix)
    credentials.unlink()
    after = await provision(postgres_server.superuser_url(), credentials=credentials, prefix=prefix)
    assert after["case"] != before["case"]
    await (await asyncpg.connect(after["case"])).close()
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(before["case"])
