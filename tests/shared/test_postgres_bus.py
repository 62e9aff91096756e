"""The bus of one machine: no gaps, fair shares, and a fence around what a member has lost."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from shared.bus import PARTITIONS, Bus, BusUnavailable, Subscription, open_bus, prepare
from shared.bus.postgres_subscription import PostgresSubscription
from tests.conftest import TestPostgres
from tests.contracts.messages import message, numbered, numbers

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
    """How many partitions each member has once everybody has beaten twice."""
    for _beat in range(2):
        owned = [
            await connection.fetch("select * from beat('g', $1, '{case}', $2)", m, LEASE) for m in members
        ]
    return [len(each) for each in owned]


async def test_many_publishers_leave_no_gap(url: str) -> None:
    bus = await started(url)
    keys = [f"key-{i}" for i in range(12)]
    batches = [[message(key, n) for key in keys for n in range(5)] for _publisher in range(40)]
    await asyncio.gather(*(bus.publish("case", batch) for batch in batches))
    connection = await asyncpg.connect(url)
    rows = await connection.fetch(
        "select l.partition, count(*) n, min(place) first, max(place) last, max(h.next_place) head "
        "from log l join heads h using (topic, partition) where topic = 'case' group by 1"
    )
    assert sum(row["n"] for row in rows) == 40 * 60
    assert all((row["first"], row["last"], row["head"]) == (0, row["n"] - 1, row["n"]) for row in rows)
    await connection.close()
    await bus.stop()


async def test_a_reader_never_passes_a_place_that_is_still_to_be_written(url: str) -> None:
    """A publisher that is slow to commit holds the next one back, so that no place appears behind a reader."""
    bus = await started(url)
    subscription = await joined(bus)
    slow = await asyncpg.connect(url)
    transaction = slow.transaction()
    await transaction.start()
    await slow.execute("update heads set next_place = next_place + 1 where topic = 'case'")
    waiting = asyncio.create_task(bus.publish("case", [message("a", 1)]))
    assert await subscription.take(wait=0.3) == []
    assert not waiting.done()
    await transaction.rollback()
    await waiting
    assert numbers(await subscription.take(wait=2)) == [1]
    await slow.close()
    await subscription.stop()
    await bus.stop()


async def test_a_message_is_taken_at_once_and_not_at_the_next_look(url: str) -> None:
    bus = await started(url)
    subscription = await joined(bus)
    await subscription.take(wait=0.1)
    waiting = asyncio.create_task(subscription.take(wait=10))
    await asyncio.sleep(0.1)
    clock = asyncio.get_running_loop().time
    before = clock()
    await bus.publish("case", [message()])
    assert numbers(await waiting) == [1]
    assert clock() - before < 0.5
    await subscription.stop()
    await bus.stop()


async def test_the_log_is_only_ever_added_to(url: str) -> None:
    bus = await started(url)
    await bus.publish("case", numbered("a", 2))
    connection = await asyncpg.connect(url)
    for change in ("update log set body = 'other'", "delete from log", "update log_case set place = 9"):
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
    owners = "select partition, owner from positions where group_name = 'g' order by partition"
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
    owned = await connection.fetch("select * from beat('g', $1, '{case}', $2)", rival, LEASE)
    assert len(owned) == PARTITIONS
    await frozen.commit(records[4])
    position = "select next_place from positions where group_name = 'g' and partition = $1"
    assert await connection.fetchval(position, records[4].partition) == 0
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
    await bus.publish("case", [message(f"key-{i}", n) for i in range(40) for n in range(5)])
    first = [(await subscription.take(at_most=1))[0].partition for _take in range(PARTITIONS)]
    assert sorted(first) == list(range(PARTITIONS))
    await subscription.stop()
    await bus.stop()


async def test_a_topic_that_does_not_exist_is_refused(url: str) -> None:
    bus = await started(url)
    with pytest.raises(LookupError, match="weather"):
        await bus.publish("weather", [message()])
    await bus.stop()


async def test_a_server_that_is_not_there_is_said_to_be_away() -> None:
    nowhere = "postgresql://nobody@127.0.0.1:1/bus"
    bus = open_bus(nowhere, client="test")
    for call in (bus.start, bus.check, bus.subscription("g", ["case"]).start, lambda: prepare(nowhere)):
        with pytest.raises(BusUnavailable):
            await call()
