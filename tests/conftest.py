"""What every test may ask for: a PostgreSQL with databases of its own."""

import asyncio
import contextlib
import fcntl
import json
import os
import re
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from deploy.postgres import PostgresServer, at_database

FOLDERS = "helpline-tests-"
STARTED_HERE: list[PostgresServer] = []
"""Kept to the end of the worker: it may have started the server that others still use."""
IN_MEMORY = Path("/dev/shm")
ROOM = 8 * 1024**3
"""Hundreds of databases are hundreds of thousands of files: in memory, where there is room, they cost no disk."""


class TestPostgres:
    """The run's PostgreSQL server, on which each test may have databases of its own."""

    __test__ = False

    def __init__(self, server: PostgresServer) -> None:
        self.server = server
        self._databases: list[str] = []

    def superuser_url(self, database: str = "postgres") -> str:
        return self.server.superuser_url(database)

    async def create_database(self, prefix: str, *, template: str | None = None) -> str:
        """The address of a new, empty database (or of a copy of `template`); it is dropped at the end."""
        name = f"{re.sub('[^a-z0-9]', '_', prefix.lower())[:40]}_{uuid.uuid4().hex[:12]}"
        await self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template or "template0"}"')
        self._databases.append(name)
        return at_database(self.superuser_url(), name)

    async def drop_all(self) -> None:
        for name in self._databases:
            await self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self.superuser_url())
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestPostgres]:
    """One server for the whole run: pytest-xdist's workers share it, and the last one out stops it."""
    if url := os.environ.get("DATABASE_URL"):
        given = TestPostgres(PostgresServer(tmp_path_factory.mktemp("postgres"), url=url))
        yield given
        asyncio.run(given.drop_all())
        return
    run = tmp_path_factory.getbasetemp()
    meeting_place = run.parent if "PYTEST_XDIST_WORKER" in os.environ else run
    server = _enter(meeting_place)
    yield TestPostgres(server)
    _leave(meeting_place, server)


@contextlib.contextmanager
def _one_at_a_time(meeting_place: Path) -> Iterator[None]:
    with (meeting_place / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _enter(meeting_place: Path) -> PostgresServer:
    with _one_at_a_time(meeting_place):
        address = meeting_place / "postgres.folder"
        if not address.exists():
            _stop_what_killed_runs_left()
            address.write_text(tempfile.mkdtemp(prefix=FOLDERS, dir=_place()))
        server = PostgresServer(Path(address.read_text()), for_tests=True)
        server.start()
        _write_users(server.folder, [*_users(server.folder), os.getpid()])
        return server


def _place() -> Path:
    roomy = IN_MEMORY.is_dir() and os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > ROOM
    return IN_MEMORY if roomy else Path(tempfile.gettempdir())


def _leave(meeting_place: Path, server: PostgresServer) -> None:
    with _one_at_a_time(meeting_place):
        staying = [pid for pid in _users(server.folder) if pid != os.getpid()]
        _write_users(server.folder, staying)
        STARTED_HERE.append(server)
        if not staying:
            (meeting_place / "postgres.folder").unlink()
            server.stop()
            shutil.rmtree(server.folder)


def _users(folder: Path) -> list[int]:
    with contextlib.suppress(FileNotFoundError):
        return [pid for pid in json.loads((folder / "users.json").read_text()) if psutil.pid_exists(pid)]
    return []


def _write_users(folder: Path, users: list[int]) -> None:
    (folder / "users.json").write_text(json.dumps(users))


def _stop_what_killed_runs_left() -> None:
    for folder in (
        one for place in {IN_MEMORY, Path(tempfile.gettempdir())} for one in place.glob(f"{FOLDERS}*")
    ):
        ours = folder.stat().st_uid == os.geteuid() and (folder / "users.json").exists()
        if ours and not _users(folder):
            PostgresServer(folder).stop()
            shutil.rmtree(folder)
