"""Events that could not be handled: kept whole, with only their own matter held back, until somebody replays them."""

from datetime import datetime
from typing import Any

import asyncpg
from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus import Message, Received
from shared.tables import failed_events, inbox

UNREADABLE = "unreadable"


async def lock_matter(session: AsyncSession, key: str) -> None:
    """One at a time per matter: the consumer that checks for a hold, and the replay that lifts it."""
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 42))"), {"key": key})


async def is_held(session: AsyncSession, key: str) -> bool:
    found = await session.scalar(
        select(func.count()).select_from(failed_events).where(failed_events.c.key == key)
    )
    return bool(found)


async def keep(
    session: AsyncSession, received: Received, *, state: str, reason: str, attempts: int, now: datetime
) -> None:
    """Stores an event for later; one that was handled meanwhile, or is kept already, changes nothing."""
    message = received.message
    if message is not None and await session.scalar(
        select(inbox.c.type).where(inbox.c.event_id == message.id)
    ):
        return
    row: dict[str, Any] = {
        "event_id": message.id if message else None,
        "topic": received.topic,
        "place": f"{received.topic}/{received.partition}/{received.offset}",
        "type": message.type if message else UNREADABLE,
        "source": message.source if message else UNREADABLE,
        "key": message.key if message else f"{UNREADABLE}/{received.partition}/{received.offset}",
        "time": message.time if message else now,
        "body": message.body if message else b"",
        "state": state,
        "reason": reason,
        "attempts": attempts,
        "failed_at": now,
    }
    await session.execute(insert(failed_events).values(row).on_conflict_do_nothing())


def as_message(row: Any) -> Message:
    return Message(
        id=row.event_id, type=row.type, source=row.source, key=row.key, time=row.time, body=bytes(row.body)
    )


async def counts(pool: asyncpg.Pool) -> dict[str, int]:
    rows = await pool.fetch("SELECT state, count(*) AS n FROM failed_events GROUP BY state")
    return {row["state"]: row["n"] for row in rows}
