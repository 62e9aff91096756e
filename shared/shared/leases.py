"""Work that is a row: claimed by one worker at a time, given up when its lease runs out, never lost with a process."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import BigInteger, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column


class Leased:
    """Columns of a row that is work. `fence` grows with every claim: a worker that slept past its lease sees that the
    number is no longer its own, and leaves the row alone."""

    due_at: Mapped[datetime | None] = mapped_column(index=True)
    leased_until: Mapped[datetime | None]
    fence: Mapped[int] = mapped_column(BigInteger, default=0)
    attempts: Mapped[int] = mapped_column(default=0)


Row = TypeVar("Row", bound=Leased)


async def claim(
    session: AsyncSession, kind: type[Row], *, now: datetime, lease: timedelta, at_most: int = 10
) -> Sequence[Row]:
    """Takes rows that are due and that nobody holds, the longest due first. The caller's commit makes it so."""
    free = (kind.leased_until.is_(None)) | (kind.leased_until < now)
    due = select(kind).where(kind.due_at <= now, free).order_by(kind.due_at).limit(at_most)
    rows = (await session.scalars(due.with_for_update(skip_locked=True))).all()
    for row in rows:
        row.leased_until = now + lease
        row.fence += 1
        row.attempts += 1
    return rows


def still_ours(row: Leased | None, fence: int) -> bool:
    """Whether a row read again, locked, is the one we claimed."""
    return row is not None and row.fence == fence


def done(row: Leased) -> None:
    """Nothing is due on this row any more."""
    row.due_at = None
    row.leased_until = None


def again(row: Leased, at: datetime) -> None:
    """The row is due again at a later moment."""
    row.due_at = at
    row.leased_until = None
