"""Servers that any test may use: a PostgreSQL with databases of its own, and a Kafka."""

import asyncio
import os
import re
import shutil
import tempfile
import uuid
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from tests.support.kafka import kafka_for_this_run
from tests.support.servers import one_for_the_run
from tools.local.postgres import PostgresServer, at_database

FOLDERS = "helpline-tests-"
FOLDERS_GIVEN = "helpline-given-"
"""Folder of a run on the server that DATABASE_URL names: it holds only who uses the server."""
IS_FILLED = (
    "SELECT 1 FROM pg_database WHERE datname = $1 AND shobj_description(oid, 'pg_database') = 'filled'"
)
IN_MEMORY = Path("/dev/shm")
ROOM = 8 * 1024**3
"""Hundreds of databases are hundreds of thousands of files: in memory, where there is room, they cost no disk."""


class TestPostgres:
    """PostgreSQL server of the run, on which each test may have databases of its own."""

    __test__ = False

    def __init__(self, server: PostgresServer) -> None:
        self.server = server
        self._databases: list[str] = []
        self._templates: set[str] = set()

    def superuser_url(self, database: str = "postgres") -> str:
        return self.server.superuser_url(database)

    async def create_database(self, prefix: str, *, template: str | None = None) -> str:
        """Return the address of a new, empty database (or of a copy of `template`); it is dropped at the end."""
        name = f"{_plain(prefix)[:40]}_{uuid.uuid4().hex[:12]}"
        await self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template or "template0"}"')
        self._databases.append(name)
        return at_database(self.superuser_url(), name)

    async def copy_of(self, name: str, make: Callable[[str], Awaitable[None]]) -> str:
        """Return a copy of the template database of this name, which `make` fills once in a run."""
        template = f"{_plain(name)[:30]}{templates_of(self.server)}"
        if template not in self._templates:
            await self._fill_once(template, make)
            self._templates.add(template)
        return await self.create_database(name, template=template)

    async def _fill_once(self, template: str, make: Callable[[str], Awaitable[None]]) -> None:
        """Fill a template, unless another worker of the run has; one that a worker left unfilled is made anew."""
        connection = await asyncpg.connect(self.superuser_url())
        try:
            await connection.execute("SELECT pg_advisory_lock(hashtext($1))", template)
            if await connection.fetchval(IS_FILLED, template):
                return
            await connection.execute(f'DROP DATABASE IF EXISTS "{template}" WITH (FORCE)')
            await connection.execute(f'CREATE DATABASE "{template}" TEMPLATE template0')
            await make(at_database(self.superuser_url(), template))
            await connection.execute(f"COMMENT ON DATABASE \"{template}\" IS 'filled'")
        finally:
            await connection.close()

    async def drop(self, *urls: str) -> None:
        """Drop databases before the run ends: hundreds of them would fill the memory that they lie in."""
        for url in urls:
            name = urlsplit(url).path.removeprefix("/")
            await self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            self._databases.remove(name)

    async def drop_all(self) -> None:
        for name in self._databases:
            await self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self.superuser_url())
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


class RunPostgres(PostgresServer):
    """Server of a run. One that DATABASE_URL names goes on after the run, and keeps nothing of it."""

    def stop(self) -> None:
        if self.external:
            asyncio.run(self._drop_templates())
        super().stop()

    async def _drop_templates(self) -> None:
        connection = await asyncpg.connect(self.superuser_url())
        left = "SELECT datname FROM pg_database WHERE datname LIKE '%' || $1"
        for row in await connection.fetch(left, templates_of(self)):
            await connection.execute(f'DROP DATABASE IF EXISTS "{row["datname"]}" WITH (FORCE)')
        await connection.close()


def templates_of(server: PostgresServer) -> str:
    """Return the end of the names of a run's templates: the folder of its server is its own."""
    return f"_template_{_plain(server.folder.name)[-20:]}"


def _plain(name: str) -> str:
    return re.sub("[^a-z0-9]", "_", name.lower())


def pytest_configure(config: pytest.Config) -> None:
    # pytest-alembic marks its checks; tests/tree calls them as functions and does without its plugin.
    config.addinivalue_line("markers", "alembic: a check of pytest-alembic")


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestPostgres]:
    """Yield the server that DATABASE_URL names, or one of our own for the whole run."""
    is_given = "DATABASE_URL" in os.environ
    prefix, place = (
        (FOLDERS_GIVEN, Path(tempfile.gettempdir())) if is_given else (FOLDERS, _folder_of_servers())
    )
    with one_for_the_run(tmp_path_factory.getbasetemp(), prefix, place, _server_in) as server:
        ours = TestPostgres(server)
        yield ours
        if is_given:
            asyncio.run(ours.drop_all())


@pytest.fixture
def server_folder() -> Iterator[Path]:
    """Yield a folder for a server of a test's own.

    Pytest closes its own folders to other users whenever a run starts, and a server may run as another user.
    """
    place = _folder_of_servers()
    with tempfile.TemporaryDirectory(
        prefix=f"{FOLDERS}own-", dir=place, ignore_cleanup_errors=True
    ) as folder:
        yield Path(folder)


def _server_in(folder: Path) -> RunPostgres:
    return RunPostgres(folder, url=os.environ.get("DATABASE_URL"), for_tests=True)


def _folder_of_servers() -> Path:
    has_room = (
        IN_MEMORY.is_dir() and os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > ROOM
    )
    return IN_MEMORY if has_room else Path(tempfile.gettempdir())


@pytest.fixture(scope="session")
def kafka_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with kafka_for_this_run(tmp_path_factory.getbasetemp()) as servers:
        yield servers
