"""A bus in memory, for tests of those who use one: in order, at least once, and it can be made to fail."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from uuid import uuid4

from shared.bus import BusUnavailable, Message, Received, partition_of
from shared.clock import utc_now
from shared.events import Event


def as_message(event: Event) -> Message:
    return Message(
        id=uuid4(), type=event.type, source="test", key=str(event.subject), time=utc_now(),
        body=event.model_dump_json().encode(),
    )  # fmt: skip


class MemoryBus:
    def __init__(self) -> None:
        self.log: dict[tuple[str, int], list[Received]] = defaultdict(list)
        self.committed: dict[tuple[str, int], int] = defaultdict(int)
        self.commits: list[Received] = []
        self.lags_asked = 0
        self.commits_that_fail = 0
        self.published: list[Message] = []

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def check(self) -> None: ...

    async def publish(self, topic: str, messages: Sequence[Message]) -> None:
        await asyncio.sleep(0)
        for message in messages:
            self.published.append(message)
            self.put(topic, message)

    def put(self, topic: str, message: Message | None, fault: str | None = None) -> Received:
        partition = partition_of(message.key) if message else 0
        records = self.log[topic, partition]
        records.append(Received(topic, partition, len(records), message, fault))
        return records[-1]

    def subscription(self, group: str, topics: Sequence[str]) -> "MemoryMember":
        return MemoryMember(self, topics)

    @property
    def everything_committed(self) -> bool:
        return all(self.committed[here] == len(records) for here, records in self.log.items())


class MemoryMember:
    def __init__(self, bus: MemoryBus, topics: Sequence[str]) -> None:
        self._bus = bus
        self._topics = topics
        self._next: dict[tuple[str, int], int] = {}

    async def start(self) -> None:
        self._next = dict(self._bus.committed)

    async def stop(self) -> None: ...

    async def take(self, *, at_most: int = 100, wait: float = 1.0) -> list[Received]:
        taken: list[Received] = []
        for here, records in self._bus.log.items():
            start = self._next.get(here, 0)
            taken += records[start : start + at_most - len(taken)] if here[0] in self._topics else []
        for record in taken:
            self._next[record.topic, record.partition] = record.offset + 1
        await asyncio.sleep(0 if taken else 0.01)
        return taken

    async def commit(self, received: Received) -> None:
        if self._bus.commits_that_fail:
            self._bus.commits_that_fail -= 1
            raise BusUnavailable
        self._bus.commits.append(received)
        self._bus.committed[received.topic, received.partition] = received.offset + 1

    async def seek_back(self) -> None:
        self._next = dict(self._bus.committed)

    async def lag(self) -> int:
        self._bus.lags_asked += 1
        return 0
