"""Different matters side by side, one matter in order, and nothing committed that lies behind a gap."""

import asyncio
from random import Random
from uuid import UUID, uuid4

import pytest

from shared.batches import SIDE_BY_SIDE, Batch
from shared.bus import Received
from tests.shared.memory_bus import as_message
from tests.shared.sample import a_contact


def taken(matters: list[UUID], partitions: int = 1) -> list[Received]:
    """One event for each given matter, spread over partitions by matter."""
    records: list[Received] = []
    places = dict.fromkeys(range(partitions), 0)
    for matter in matters:
        partition = matter.int % partitions
        records.append(Received("intake", partition, places[partition], as_message(a_contact(matter)), None))
        places[partition] += 1
    return records


def key_of(received: Received) -> str:
    assert received.message is not None
    return received.message.key


def never() -> bool:
    return False


async def test_the_events_of_each_matter_are_handled_in_their_order() -> None:
    random = Random(7)
    matters = [uuid4() for _ in range(9)]
    records = taken([random.choice(matters) for _ in range(300)], partitions=4)
    handled: list[Received] = []

    async def handle(received: Received) -> None:
        await asyncio.sleep(random.random() / 1000)
        handled.append(received)

    batch = Batch(records)
    await batch.handle(handle, never)
    for matter in matters:
        of_it = [one for one in records if key_of(one) == str(matter)]
        assert [one for one in handled if key_of(one) == str(matter)] == of_it
    assert {(one.partition, one.offset) for one in batch.done()} == {
        (one.partition, one.offset) for one in taken_last(records)
    }


def taken_last(records: list[Received]) -> list[Received]:
    return list({one.partition: one for one in records}.values())


async def test_one_matter_that_takes_long_holds_up_no_other() -> None:
    slow, *others = [uuid4() for _ in range(10)]
    records = taken([slow, slow, *others])
    gate = asyncio.Event()
    handled: list[str] = []

    async def handle(received: Received) -> None:
        if key_of(received) == str(slow):
            await gate.wait()
        handled.append(key_of(received))
        if len(handled) == len(others):
            gate.set()

    await asyncio.wait_for(Batch(records).handle(handle, never), 5)
    assert handled == [*map(str, others), str(slow), str(slow)]


async def test_so_many_and_no_more_are_handled_at_a_time() -> None:
    now, most = 0, 0

    async def handle(_: Received) -> None:
        nonlocal now, most
        now, most = now + 1, max(most, now + 1)
        await asyncio.sleep(0.001)
        now -= 1

    await Batch(taken([uuid4() for _ in range(40)])).handle(handle, never)
    assert most == SIDE_BY_SIDE


async def test_nothing_behind_a_gap_is_done() -> None:
    records = taken([uuid4() for _ in range(20)])
    bad = records[6]

    async def handle(received: Received) -> None:
        await asyncio.sleep(0.001 if received is bad else 0)
        if received is bad:
            await asyncio.sleep(0.05)
            raise ConnectionError

    batch = Batch(records)
    with pytest.raises(ConnectionError):
        await batch.handle(handle, never)
    assert [one.offset for one in batch.done()] == [5]


async def test_when_it_is_stopped_what_follows_stays_for_later() -> None:
    records = taken([uuid4() for _ in range(40)])
    handled: list[int] = []

    async def handle(received: Received) -> None:
        await asyncio.sleep(0)
        handled.append(received.offset)

    batch = Batch(records)
    await batch.handle(handle, lambda: len(handled) >= 10)
    assert 10 <= len(handled) < 10 + SIDE_BY_SIDE
    (last,) = batch.done()
    assert set(range(last.offset + 1)) <= set(handled)
