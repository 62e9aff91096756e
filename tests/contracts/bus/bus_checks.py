"""Checks of a bus: each is one promise of the port that services rely on."""

import asyncio
import contextlib
import os
import random
import re

from shared.messaging.bus.port import Bus, BusUnavailable, partition_of
from tests.contracts.bus.bus_environment import BusEnvironment, Member
from tests.contracts.bus.inbox import Inbox
from tests.contracts.bus.numbered_events import number, numbered, numbered_event, numbers

# The long form is run by hand with 100.
CHANGES = int(os.environ.get("BUS_CHANGES", "8"))


async def one_key_stays_in_order(environment: BusEnvironment) -> None:
    bus = await environment.bus()
    for first in (1, 6, 11):
        await bus.publish(
            "case", [numbered_event(key, n) for n in range(first, first + 5) for key in ("a", "b", "c")]
        )
    records = await environment.taken(await environment.member(bus, "g"), 45)
    for key in ("a", "b", "c"):
        assert [number(r) for r in records if r.envelope and r.envelope.key == key] == list(range(1, 16))


async def an_event_arrives_as_it_was_published(environment: BusEnvironment) -> None:
    bus = await environment.bus()
    sent = numbered_event("case-é-1", 7)
    await bus.publish("case", [sent])
    [record] = await environment.taken(await environment.member(bus, "g"), 1)
    assert record.envelope == sent
    assert (record.topic, record.partition, record.fault) == ("case", partition_of("case-é-1"), None)


async def each_group_sees_everything(environment: BusEnvironment) -> None:
    bus = await environment.bus()
    await bus.publish("case", numbered("a", 10))
    for group in ("stats", "referral"):
        subscription = await environment.member(bus, group)
        records = await environment.taken(subscription, 10)
        assert numbers(records) == list(range(1, 11))
        await subscription.commit(records[-1])


async def the_next_member_is_given_what_was_not_committed_and_nothing_else(
    environment: BusEnvironment,
) -> None:
    bus = await environment.bus()
    await bus.publish("case", numbered("a", 5))
    first = await environment.member(bus, "g")
    records = await environment.taken(first, 5)
    await first.commit(records[2])
    await first.stop()
    second = await environment.member(bus, "g")
    assert numbers(await environment.taken(second, 2)) == [4, 5]


async def a_group_that_comes_late_misses_nothing(environment: BusEnvironment) -> None:
    bus = await environment.bus()
    await bus.publish("case", numbered("a", 3))
    late = await environment.member(bus, "late")
    assert numbers(await environment.taken(late, 3)) == [1, 2, 3]


async def records_of_a_killed_member_go_to_another(environment: BusEnvironment) -> None:
    bus = await environment.bus()
    member = await environment.process("hold", "g")
    await bus.publish("case", numbered("a", 5))
    await member.says("taken")
    await member.kill()
    successor = await environment.member(bus, "g")
    assert numbers(await environment.taken(successor, 5)) == [1, 2, 3, 4, 5]


async def a_record_that_is_no_event_is_given_with_its_fault(environment: BusEnvironment) -> None:
    bus = await environment.bus()
    await bus.publish("case", [numbered_event("a", 1)])
    await environment.plant_malformed(partition_of("a"))
    await bus.publish("case", [numbered_event("a", 2)])
    subscription = await environment.member(bus, "g")
    before, bad, after = await environment.taken(subscription, 3)
    assert numbers([before, after]) == [1, 2]
    assert bad.envelope is None
    assert re.fullmatch(r"envelope\.[a-z-]+", bad.fault or "")
    await subscription.commit(bad)
    await subscription.stop()
    assert numbers(await environment.taken(await environment.member(bus, "g"), 1)) == [2]


async def published_events_outlive_their_publisher(environment: BusEnvironment) -> None:
    publisher = await environment.process("publish", "a", "3")
    await publisher.kill()
    bus = await environment.bus()
    assert numbers(await environment.taken(await environment.member(bus, "g"), 3)) == [1, 2, 3]


