"""A database and a login role for each service, made from the statements in databases.sql."""

import json
import os
import re
import secrets
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

from deploy.postgres import at_database

SERVICES = ("intake", "case", "referral", "stats", "bus")
_TEMPLATE = Path(__file__).with_name("databases.sql")


async def provision(
    superuser_url: str, services: Iterable[str] = SERVICES, *, credentials: Path, prefix: str = "helpline"
) -> dict[str, str]:
    """The address of each service's own database, all made or put right; passwords stay in `credentials`."""
    passwords = _remembered(credentials)
    addresses = {}
    async with _connected(superuser_url) as server:
        for service in services:
            name = f"{prefix}_{service}"
            values = {
                "role": name,
                "database": name,
                "password": passwords.setdefault(name, secrets.token_urlsafe(24)),
            }
            _remember(credentials, passwords)  # before the role has it: a password nobody knows helps nobody
            await _make(server, superuser_url, values)
            addresses[service] = _as_role(superuser_url, values)
    return addresses


async def remove(superuser_url: str, services: Iterable[str] = SERVICES, *, prefix: str) -> None:
    """Drops what `provision` made, with everything in it: for tests, which always name a prefix of their own."""
    async with _connected(superuser_url) as server:
        for service in services:
            await server.execute(f'DROP DATABASE IF EXISTS "{prefix}_{service}" WITH (FORCE)')
            await server.execute(f'DROP ROLE IF EXISTS "{prefix}_{service}"')


async def _make(server: asyncpg.Connection, superuser_url: str, values: Mapping[str, str]) -> None:
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
    """The sections of databases.sql, psql's variables filled in: :"name" an identifier, :'name' a text."""
    text = re.sub(r"^\\.*$", "", _TEMPLATE.read_text(encoding="utf-8"), flags=re.MULTILINE)
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
    there = urlsplit(at_database(superuser_url, values["database"]))
    host = there.netloc.rpartition("@")[2]
    return urlunsplit(there._replace(netloc=f"{values['role']}:{quote(values['password'])}@{host}"))


def _remembered(credentials: Path) -> dict[str, str]:
    return dict(json.loads(credentials.read_text())) if credentials.exists() else {}


def _remember(credentials: Path, passwords: Mapping[str, str]) -> None:
    """Written beside and then moved, so that a full disk never leaves half a file."""
    beside = credentials.with_suffix(".new")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(passwords, file, indent=1)
    beside.replace(credentials)
