"""Outbox relay: publishes a service's outbox rows to the bus, oldest first, one relay at a time.

An event that the bus refuses (too large, for instance) is marked and stays. Later events of its key wait behind it, all
others go on. It is tried again every minute, since the cause may have been the bus, and health reports it.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

import asyncpg
import structlog

from shared.backoff import Backoff
from shared.crash_points import crash_point
from shared.db.connections import (
    ANSWER_TIMEOUT,
    CONNECT_TIMEOUT,
    CONNECTION_ERRORS,
    CONNECTION_SETTINGS,
    is_transient,
)
from shared.db.database import Database
from shared.db.notify import Listener
from shared.db.unit_of_work import OUTBOX_CHANNEL
from shared.messaging.bus.port import Bus, EventEnvelope

BATCH = 500
POLL_SECONDS = 0.5
RELAY_LOCK = 0x68656C70  # an advisory lock number that nothing else in this database uses
RETRY_REFUSED_AFTER = 60.0
LOCK_LOST_AFTER = "60s"
"""A relay that sends no statement for so long hangs, and another takes over. No bus takes so long to answer."""

log = structlog.get_logger()

_OLDEST = """
SELECT number, id, topic, type, key, time, body FROM outbox AS pending
WHERE NOT EXISTS (SELECT FROM outbox AS stuck WHERE stuck.key = pending.key AND stuck.refused IS NOT NULL)
ORDER BY number LIMIT $1
"""
_DELETE_PUBLISHED = "DELETE FROM outbox WHERE number = ANY($1::bigint[])"
_MARK_REFUSED = "UPDATE outbox SET refused = $2 WHERE number = $1"
_RETRY_REFUSED = "UPDATE outbox SET refused = NULL WHERE refused IS NOT NULL"


async def run_relay(database: Database, bus: Bus, heartbeat: Callable[[], None] = lambda: None) -> None:
    """Relay until cancelled. The holder of the advisory lock relays; others stand by to take over.

    `heartbeat` is called after every successful round. What cannot be published stays where it is.
    """
    listener = database.notifier.listen(OUTBOX_CHANNEL)
    backoff = Backoff(first=POLL_SECONDS, longest=POLL_SECONDS)
    while True:
        try:
            connection = await asyncpg.connect(
                database.url,
                timeout=CONNECT_TIMEOUT,
                command_timeout=ANSWER_TIMEOUT,
                server_settings=CONNECTION_SETTINGS | {"idle_session_timeout": LOCK_LOST_AFTER},
            )
            try:
                await _relay_on(connection, database, bus, listener, heartbeat)
            finally:
                await connection.close(timeout=2)
        except CONNECTION_ERRORS as error:
            if not is_transient(error):
                raise
            log.warning("relay waits", error=type(error).__name__)
            await backoff.wait()


async def _relay_on(
    connection: asyncpg.Connection,
    database: Database,
    bus: Bus,
    listener: Listener,
    heartbeat: Callable[[], None],
) -> None:
    # The lock is polled: a statement that waits for it would hold back the vacuum of the outbox for as long.
    while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", RELAY_LOCK):
        heartbeat()
        await asyncio.sleep(POLL_SECONDS)
    refused_retried_at = -RETRY_REFUSED_AFTER
    while True:
        if time.monotonic() - refused_retried_at >= RETRY_REFUSED_AFTER:
            await connection.execute(_RETRY_REFUSED)
            refused_retried_at = time.monotonic()
        found = await relay_once(connection, bus, source=database.source)
        heartbeat()
        if found < BATCH:
            await listener.wait(at_most=POLL_SECONDS)


async def relay_once(connection: asyncpg.Connection, bus: Bus, *, source: str) -> int:
    """Publish one batch, delete it, and return how many rows it had.

    Rows are chosen because they are still there, never "after the last number": a lower number can commit later.
    They are deleted after the bus has them durably. A crash in between publishes them again, and the receiver's
    inbox takes each once.
    """
    rows = await connection.fetch(_OLDEST, BATCH)
    published: list[int] = []
    for topic, group in groupby(rows, key=lambda row: row["topic"]):
        of_topic = list(group)
        if await _published(bus, topic, _envelopes(of_topic, source)):
            published += [row["number"] for row in of_topic]
        else:
            published += await _publish_one_by_one(connection, bus, of_topic, source)
    if published:
        crash_point("relay.published")
        await connection.execute(_DELETE_PUBLISHED, published)
    return len(rows)


async def _publish_one_by_one(
    connection: asyncpg.Connection, bus: Bus, rows: Sequence[Any], source: str
) -> list[int]:
    """Mark the events that the bus refuses; later ones of the same key wait, the others are published."""
    published: list[int] = []
    blocked: set[Any] = set()
    for row in rows:
        if row["key"] in blocked:
            continue
        if await _published(bus, row["topic"], _envelopes([row], source)):
            published.append(row["number"])
        else:
            blocked.add(row["key"])
            await connection.execute(_MARK_REFUSED, row["number"], "refused-by-bus")
            log.error("event refused by the bus", type=row["type"], topic=row["topic"])
    return published


async def _published(bus: Bus, topic: str, envelopes: Sequence[EventEnvelope]) -> bool:
    """Return whether the bus has them durably, False where it refuses them; raise where it is away."""
    try:
        await bus.publish(topic, envelopes)
    except Exception as error:
        if is_transient(error):
            raise
        return False
    return True


def _envelopes(rows: Sequence[Any], source: str) -> list[EventEnvelope]:
    return [
        EventEnvelope(
            id=row["id"],
            type=row["type"],
            source=source,
            key=str(row["key"]),
            time=row["time"],
            body=bytes(row["body"]),
        )
        for row in rows
    ]
