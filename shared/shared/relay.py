"""Carries events from a service's outbox to the bus, oldest first, one relay at a time."""

import asyncio
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

import asyncpg
import structlog

from shared.bus import Bus, BusUnavailable, Message
from shared.database import ANSWERS_WITHIN, CONNECTS_WITHIN, LETS_GO, OUTBOX_BELL, Database, passes
from shared.doorbell import Bell
from shared.fault_points import reached

BATCH = 500
POLL_SECONDS = 0.5
RELAY_LOCK = 0x68656C70  # any number that no other advisory lock of this database uses
LOCK_KEPT_FOR = "60s"
"""A relay that asks nothing for so long stands still: another takes over. Longer than any bus takes to answer."""

log = structlog.get_logger()

_OLDEST = "SELECT number, id, topic, type, key, time, body FROM outbox ORDER BY number LIMIT $1"
_SENT = "DELETE FROM outbox WHERE number = ANY($1::bigint[])"


async def relay_forever(database: Database, bus: Bus, beat: Callable[[], None] = lambda: None) -> None:
    """Runs until cancelled. Whoever holds the advisory lock relays; the others stand by to take over.

    `beat` is called after every round that worked. What cannot be published stays where it is, and is told as a fault.
    """
    bell = database.doorbell.bell(OUTBOX_BELL)
    while True:
        try:
            connection = await asyncpg.connect(
                database.url,
                timeout=CONNECTS_WITHIN,
                command_timeout=ANSWERS_WITHIN,
                server_settings=LETS_GO | {"idle_session_timeout": LOCK_KEPT_FOR},
            )
            try:
                await _relay_on(connection, database, bus, bell, beat)
            finally:
                await connection.close(timeout=2)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, BusUnavailable) as error:
            if not isinstance(error, BusUnavailable) and not passes(error):
                raise
            log.warning("relay waits", error=type(error).__name__)
            await asyncio.sleep(POLL_SECONDS)


async def _relay_on(
    connection: asyncpg.Connection, database: Database, bus: Bus, bell: Bell, beat: Callable[[], None]
) -> None:
    # Asked again and again: a query that waits for the lock would hold back the vacuum of the outbox for as long.
    while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", RELAY_LOCK):
        beat()
        await asyncio.sleep(POLL_SECONDS)
    while True:
        moved = await relay_once(connection, bus, source=database.source)
        beat()
        if moved < BATCH:
            await bell.wait(at_most=POLL_SECONDS)


async def relay_once(connection: asyncpg.Connection, bus: Bus, *, source: str) -> int:
    """Publishes one batch and removes it; returns how many rows it had.

    Rows are chosen by still being there, never by "after the last number": a lower number can commit later. Rows are
    removed after the bus has them durably; a crash between the two publishes again, and the inbox on the other side
    takes each only once.
    """
    rows = await connection.fetch(_OLDEST, BATCH)
    for topic, group in groupby(rows, key=lambda row: row["topic"]):
        await bus.publish(topic, _messages(list(group), source))
    if rows:
        reached("relay.published")
        await connection.execute(_SENT, [row["number"] for row in rows])
    return len(rows)


def _messages(rows: Sequence[Any], source: str) -> list[Message]:
    return [
        Message(
            id=row["id"],
            type=row["type"],
            source=source,
            key=str(row["key"]),
            time=row["time"],
            body=bytes(row["body"]),
        )
        for row in rows
    ]
