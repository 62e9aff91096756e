"""Dead letters: events that could not be handled, kept whole and blocking only their own key until a replay."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import asyncpg
from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.tables import dead_letters, inbox
from shared.messaging.bus.port import BusRecord, EventEnvelope

UNREADABLE = "unreadable"


class DeadLetterState(StrEnum):
    FAILED = "failed"
    BLOCKED = "blocked"
    """It waits behind a failed event of the same key."""


async def lock_key(session: AsyncSession, key: str) -> None:
    """Hold the key until the commit: a consumer and a replay of the same key take turns."""
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 42))"), {"key": key})


async def is_blocked(session: AsyncSession, key: str) -> bool:
    found = await session.scalar(
        select(func.count()).select_from(dead_letters).where(dead_letters.c.key == key)
    )
    return bool(found)


async def keep(
    session: AsyncSession,
    record: BusRecord,
    *,
    state: DeadLetterState,
    reason: str,
    attempts: int,
    now: datetime,
) -> None:
    """Store an event for a later replay; nothing changes if it was handled meanwhile or is stored already."""
    envelope = record.envelope
    if envelope is not None and await session.scalar(
        select(inbox.c.type).where(inbox.c.event_id == envelope.id)
    ):
        return
    row: dict[str, Any] = {
        "event_id": envelope.id if envelope else None,
        "topic": record.topic,
        "position": f"{record.topic}/{record.partition}/{record.offset}",
        "type": envelope.type if envelope else UNREADABLE,
        "source": envelope.source if envelope else UNREADABLE,
        "key": envelope.key if envelope else f"{UNREADABLE}/{record.partition}/{record.offset}",
        "time": envelope.time if envelope else now,
        "body": envelope.body if envelope else b"",
        "state": state.value,
        "reason": reason,
        "attempts": attempts,
        "failed_at": now,
    }
    await session.execute(insert(dead_letters).values(row).on_conflict_do_nothing())


def as_envelope(row: Any) -> EventEnvelope:
    return EventEnvelope(
        id=row.event_id, type=row.type, source=row.source, key=row.key, time=row.time, body=bytes(row.body)
    )


async def count_by_state(pool: asyncpg.Pool) -> dict[str, int]:
    rows = await pool.fetch("SELECT state, count(*) AS n FROM dead_letters GROUP BY state")
    return {row["state"]: row["n"] for row in rows}
