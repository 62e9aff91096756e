"""Makes a service's keyring at its first start, and never over records that only another keyring opens."""

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import asyncpg
import typer

from shared.keyring import Keyring

_TABLES = """
SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'
"""

commands = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


async def make_missing(keyrings: Mapping[str, Path], databases: Mapping[str, str]) -> list[str]:
    """A keyring for each service that has none; or why one may not be made, and then none is."""
    missing = {name: path for name, path in keyrings.items() if not path.exists()}
    found = [await _refusal(name, path, databases[name]) for name, path in missing.items()]
    refusals = [sentence for sentence in found if sentence]
    if not refusals:
        for path in missing.values():
            path.parent.mkdir(parents=True, exist_ok=True)
            Keyring.generate(path)
    return refusals


async def _refusal(name: str, path: Path, database: str) -> str | None:
    try:
        holds_records = await _holds_records(database)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        return f"No keyring was made for {name}: its database could not be asked for records ({type(error).__name__})."
    if not holds_records:
        return None
    return (
        f"No keyring was made for {name}: its database holds records that only its old keyring opens. "
        f"Put {path} back from your backup, or start with an empty database."
    )


async def _holds_records(database: str) -> bool:
    connection = await asyncpg.connect(database)
    try:
        tables = [row[0] for row in await connection.fetch(_TABLES)]
        for table in tables:
            if await connection.fetchval(f"SELECT EXISTS (SELECT FROM {table})"):  # noqa: S608  # as PostgreSQL quotes it
                return True
        return False
    finally:
        await connection.close()


@commands.command()
def make(folder: Annotated[Path, typer.Argument(help="where the keyrings are kept")]) -> None:
    """Make what is missing. DATABASES names each service's database: intake=postgresql://… case=postgresql://…"""
    databases = dict(one.split("=", 1) for one in os.environ["DATABASES"].split())
    keyrings = {name: folder / name / f"{name}.json" for name in databases}
    if refusals := asyncio.run(make_missing(keyrings, databases)):
        for sentence in refusals:
            typer.echo(sentence, err=True)
        raise typer.Exit(1)


if __name__ == "__main__":
    commands()
