"""One member of a group in a process of its own, so that it can be killed: python -m tests.contracts.member …"""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from shared.bus import Bus, open_bus
from tests.contracts.faulty import plant
from tests.contracts.inbox import Inbox
from tests.contracts.messages import numbered


def say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def opened(url: str, fault: str) -> Bus:
    bus = open_bus(url, client="contract-member")
    return plant(fault, bus) if fault else bus


async def work(url: str, fault: str, group: str, path: str) -> None:
    """Handle what comes, for ever, and say when the first has come."""
    bus, inbox = opened(url, fault), Inbox(Path(path))
    await bus.start()
    subscription = bus.subscription(group, ["case"])
    await subscription.start()
    say("ready")
    while True:
        for received in await subscription.take(at_most=20):
            if received.message:
                inbox.take_in(received.message)
            await subscription.commit(received)


async def hold(url: str, fault: str, group: str) -> None:
    """Take what comes and never finish it."""
    bus = opened(url, fault)
    await bus.start()
    subscription = bus.subscription(group, ["case"])
    await subscription.start()
    say("ready")
    while True:
        if await subscription.take():
            say("taken")


async def publish(url: str, fault: str, key: str, count: str) -> None:
    """Publish and be gone at the moment at which publish returns."""
    bus = opened(url, fault)
    await bus.start()
    await bus.publish("case", numbered(key, int(count)))
    say("ready")


ROLES: dict[str, Callable[..., Coroutine[Any, Any, None]]] = {"work": work, "hold": hold, "publish": publish}

if __name__ == "__main__":
    asyncio.run(ROLES[sys.argv[1]](*sys.argv[2:]))
