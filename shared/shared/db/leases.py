"""Leases: one worker at a time claims a row that is work; it is free again when the lease ends."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import BigInteger, ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column


class Leased:
    """Columns of a row that is work, and what a worker does with them.

    `fence` grows with every claim. A worker that slept past its lease finds another number and leaves the row alone.
    """

    due_at: Mapped[datetime | None] = mapped_column(index=True)
    leased_until: Mapped[datetime | None]
    fence: Mapped[int] = mapped_column(BigInteger, default=0)
    attempts: Mapped[int] = mapped_column(default=0)

    def lease(self, until: datetime) -> None:
        """Claim the row until then."""
        self.leased_until = until
        self.take_from_worker()
        self.attempts += 1

    def take_from_worker(self) -> None:
        """Take the row from the worker that holds it."""
        self.fence += 1

    def is_held_under(self, fence: int) -> bool:
        """Return whether the claim with this fence still holds; ask only of a row read again and locked."""
        return self.fence == fence

    def finish(self) -> None:
        """Mark the row as done: nothing is due on it any more."""
        self.due_at = None
        self.leased_until = None

    def retry_at(self, at: datetime) -> None:
        """Give the row back, due again at this time."""
        self.due_at = at
        self.leased_until = None


Row = TypeVar("Row", bound=Leased)


async def claim(
    session: AsyncSession,
    kind: type[Row],
    *,
    now: datetime,
    lease: timedelta | Callable[[Row], timedelta],
    at_most: int = 10,
    only: ColumnElement[bool] | None = None,
    first: Sequence[ColumnElement[bool]] = (),
) -> Sequence[Row]:
    """Claim rows that are due and that nobody holds, the longest due first; the caller commits.

    Of these, `only` names those that may be claimed now, and rows for which a condition of `first` holds go before.
    """
    free = (kind.leased_until.is_(None)) | (kind.leased_until < now)
    due = select(kind).where(kind.due_at <= now, free)
    due = due if only is None else due.where(only)
    due = due.order_by(*(one.desc() for one in first), kind.due_at).limit(at_most)
    rows = (await session.scalars(due.with_for_update(of=kind, skip_locked=True))).all()
    for row in rows:
        row.lease(now + (lease if isinstance(lease, timedelta) else lease(row)))
    return rows
