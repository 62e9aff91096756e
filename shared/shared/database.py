"""One unit of work: rows, audit entry and events are written in one commit, or not at all."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from typing import Any, TypeVar
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoneFree
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from shared.clock import Clock, utc_now
from shared.doorbell import Doorbell
from shared.errors import Gone
from shared.events import Event
from shared.fault_points import reached
from shared.tables import audit_entries, data_keys, outbox
from shared.together import Together
from shared.vault import DataKey, KeyErased, Place, Vault

OUTBOX_BELL = "outbox"
ANSWERS_WITHIN = 30.0
CONNECTS_WITHIN = 10.0
CLOSES_WITHIN = 5.0
LETS_GO = {
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "20000",
    "idle_in_transaction_session_timeout": "60000",
}
"""The server takes its locks back from a machine that vanished, and from a process that stands still: without these
it would believe for two hours that somebody is there."""
PASSES = ("08", "25006", "25P03", "40", "53", "55P03", "57")
"""How an SQLSTATE starts that says nothing about the statement: connection, conflicts, resources, operator."""
AuditCode = str | int | bool | UUID | None
Row = TypeVar("Row")
Answer = TypeVar("Answer")


def passes(error: BaseException | None) -> bool:
    """Whether the same call may succeed later: the database is away, or another transaction was in the way.

    False for what the statement itself brought about, which would fail for ever.
    """
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or passes(error.orig.__cause__ if error.orig else None)
    if isinstance(error, asyncpg.PostgresError):
        return str(error.sqlstate or "").startswith(PASSES)
    if isinstance(error, asyncpg.InterfaceError):
        # A ValueError is a value that does not fit its column, or an address that is none.
        return not isinstance(error, ValueError)
    return isinstance(error, OSError | NoneFree)


class Keys:
    """The data keys of one database, in the unit of work that uses them."""

    def __init__(self, session: AsyncSession, vault: Vault, now: datetime) -> None:
        self._session = session
        self._vault = vault
        self._now = now
        self._opened: dict[UUID, DataKey] = {}

    async def create(self, owner: UUID) -> DataKey:
        key, wrapped = self._vault.new_key(owner)
        row = {"owner": owner, "wrapped": wrapped, "created_at": self._now}
        await self._session.execute(insert(data_keys).values(row))
        self._opened[owner] = key
        return key

    async def of(self, owner: UUID) -> DataKey:
        """The key of a person or contact; KeyErased once it was destroyed or if it never was."""
        if owner not in self._opened:
            found = await self._session.scalar(select(data_keys.c.wrapped).where(data_keys.c.owner == owner))
            if not found:
                raise KeyErased
            self._opened[owner] = self._vault.open_key(owner, found)
        return self._opened[owner]

    async def load(self, owners: Collection[UUID]) -> None:
        """Opens the keys of many owners with one question; those that are gone stay gone."""
        wanted = [owner for owner in owners if owner not in self._opened]
        if not wanted:
            return
        found = select(data_keys.c.owner, data_keys.c.wrapped).where(data_keys.c.owner.in_(wanted))
        for owner, wrapped in (await self._session.execute(found)).all():
            if wrapped:
                self._opened[owner] = self._vault.open_key(owner, wrapped)

    async def erase(self, owner: UUID) -> None:
        """Destroys the key: whatever was sealed under it is unreadable from the commit on, in backups too
        as soon as they no longer hold the wrapped key."""
        self._opened.pop(owner, None)
        wiped = update(data_keys).where(data_keys.c.owner == owner)
        await self._session.execute(wiped.values(wrapped=b"", erased_at=self._now))

    async def seal(self, owner: UUID, place: Place, value: Any) -> bytes:
        return self._vault.seal(await self.of(owner), place, value)

    async def open(self, owner: UUID, place: Place, sealed: bytes) -> Any:
        return self._vault.open(await self.of(owner), place, sealed)

    async def open_or_none(self, owner: UUID, place: Place, sealed: bytes | None) -> Any:
        """None where nothing was sealed or the key is gone; a value that was tampered with still raises."""
        if sealed is None:
            return None
        try:
            return await self.open(owner, place, sealed)
        except Gone:
            return None


class UnitOfWork:
    """What a request or a reaction works with. Only the boundary that made it commits."""

    def __init__(self, session: AsyncSession, vault: Vault, *, actor: str, now: datetime) -> None:
        self.session = session
        self.vault = vault
        self.actor = actor
        self.now = now
        self.keys = Keys(session, vault, now)
        self._events: list[Event] = []
        self._entries: list[dict[str, Any]] = []
        self.rings: set[str] = set()

    def publish(self, *events: Event) -> None:
        """Announces facts, in this order, with the commit."""
        self._events.extend(events)

    def record(self, action: str, subject: UUID, **codes: AuditCode) -> None:
        """Writes down who did or read what; ids and codes only."""
        entry = {key: str(value) if isinstance(value, UUID) else value for key, value in codes.items()}
        self._entries.append(
            {
                "id": uuid4(),
                "at": self.now,
                "actor": self.actor,
                "action": action,
                "subject": subject,
                "codes": entry,
            }
        )

    def ring(self, bell: str) -> None:
        """Wakes a loop of this service once the commit is through."""
        self.rings.add(bell)

    async def write_out(self) -> None:
        await self.session.flush()
        if self._entries:
            await self.session.execute(insert(audit_entries), self._entries)
        if self._events:
            await self.session.execute(
                insert(outbox), [outbox_row(event, self.now) for event in self._events]
            )
            self.rings.add(OUTBOX_BELL)
        self._entries, self._events = [], []


def outbox_row(event: Event, now: datetime) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "topic": event.topic,
        "type": event.type,
        "key": event.subject,
        "time": now,
        "body": event.model_dump_json().encode(),
    }


class Database:
    """One service's own database: sessions for units of work, plain connections for what must be quick."""

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
            pool_timeout=CONNECTS_WITHIN,
            hide_parameters=True,
            connect_args={
                "timeout": CONNECTS_WITHIN,
                "command_timeout": ANSWERS_WITHIN,
                "server_settings": LETS_GO,
            },
        )
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self._pool_size = pool
        self.doorbell = Doorbell(url)
        self._pool: asyncpg.Pool | None = None
        self._groups: dict[Any, Together[Any, Any]] = {}

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
            timeout=CONNECTS_WITHIN,
            command_timeout=ANSWERS_WITHIN,
            server_settings=LETS_GO,
        )
        try:
            async with self.doorbell:
                yield self
        finally:
            await _closed(self._pool)
            await self.engine.dispose()

    @asynccontextmanager
    async def unit_of_work(self, actor: str) -> AsyncIterator[UnitOfWork]:
        """The boundary: commits when the block ends, rolls everything back when it raises."""
        async with self._sessions() as session:
            async with session.begin():
                uow = UnitOfWork(session, self.vault, actor=actor, now=self.clock())
                yield uow
                await uow.write_out()
                reached("unit_of_work.before_commit")
            reached("unit_of_work.after_commit")
            for bell in uow.rings:
                self.doorbell.ring(bell)

    async def write_together(
        self, write: Callable[["Database", Sequence[Row]], Awaitable[Sequence[Answer]]], row: Row
    ) -> Answer:
        """Writes a row by `write`, in one commit with others of its kind that arrive while one is under way."""
        if write not in self._groups:
            self._groups[write] = Together(partial(write, self), hopeless=passes)
        answer: Answer = await self._groups[write].add(row)
        return answer

    def ring(self, bell: str) -> None:
        self.doorbell.ring(bell)


async def _nothing_to_reset(connection: asyncpg.Connection) -> None:
    """Statements on the plain pool stand alone: none leaves a setting, a session's lock or a listener behind, so no
    second round trip has to clear them away. (An unfinished transaction is still rolled back by the pool.)"""


async def _closed(pool: asyncpg.Pool) -> None:
    """In good order, or by force where the server does not answer any more."""
    try:
        async with asyncio.timeout(CLOSES_WITHIN):
            await pool.close()
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        pool.terminate()


async def _json_codecs(connection: asyncpg.Connection) -> None:
    await connection.set_type_codec("jsonb", encoder=_dumps, decoder=json.loads, schema="pg_catalog")


_dumps: Callable[[Any], str] = json.JSONEncoder(separators=(",", ":"), default=str).encode
