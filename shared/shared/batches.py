"""What was taken from the bus at once: different matters are handled side by side, one matter's events in order."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

from shared.bus import Received
from shared.ending import end

SIDE_BY_SIDE = 4
"""Matters at a time: one that waits for a lock or for another service does not hold up somebody else's danger."""


class Batch:
    """Remembers what was handled, because only what lies before the first gap of a partition may be committed."""

    def __init__(self, taken: Sequence[Received]) -> None:
        self._taken = taken
        self._handled: set[int] = set()
        matters: dict[str, deque[int]] = {}
        for number, received in enumerate(taken):
            matters.setdefault(_matter(received), deque()).append(number)
        self._matters = deque(matters.values())

    async def handle(
        self, handle: Callable[[Received], Awaitable[None]], stopped: Callable[[], bool]
    ) -> None:
        """Handles all, or what is under way when `stopped` turns true; the first fault ends the others too."""
        lanes = [asyncio.create_task(self._lane(handle, stopped)) for _ in range(SIDE_BY_SIDE)]
        try:
            await asyncio.gather(*lanes)
        finally:
            await end(lanes)

    def done(self) -> list[Received]:
        """The last event of each partition before which everything of that partition was handled."""
        last: dict[tuple[str, int], Received] = {}
        gaps: set[tuple[str, int]] = set()
        for number, received in enumerate(self._taken):
            partition = (received.topic, received.partition)
            if number not in self._handled:
                gaps.add(partition)
            elif partition not in gaps:
                last[partition] = received
        return list(last.values())

    async def _lane(self, handle: Callable[[Received], Awaitable[None]], stopped: Callable[[], bool]) -> None:
        while self._matters:
            matter = self._matters.popleft()
            while matter and not stopped():
                await handle(self._taken[matter[0]])
                self._handled.add(matter.popleft())


def _matter(received: Received) -> str:
    """An event that cannot be read belongs to no matter that we know: it stands for itself."""
    if received.message is None:
        return f"{received.topic}/{received.partition}/{received.offset}"
    return received.message.key
