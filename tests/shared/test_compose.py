"""The production parts on one machine: no password on a command line, and no new keyring over records."""

import asyncio
import os
import re
import shutil
import stat
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from textwrap import dedent
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import asyncpg
import pytest
from typer.testing import CliRunner

from deploy.databases import remove
from deploy.keyrings import commands, make_missing
from deploy.postgres import at_database
from deploy.postgres_programs import find_programs
from deploy.wiring import ROOT, inherited
from tests.conftest import TestPostgres

COMPOSE = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
PSQL = shutil.which("psql", path=str(find_programs())) or shutil.which("psql")
SERVICES = ("intake", "case")


def script_of(service: str) -> str:
    """The shell script that a service of the compose file runs, as its shell sees it."""
    block = re.split(r"^  (?=[\w-]+:\n)", COMPOSE[COMPOSE.index(f"\n  {service}:\n") + 1 :], flags=re.M)[1]
    return dedent(block[block.index("- |\n") + 4 :]).replace("$$", "$")


@pytest.fixture
async def prefix(postgres_server: TestPostgres) -> AsyncIterator[str]:
    name = f"t{uuid4().hex[:8]}"
    yield name
    await remove(postgres_server.superuser_url(), [f"{name}_{one}" for one in SERVICES], prefix="helpline")


@pytest.fixture
def noting_psql(tmp_path: Path) -> Path:
    """A psql that writes its command line down before it does its work."""
    noted = tmp_path / "psql"
    noted.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/command-lines\nexec {PSQL} "$@"\n')
    noted.chmod(stat.S_IRWXU)
    return tmp_path


def passwords(prefix: str) -> dict[str, str]:
    return {f"{prefix}_{one}": f"Secret{one}word" for one in SERVICES}


async def run(script: str, folder: Path, server: TestPostgres, prefix: str) -> str:
    there = urlsplit(server.superuser_url())
    surroundings = inherited() | {
        "PATH": f"{folder}:{os.environ['PATH']}",
        "PGHOST": there.hostname or "",
        "PGPORT": str(there.port),
        "PGUSER": unquote(there.username or ""),
        "PGPASSWORD": unquote(there.password or ""),
        "PASSWORDS": " ".join(f"{name}={word}" for name, word in passwords(prefix).items()),
    }
    script = script.replace("/databases.sql", str(ROOT / "deploy" / "databases.sql"))
    program = await asyncio.create_subprocess_exec(
        *("sh", "-ec", script), env=surroundings, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )  # fmt: skip
    said, _ = await program.communicate()
    assert program.returncode == 0, said.decode()
    return (folder / "command-lines").read_text()


@pytest.mark.skipif(PSQL is None, reason="the step runs psql, which is not installed here")
async def test_the_step_that_makes_databases_shows_no_password_on_a_command_line(
    postgres_server: TestPostgres, prefix: str, noting_psql: Path
) -> None:
    for _start in ("the first", "the next"):
        shown = await run(script_of("databases"), noting_psql, postgres_server, prefix)
    assert "role=helpline" in shown
    for name, word in passwords(prefix).items():
        assert word not in shown
        url = urlsplit(postgres_server.superuser_url())
        own = f"postgresql://helpline_{name}:{word}@{url.hostname}:{url.port}/helpline_{name}"
        connection = await asyncpg.connect(own)
        assert await connection.fetchval("SELECT current_user") == f"helpline_{name}"
        await connection.close()


def test_no_password_is_written_into_a_command_anywhere() -> None:
    commands = re.findall(r"^\s+command:.*?(?=^\s{2,4}\w|\Z)", COMPOSE, re.M | re.S)
    assert len(commands) > 8
    assert [one for one in commands if re.search(r"\$\{?\w*(PASSWORD|SECRET)\b(?!S)", one)] == []
    assert "-v password" not in COMPOSE + (ROOT / "deploy" / "databases.sql").read_text()


def keyring(folder: Path, name: str) -> Path:
    return folder / name / f"{name}.json"


def keyrings_in(folder: Path, *names: str) -> dict[str, Path]:
    return {name: keyring(folder, name) for name in names or SERVICES}


async def test_a_first_start_makes_a_keyring_for_each_service_and_the_next_leaves_them(
    postgres_server: TestPostgres, tmp_path: Path
) -> None:
    databases = {one: await postgres_server.create_database(one) for one in SERVICES}
    assert await make_missing(keyrings_in(tmp_path), databases) == []
    made = [keyring(tmp_path, one).read_bytes() for one in SERVICES]
    for one in databases.values():
        await written(one, "CREATE TABLE data_keys (owner int)", "INSERT INTO data_keys VALUES (1)")
    assert await make_missing(keyrings_in(tmp_path), databases) == []
    assert [keyring(tmp_path, one).read_bytes() for one in SERVICES] == made
    assert stat.S_IMODE(keyring(tmp_path, "case").stat().st_mode) == 0o600


async def test_no_keyring_is_made_over_records_that_another_one_sealed(
    postgres_server: TestPostgres, tmp_path: Path
) -> None:
    databases = {one: await postgres_server.create_database(one) for one in SERVICES}
    await written(databases["case"], 'CREATE TABLE "Cases of old" (id int)')
    await written(databases["case"], 'INSERT INTO "Cases of old" VALUES (1)')
    (refusal,) = await make_missing(keyrings_in(tmp_path), databases)
    assert refusal.startswith("No keyring was made for case: its database holds records")
    assert not any(keyring(tmp_path, one).exists() for one in SERVICES)


def test_the_step_that_makes_keyrings_ends_with_the_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASES", "case=postgresql://nobody:Secretword@127.0.0.1:1/nowhere")
    result = CliRunner().invoke(commands, [str(tmp_path)])
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("No keyring was made for case")
    assert "Secretword" not in result.stderr


async def test_tables_without_a_row_are_no_records(postgres_server: TestPostgres, tmp_path: Path) -> None:
    database = await postgres_server.create_database("case")
    await written(
        database, "CREATE TABLE alembic_version (v text)", "INSERT INTO alembic_version VALUES ('1')"
    )
    await written(database, "CREATE TABLE cases (id int)")
    assert await make_missing(keyrings_in(tmp_path, "case"), {"case": database}) == []
    assert keyring(tmp_path, "case").exists()


async def test_no_keyring_is_made_where_the_database_cannot_be_asked(
    postgres_server: TestPostgres, tmp_path: Path
) -> None:
    nowhere = at_database(postgres_server.superuser_url(), "nowhere")
    (refusal,) = await make_missing(keyrings_in(tmp_path, "case"), {"case": nowhere})
    assert "could not be asked" in refusal
    assert urlsplit(nowhere).password not in refusal.split()
    assert not any(keyring(tmp_path, one).exists() for one in SERVICES)


async def written(database: str, *statements: str) -> Sequence[str]:
    connection = await asyncpg.connect(database)
    try:
        return [await connection.execute(statement) for statement in statements]
    finally:
        await connection.close()
