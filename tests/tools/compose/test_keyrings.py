"""Keyrings of the compose file: made at a first start, and never over records that another keyring sealed."""

import os
import stat
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from shared.runtime.first_keyring import make_if_missing
from tests.conftest import TestPostgres
from tests.tools.compose.compose_file import environment_of
from tools.local.postgres import at_database

SERVICES = ("intake", "case")


def keyring(folder: Path, name: str) -> Path:
    return folder / name / f"{name}.json"


async def make_keyrings(folder: Path, databases: dict[str, str]) -> dict[str, str]:
    """Make the keyring of each service as its prepare step does; return the refusals by service."""
    made = {name: await make_if_missing(name, keyring(folder, name), url) for name, url in databases.items()}
    return {name: refusal for name, refusal in made.items() if refusal is not None}


async def execute(database: str, *statements: str) -> Sequence[str]:
    connection = await asyncpg.connect(database)
    try:
        return [await connection.execute(statement) for statement in statements]
    finally:
        await connection.close()


async def test_a_first_start_makes_a_keyring_for_each_service_and_the_next_leaves_them(
    postgres_server: TestPostgres, tmp_path: Path
) -> None:
    databases = {one: await postgres_server.create_database(one) for one in SERVICES}
    assert await make_keyrings(tmp_path, databases) == {}
    made = [keyring(tmp_path, one).read_bytes() for one in SERVICES]
    for one in databases.values():
        await execute(one, "CREATE TABLE data_keys (owner int)", "INSERT INTO data_keys VALUES (1)")
    assert await make_keyrings(tmp_path, databases) == {}
    assert [keyring(tmp_path, one).read_bytes() for one in SERVICES] == made
    assert stat.S_IMODE(keyring(tmp_path, "case").stat().st_mode) == 0o600


async def test_no_keyring_is_made_over_records_that_another_one_sealed(
    postgres_server: TestPostgres, tmp_path: Path
) -> None:
    databases = {one: await postgres_server.create_database(one) for one in SERVICES}
    await execute(databases["case"], 'CREATE TABLE "Cases of old" (id int)')
    await execute(databases["case"], 'INSERT INTO "Cases of old" VALUES (1)')
    refusals = await make_keyrings(tmp_path, databases)
    assert list(refusals) == ["case"]
    assert refusals["case"].startswith("No keyring was made for case: its database holds records")
    assert [keyring(tmp_path, one).exists() for one in SERVICES] == [True, False]


def test_the_step_that_makes_a_keyring_ends_with_the_sentence(tmp_path: Path) -> None:
    database = {"HELPLINE_DATABASE_URL": "postgresql://nobody:Secretword@127.0.0.1:1/nowhere"}
    own = {"HELPLINE_KEYRING": str(keyring(tmp_path, "case"))}
    result = subprocess.run(
        [sys.executable, "-m", "case_service", "make-keyring"],
        env=os.environ | environment_of("case-prepare") | database | own,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("No keyring was made for case")
    assert "Secretword" not in result.stderr
    assert not keyring(tmp_path, "case").exists()


async def test_tables_without_a_row_are_no_records(postgres_server: TestPostgres, tmp_path: Path) -> None:
    database = await postgres_server.create_database("case")
    await execute(
        database, "CREATE TABLE alembic_version (v text)", "INSERT INTO alembic_version VALUES ('1')"
    )
    await execute(database, "CREATE TABLE cases (id int)")
    assert await make_keyrings(tmp_path, {"case": database}) == {}
    assert keyring(tmp_path, "case").exists()


async def test_no_keyring_is_made_where_the_database_cannot_be_asked(
    postgres_server: TestPostgres, tmp_path: Path
) -> None:
    nowhere = at_database(postgres_server.superuser_url(), "nowhere")
    refusals = await make_keyrings(tmp_path, {"case": nowhere})
    assert "could not be asked" in refusals["case"]
    assert urlsplit(nowhere).password not in refusals["case"].split()
    assert not any(keyring(tmp_path, one).exists() for one in SERVICES)
