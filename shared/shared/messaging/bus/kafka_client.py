"""Time limits around the Kafka client, and offsets asked over connections of their own."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from shared.messaging.bus.port import PARTITIONS, BusUnavailable

ANSWER_TIMEOUT = 10.0
STOP_TIMEOUT = 5.0

log = structlog.get_logger()


@contextlib.asynccontextmanager
async def kafka_errors_as_unavailable(seconds: float) -> AsyncIterator[None]:
    """Raise BusUnavailable for errors of Kafka, and when it takes longer than so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except MessageSizeTooLargeError:
        raise
    except (KafkaError, OSError, TimeoutError) as failed:
        raise BusUnavailable(f"Kafka does not answer ({type(failed).__name__})") from failed


async def stop_client(client: Any, *, within: float = STOP_TIMEOUT) -> None:
    """Stop a producer or consumer; when it hangs (aiokafka #773), close its connections beneath it."""
    with contextlib.suppress(KafkaError, OSError, TimeoutError):
        async with asyncio.timeout(within):
            await client.stop()
            return
    log.warning("bus client did not stop by itself, cut off", name=type(client).__name__)
    sender = getattr(client, "_sender", None)
    if sender is not None and sender.sender_task is not None:
        sender.sender_task.cancel()
    connections = getattr(client, "client", None) or client._client
    for part in filter(None, (getattr(client, "_fetcher", None), connections)):
        with contextlib.suppress(KafkaError, OSError, TimeoutError):
            async with asyncio.timeout(within):
                await part.close()


class KafkaOffsets:
    """Offsets of topics and groups, asked over connections of their own: a stalled consumer cannot tell."""

    def __init__(self, servers: list[str], *, client: str) -> None:
        self._servers = servers
        self._client = f"{client}-offsets"
        self._admin: Any = None
        self._reader: Any = None
        self._turn = asyncio.Lock()

    async def stop(self) -> None:
        async with self._turn:
            await self._forget()

    async def check(self) -> None:
        async with self._asking():
            await self._admin.describe_cluster()

    async def lag(self, group: str, topics: Sequence[str]) -> int:
        partitions = [TopicPartition(topic, number) for topic in topics for number in range(PARTITIONS)]
        ends, committed = await self.ends(partitions), await self.committed(group, partitions)
        return sum(max(0, ends[partition] - committed.get(partition, 0)) for partition in partitions)

    async def ends(self, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        async with self._asking():
            return dict(await self._reader.end_offsets(list(partitions)))

    async def committed(self, group: str, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        async with self._asking():
            found = await self._admin.list_consumer_group_offsets(group, partitions=list(partitions))
        return {partition: at.offset for partition, at in found.items() if at.offset >= 0}

    @contextlib.asynccontextmanager
    async def _asking(self) -> AsyncIterator[None]:
        async with self._turn:
            try:
                async with kafka_errors_as_unavailable(ANSWER_TIMEOUT):
                    await self._connect()
                    yield
            except BaseException:
                await self._forget()
                raise

    async def _connect(self) -> None:
        if self._admin is None:
            self._admin = AIOKafkaAdminClient(bootstrap_servers=self._servers, client_id=self._client)
            await self._admin.start()
        if self._reader is None:
            self._reader = AIOKafkaConsumer(
                bootstrap_servers=self._servers, client_id=self._client, enable_auto_commit=False
            )
            await self._reader.start()

    async def _forget(self) -> None:
        admin, self._admin = self._admin, None
        reader, self._reader = self._reader, None
        if admin:
            with contextlib.suppress(KafkaError, OSError, TimeoutError):
                async with asyncio.timeout(STOP_TIMEOUT):
                    await admin.close()
        if reader:
            await stop_client(reader)