async def the_lag_counts_what_is_still_to_be_committed(environment: BusEnvironment) -> None:
    bus = await environment.bus()
    subscription = await environment.member(bus, "g")
    await bus.publish("case", numbered("a", 10))
    assert await subscription.lag() == 10
    records = await environment.taken(subscription, 10)
    await subscription.commit(records[3])
    assert await subscription.lag() == 6


async def a_large_batch_arrives_whole(environment: BusEnvironment) -> None:
    bus = await environment.bus()
    await bus.publish("case", [numbered_event(f"key-{i}", n) for n in range(1, 51) for i in range(100)])
    inbox = environment.inbox()
    for record in await environment.taken(await environment.member(bus, "g"), 5000):
        assert record.envelope is not None
        inbox.take_in(record.envelope)
    assert inbox.per_key() == {f"key-{i}": list(range(1, 51)) for i in range(100)}


async def members_may_come_and_go_and_die(environment: BusEnvironment) -> None:
    """Nothing is lost and each key keeps its order, whatever happens to the members meanwhile."""
    bus, inbox = await environment.bus(), environment.inbox()
    keys = [f"key-{i}" for i in range(20)]
    over = asyncio.Event()
    publishing = asyncio.create_task(_publish_until(over, bus, keys))
    await _change_members(environment, bus, inbox)
    over.set()
    rounds = await publishing
    last = asyncio.create_task(_work(bus, "g", inbox))
    await _all_come(environment, inbox, rounds * len(keys))
    last.cancel()
    await asyncio.gather(last, return_exceptions=True)
    assert inbox.per_key() == {key: list(range(1, rounds + 1)) for key in keys}


async def _all_come(environment: BusEnvironment, inbox: Inbox, expected: int) -> None:
    """Wait for as long as there is progress."""
    while (so_far := inbox.count()) < expected:

        async def more(so_far: int = so_far) -> bool:
            return inbox.count() > so_far

        assert await environment.eventually(more), f"{expected - so_far} of {expected} were lost"


async def _publish_until(over: asyncio.Event, bus: Bus, keys: list[str]) -> int:
    rounds = 0
    while not over.is_set():
        rounds += 1
        await bus.publish("case", [numbered_event(key, rounds) for key in keys])
        await asyncio.sleep(0.2)
    return rounds


async def _change_members(environment: BusEnvironment, bus: Bus, inbox: Inbox) -> None:
    chance = random.Random(7)
    here: list[asyncio.Task[None]] = []
    elsewhere: list[Member] = []
    for _change in range(CHANGES):
        what = chance.choice(["join", "start", "start", "leave", "kill", "kill"])
        if what == "leave" and here:
            ended = here.pop(chance.randrange(len(here)))
            ended.cancel()
            await asyncio.gather(ended, return_exceptions=True)
        elif what == "kill" and elsewhere:
            await elsewhere.pop(chance.randrange(len(elsewhere))).kill()
        elif what == "join":
            here.append(asyncio.create_task(_work(bus, "g", inbox)))
        else:
            elsewhere.append(await environment.process("work", "g", str(inbox.path)))
        await asyncio.sleep(chance.uniform(0.1, 1.0))
    for member in elsewhere:
        await member.kill()
    for task in here:
        task.cancel()
    for result in await asyncio.gather(*here, return_exceptions=True):
        assert isinstance(result, asyncio.CancelledError), result


async def _work(bus: Bus, group: str, inbox: Inbox) -> None:
    subscription = bus.subscription(group, ["case"])
    await subscription.start()
    try:
        while True:
            for record in await subscription.take(at_most=20):
                assert record.envelope is not None
                inbox.take_in(record.envelope)
                with contextlib.suppress(BusUnavailable):  # it is given again, and the inbox knows it
                    await subscription.commit(record)
    finally:
        await subscription.stop()


CHECKS = (
    one_key_stays_in_order,
    an_event_arrives_as_it_was_published,
    each_group_sees_everything,
    the_next_member_is_given_what_was_not_committed_and_nothing_else,
    a_group_that_comes_late_misses_nothing,
    records_of_a_killed_member_go_to_another,
    a_record_that_is_no_event_is_given_with_its_fault,
    published_events_outlive_their_publisher,
    the_lag_counts_what_is_still_to_be_committed,
    a_large_batch_arrives_whole,
    members_may_come_and_go_and_die,
)
