"""Step of the compose file that creates databases and roles: no password appears on a command line."""

import asyncio
import os
import re
import shutil
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import asyncpg
import pytest

from tests.conftest import TestPostgres
from tests.tools.compose.compose_file import TEXT, script_of
from tools.local.databases import remove
from tools.local.environment import inherited_variables
from tools.local.postgres_programs import find_programs
from tools.registry import ROOT

PSQL = shutil.which("psql", path=str(find_programs())) or shutil.which("psql")
SERVICES = ("intake", "case")


@pytest.fixture
async def prefix(postgres_server: TestPostgres) -> AsyncIterator[str]:
    name = f"t{uuid4().hex[:8]}"
    yield name
    await remove(postgres_server.superuser_url(), [f"{name}_{one}" for one in SERVICES], prefix="helpline")


@pytest.fixture
def recording_psql(tmp_path: Path) -> Path:
    """Write a psql that records its command line before it does its work; return its folder."""
    program = tmp_path / "psql"
    program.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/command-lines\nexec {PSQL} "$@"\n')
    program.chmod(stat.S_IRWXU)
    return tmp_path


def passwords(prefix: str) -> dict[str, str]:
    return {f"{prefix}_{one}": f"Secret{one}word" for one in SERVICES}


async def run(script: str, folder: Path, server: TestPostgres, prefix: str) -> str:
    """Run the script with the psql of this folder and return the command lines of that psql."""
    address = urlsplit(server.superuser_url())
    environment = inherited_variables() | {
        "PATH": f"{folder}:{os.environ['PATH']}",
        "PGHOST": address.hostname or "",
        "PGPORT": str(address.port),
        "PGUSER": unquote(address.username or ""),
        "PGPASSWORD": unquote(address.password or ""),
        "PASSWORDS": " ".join(f"{name}={word}" for name, word in passwords(prefix).items()),
    }
    script = script.replace("/databases.sql", str(ROOT / "deploy" / "databases.sql"))
    program = await asyncio.create_subprocess_exec(
        *("sh", "-ec", script), env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )  # fmt: skip
    output, _ = await program.communicate()
    assert program.returncode == 0, output.decode()
    return (folder / "command-lines").read_text()


@pytest.mark.skipif(PSQL is None, reason="the step runs psql, which is not installed here")
async def test_the_step_that_makes_databases_shows_no_password_on_a_command_line(
    postgres_server: TestPostgres, prefix: str, recording_psql: Path
) -> None:
    for _start in ("the first", "the next"):
        shown = await run(script_of("databases"), recording_psql, postgres_server, prefix)
    assert "role=helpline" in shown
    for name, word in passwords(prefix).items():
        assert word not in shown
        url = urlsplit(postgres_server.superuser_url())
        own = f"postgresql://helpline_{name}:{word}@{url.hostname}:{url.port}/helpline_{name}"
        connection = await asyncpg.connect(own)
        assert await connection.fetchval("SELECT current_user") == f"helpline_{name}"
        await connection.close()


def test_no_password_is_written_into_a_command_anywhere() -> None:
    commands = re.findall(r"^\s+command:.*?(?=^\s{2,4}\w|\Z)", TEXT, re.M | re.S)
    assert len(commands) > 8
    assert [one for one in commands if re.search(r"\$\{?\w*(PASSWORD|SECRET)\b(?!S)", one)] == []
    assert "-v password" not in TEXT + (ROOT / "deploy" / "databases.sql").read_text()
