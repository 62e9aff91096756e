"""Member of a group in a process of its own, so that it can be killed: python -m tests.contracts.bus.member …"""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from shared.messaging.bus.adapters import open_bus
from shared.messaging.bus.port import Bus
from tests.contracts.bus.faulty_buses import plant
from tests.contracts.bus.inbox import Inbox
from tests.contracts.bus.numbered_events import numbered


def say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def opened(url: str, fault: str) -> Bus:
    bus = open_bus(url, client="contract-member")
    return plant(fault, bus) if fault else bus


async def work(url: str, fault: str, group: str, path: str) -> None:
    """Handle records for ever; print "ready" once joined."""
    bus, inbox = opened(url, fault), Inbox(Path(path))
    await bus.start()
    subscription = bus.subscription(group, ["case"])
    await subscription.start()
    say("ready")
    while True:
        for record in await subscription.take(at_most=20):
            if record.envelope:
                inbox.take_in(record.envelope)
            await subscription.commit(record)


async def take_without_commit(url: str, fault: str, group: str) -> None:
    """Take records and never commit them."""
    bus = opened(url, fault)
    await bus.start()
    subscription = bus.subscription(group, ["case"])
    await subscription.start()
    say("ready")
    while True:
        if await subscription.take():
            say("taken")


async def publish(url: str, fault: str, key: str, count: str) -> None:
    """Publish, and end as soon as publish returns."""
    bus = opened(url, fault)
    await bus.start()
    await bus.publish("case", numbered(key, int(count)))
    say("ready")


ROLES: dict[str, Callable[..., Coroutine[Any, Any, None]]] = {
    "work": work,
    "hold": take_without_commit,
    "publish": publish,
}

if __name__ == "__main__":
    asyncio.run(ROLES[sys.argv[1]](*sys.argv[2:]))
