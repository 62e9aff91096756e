"""Keyed executor: keys concurrently, each key in order, and nothing committed that lies behind a gap."""

import asyncio
from random import Random
from uuid import UUID, uuid4

import pytest

from shared.messaging.bus.port import BusRecord
from shared.messaging.keyed_executor import CONCURRENT_KEYS, MAX_PENDING, KeyedExecutor
from tests.support.builders import a_contact_received
from tests.support.memory_bus import as_envelope


def taken(contacts: list[UUID], partitions: int = 1) -> list[BusRecord]:
    """Return one event for each given contact, spread over partitions by contact."""
    records: list[BusRecord] = []
    offsets = dict.fromkeys(range(partitions), 0)
    for contact in contacts:
        partition = contact.int % partitions
        records.append(
            BusRecord("intake", partition, offsets[partition], as_envelope(a_contact_received(contact)), None)
        )
        offsets[partition] += 1
    return records


def key_of(record: BusRecord) -> str:
    assert record.envelope is not None
    return record.envelope.key


def never_stopped() -> bool:
    return False


async def handle_all(executor: KeyedExecutor, records: list[BusRecord]) -> None:
    async with executor:
        executor.add(records)
        while not executor.idle:
            await executor.progress(at_most=1)
        executor.add([])


async def test_the_events_of_each_key_are_handled_in_their_order() -> None:
    random = Random(7)
    contacts = [uuid4() for _ in range(9)]
    records = taken([random.choice(contacts) for _ in range(300)], partitions=4)
    handled: list[BusRecord] = []

    async def handle(record: BusRecord) -> None:
        await asyncio.sleep(random.random() / 1000)
        handled.append(record)

    executor = KeyedExecutor(handle, never_stopped)
    async with executor:
        for start in range(0, 300, 37):  # more of a contact arrives while some of it is being handled
            executor.add(records[start : start + 37])
            await asyncio.sleep(0.003)
        while not executor.idle:
            await executor.progress(at_most=1)
    for contact in contacts:
        of_it = [one for one in records if key_of(one) == str(contact)]
        assert [one for one in handled if key_of(one) == str(contact)] == of_it
    last = {one.partition: one for one in records}
    assert {(one.partition, one.offset) for one in executor.take_done()} == {
        (one.partition, one.offset) for one in last.values()
    }
    assert (executor.take_done(), executor.room) == ([], MAX_PENDING)


async def test_one_key_that_takes_long_delays_no_other_and_none_that_comes_later() -> None:
    slow, *others = [uuid4() for _ in range(10)]
    gate = asyncio.Event()
    handled: list[str] = []

    async def handle(record: BusRecord) -> None:
        if key_of(record) == str(slow):
            await gate.wait()
        handled.append(key_of(record))

    async with KeyedExecutor(handle, never_stopped) as executor:
        executor.add(taken([slow, slow, *others[:4]]))
        await asyncio.sleep(0.05)
        executor.add(taken(others[4:]))
        await asyncio.sleep(0.05)
        assert sorted(handled) == sorted(map(str, others))
        gate.set()
        while not executor.idle:
            await executor.progress(at_most=1)
    assert handled[-2:] == [str(slow)] * 2


async def test_so_many_and_no_more_are_handled_at_a_time() -> None:
    now, most = 0, 0

    async def handle(_: BusRecord) -> None:
        nonlocal now, most
        now, most = now + 1, max(most, now + 1)
        await asyncio.sleep(0.001)
        now -= 1

    await handle_all(KeyedExecutor(handle, never_stopped), taken([uuid4() for _ in range(40)]))
    assert most == CONCURRENT_KEYS


async def test_nothing_behind_a_gap_is_done_and_the_error_is_raised() -> None:
    records = taken([uuid4() for _ in range(20)])
    bad = records[6]

    async def handle(record: BusRecord) -> None:
        await asyncio.sleep(0)
        if record is bad:
            await asyncio.sleep(0.05)
            raise ConnectionError

    executor = KeyedExecutor(handle, never_stopped)
    with pytest.raises(ConnectionError):
        await handle_all(executor, records)
    assert [one.offset for one in executor.take_done()] == [5]


async def test_when_it_is_stopped_later_events_are_not_handled() -> None:
    handled: list[int] = []

    async def handle(record: BusRecord) -> None:
        await asyncio.sleep(0)
        handled.append(record.offset)

    executor = KeyedExecutor(handle, lambda: len(handled) >= 10)
    await handle_all(executor, taken([uuid4() for _ in range(40)]))
    assert 10 <= len(handled) < 10 + CONCURRENT_KEYS
    (last,) = executor.take_done()
    assert set(range(last.offset + 1)) <= set(handled)


async def test_at_its_end_nothing_is_being_handled_any_more() -> None:
    ended = asyncio.Event()

    async def handle(_: BusRecord) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    async with KeyedExecutor(handle, never_stopped) as executor:
        executor.add(taken([uuid4()]))
        await asyncio.sleep(0.01)
    assert ended.is_set()
    assert executor.take_done() == []
