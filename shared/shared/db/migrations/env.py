"""Alembic environment: runs migrations over asyncpg, in one transaction, or writes their SQL as text."""

import asyncio

from alembic import context
from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import create_async_engine

MIGRATION_LOCK = 0x6D696772
LIMITS = ("SET lock_timeout = '2s'", "SET statement_timeout = '60s'")
"""Limits of a migration: without its lock it gives up and is started again, and holds up nobody."""


def migrate(connection: Connection) -> None:
    metadata = context.config.attributes.get("target_metadata")
    context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=False)
    with context.begin_transaction():
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        for limit in LIMITS:
            connection.execute(text(limit))
        context.run_migrations()


def write_sql() -> None:
    """Write the statements of the migrations to the output buffer instead of running them."""
    context.configure(dialect_name="postgresql", literal_binds=True, transaction_per_migration=False)
    with context.begin_transaction():
        for limit in LIMITS:
            context.execute(limit)
        context.run_migrations()


async def main() -> None:
    url = str(context.config.attributes["url"]).replace("postgresql://", "postgresql+asyncpg://", 1)
    engine = create_async_engine(url, poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
        await connection.commit()
    await engine.dispose()


if context.is_offline_mode():
    write_sql()
else:
    asyncio.run(main())
