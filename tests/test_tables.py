"""Every service's tables: only declared kinds of column, and exactly what its migrations make, both ways."""

import asyncio
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import BigInteger as Big
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import create_async_engine

from deploy.contracts import SERVICES
from shared.migrate import downgrade, upgrade
from shared.platform import Service
from shared.tables import PLATFORM, Codes, CodeText, Digest, EventBody, PublicText, Sealed, WrappedKey
from tests.conftest import TestPostgres

DECLARED = (Sealed, Digest, WrappedKey, EventBody, CodeText, Codes, PublicText)
PLAIN = (Uuid, Integer, Big, Boolean)
PUBLIC_TEXT = {"agencies.name", "agencies.encryption_key", "contact_points.url", "contact_points.phone"}
"""The columns with text that is no person's secret, each of an agency; another one is added here knowingly."""

each_service = pytest.mark.parametrize("service", SERVICES.values(), ids=lambda service: service.name)


def undeclared(metadata: MetaData) -> list[str]:
    return [
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if not is_declared(f"{table.name}.{column.name}", column.type)
    ]


def is_declared(name: str, kind: Any) -> bool:
    if isinstance(kind, DateTime):
        return kind.timezone is True
    if type(kind) is PublicText:
        return name in PUBLIC_TEXT
    return type(kind) in (*DECLARED, *PLAIN)


@each_service
def test_every_column_is_of_a_kind_that_says_what_it_may_hold(service: Service) -> None:
    assert undeclared(PLATFORM) == []
    assert undeclared(service.metadata) == []


def test_a_column_that_could_hold_words_is_noticed() -> None:
    metadata = MetaData()
    kinds: list[Any] = [Text(), String(200), JSONB(), Date(), DateTime(), PublicText()]
    Table("planted", metadata, *(Column(f"c{place}", kind) for place, kind in enumerate(kinds)))
    assert undeclared(metadata) == [f"planted.c{place}" for place in range(len(kinds))]


def whole(service: Service) -> MetaData:
    """The platform's tables and the service's own, as one."""
    metadata = MetaData(naming_convention=PLATFORM.naming_convention)
    for table in (*PLATFORM.sorted_tables, *service.metadata.sorted_tables):
        table.to_metadata(metadata)
    return metadata


async def on(url: str, work: Any) -> Any:
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://", 1))
    try:
        async with engine.connect() as connection:
            found = await connection.run_sync(work)
            await connection.commit()
            return found
    finally:
        await engine.dispose()


ONLY_IN_MIGRATIONS = {"ix_contacts_urgency"}  # over expressions, which metadata cannot compare

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


def shape(connection: Connection) -> dict[str, set[str]]:
    """Columns, constraints and indexes as the database itself tells them."""
    found = {}
    for name, query in (("columns", _COLUMNS), ("constraints", _CONSTRAINTS), ("indexes", _INDEXES)):
        lines = connection.scalars(text(query)).all()
        found[name] = {line for line in lines if not any(known in line for known in ONLY_IN_MIGRATIONS)}
    return found


@each_service
async def test_migrations_make_exactly_the_tables_that_the_code_uses(
    postgres_server: TestPostgres, service: Service
) -> None:
    migrated = await postgres_server.create_database(f"{service.name}_migrated")
    declared = await postgres_server.create_database(f"{service.name}_declared")
    await asyncio.to_thread(upgrade, migrated, service.migrations)
    await on(declared, whole(service).create_all)
    by_migration, by_code = await on(migrated, shape), await on(declared, shape)
    for kind in by_code:
        assert by_migration[kind] - by_code[kind] == set(), f"{kind} that only the migrations make"
        assert by_code[kind] - by_migration[kind] == set(), f"{kind} that only the code has"
    differences = await on(migrated, lambda connection: _differences(connection, whole(service)))
    assert differences == []


def _differences(connection: Connection, metadata: MetaData) -> list[Any]:
    options = {"compare_type": True, "include_name": lambda name, *_: name not in ONLY_IN_MIGRATIONS}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


@each_service
async def test_migrations_can_be_taken_back_to_nothing_and_made_again(
    postgres_server: TestPostgres, service: Service
) -> None:
    url = await postgres_server.create_database(f"{service.name}_there_and_back")
    await asyncio.to_thread(upgrade, url, service.migrations)
    first = await on(url, everything)
    await asyncio.to_thread(downgrade, url, service.migrations)
    assert await on(url, everything) == {"alembic_version"}
    await asyncio.to_thread(upgrade, url, service.migrations)
    assert await on(url, everything) == first


_EVERYTHING = """
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'S')
UNION SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION SELECT tgname || ' on ' || tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal
UNION SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')
"""


def everything(connection: Connection) -> set[str]:
    return set(connection.scalars(text(_EVERYTHING)))
