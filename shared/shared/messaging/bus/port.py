"""Bus port: carries events from one service to the others, durable, in order per key, at least once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID
from zlib import crc32

PARTITIONS = 8


class BusUnavailable(ConnectionError):
    """The bus cannot be reached or does not answer in time; the same call may succeed later."""


@dataclass(frozen=True)
class EventEnvelope:
    """One event on its way: `body` is its JSON, the rest its CloudEvents attributes (`key` is the subject)."""

    id: UUID
    type: str
    source: str
    key: str
    time: datetime
    body: bytes


@dataclass(frozen=True)
class BusRecord:
    """One record and its offset; `envelope` is None and `fault` a code where it is no valid envelope."""

    topic: str
    partition: int
    offset: int
    envelope: EventEnvelope | None
    fault: str | None


class Subscription(Protocol):
    """One member of a group; together the members receive each record of their topics at least once."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def take(self, *, at_most: int = 100, wait: float = 1.0) -> list[BusRecord]:
        """Return what comes next, in order per partition; empty when nothing came within `wait` seconds.

        Empty also while the bus is away: the subscription reconnects by itself, `Bus.check` tells.
        """
        ...

    async def commit(self, record: BusRecord) -> None:
        """Store that everything up to and including this record is done in its partition.

        Without effect when another member has taken the partition over: that one is given the records.
        BusUnavailable when it could not be stored: the records will be given again.
        """
        ...

    async def lag(self) -> int:
        """Count the records of the topics that the whole group has still to commit."""
        ...


class Bus(Protocol):
    async def start(self) -> None:
        """Raise BusUnavailable when the bus is away; may be called again until it succeeds."""
        ...

    async def stop(self) -> None: ...

    async def publish(self, topic: str, envelopes: Sequence[EventEnvelope]) -> None:
        """Return when all events are durable; after an error some may be, so publish all of them again."""
        ...

    def subscription(self, group: str, topics: Sequence[str]) -> Subscription: ...

    async def check(self) -> None:
        """Raise BusUnavailable unless the bus answers now."""
        ...


def partition_of(key: str) -> int:
    """Return the partition of a key, the same on every machine and for ever: order per key depends on it."""
    return crc32(key.encode()) % PARTITIONS
