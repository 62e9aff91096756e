"""Outbox relay: everything that was committed reaches the bus, in order per key (Q20, short form)."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from shared.cancellation import cancel_and_wait
from shared.db.database import Database
from shared.messaging import outbox_relay
from shared.messaging.bus.adapters import prepare
from shared.messaging.bus.port import Bus
from shared.messaging.bus.postgres import PostgresBus
from tests.conftest import TestPostgres
from tests.support.memory_bus import MemoryBus
from tests.support.services import RunningService

ROWS_PER_ROUND = 25
ROUNDS = 400
INSERT = """
INSERT INTO outbox (id, topic, type, key, time, body)
SELECT gen_random_uuid(), 'case', 'case.opened.v1', $1, now(), given.n::text::bytea
FROM generate_series($2::int, $3::int) AS given (n) ORDER BY given.n RETURNING number
"""
RELAY_LOCKS_HERE = """
FROM pg_locks WHERE locktype = 'advisory' AND objid = $1
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@dataclass
class Writers:
    """Transactions that begin first and commit last, around quick others: numbers against commit order."""

    url: str
    written: Counter[UUID] = field(default_factory=Counter)
    inversions: int = 0

    async def write(self, rounds: int) -> None:
        slow, quick = await asyncpg.connect(self.url), await asyncpg.connect(self.url)
        keys = [uuid4() for _ in range(20)]
        for number in range(rounds):
            late, early = keys[number % 20], keys[(number + 7) % 20]
            open_transaction = slow.transaction()
            await open_transaction.start()
            low = await self._insert(slow, late)
            high = await self._insert(quick, early)
            if number % 10 == 0:
                await asyncio.sleep(0.02)  # long enough for the relay to have passed
            await open_transaction.commit()
            self.inversions += sum(number < max(high) for number in low)
        await slow.close()
        await quick.close()

    async def _insert(self, connection: asyncpg.Connection, key: UUID) -> list[int]:
        first = self.written[key] + 1
        rows = await connection.fetch(INSERT, key, first, first + ROWS_PER_ROUND - 1)
        self.written[key] += ROWS_PER_ROUND
        return [row["number"] for row in rows]


