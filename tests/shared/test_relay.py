"""The outbox has no gaps: whatever was committed reaches the bus, in order per matter (Q20, short form)."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from shared import relay
from shared.bus import Bus, prepare
from shared.bus.postgres import PostgresBus
from shared.database import Database
from shared.ending import end
from tests.conftest import TestPostgres
from tests.running import RunningService
from tests.shared.memory_bus import MemoryBus

A_ROUND = 25
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
RelayForever = Callable[[Database, Bus], Coroutine[Any, Any, None]]


@dataclass
class Writers:
    """Transactions that begin first and commit last, around others that are quick: numbers against commit order."""

    url: str
    written: Counter[UUID] = field(default_factory=Counter)
    inversions: int = 0

    async def write(self, rounds: int) -> None:
        slow, quick = await asyncpg.connect(self.url), await asyncpg.connect(self.url)
        keys = [uuid4() for _ in range(20)]
        for number in range(rounds):
            late, early = keys[number % 20], keys[(number + 7) % 20]
            held = slow.transaction()
            await held.start()
            low = await self._insert(slow, late)
            high = await self._insert(quick, early)
            if number % 10 == 0:
                await asyncio.sleep(0.02)  # long enough for the relay to have passed
            await held.commit()
            self.inversions += sum(number < max(high) for number in low)
        await slow.close()
        await quick.close()

    async def _insert(self, connection: asyncpg.Connection, key: UUID) -> list[int]:
        first = self.written[key] + 1
        rows = await connection.fetch(INSERT, key, first, first + A_ROUND - 1)
        self.written[key] += A_ROUND
        return [row["number"] for row in rows]


@asynccontextmanager
async def carried(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        await end([task])


async def outbox_is_empty(sample: RunningService, within: float = 15.0) -> bool:
    until = time.monotonic() + within
    while time.monotonic() < until:
        if not (await sample.fetch("SELECT count(*) AS n FROM outbox"))[0]["n"]:
            return True
        await asyncio.sleep(0.05)
    return False


def skipped_and_out_of_order(writers: Writers, bus: MemoryBus) -> tuple[int, int]:
    came: dict[str, list[int]] = {}
    for message in bus.published:
        came.setdefault(message.key, []).append(int(message.body))
    skipped = sum(number - len(set(came.get(str(key), []))) for key, number in writers.written.items())
    return skipped, sum(numbers != sorted(numbers) for numbers in came.values())


async def test_no_event_is_skipped_however_numbers_and_commits_are_turned_round(
    sample: RunningService,
) -> None:
    bus, writers = MemoryBus(), Writers(sample.platform.database.url)
    async with carried(relay.relay_forever(sample.platform.database, bus)):
        await writers.write(ROUNDS)
        assert await outbox_is_empty(sample)
    assert sum(writers.written.values()) >= 20_000
    assert writers.inversions >= 1_000
    assert skipped_and_out_of_order(writers, bus) == (0, 0)


async def high_water_mark(database: Database, bus: Bus) -> None:
    """The planted fault: what follows the last number, instead of what is still there."""
    connection = await asyncpg.connect(database.url)
    newer = "SELECT * FROM outbox WHERE number > $1 ORDER BY number LIMIT 500"
    last = 0
    try:
        while True:
            rows = await connection.fetch(newer, last)
            await bus.publish("case", relay._messages(rows, "test"))
            last = rows[-1]["number"] if rows else last
            await asyncio.sleep(0.005)
    finally:
        await connection.close()


async def test_a_relay_with_a_high_water_mark_is_caught_skipping(sample: RunningService) -> None:
    bus, writers = MemoryBus(), Writers(sample.platform.database.url)
    async with carried(high_water_mark(sample.platform.database, bus)):
        await writers.write(60)
        await asyncio.sleep(0.5)
    skipped, _ = skipped_and_out_of_order(writers, bus)
    assert skipped > 0


async def test_two_relays_at_once_send_everything_once_and_one_takes_over_from_the_other(
    sample: RunningService,
) -> None:
    database, bus, writers = sample.platform.database, MemoryBus(), Writers(sample.platform.database.url)
    async with carried(relay.relay_forever(database, bus)), carried(relay.relay_forever(database, bus)):
        await writers.write(30)
        assert await outbox_is_empty(sample)
        assert len({message.id for message in bus.published}) == len(bus.published)
        holders = f"{RELAY_LOCKS_HERE} AND granted"
        assert len(await sample.fetch(f"SELECT pg_terminate_backend(pid) {holders}", relay.RELAY_LOCK)) == 1
        await writers.write(10)
        assert await outbox_is_empty(sample, within=5)
    assert skipped_and_out_of_order(writers, bus) == (0, 0)


async def test_a_relay_that_stands_by_holds_no_snapshot_that_vacuum_would_wait_for(
    sample: RunningService,
) -> None:
    database = sample.platform.database
    async with (
        carried(relay.relay_forever(database, MemoryBus())),
        carried(relay.relay_forever(database, MemoryBus())),
    ):
        await asyncio.sleep(1.2)
        waiting = f"SELECT pid {RELAY_LOCKS_HERE} AND NOT granted"
        assert await sample.fetch(waiting, relay.RELAY_LOCK) == []


class BreaksOnce(MemoryBus):
    broken = True

    async def publish(self, topic: str, messages: Any) -> None:
        if self.broken:
            self.broken = False
            await super().publish(topic, messages[: len(messages) // 2])
            raise ConnectionError
        await super().publish(topic, messages)


class Particular(MemoryBus):
    """A bus that takes everything but what is about some matters."""

    def __init__(self) -> None:
        super().__init__()
        self.refuses: set[str] = set()

    async def publish(self, topic: str, messages: Any) -> None:
        if any(message.key in self.refuses for message in messages):
            raise ValueError("too large")
        await super().publish(topic, messages)


async def test_an_event_that_no_bus_takes_holds_its_own_matter_and_goes_when_it_can(
    sample: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "TRY_AGAIN_AFTER", 0.3)
    database, bus, writers = sample.platform.database, Particular(), Writers(sample.platform.database.url)
    await writers.write(20)
    stuck, *others = sorted(writers.written)
    bus.refuses = {str(stuck)}
    async with carried(relay.relay_forever(database, bus)):
        async with asyncio.timeout(20):
            while len(bus.published) < sum(writers.written[other] for other in others):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        left = await sample.fetch("SELECT key FROM outbox")
        assert {row["key"] for row in left} == {stuck}
        assert (await sample.http.get("/readyz")).json()["outbox_refused"] <= 1
        bus.refuses.clear()
        assert await outbox_is_empty(sample, within=10)
    assert skipped_and_out_of_order(writers, bus) == (0, 0)


async def test_health_counts_what_no_bus_takes(sample: RunningService, superuser: asyncpg.Connection) -> None:
    await Writers(sample.platform.database.url).write(1)
    bus = Particular()
    keys = await superuser.fetch("SELECT DISTINCT key FROM outbox")
    bus.refuses = {str(row["key"]) for row in keys}
    while await relay.relay_once(superuser, bus, source="sample"):
        pass
    assert (await sample.http.get("/readyz")).json()["outbox_refused"] == len(keys)


async def test_after_a_broken_publication_everything_is_sent_again_in_order(sample: RunningService) -> None:
    bus, writers = BreaksOnce(), Writers(sample.platform.database.url)
    await writers.write(4)
    async with carried(relay.relay_forever(sample.platform.database, bus)):
        assert await outbox_is_empty(sample)
    first_met = list({message.id: message for message in bus.published}.values())
    assert len(bus.published) > len(first_met) == sum(writers.written.values())
    bus.published = first_met
    assert skipped_and_out_of_order(writers, bus) == (0, 0)


async def test_the_relay_keeps_up_with_a_thousand_events_a_second(
    sample: RunningService, postgres_server: TestPostgres
) -> None:
    """On two free cores it moves several thousand; the bound leaves room for a busy machine."""
    url = await postgres_server.create_database("bus")
    await prepare(url)
    bus = PostgresBus(url, client="test")
    await bus.start()
    await Writers(sample.platform.database.url).write(160)
    connection = await asyncpg.connect(sample.platform.database.url)
    began, moved = time.perf_counter(), 0
    while rows := await relay.relay_once(connection, bus, source="sample"):
        moved += rows
    rate = moved / (time.perf_counter() - began)
    print(f"relay on the embedded bus: {rate:.0f} events/s")  # noqa: T201
    await connection.close()
    await bus.stop()
    assert moved == 8_000
    assert rate >= 1_000
