"""What services rely on from any bus, each promise as one check."""

import asyncio
import contextlib
import os
import random
import re

from shared.bus import Bus, BusUnavailable, partition_of
from tests.contracts.bus_world import Member, World
from tests.contracts.inbox import Inbox
from tests.contracts.messages import message, number, numbered, numbers

# The long form is run by hand with 100.
CHANGES = int(os.environ.get("BUS_CHANGES", "8"))


async def one_key_stays_in_order(world: World) -> None:
    bus = await world.bus()
    for first in (1, 6, 11):
        await bus.publish(
            "case", [message(key, n) for n in range(first, first + 5) for key in ("a", "b", "c")]
        )
    records = await world.taken(await world.member(bus, "g"), 45)
    for key in ("a", "b", "c"):
        assert [number(r) for r in records if r.message and r.message.key == key] == list(range(1, 16))


async def a_message_arrives_as_it_was_sent(world: World) -> None:
    bus = await world.bus()
    sent = message("case-é-1", 7)
    await bus.publish("case", [sent])
    [record] = await world.taken(await world.member(bus, "g"), 1)
    assert record.message == sent
    assert (record.topic, record.partition, record.fault) == ("case", partition_of("case-é-1"), None)


async def each_group_sees_everything(world: World) -> None:
    bus = await world.bus()
    await bus.publish("case", numbered("a", 10))
    for group in ("stats", "referral"):
        subscription = await world.member(bus, group)
        records = await world.taken(subscription, 10)
        assert numbers(records) == list(range(1, 11))
        await subscription.commit(records[-1])


async def what_was_not_committed_is_given_again(world: World) -> None:
    bus = await world.bus()
    await bus.publish("case", numbered("a", 5))
    subscription = await world.member(bus, "g")
    records = await world.taken(subscription, 5)
    await subscription.commit(records[1])
    await subscription.seek_back()
    assert numbers(await world.taken(subscription, 3)) == [3, 4, 5]


async def what_was_committed_is_not_given_to_the_next_member(world: World) -> None:
    bus = await world.bus()
    await bus.publish("case", numbered("a", 5))
    first = await world.member(bus, "g")
    records = await world.taken(first, 5)
    await first.commit(records[2])
    await first.stop()
    second = await world.member(bus, "g")
    assert numbers(await world.taken(second, 2)) == [4, 5]


async def a_group_that_comes_late_misses_nothing(world: World) -> None:
    bus = await world.bus()
    await bus.publish("case", numbered("a", 3))
    late = await world.member(bus, "late")
    assert numbers(await world.taken(late, 3)) == [1, 2, 3]


async def what_a_killed_member_held_goes_to_another(world: World) -> None:
    bus = await world.bus()
    holder = await world.process("hold", "g")
    await bus.publish("case", numbered("a", 5))
    await holder.says("taken")
    await holder.kill()
    heir = await world.member(bus, "g")
    assert numbers(await world.taken(heir, 5)) == [1, 2, 3, 4, 5]


async def a_record_that_is_no_event_is_shown_and_passed(world: World) -> None:
    bus = await world.bus()
    await bus.publish("case", [message("a", 1)])
    await world.plant_malformed(partition_of("a"))
    await bus.publish("case", [message("a", 2)])
    subscription = await world.member(bus, "g")
    before, bad, after = await world.taken(subscription, 3)
    assert numbers([before, after]) == [1, 2]
    assert bad.message is None
    assert re.fullmatch(r"envelope\.[a-z-]+", bad.fault or "")
    await subscription.commit(bad)
    await subscription.seek_back()
    assert numbers(await world.taken(subscription, 1)) == [2]


async def what_was_published_outlives_its_publisher(world: World) -> None:
    publisher = await world.process("publish", "a", "3")
    await publisher.kill()
    bus = await world.bus()
    assert numbers(await world.taken(await world.member(bus, "g"), 3)) == [1, 2, 3]


