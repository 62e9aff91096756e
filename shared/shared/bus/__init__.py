"""The bus carries what happened from one service to the others: durable, in order, at least once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from urllib.parse import urlsplit
from uuid import UUID
from zlib import crc32

TOPICS = ("intake", "case", "referral", "stats", "audit")
PARTITIONS = 8


class BusUnavailable(Exception):
    """The bus cannot be reached or does not answer in time; the same call may succeed later."""


@dataclass(frozen=True)
class Message:
    """One event under way: `body` is its JSON, the rest its CloudEvents attributes (`key` is the subject)."""

    id: UUID
    type: str
    source: str
    key: str
    time: datetime
    body: bytes


@dataclass(frozen=True)
class Received:
    """One record and where it lay; where it is no valid envelope, `message` is None and `fault` a code."""

    topic: str
    partition: int
    offset: int
    message: Message | None
    fault: str | None


class Subscription(Protocol):
    """One member of a group; all members together see each record of their topics, each at least once."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def take(self, *, at_most: int = 100, wait: float = 1.0) -> list[Received]:
        """Return what comes next, in order per partition; empty when nothing came within `wait` seconds.

        Empty also while the bus is away: the subscription reconnects by itself, `Bus.check` tells.
        """
        ...

    async def commit(self, received: Received) -> None:
        """Everything up to and with this record is done in its partition.

        Without effect when another member has taken the partition over: that one is given the records.
        BusUnavailable when it could not be stored: the records will be given again.
        """
        ...

    async def seek_back(self) -> None:
        """Let everything that was taken and not committed be given again."""
        ...

    async def lag(self) -> int:
        """Count the records of the topics that the whole group has still to commit."""
        ...


class Bus(Protocol):
    async def start(self) -> None:
        """Raise BusUnavailable when the bus is away; may be called again until it succeeds."""
        ...

    async def stop(self) -> None: ...

    async def publish(self, topic: str, messages: Sequence[Message]) -> None:
        """Return when all messages are durable; after an error some may be, so publish all of them again."""
        ...

    def subscription(self, group: str, topics: Sequence[str]) -> Subscription: ...

    async def check(self) -> None:
        """Raise BusUnavailable unless the bus answers now."""
        ...


def partition_of(key: str) -> int:
    """Return the partition of a key: the same on every machine, for ever: order per key hangs on it."""
    return crc32(key.encode()) % PARTITIONS


def open_bus(url: str, *, client: str) -> Bus:
    """Return the bus that the address names; `client` is the name it shows to the server."""
    scheme = urlsplit(url).scheme
    # Imported here so that a laptop loads no Kafka client, and the adapters can import the port.
    if scheme in {"postgresql", "postgres"}:
        from shared.bus.postgres import PostgresBus

        return PostgresBus(url, client=client)
    if scheme == "kafka":
        from shared.bus.kafka import KafkaBus

        return KafkaBus(url, client=client)
    raise ValueError(
        f"A bus address starts with postgresql:// or kafka://, not with {scheme or 'nothing'}://"
    )


async def prepare(url: str) -> None:
    """Create the topics where they are missing; may be called again at any time."""
    if urlsplit(url).scheme == "kafka":
        from shared.bus import kafka

        await kafka.prepare(url)
    else:
        from shared.bus import postgres

        await postgres.prepare(url)