@asynccontextmanager
async def running(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        await cancel_and_wait([task])


async def outbox_is_empty(sample: RunningService, within: float = 15.0) -> bool:
    until = time.monotonic() + within
    while time.monotonic() < until:
        if not (await sample.fetch("SELECT count(*) AS n FROM outbox"))[0]["n"]:
            return True
        await asyncio.sleep(0.05)
    return False


def count_skipped_and_out_of_order(writers: Writers, bus: MemoryBus) -> tuple[int, int]:
    arrived: dict[str, list[int]] = {}
    for envelope in bus.published:
        arrived.setdefault(envelope.key, []).append(int(envelope.body))
    skipped = sum(number - len(set(arrived.get(str(key), []))) for key, number in writers.written.items())
    return skipped, sum(numbers != sorted(numbers) for numbers in arrived.values())


async def test_no_event_is_skipped_in_whatever_order_numbers_and_commits_come(
    sample: RunningService,
) -> None:
    bus, writers = MemoryBus(), Writers(sample.context.database.url)
    async with running(outbox_relay.run_relay(sample.context.database, bus)):
        await writers.write(ROUNDS)
        assert await outbox_is_empty(sample)
    assert sum(writers.written.values()) >= 20_000
    assert writers.inversions >= 1_000
    assert count_skipped_and_out_of_order(writers, bus) == (0, 0)


async def high_water_mark(database: Database, bus: Bus) -> None:
    """Planted fault: publish the rows after the last number, instead of those that are still there."""
    connection = await asyncpg.connect(database.url)
    newer = "SELECT * FROM outbox WHERE number > $1 ORDER BY number LIMIT 500"
    last = 0
    try:
        while True:
            rows = await connection.fetch(newer, last)
            await bus.publish("case", outbox_relay._envelopes(rows, "test"))
            last = rows[-1]["number"] if rows else last
            await asyncio.sleep(0.005)
    finally:
        await connection.close()


async def test_a_relay_with_a_high_water_mark_is_caught_skipping(sample: RunningService) -> None:
    bus, writers = MemoryBus(), Writers(sample.context.database.url)
    async with running(high_water_mark(sample.context.database, bus)):
        await writers.write(60)
        await asyncio.sleep(0.5)
    skipped, _ = count_skipped_and_out_of_order(writers, bus)
    assert skipped > 0


async def test_two_relays_at_once_send_everything_once_and_one_takes_over_from_the_other(
    sample: RunningService,
) -> None:
    database, bus, writers = sample.context.database, MemoryBus(), Writers(sample.context.database.url)
    async with (
        running(outbox_relay.run_relay(database, bus)),
        running(outbox_relay.run_relay(database, bus)),
    ):
        await writers.write(30)
        assert await outbox_is_empty(sample)
        assert len({envelope.id for envelope in bus.published}) == len(bus.published)
        holders = f"{RELAY_LOCKS_HERE} AND granted"
        assert (
            len(await sample.fetch(f"SELECT pg_terminate_backend(pid) {holders}", outbox_relay.RELAY_LOCK))
            == 1
        )
        await writers.write(10)
        assert await outbox_is_empty(sample, within=5)
    assert count_skipped_and_out_of_order(writers, bus) == (0, 0)


async def test_a_relay_that_stands_by_holds_no_snapshot_that_vacuum_would_wait_for(
    sample: RunningService,
) -> None:
    database = sample.context.database
    async with (
        running(outbox_relay.run_relay(database, MemoryBus())),
        running(outbox_relay.run_relay(database, MemoryBus())),
    ):
        await asyncio.sleep(1.2)
        waiting = f"SELECT pid {RELAY_LOCKS_HERE} AND NOT granted"
        assert await sample.fetch(waiting, outbox_relay.RELAY_LOCK) == []


class BreaksOnce(MemoryBus):
    broken = True

    async def publish(self, topic: str, envelopes: Any) -> None:
        if self.broken:
            self.broken = False
            await super().publish(topic, envelopes[: len(envelopes) // 2])
            raise ConnectionError
        await super().publish(topic, envelopes)


class RefusesSomeKeys(MemoryBus):
    """Bus that takes everything but the events of some keys."""

    def __init__(self) -> None:
        super().__init__()
        self.refuses: set[str] = set()

    async def publish(self, topic: str, envelopes: Any) -> None:
        if any(envelope.key in self.refuses for envelope in envelopes):
            raise ValueError("too large")
        await super().publish(topic, envelopes)


async def test_an_event_that_no_bus_takes_blocks_its_own_key_and_is_published_later(
    sample: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox_relay, "RETRY_REFUSED_AFTER", 0.3)
    database, bus, writers = sample.context.database, RefusesSomeKeys(), Writers(sample.context.database.url)
    await writers.write(20)
    stuck, *others = sorted(writers.written)
    bus.refuses = {str(stuck)}
    async with running(outbox_relay.run_relay(database, bus)):
        async with asyncio.timeout(20):
            while len(bus.published) < sum(writers.written[other] for other in others):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        left = await sample.fetch("SELECT key FROM outbox")
        assert {row["key"] for row in left} == {stuck}
        assert (await sample.http.get("/readyz")).json()["outbox_refused"] <= 1
        bus.refuses.clear()
        assert await outbox_is_empty(sample, within=10)
    assert count_skipped_and_out_of_order(writers, bus) == (0, 0)


async def test_health_counts_the_events_that_no_bus_takes(
    sample: RunningService, superuser: asyncpg.Connection
) -> None:
    await Writers(sample.context.database.url).write(1)
    bus = RefusesSomeKeys()
    keys = await superuser.fetch("SELECT DISTINCT key FROM outbox")
    bus.refuses = {str(row["key"]) for row in keys}
    while await outbox_relay.relay_once(superuser, bus, source="sample"):
        pass
    assert (await sample.http.get("/readyz")).json()["outbox_refused"] == len(keys)


async def test_after_a_broken_publication_everything_is_sent_again_in_order(sample: RunningService) -> None:
    bus, writers = BreaksOnce(), Writers(sample.context.database.url)
    await writers.write(4)
    async with running(outbox_relay.run_relay(sample.context.database, bus)):
        assert await outbox_is_empty(sample)
    distinct = list({envelope.id: envelope for envelope in bus.published}.values())
    assert len(bus.published) > len(distinct) == sum(writers.written.values())
    bus.published = distinct
    assert count_skipped_and_out_of_order(writers, bus) == (0, 0)


async def test_the_relay_keeps_up_with_a_thousand_events_a_second(
    sample: RunningService, postgres_server: TestPostgres
) -> None:
    """On two free cores it moves several thousand; the bound leaves room for a busy machine."""
    url = await postgres_server.create_database("bus")
    await prepare(url)
    bus = PostgresBus(url, client="test")
    await bus.start()
    await Writers(sample.context.database.url).write(160)
    connection = await asyncpg.connect(sample.context.database.url)
    began, moved = time.perf_counter(), 0
    while rows := await outbox_relay.relay_once(connection, bus, source="sample"):
        moved += rows
    rate = moved / (time.perf_counter() - began)
    print(f"relay on the embedded bus: {rate:.0f} events/s")  # noqa: T201
    await connection.close()
    await bus.stop()
    assert moved == 8_000
    assert rate >= 1_000
