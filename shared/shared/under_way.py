"""What was taken from the bus and is being handled: different matters side by side, one matter's events in order."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from types import TracebackType

from shared.bus import Received
from shared.ending import end

SIDE_BY_SIDE = 4
"""Matters at a time: one that waits for a lock or for another service does not hold up somebody else's danger."""
AT_MOST = 200
"""Events in hand: beyond, no more are taken until some are handled."""


@dataclass
class _Event:
    received: Received
    handled: bool = False


class UnderWay:
    """Remembers what was handled, because only what lies before the first gap of a partition may be committed.

    Used as a context: at its end nothing is being handled any more.
    """

    def __init__(self, handle: Callable[[Received], Awaitable[None]], stopped: Callable[[], bool]) -> None:
        self._handle = handle
        self._stopped = stopped
        self._waiting: dict[str, deque[_Event]] = {}
        self._ready: deque[str] = deque()
        self._partitions: dict[tuple[str, int], deque[_Event]] = {}
        self._lanes: set[asyncio.Task[None]] = set()
        self._fault: BaseException | None = None
        self._in_hand = 0

    async def __aenter__(self) -> "UnderWay":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await end(self._lanes)

    @property
    def room(self) -> int:
        return AT_MOST - self._in_hand

    @property
    def idle(self) -> bool:
        return not self._lanes

    def add(self, taken: Iterable[Received]) -> None:
        """Handling begins at once. A fault that `handle` raised before is raised here."""
        if self._fault is not None:
            raise self._fault
        for received in taken:
            event = _Event(received)
            self._in_hand += 1
            self._partitions.setdefault((received.topic, received.partition), deque()).append(event)
            matter = _matter(received)
            if matter not in self._waiting:
                self._waiting[matter] = deque()
                self._ready.append(matter)
            self._waiting[matter].append(event)
        self._begin()

    async def progress(self, *, at_most: float) -> None:
        """Returns when nothing is being handled any more, or after so many seconds."""
        if self._lanes:
            await asyncio.wait(self._lanes, timeout=at_most)

    def done(self) -> list[Received]:
        """The last event of each partition before which everything was handled; none that was given before."""
        last = []
        for events in self._partitions.values():
            newest = None
            while events and events[0].handled:
                newest = events.popleft().received
            if newest is not None:
                last.append(newest)
        return last

    def _begin(self) -> None:
        for _ in range(min(len(self._ready), SIDE_BY_SIDE - len(self._lanes))):
            lane = asyncio.create_task(self._lane())
            self._lanes.add(lane)
            lane.add_done_callback(self._ended)

    async def _lane(self) -> None:
        while self._ready and not self._stopped():
            matter = self._ready.popleft()
            waiting = self._waiting[matter]
            while waiting and not self._stopped():
                await self._handle(waiting[0].received)
                waiting.popleft().handled = True
                self._in_hand -= 1
            if not waiting:
                del self._waiting[matter]

    def _ended(self, lane: asyncio.Task[None]) -> None:
        self._lanes.discard(lane)
        if lane.cancelled():
            return
        self._fault = self._fault or lane.exception()
        if self._fault is None and not self._stopped():
            self._begin()  # for what was added while the lane was ending


def _matter(received: Received) -> str:
    """An event that cannot be read belongs to no matter that we know: it stands for itself."""
    if received.message is None:
        return f"{received.topic}/{received.partition}/{received.offset}"
    return received.message.key
