"""Different matters side by side, one matter in order, and nothing committed that lies behind a gap."""

import asyncio
from random import Random
from uuid import UUID, uuid4

import pytest

from shared.bus import Received
from shared.under_way import AT_MOST, SIDE_BY_SIDE, UnderWay
from tests.builders import a_contact_received
from tests.shared.memory_bus import as_message


def taken(matters: list[UUID], partitions: int = 1) -> list[Received]:
    """One event for each given matter, spread over partitions by matter."""
    records: list[Received] = []
    places = dict.fromkeys(range(partitions), 0)
    for matter in matters:
        partition = matter.int % partitions
        records.append(
            Received("intake", partition, places[partition], as_message(a_contact_received(matter)), None)
        )
        places[partition] += 1
    return records


def key_of(received: Received) -> str:
    assert received.message is not None
    return received.message.key


def never() -> bool:
    return False


async def handle_all(under_way: UnderWay, records: list[Received]) -> None:
    async with under_way:
        under_way.add(records)
        while not under_way.idle:
            await under_way.progress(at_most=1)
        under_way.add([])


async def test_the_events_of_each_matter_are_handled_in_their_order() -> None:
    random = Random(7)
    matters = [uuid4() for _ in range(9)]
    records = taken([random.choice(matters) for _ in range(300)], partitions=4)
    handled: list[Received] = []

    async def handle(received: Received) -> None:
        await asyncio.sleep(random.random() / 1000)
        handled.append(received)

    under_way = UnderWay(handle, never)
    async with under_way:
        for start in range(0, 300, 37):  # more of a matter arrives while some of it is being handled
            under_way.add(records[start : start + 37])
            await asyncio.sleep(0.003)
        while not under_way.idle:
            await under_way.progress(at_most=1)
    for matter in matters:
        of_it = [one for one in records if key_of(one) == str(matter)]
        assert [one for one in handled if key_of(one) == str(matter)] == of_it
    last = {one.partition: one for one in records}
    assert {(one.partition, one.offset) for one in under_way.done()} == {
        (one.partition, one.offset) for one in last.values()
    }
    assert (under_way.done(), under_way.room) == ([], AT_MOST)


async def test_one_matter_that_takes_long_holds_up_no_other_and_none_that_comes_later() -> None:
    slow, *others = [uuid4() for _ in range(10)]
    gate = asyncio.Event()
    handled: list[str] = []

    async def handle(received: Received) -> None:
        if key_of(received) == str(slow):
            await gate.wait()
        handled.append(key_of(received))

    async with UnderWay(handle, never) as under_way:
        under_way.add(taken([slow, slow, *others[:4]]))
        await asyncio.sleep(0.05)
        under_way.add(taken(others[4:]))
        await asyncio.sleep(0.05)
        assert sorted(handled) == sorted(map(str, others))
        gate.set()
        while not under_way.idle:
            await under_way.progress(at_most=1)
    assert handled[-2:] == [str(slow)] * 2


async def test_so_many_and_no_more_are_handled_at_a_time() -> None:
    now, most = 0, 0

    async def handle(_: Received) -> None:
        nonlocal now, most
        now, most = now + 1, max(most, now + 1)
        await asyncio.sleep(0.001)
        now -= 1

    await handle_all(UnderWay(handle, never), taken([uuid4() for _ in range(40)]))
    assert most == SIDE_BY_SIDE


async def test_nothing_behind_a_gap_is_done_and_the_fault_comes_out() -> None:
    records = taken([uuid4() for _ in range(20)])
    bad = records[6]

    async def handle(received: Received) -> None:
        await asyncio.sleep(0)
        if received is bad:
            await asyncio.sleep(0.05)
            raise ConnectionError

    under_way = UnderWay(handle, never)
    with pytest.raises(ConnectionError):
        await handle_all(under_way, records)
    assert [one.offset for one in under_way.done()] == [5]


async def test_when_it_is_stopped_what_follows_stays_for_later() -> None:
    handled: list[int] = []

    async def handle(received: Received) -> None:
        await asyncio.sleep(0)
        handled.append(received.offset)

    under_way = UnderWay(handle, lambda: len(handled) >= 10)
    await handle_all(under_way, taken([uuid4() for _ in range(40)]))
    assert 10 <= len(handled) < 10 + SIDE_BY_SIDE
    (last,) = under_way.done()
    assert set(range(last.offset + 1)) <= set(handled)


async def test_at_its_end_nothing_is_being_handled_any_more() -> None:
    ended = asyncio.Event()

    async def handle(_: Received) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    async with UnderWay(handle, never) as under_way:
        under_way.add(taken([uuid4()]))
        await asyncio.sleep(0.01)
    assert ended.is_set()
    assert under_way.done() == []
