"""First keyring of a service: made where there is none, never over records that only another keyring opens."""

import asyncio
from pathlib import Path

import asyncpg
import typer

from shared.crypto.keyring import Keyring
from shared.service.settings import Settings

_TABLES = """
SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'
"""


async def make_if_missing(name: str, keyring: Path, database_url: str) -> str | None:
    """Make the keyring of a service; return the sentence why not, None where it is there or was made."""
    if keyring.exists():  # noqa: ASYNC240  a small command, not a server
        return None
    if refusal := await refusal_to_make(name, keyring, database_url):
        return refusal
    keyring.parent.mkdir(parents=True, exist_ok=True)
    Keyring.generate(keyring)
    return None


async def refusal_to_make(name: str, keyring: Path, database_url: str) -> str | None:
    """Return the sentence why no keyring may be made for this database, None where one may."""
    try:
        holds_records = await _holds_records(database_url)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        return f"No keyring was made for {name}: its database could not be asked for records ({type(error).__name__})."
    if not holds_records:
        return None
    return (
        f"No keyring was made for {name}: its database holds records that only its old keyring opens. "
        f"Put {keyring} back from your backup, or start with an empty database."
    )


async def _holds_records(database_url: str) -> bool:
    connection = await asyncpg.connect(database_url)
    try:
        tables = [row[0] for row in await connection.fetch(_TABLES)]
        for table in tables:
            if await connection.fetchval(f"SELECT EXISTS (SELECT FROM {table})"):  # noqa: S608  quoted by PostgreSQL
                return True
        return False
    finally:
        await connection.close()


def make(name: str, settings: Settings) -> int:
    """Make the keyring of a service for the command line; return the exit code."""
    path = Path(settings.keyring)
    if refusal := asyncio.run(make_if_missing(name, path, settings.database_url.get_secret_value())):
        typer.echo(refusal, err=True)
        return 1
    return 0
