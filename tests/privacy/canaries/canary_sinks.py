"""Sinks of a running system: every file, database row and page in which a word could be kept."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from tests.privacy.canaries.search import Hit, Search
from tools.local.environment import CommandLine, module_command, ports_from
from tools.local.postgres import PostgresServer
from tools.local.preflight import free_ports
from tools.local.system import LocalSystem

QUICK = {"HELPLINE_CONFIRM_DANGER_SECONDS": "1", "HELPLINE_CONFIRM_CHILD_SECONDS": "1"}
_TABLES = """
SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname <> 'pg_catalog'
"""
_VIEWS = ("pg_stat_activity", "pg_prepared_statements", "pg_stats", "pg_stat_replication", "pg_locks")


@dataclass
class Installation:
    """System with a PostgreSQL server of its own, and with a broker where it has one, all below one folder."""

    system: LocalSystem
    postgres: PostgresServer
    folder: Path

    def database_url(self, name: str) -> str:
        return self.postgres.superuser_url(name if name == "postgres" else f"helpline_{name}")

    async def rows(self) -> dict[str, bytes]:
        """Return every row of each database as text, so that what is stored compressed is read too."""
        found = {}
        for name in ("postgres", *self.system.databases):
            connection = await asyncpg.connect(self.database_url(name))
            try:
                tables = [await _rows(connection, table) for table in await _tables(connection)]
            finally:
                await connection.close()
            found[f"rows of {name}"] = "\n".join(tables).encode()
        return found

    async def setting(self, name: str) -> str:
        connection = await asyncpg.connect(self.postgres.superuser_url())
        try:
            return str(await connection.fetchval(f"SHOW {name}"))
        finally:
            await connection.close()

    async def stop(self) -> None:
        """Stop everything in order, so that the files of the database server are complete."""
        await self.system.stop()
        self.postgres.stop()
        log = self.postgres.log.read_text(errors="replace").rstrip()
        assert log.endswith("database system is shut down"), log[-2000:]
        assert "abnormal database system shutdown" not in log, log[-2000:]

    def search(self, stem: str, texts: Mapping[str, bytes]) -> set[Hit]:
        """Search all files of the stopped system, and texts by the name of their sink."""
        search = Search(stem)
        hits = search.in_folder(self.folder)
        return hits.union(*(search.in_bytes(content, name) for name, content in texts.items()))


async def _tables(connection: asyncpg.Connection) -> list[str]:
    views = [f"pg_catalog.{view}" for view in _VIEWS]
    return [row["name"] for row in await connection.fetch(_TABLES)] + views


async def _rows(connection: asyncpg.Connection, table: str) -> str:
    return "\n".join(f"{table} {row[0]}" for row in await connection.fetch(f"SELECT t::text FROM {table} t"))


@contextlib.asynccontextmanager
async def installed(
    folder: Path,
    *,
    bus: str = "embedded",
    command: CommandLine = module_command,
    environment: Mapping[str, str] | None = None,
) -> AsyncIterator[Installation]:
    """Start a system below a folder; `command` may start services in which something is planted."""
    postgres = PostgresServer(folder / "postgres", for_tests=True)
    postgres.start()
    system = LocalSystem(
        folder / "home",
        ports=free_ports(ports_from()),
        bus=bus,
        postgres=postgres,
        environment=QUICK | dict(environment or {}),
        command=command,
    )
    await system.start()
    try:
        yield Installation(system, postgres, folder)
    finally:
        await system.stop()
        postgres.stop()
