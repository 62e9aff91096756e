"""Bus in memory for tests: in order, at least once, and it can be made to fail."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from uuid import uuid4

from shared.clock import utc_now
from shared.events import Event
from shared.messaging.bus.port import BusRecord, BusUnavailable, EventEnvelope, partition_of


def as_envelope(event: Event) -> EventEnvelope:
    return EventEnvelope(
        id=uuid4(), type=event.type, source="test", key=str(event.subject), time=utc_now(),
        body=event.model_dump_json().encode(),
    )  # fmt: skip


class MemoryBus:
    def __init__(self) -> None:
        self.log: dict[tuple[str, int], list[BusRecord]] = defaultdict(list)
        self.committed: dict[tuple[str, int], int] = defaultdict(int)
        self.commits: list[BusRecord] = []
        self.lags_asked = 0
        self.commits_that_fail = 0
        self.published: list[EventEnvelope] = []

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def check(self) -> None: ...

    async def publish(self, topic: str, envelopes: Sequence[EventEnvelope]) -> None:
        await asyncio.sleep(0)
        for envelope in envelopes:
            self.published.append(envelope)
            self.put(topic, envelope)

    def put(self, topic: str, envelope: EventEnvelope | None, fault: str | None = None) -> BusRecord:
        partition = partition_of(envelope.key) if envelope else 0
        records = self.log[topic, partition]
        records.append(BusRecord(topic, partition, len(records), envelope, fault))
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

    async def take(self, *, at_most: int = 100, wait: float = 1.0) -> list[BusRecord]:
        taken: list[BusRecord] = []
        for here, records in self._bus.log.items():
            start = self._next.get(here, 0)
            taken += records[start : start + at_most - len(taken)] if here[0] in self._topics else []
        for record in taken:
            self._next[record.topic, record.partition] = record.offset + 1
        await asyncio.sleep(0 if taken else 0.01)
        return taken

    async def commit(self, record: BusRecord) -> None:
        if self._bus.commits_that_fail:
            self._bus.commits_that_fail -= 1
            raise BusUnavailable
        self._bus.commits.append(record)
        self._bus.committed[record.topic, record.partition] = record.offset + 1

    async def lag(self) -> int:
        self._bus.lags_asked += 1
        return 0
