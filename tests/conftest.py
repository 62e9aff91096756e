"""What every test may ask for: a PostgreSQL with databases of its own, and a Kafka."""

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

from deploy.postgres import PostgresServer, at_database
from tests.kafka import kafka_for_this_run
from tests.one_for_the_run import one_for_the_run

FOLDERS = "helpline-tests-"
IN_MEMORY = Path("/dev/shm")
ROOM = 8 * 1024**3
"""Hundreds of databases are hundreds of thousands of files: in memory, where there is room, they cost no disk."""


class TestPostgres:
    """The run's PostgreSQL server, on which each test may have databases of its own."""

    __test__ = False

    def __init__(self, server: PostgresServer) -> None:
        self.server = server
        self._databases: list[str] = []
        self._templates: dict[str, str] = {}

    def superuser_url(self, database: str = "postgres") -> str:
        return self.server.superuser_url(database)

    async def create_database(self, prefix: str, *, template: str | None = None) -> str:
        """The address of a new, empty database (or of a copy of `template`); it is dropped at the end."""
        name = f"{re.sub('[^a-z0-9]', '_', prefix.lower())[:40]}_{uuid.uuid4().hex[:12]}"
        await self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template or "template0"}"')
        self._databases.append(name)
        return at_database(self.superuser_url(), name)

    async def copy_of(self, name: str, make: Callable[[str], Awaitable[None]]) -> str:
        """A copy of the template database of this name, which `make` fills once in each process of the run."""
        if name not in self._templates:
            url = await self.create_database(f"{name}_template")
            await make(url)
            self._templates[name] = urlsplit(url).path.removeprefix("/")
        return await self.create_database(name, template=self._templates[name])

    async def drop(self, *urls: str) -> None:
        """Ends databases before the run does: hundreds of them would fill the memory that they lie in."""
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


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestPostgres]:
    """The server that is named, or one of our own for the whole run."""
    if url := os.environ.get("DATABASE_URL"):
        given = TestPostgres(PostgresServer(tmp_path_factory.mktemp("postgres"), url=url))
        yield given
        asyncio.run(given.drop_all())
        return
    with one_for_the_run(tmp_path_factory.getbasetemp(), FOLDERS, _place(), _server_in) as server:
        yield TestPostgres(server)


def _server_in(folder: Path) -> PostgresServer:
    return PostgresServer(folder, for_tests=True)


def _place() -> Path:
    roomy = IN_MEMORY.is_dir() and os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > ROOM
    return IN_MEMORY if roomy else Path(tempfile.gettempdir())


@pytest.fixture(scope="session")
def kafka_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with kafka_for_this_run(tmp_path_factory.getbasetemp()) as servers:
        yield servers
