"""Databases of one local server: one database and one login role for each service and for the bus."""

import json
import os
import re
import secrets
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

from tools.local.postgres import at_database
from tools.registry import ROOT, SERVICES

DATABASES = (*SERVICES, "bus")
STATEMENTS = ROOT / "deploy" / "databases.sql"
"""The statements that an operator runs, too."""


async def provision(
    superuser_url: str, names: Iterable[str] = DATABASES, *, credentials: Path, prefix: str = "helpline"
) -> dict[str, str]:
    """Create or complete each database and its role, and return the addresses; passwords stay in `credentials`."""
    passwords = _read_passwords(credentials)
    addresses = {}
    async with _connected(superuser_url) as server:
        for name in names:
            role = f"{prefix}_{name}"
            values = {
                "role": role,
                "database": role,
                "password": passwords.setdefault(role, secrets.token_urlsafe(24)),
            }
            # Written before the role gets it: a crash in between must not lock us out.
            _write_passwords(credentials, passwords)
            await _create(server, superuser_url, values)
            addresses[name] = _as_role(superuser_url, values)
    return addresses


async def remove(superuser_url: str, names: Iterable[str] = DATABASES, *, prefix: str) -> None:
    """Drop what `provision` created, with all records: for tests, which always give a prefix of their own."""
    async with _connected(superuser_url) as server:
        for name in names:
            await server.execute(f'DROP DATABASE IF EXISTS "{prefix}_{name}" WITH (FORCE)')
            await server.execute(f'DROP ROLE IF EXISTS "{prefix}_{name}"')


async def _create(server: asyncpg.Connection, superuser_url: str, values: Mapping[str, str]) -> None:
    statements = _statements(values)
    if await server.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", values["role"]):
        await server.execute(statements["password"])
    else:
        await server.execute(statements["role"])
    if not await server.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", values["database"]):
        await server.execute(statements["database"])
    await server.execute(statements["privileges"])
    async with _connected(at_database(superuser_url, values["database"])) as database:
        await database.execute(statements["schema"])


def _statements(values: Mapping[str, str]) -> dict[str, str]:
    """Return the sections of databases.sql with psql's variables filled in: :"name" an identifier, :'name' a text."""
    text = re.sub(r"^\\.*$", "", STATEMENTS.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for name, value in values.items():
        text = text.replace(f':"{name}"', '"' + value.replace('"', '""') + '"')
        text = text.replace(f":'{name}'", "'" + value.replace("'", "''") + "'")
    parts = re.split(r"^-- \[(\w+)\]$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


def _as_role(superuser_url: str, values: Mapping[str, str]) -> str:
    parts = urlsplit(at_database(superuser_url, values["database"]))
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{values['role']}:{quote(values['password'])}@{host}"))


def _read_passwords(credentials: Path) -> dict[str, str]:
    return dict(json.loads(credentials.read_text())) if credentials.exists() else {}


def _write_passwords(credentials: Path, passwords: Mapping[str, str]) -> None:
    """Write a neighbour and rename it, so that a full disk never leaves half a file."""
    draft = credentials.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(passwords, file, indent=1)
    draft.replace(credentials)
