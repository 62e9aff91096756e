"""Databases of a service as its migrations make them and as its mapped classes declare them."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.ext.asyncio import create_async_engine

from shared.db.tables import SHARED_TABLES
from shared.service.spec import ServiceSpec
from tools.registry import specs

each_service = pytest.mark.parametrize("service", specs().values(), ids=lambda service: service.name)

_CONSTRAINTS = """
SELECT conrelid::regclass::text || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'alembic_version' AND contype <> 'n'
"""
_INDEXES = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
_COLUMNS = """
SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || coalesce(character_maximum_length::text, '')
       || ' ' || is_nullable || ' ' || is_identity || ' ' || coalesce(column_default, '')
FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'
"""
_OBJECTS = """
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'S')
UNION SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION SELECT tgname || ' on ' || tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal
UNION SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')
"""


def whole(service: ServiceSpec) -> MetaData:
    """Return the tables of every service and this one's own, as one."""
    metadata = MetaData(naming_convention=SHARED_TABLES.naming_convention)
    for table in (*SHARED_TABLES.sorted_tables, *service.metadata.sorted_tables):
        table.to_metadata(metadata)
    return metadata


async def on(url: str, work: Callable[[Connection], Any]) -> Any:
    """Run work on a connection, commit, and return its result."""
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://", 1))
    try:
        async with engine.connect() as connection:
            found = await connection.run_sync(work)
            await connection.commit()
            return found
    finally:
        await engine.dispose()


def shape(connection: Connection) -> dict[str, set[str]]:
    """Return columns, constraints (checks too) and indexes as the database itself shows them."""
    queries = {"columns": _COLUMNS, "constraints": _CONSTRAINTS, "indexes": _INDEXES}
    return {name: set(connection.scalars(text(query))) for name, query in queries.items()}


def objects(connection: Connection) -> set[str]:
    """Return the names of every table, view, sequence, function, trigger and type."""
    return set(connection.scalars(text(_OBJECTS)))
