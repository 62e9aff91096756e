"""Database of one service: units of work, plain connections, and notifications after a commit."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from shared.clock import Clock, utc_now
from shared.crash_points import crash_point
from shared.crypto.vault import Vault
from shared.db.connections import (
    ANSWER_TIMEOUT,
    CLOSE_TIMEOUT,
    CONNECT_TIMEOUT,
    CONNECTION_SETTINGS,
)
from shared.db.notify import Notifier
from shared.db.unit_of_work import UnitOfWork


class Database:
    """One service's own database: sessions for units of work, a pool of plain connections for single statements."""

    def __init__(self, url: str, vault: Vault, *, source: str, clock: Clock = utc_now, pool: int = 8) -> None:
        self.url = url
        self.vault = vault
        self.source = source
        self.clock = clock
        address = url.replace("postgresql://", "postgresql+asyncpg://", 1)
        self.engine = create_async_engine(
            address,
            pool_size=pool,
            max_overflow=4,
            pool_pre_ping=True,
            pool_timeout=CONNECT_TIMEOUT,
            hide_parameters=True,
            connect_args={
                "timeout": CONNECT_TIMEOUT,
                "command_timeout": ANSWER_TIMEOUT,
                "server_settings": CONNECTION_SETTINGS,
            },
        )
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self._pool_size = pool
        self.notifier = Notifier(url)
        self._pool: asyncpg.Pool | None = None

    @property
    def pool(self) -> asyncpg.Pool:
        if self._pool is None:
            raise RuntimeError("the database is not open")
        return self._pool

    @asynccontextmanager
    async def opened(self) -> "AsyncIterator[Database]":
        self._pool = await asyncpg.create_pool(
            self.url,
            min_size=1,
            max_size=self._pool_size,
            init=_json_codecs,
            reset=_nothing_to_reset,
            timeout=CONNECT_TIMEOUT,
            command_timeout=ANSWER_TIMEOUT,
            server_settings=CONNECTION_SETTINGS,
        )
        try:
            async with self.notifier:
                yield self
        finally:
            await _closed(self._pool)
            await self.engine.dispose()

    @asynccontextmanager
    async def unit_of_work(self, actor: str) -> AsyncIterator[UnitOfWork]:
        """Commit when the block ends and roll back when it raises. No other place commits."""
        async with self._sessions() as session:
            async with session.begin():
                uow = UnitOfWork(session, self.vault, actor=actor, now=self.clock())
                yield uow
                await uow.write_out()
                crash_point("unit_of_work.before_commit")
            crash_point("unit_of_work.after_commit")
            for channel in uow.channels:
                self.notifier.notify(channel)

    def notify(self, channel: str) -> None:
        """Wake the loops that listen on this channel, in every process of the service."""
        self.notifier.notify(channel)


async def _nothing_to_reset(connection: asyncpg.Connection) -> None:
    """Save the round trip that would reset a returned connection.

    Statements on the plain pool stand alone and leave no setting, session lock or listener behind. The pool still
    rolls back an unfinished transaction.
    """


async def _closed(pool: asyncpg.Pool) -> None:
    """Close the pool in good order, or by force where the server no longer answers."""
    try:
        async with asyncio.timeout(CLOSE_TIMEOUT):
            await pool.close()
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        pool.terminate()


async def _json_codecs(connection: asyncpg.Connection) -> None:
    await connection.set_type_codec("jsonb", encoder=_dumps, decoder=json.loads, schema="pg_catalog")


_dumps: Callable[[Any], str] = json.JSONEncoder(separators=(",", ":"), default=str).encode