async def the_lag_is_what_is_still_to_be_done(world: World) -> None:
    bus = await world.bus()
    subscription = await world.member(bus, "g")
    await bus.publish("case", numbered("a", 10))
    assert await subscription.lag() == 10
    records = await world.taken(subscription, 10)
    await subscription.commit(records[3])
    assert await subscription.lag() == 6


async def a_large_batch_arrives_whole(world: World) -> None:
    bus = await world.bus()
    await bus.publish("case", [message(f"key-{i}", n) for n in range(1, 51) for i in range(100)])
    inbox = world.inbox()
    for record in await world.taken(await world.member(bus, "g"), 5000):
        assert record.message is not None
        inbox.take_in(record.message)
    assert inbox.per_key() == {f"key-{i}": list(range(1, 51)) for i in range(100)}


async def members_may_come_and_go_and_die(world: World) -> None:
    """Nothing is lost and each key keeps its order, whatever happens to the members meanwhile."""
    bus, inbox = await world.bus(), world.inbox()
    keys = [f"key-{i}" for i in range(20)]
    over = asyncio.Event()
    publishing = asyncio.create_task(_publish_until(over, bus, keys))
    await _change_members(world, bus, inbox)
    over.set()
    rounds = await publishing
    last = asyncio.create_task(_work(bus, "g", inbox))
    await _all_come(world, inbox, rounds * len(keys))
    last.cancel()
    await asyncio.gather(last, return_exceptions=True)
    assert inbox.per_key() == {key: list(range(1, rounds + 1)) for key in keys}


async def _all_come(world: World, inbox: Inbox, expected: int) -> None:
    """Wait for as long as there is progress."""
    while (so_far := inbox.count()) < expected:

        async def more(so_far: int = so_far) -> bool:
            return inbox.count() > so_far

        assert await world.eventually(more), f"{expected - so_far} of {expected} were lost"


async def _publish_until(over: asyncio.Event, bus: Bus, keys: list[str]) -> int:
    rounds = 0
    while not over.is_set():
        rounds += 1
        await bus.publish("case", [message(key, rounds) for key in keys])
        await asyncio.sleep(0.2)
    return rounds


async def _change_members(world: World, bus: Bus, inbox: Inbox) -> None:
    chance = random.Random(7)
    here: list[asyncio.Task[None]] = []
    elsewhere: list[Member] = []
    for _change in range(CHANGES):
        what = chance.choice(["join", "start", "start", "leave", "kill", "kill"])
        if what == "leave" and here:
            leaving = here.pop(chance.randrange(len(here)))
            leaving.cancel()
            await asyncio.gather(leaving, return_exceptions=True)
        elif what == "kill" and elsewhere:
            await elsewhere.pop(chance.randrange(len(elsewhere))).kill()
        elif what == "join":
            here.append(asyncio.create_task(_work(bus, "g", inbox)))
        else:
            elsewhere.append(await world.process("work", "g", str(inbox.path)))
        await asyncio.sleep(chance.uniform(0.1, 1.0))
    for member in elsewhere:
        await member.kill()
    for task in here:
        task.cancel()
    for ended in await asyncio.gather(*here, return_exceptions=True):
        assert isinstance(ended, asyncio.CancelledError), ended


async def _work(bus: Bus, group: str, inbox: Inbox) -> None:
    subscription = bus.subscription(group, ["case"])
    await subscription.start()
    try:
        while True:
            for received in await subscription.take(at_most=20):
                assert received.message is not None
                inbox.take_in(received.message)
                with contextlib.suppress(BusUnavailable):  # it is given again, and the inbox knows it
                    await subscription.commit(received)
    finally:
        await subscription.stop()


CHECKS = (
    one_key_stays_in_order,
    a_message_arrives_as_it_was_sent,
    each_group_sees_everything,
    what_was_not_committed_is_given_again,
    what_was_committed_is_not_given_to_the_next_member,
    a_group_that_comes_late_misses_nothing,
    what_a_killed_member_held_goes_to_another,
    a_record_that_is_no_event_is_shown_and_passed,
    what_was_published_outlives_its_publisher,
    the_lag_is_what_is_still_to_be_done,
    a_large_batch_arrives_whole,
    members_may_come_and_go_and_die,
)
