"""Subscription on Kafka: commits by hand, partition by partition, and is replaced when it stalls."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from shared.messaging.bus.envelope import BadEnvelope, unpack
from shared.messaging.bus.kafka_client import (
    ANSWER_TIMEOUT,
    KafkaOffsets,
    kafka_errors_as_unavailable,
    stop_client,
)
from shared.messaging.bus.port import BusRecord, BusUnavailable

CHECK_EVERY = 2.0
# Longer than a group needs to notice a dead member and rebalance.
STALLED_AFTER = 20.0
# The shortest that brokers allow by default: a dead member's partitions wait this long.
SESSION_MS = 6_000
HEARTBEAT_MS = 1_000

log = structlog.get_logger()


class KafkaSubscription(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka carries no types
    def __init__(
        self,
        servers: list[str],
        *,
        client: str,
        group: str,
        topics: Sequence[str],
        prefix: str,
        offsets: KafkaOffsets,
        check_every: float = CHECK_EVERY,
        stalled_after: float = STALLED_AFTER,
    ) -> None:
        self._servers = servers
        self._client = client
        self._prefix = prefix
        self._group = f"{prefix}{group}"
        self._topics = sorted(f"{prefix}{topic}" for topic in topics)
        self._offsets = offsets
        self._check_every = check_every
        self._stalled_after = stalled_after
        self._consumer: Any = None
        self._joined = asyncio.Event()
        self._joining = asyncio.Lock()
        self._watch: asyncio.Task[None] | None = None
        # Committed offset, to which a seek goes back.
        self._done: dict[TopicPartition, int] = {}
        # Offset after the last delivered record.
        self._next: dict[TopicPartition, int] = {}
        self._asked_at = 0.0
        self._waiting_since = 0.0

    async def start(self) -> None:
        await self._join()
        self._watch = asyncio.create_task(self._watch_for_stalls(), name=f"bus member of {self._group}")

    async def stop(self) -> None:
        if self._watch:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
        await self._part(self._consumer)

    async def take(self, *, at_most: int = 100, wait: float = 1.0) -> list[BusRecord]:
        self._note_asking()
        consumer = self._consumer
        if consumer is None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._joined.wait()
            return []
        try:
            async with asyncio.timeout(wait + ANSWER_TIMEOUT):
                batches = await consumer.getmany(timeout_ms=int(wait * 1000), max_records=at_most)
        except (KafkaError, TimeoutError) as failed:
            log.warning("bus member replaced", group=self._group, error=type(failed).__name__)
            await self._part(consumer)
            return []
        return self._delivered([record for records in batches.values() for record in records])

    async def commit(self, record: BusRecord) -> None:
        consumer, here = self._consumer, TopicPartition(f"{self._prefix}{record.topic}", record.partition)
        if consumer is None or not self._done.get(here, 0) <= record.offset < self._next.get(here, 0):
            return
        try:
            async with kafka_errors_as_unavailable(ANSWER_TIMEOUT):
                try:
                    await consumer.commit({here: record.offset + 1})
                except (CommitFailedError, IllegalStateError):
                    # The group rebalances (aiokafka #929, #933): the partition's next owner is given the record.
                    log.info("commit too late, records are delivered again", group=self._group)
                    return
        except BusUnavailable:
            log.warning("commit not stored, records are delivered again", group=self._group)
            raise
        if here in self._done:
            self._done[here] = max(self._done[here], record.offset + 1)

    async def lag(self) -> int:
        return await self._offsets.lag(self._group, self._topics)

    def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        self._forget(revoked)

    def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        self._forget(assigned)

    def _forget(self, partitions: set[TopicPartition]) -> None:
        for here in partitions:
            self._done.pop(here, None)
            self._next.pop(here, None)

    def _delivered(self, records: list[ConsumerRecord]) -> list[BusRecord]:
        for record in records:
            here = TopicPartition(record.topic, record.partition)
            self._done.setdefault(here, record.offset)
            self._next[here] = record.offset + 1
        now = asyncio.get_running_loop().time()
        self._asked_at = now
        if records:
            self._waiting_since = now
        return [_as_record(record, record.topic.removeprefix(self._prefix)) for record in records]

    def _note_asking(self) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._asked_at > CHECK_EVERY:  # a consumer that was busy has not been waiting
            self._waiting_since = now
        self._asked_at = now

    async def _join(self) -> None:
        async with self._joining:
            if self._consumer is not None:
                return
            consumer = AIOKafkaConsumer(
                bootstrap_servers=self._servers,
                client_id=self._client,
                group_id=self._group,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                session_timeout_ms=SESSION_MS,
                heartbeat_interval_ms=HEARTBEAT_MS,
                request_timeout_ms=int(ANSWER_TIMEOUT * 1000),
            )
            try:
                async with kafka_errors_as_unavailable(ANSWER_TIMEOUT):
                    await consumer.start()
            except BaseException:
                await stop_client(consumer)
                raise
            # After the start, which would otherwise wait for the whole rebalance.
            consumer.subscribe(self._topics, listener=self)
            self._consumer = consumer
            self._waiting_since = asyncio.get_running_loop().time()
            self._joined.set()

    async def _part(self, consumer: Any) -> None:
        async with self._joining:
            if consumer is None or self._consumer is not consumer:
                return
            self._consumer = None
            self._joined.clear()
            self._done, self._next = {}, {}
            await stop_client(consumer)

    async def _watch_for_stalls(self) -> None:
        """Replace a client that silently stopped reading (aiokafka #625, #847, #1037)."""
        while True:
            await asyncio.sleep(self._check_every)
            with contextlib.suppress(BusUnavailable):
                if self._consumer is not None and await self._stalled():
                    log.error("bus member stalled, replaced", group=self._group)
                    await self._part(self._consumer)
                await self._join()

    async def _stalled(self) -> bool:
        now = asyncio.get_running_loop().time()
        asking = now - self._asked_at <= CHECK_EVERY
        if not asking or now - self._waiting_since < self._stalled_after:
            return False
        if await self._behind():
            return True
        self._waiting_since = now
        return False

    async def _behind(self) -> bool:
        mine = self._consumer.assignment()
        if not mine:
            return await self.lag() > 0
        ends, committed = await self._offsets.ends(mine), await self._offsets.committed(self._group, mine)
        return any(ends[here] > max(self._next.get(here, 0), committed.get(here, 0)) for here in mine)


def _as_record(record: ConsumerRecord, topic: str) -> BusRecord:
    envelope, fault = None, None
    try:
        envelope = unpack(dict(record.headers), record.value)
    except BadEnvelope as bad:
        fault = bad.fault
    return BusRecord(topic, record.partition, record.offset, envelope, fault)
