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
IN_MEMORY = Path("/dev/shm")
ROOM = 8 * 1024**3
"""Hundreds of databases are hundreds of thousands of files: in memory, where there is room, they cost no disk."""


class TestPostgres:
    """PostgreSQL server of the run, on which each test may have databases of its own."""

    __test__ = False

    def __init__(self, server: PostgresServer) -> None:
        self.server = server
        self._databases: list[str] = []
        self._templates: dict[str, str] = {}

    def superuser_url(self, database: str = "postgres") -> str:
        return self.server.superuser_url(database)

    async def create_database(self, prefix: str, *, template: str | None = None) -> str:
        """Return the address of a new, empty database (or of a copy of `template`); it is dropped at the end."""
        name = f"{re.sub('[^a-z0-9]', '_', prefix.lower())[:40]}_{uuid.uuid4().hex[:12]}"
        await self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template or "template0"}"')
        self._databases.append(name)
        return at_database(self.superuser_url(), name)

    async def copy_of(self, name: str, make: Callable[[str], Awaitable[None]]) -> str:
        """Return a copy of the template database of this name, which `make` fills once in each process of the run."""
        if name not in self._templates:
            url = await self.create_database(f"{name}_template")
            await make(url)
            self._templates[name] = urlsplit(url).path.removeprefix("/")
        return await self.create_database(name, template=self._templates[name])

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


def pytest_configure(config: pytest.Config) -> None:
    # pytest-alembic marks its checks; tests/tree calls them as functions and does without its plugin.
    config.addinivalue_line("markers", "alembic: a check of pytest-alembic")


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestPostgres]:
    """Yield the server that DATABASE_URL names, or one of our own for the whole run."""
    if url := os.environ.get("DATABASE_URL"):
        given = TestPostgres(PostgresServer(tmp_path_factory.mktemp("postgres"), url=url))
        yield given
        asyncio.run(given.drop_all())
        return
    with one_for_the_run(tmp_path_factory.getbasetemp(), FOLDERS, _folder_of_servers(), _server_in) as server:
        yield TestPostgres(server)


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


def _server_in(folder: Path) -> PostgresServer:
    return PostgresServer(folder, for_tests=True)


def _folder_of_servers() -> Path:
    has_room = (
        IN_MEMORY.is_dir() and os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > ROOM
    )
    return IN_MEMORY if has_room else Path(tempfile.gettempdir())


@pytest.fixture(scope="session")
def kafka_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with kafka_for_this_run(tmp_path_factory.getbasetemp()) as servers:
        yield servers
