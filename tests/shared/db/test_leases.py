"""Leases: one worker at a time holds a row, and a worker that slept past its lease leaves it alone."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.db.columns import ANNOTATIONS
from shared.db.leases import Leased, claim
from tests.support.services import RunningService

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LEASE = timedelta(seconds=30)


class Base(DeclarativeBase):
    type_annotation_map = ANNOTATIONS


class Work(Leased, Base):
    __tablename__ = "work"
    id: Mapped[UUID] = mapped_column(primary_key=True)


@pytest.fixture(autouse=True)
async def rows(sample: RunningService) -> list[UUID]:
    ids = [uuid4() for _ in range(20)]
    async with sample.context.database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
        due = [
            {"id": one, "due_at": NOW + timedelta(seconds=n), "fence": 0, "attempts": 0}
            for n, one in enumerate(ids)
        ]
        await connection.execute(insert(Work), due)
    return ids


async def claimed(sample: RunningService, at: datetime, at_most: int = 10) -> list[tuple[UUID, int]]:
    async with sample.unit_of_work() as uow:
        return [
            (row.id, row.fence)
            for row in await claim(uow.session, Work, now=at, lease=LEASE, at_most=at_most)
        ]


async def test_only_what_is_due_is_claimed_and_the_longest_due_first(
    sample: RunningService, rows: list[UUID]
) -> None:
    assert [one for one, _ in await claimed(sample, NOW + timedelta(seconds=2))] == rows[:3]
    assert await claimed(sample, NOW + timedelta(seconds=2)) == []


async def test_many_workers_at_once_never_hold_the_same_row(sample: RunningService, rows: list[UUID]) -> None:
    later = NOW + timedelta(seconds=25)
    taken = await asyncio.gather(*(claimed(sample, later, at_most=3) for _ in range(10)))
    assert Counter(one for some in taken for one, _ in some) == Counter(rows)


async def test_a_worker_that_slept_past_its_lease_finds_the_row_no_longer_its_own(
    sample: RunningService, rows: list[UUID]
) -> None:
    ((row_id, stale),) = await claimed(sample, NOW)
    assert (rows[0], stale + 1) in await claimed(sample, NOW + LEASE * 1.1, at_most=20)
    async with sample.unit_of_work() as uow:
        row = await uow.session.get_one(Work, row_id, with_for_update=True)
        assert not row.is_held_under(stale)
        assert row.is_held_under(stale + 1)
        assert row.attempts == 2


async def test_a_row_that_is_taken_from_its_worker_is_no_longer_held(
    sample: RunningService, rows: list[UUID]
) -> None:
    ((row_id, fence),) = await claimed(sample, NOW)
    async with sample.unit_of_work() as uow:
        row = await uow.session.get_one(Work, row_id, with_for_update=True)
        row.take_from_worker()
        assert not row.is_held_under(fence)


async def test_a_finished_row_is_not_due_again_and_one_to_retry_is(
    sample: RunningService, rows: list[UUID]
) -> None:
    async with sample.unit_of_work() as uow:
        first, second = await claim(uow.session, Work, now=NOW + timedelta(seconds=1), lease=LEASE)
        first.finish()
        second.retry_at(NOW + timedelta(hours=1))
    assert rows[0] not in [one for one, _ in await claimed(sample, NOW + timedelta(days=1), at_most=20)]
    async with sample.unit_of_work() as uow:
        row = await uow.session.get_one(Work, rows[1])
        assert row.leased_until is not None
