"""Carries events from a service's outbox to the bus, oldest first, one relay at a time.

An event that no bus takes (too large, say) is marked and stays; later events of its matter wait behind it, all others
go on. It is tried again every minute, since what was wrong may have been the bus, and health tells of it.
"""

import asyncio
import time
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
TRY_AGAIN_AFTER = 60.0
LOCK_KEPT_FOR = "60s"
"""A relay that asks nothing for so long stands still: another takes over. Longer than any bus takes to answer."""

log = structlog.get_logger()

_OLDEST = """
SELECT number, id, topic, type, key, time, body FROM outbox AS waiting
WHERE NOT EXISTS (SELECT FROM outbox AS stuck WHERE stuck.key = waiting.key AND stuck.refused IS NOT NULL)
ORDER BY number LIMIT $1
"""
_SENT = "DELETE FROM outbox WHERE number = ANY($1::bigint[])"
_REFUSED = "UPDATE outbox SET refused = $2 WHERE number = $1"
_TRY_AGAIN = "UPDATE outbox SET refused = NULL WHERE refused IS NOT NULL"


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
    tried_again = -TRY_AGAIN_AFTER
    while True:
        if time.monotonic() - tried_again >= TRY_AGAIN_AFTER:
            await connection.execute(_TRY_AGAIN)
            tried_again = time.monotonic()
        found = await relay_once(connection, bus, source=database.source)
        beat()
        if found < BATCH:
            await bell.wait(at_most=POLL_SECONDS)


async def relay_once(connection: asyncpg.Connection, bus: Bus, *, source: str) -> int:
    """Publishes one batch and removes it; returns how many rows it had.

    Rows are chosen by still being there, never by "after the last number": a lower number can commit later. Rows are
    removed after the bus has them durably; a crash between the two publishes again, and the inbox on the other side
    takes each only once.
    """
    rows = await connection.fetch(_OLDEST, BATCH)
    sent: list[int] = []
    for topic, group in groupby(rows, key=lambda row: row["topic"]):
        of_topic = list(group)
        if await _taken(bus, topic, _messages(of_topic, source)):
            sent += [row["number"] for row in of_topic]
        else:
            sent += await _one_by_one(connection, bus, of_topic, source)
    if sent:
        reached("relay.published")
        await connection.execute(_SENT, sent)
    return len(rows)


async def _one_by_one(
    connection: asyncpg.Connection, bus: Bus, rows: Sequence[Any], source: str
) -> list[int]:
    """Finds out which of them the bus refuses; what follows in the same matter waits, the rest is published."""
    sent: list[int] = []
    stuck: set[Any] = set()
    for row in rows:
        if row["key"] in stuck:
            continue
        if await _taken(bus, row["topic"], _messages([row], source)):
            sent.append(row["number"])
        else:
            stuck.add(row["key"])
            await connection.execute(_REFUSED, row["number"], "refused-by-bus")
            log.error("event refused by the bus", type=row["type"], topic=row["topic"])
    return sent


async def _taken(bus: Bus, topic: str, messages: Sequence[Message]) -> bool:
    """Whether the bus has them durably; False where it refuses, an error where it is away."""
    try:
        await bus.publish(topic, messages)
    except Exception as error:
        if isinstance(error, BusUnavailable) or passes(error):
            raise
        return False
    return True


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
