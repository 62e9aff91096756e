"""Kafka client: the bus recovers by itself from each known fault of the client."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiokafka import TopicPartition

from shared.messaging.bus.adapters import open_bus, prepare
from shared.messaging.bus.kafka import KafkaBus, read_url
from shared.messaging.bus.kafka_client import stop_client
from shared.messaging.bus.kafka_subscription import KafkaSubscription
from shared.messaging.bus.port import BusRecord, BusUnavailable
from tests.contracts.bus.numbered_events import numbered, numbered_event, numbers
from tests.support.kafka import url_of_its_own


@pytest.fixture
async def bus(kafka_servers: str) -> AsyncIterator[KafkaBus]:
    url = url_of_its_own(kafka_servers)
    await prepare(url)
    bus = open_bus(url, client="test")
    assert isinstance(bus, KafkaBus)
    await bus.start()
    yield bus
    await bus.stop()


async def test_a_producer_whose_sequence_broke_is_replaced(bus: KafkaBus) -> None:
    await bus.publish("case", numbered("a", 3))
    broken = bus._producer
    for partition in broken._txn_manager._sequence_numbers:
        broken._txn_manager._sequence_numbers[partition] += 7
    with pytest.raises(BusUnavailable):
        await bus.publish("case", numbered("a", 1, first=4))
    await bus.publish("case", numbered("a", 1, first=4))
    assert bus._producer is not broken


async def test_a_member_that_is_silently_given_nothing_is_replaced(bus: KafkaBus) -> None:
    member = KafkaSubscription(
        bus._servers,
        client="test",
        group="g",
        topics=["case"],
        prefix=bus._prefix,
        offsets=bus._offsets,
        check_every=0.2,
        stalled_after=1.0,
    )
    await member.start()
    await bus.publish("case", [numbered_event("a", 1)])
    first: list[BusRecord] = []
    while not first:
        first = await member.take()
    await member.commit(first[0])
    stalled = member._consumer
    stalled.pause(*stalled.assignment())  # it still sends heartbeats, and is given nothing any more
    await bus.publish("case", [numbered_event("a", 2)])
    async with asyncio.timeout(30):
        while not (second := await member.take()):
            pass
    assert numbers(second) == [2]
    assert member._consumer is not stalled
    await member.stop()


async def test_a_member_that_has_read_everything_is_left_alone(bus: KafkaBus) -> None:
    member = KafkaSubscription(
        bus._servers,
        client="test",
        group="g",
        topics=["case"],
        prefix=bus._prefix,
        offsets=bus._offsets,
        check_every=0.1,
        stalled_after=0.3,
    )
    await member.start()
    await bus.publish("case", [numbered_event("a", 1)])
    while not await member.take():
        pass
    kept = member._consumer
    for _poll in range(15):
        assert await member.take(wait=0.1) == []
    assert member._consumer is kept
    await member.stop()


async def test_records_of_before_a_rebalance_are_not_committed_after_it(bus: KafkaBus) -> None:
    member = bus.subscription("g", ["case"])
    assert isinstance(member, KafkaSubscription)
    await member.start()
    await bus.publish("case", numbered("a", 3))
    records: list[BusRecord] = []
    while not records:
        records = await member.take()
    here = TopicPartition(f"{bus._prefix}case", records[0].partition)
    member.on_partitions_revoked({here})
    await member.commit(records[-1])
    assert await member.lag() == 3
    await member.stop()


async def test_a_client_that_does_not_stop_is_cut_off() -> None:
    class Connections:
        closed = False

        async def close(self) -> None:
            self.closed = True

    class Frozen:
        client = Connections()

        async def stop(self) -> None:
            await asyncio.Event().wait()

    frozen = Frozen()
    await stop_client(frozen, within=0.05)
    assert frozen.client.closed


async def test_a_server_that_does_not_answer_is_reported_as_unavailable() -> None:
    servers, _prefix = read_url("kafka://127.0.0.1:1")
    assert servers == ["127.0.0.1:1"]
    bus = open_bus("kafka://127.0.0.1:1", client="test")
    with pytest.raises(BusUnavailable):
        await bus.start()
    with pytest.raises(BusUnavailable):
        await bus.check()
    await bus.stop()
