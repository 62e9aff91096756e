"""PostgreSQL bus: no gaps, fair shares, and no commit by a member that lost its partition."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from shared.messaging.bus.adapters import open_bus, prepare
from shared.messaging.bus.port import PARTITIONS, Bus, BusUnavailable, Subscription
from shared.messaging.bus.postgres_subscription import PostgresSubscription
from tests.conftest import TestPostgres
from tests.contracts.bus.numbered_events import numbered, numbered_event, numbers

LEASE = timedelta(seconds=4)


@pytest.fixture
async def url(postgres_server: TestPostgres) -> str:
    url = await postgres_server.create_database("bus")
    await asyncio.gather(*(prepare(url) for _service in range(4)))
    return url


async def started(url: str) -> Bus:
    bus = open_bus(url, client="test")
    await bus.start()
    return bus


async def joined(bus: Bus, group: str = "g") -> Subscription:
    subscription = bus.subscription(group, ["case"])
    await subscription.start()
    return subscription


async def shares(connection: asyncpg.Connection, members: list[UUID]) -> list[int]:
    """Return how many partitions each member has after two heartbeats of all."""
    for _heartbeat in range(2):
        owned = [
            await connection.fetch("select * from heartbeat('g', $1, '{case}', $2)", m, LEASE)
            for m in members
        ]
    return [len(each) for each in owned]


async def test_many_publishers_leave_no_gap(url: str) -> None:
    bus = await started(url)
    keys = [f"key-{i}" for i in range(12)]
    batches = [[numbered_event(key, n) for key in keys for n in range(5)] for _publisher in range(40)]
    await asyncio.gather(*(bus.publish("case", batch) for batch in batches))
    connection = await asyncpg.connect(url)
    rows = await connection.fetch(
        "select l.partition, count(*) n, min(log_offset) first, max(log_offset) last, max(h.next_offset) head "
        "from log l join log_ends h using (topic, partition) where topic = 'case' group by 1"
    )
    assert sum(row["n"] for row in rows) == 40 * 60
    assert all((row["first"], row["last"], row["head"]) == (0, row["n"] - 1, row["n"]) for row in rows)
    await connection.close()
    await bus.stop()


async def test_a_reader_never_passes_an_offset_that_is_still_to_be_written(url: str) -> None:
    """A slow publisher makes the next one wait, so that no offset appears behind a reader."""
    bus = await started(url)
    subscription = await joined(bus)
    slow = await asyncpg.connect(url)
    transaction = slow.transaction()
    await transaction.start()
    await slow.execute("update log_ends set next_offset = next_offset + 1 where topic = 'case'")
    waiting = asyncio.create_task(bus.publish("case", [numbered_event("a", 1)]))
    assert await subscription.take(wait=0.3) == []
    assert not waiting.done()
    await transaction.rollback()
    await waiting
    assert numbers(await subscription.take(wait=2)) == [1]
    await slow.close()
    await subscription.stop()
    await bus.stop()


async def test_an_event_is_taken_at_once_and_not_at_the_next_poll(url: str) -> None:
    bus = await started(url)
    subscription = await joined(bus)
    await subscription.take(wait=0.1)
    waiting = asyncio.create_task(subscription.take(wait=10))
    await asyncio.sleep(0.1)
    clock = asyncio.get_running_loop().time
    before = clock()
    await bus.publish("case", [numbered_event()])
    assert numbers(await waiting) == [1]
    assert clock() - before < 0.5
    await subscription.stop()
    await bus.stop()


async def test_the_log_is_only_ever_added_to(url: str) -> None:
    bus = await started(url)
    await bus.publish("case", numbered("a", 2))
    connection = await asyncpg.connect(url)
    for change in ("update log set body = 'other'", "delete from log", "update log_case set log_offset = 9"):
        with pytest.raises(asyncpg.RaiseError, match="only ever added to"):
            await connection.execute(change)
    await connection.close()
    await bus.stop()


@pytest.mark.parametrize("count", range(1, 11))
async def test_every_member_gets_its_fair_share(url: str, count: int) -> None:
    connection = await asyncpg.connect(url)
    found = await shares(connection, [uuid4() for _member in range(count)])
    assert sum(found) == PARTITIONS
    assert max(found) - min(found) <= 1
    await connection.close()


async def test_a_newcomer_moves_no_more_than_its_share(url: str) -> None:
    connection = await asyncpg.connect(url)
    members = [uuid4() for _member in range(3)]
    owners = "select partition, owner from group_offsets where group_name = 'g' order by partition"
    await shares(connection, members)
    before = dict(await connection.fetch(owners))
    newcomer = uuid4()
    await shares(connection, [*members, newcomer])
    after = dict(await connection.fetch(owners))
    assert {after[partition] for partition in before if after[partition] != before[partition]} == {newcomer}
    await connection.close()


async def test_a_silent_member_loses_its_partitions_and_cannot_commit_any_more(url: str) -> None:
    bus = await started(url)
    frozen, rival = await joined(bus), uuid4()
    assert isinstance(frozen, PostgresSubscription)
    await bus.publish("case", numbered("a", 5))
    records = await frozen.take()
    assert frozen._keeper is not None
    frozen._keeper.cancel()  # as if its machine stood still
    connection = await asyncpg.connect(url)
    await connection.execute("update members set alive_until = now() - interval '1 second'")
    owned = await connection.fetch("select * from heartbeat('g', $1, '{case}', $2)", rival, LEASE)
    assert len(owned) == PARTITIONS
    await frozen.commit(records[4])
    committed = "select next_offset from group_offsets where group_name = 'g' and partition = $1"
    assert await connection.fetchval(committed, records[4].partition) == 0
    await connection.close()
    await frozen.stop()
    await bus.stop()


async def test_a_late_commit_does_not_take_the_group_back(url: str) -> None:
    bus = await started(url)
    subscription = await joined(bus)
    await bus.publish("case", numbered("a", 5))
    records = await subscription.take()
    await subscription.commit(records[3])
    await subscription.commit(records[0])
    assert await subscription.lag() == 1
    await subscription.stop()
    await bus.stop()


async def test_small_takes_are_fair_to_every_partition(url: str) -> None:
    bus = await started(url)
    subscription = await joined(bus)
    await bus.publish("case", [numbered_event(f"key-{i}", n) for i in range(40) for n in range(5)])
    first = [(await subscription.take(at_most=1))[0].partition for _take in range(PARTITIONS)]
    assert sorted(first) == list(range(PARTITIONS))
    await subscription.stop()
    await bus.stop()


async def test_a_topic_that_does_not_exist_is_refused(url: str) -> None:
    bus = await started(url)
    with pytest.raises(LookupError, match="weather"):
        await bus.publish("weather", [numbered_event()])
    await bus.stop()


async def test_a_server_that_does_not_answer_is_reported_as_unavailable() -> None:
    nowhere = "postgresql://nobody@127.0.0.1:1/bus"
    bus = open_bus(nowhere, client="test")
    for call in (bus.start, bus.check, bus.subscription("g", ["case"]).start, lambda: prepare(nowhere)):
        with pytest.raises(BusUnavailable):
            await call()
