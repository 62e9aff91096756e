"""Bus adapter for production: Apache Kafka."""

import asyncio
import itertools
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, MessageSizeTooLargeError, TopicAlreadyExistsError, for_code

from shared.messaging.bus.envelope import pack
from shared.messaging.bus.kafka_client import (
    ANSWER_TIMEOUT,
    KafkaOffsets,
    kafka_errors_as_unavailable,
    stop_client,
)
from shared.messaging.bus.kafka_subscription import KafkaSubscription
from shared.messaging.bus.port import (
    PARTITIONS,
    BusUnavailable,
    EventEnvelope,
    Subscription,
    partition_of,
)

READY_TIMEOUT = 30.0


def read_url(url: str) -> tuple[list[str], str]:
    """Return the brokers and the prefix that kafka://host:port[,host:port][/prefix] names.

    The prefix keeps several helplines (or tests) apart on one cluster: it stands before their topics and groups.
    """
    parts = urlsplit(url)
    prefix = parts.path.strip("/")
    return parts.netloc.split(","), f"{prefix}." if prefix else ""


async def prepare(url: str, topics: Iterable[str]) -> None:
    """Create the topics where they are missing, with as many copies as the cluster has room for, up to three."""
    servers, prefix = read_url(url)
    wanted = [f"{prefix}{topic}" for topic in topics]
    admin = AIOKafkaAdminClient(bootstrap_servers=servers, client_id="helpline-prepare")
    try:
        async with kafka_errors_as_unavailable(READY_TIMEOUT):
            await admin.start()
            await _create_missing(admin, wanted)
            for pause in itertools.chain((0.05, 0.1, 0.2), itertools.repeat(0.5)):
                if await _all_have_leaders(admin, wanted):
                    return
                await asyncio.sleep(pause)
    finally:
        await admin.close()


async def _create_missing(admin: AIOKafkaAdminClient, wanted: list[str]) -> None:
    there = set(await admin.list_topics())
    copies = min(3, len((await admin.describe_cluster())["brokers"]))
    settings = {
        # One replica may be away and events are still taken; an event is never held by fewer than this.
        "min.insync.replicas": str(max(1, copies - 1)),
        # A service that was away for long must still receive every event.
        "retention.ms": "-1",
    }
    if copies == 1:
        # A single replica: an acknowledged event must have reached the disk.
        settings["flush.messages"] = "1"
    missing = [
        NewTopic(topic, PARTITIONS, copies, topic_configs=settings) for topic in wanted if topic not in there
    ]
    if not missing:
        return
    answer = await admin.create_topics(missing)
    for _topic, code, *_ in answer.topic_errors:
        if code and for_code(code) is not TopicAlreadyExistsError:
            raise for_code(code)


async def _all_have_leaders(admin: AIOKafkaAdminClient, wanted: list[str]) -> bool:
    topics = await admin.describe_topics(wanted)
    for topic in topics:
        if topic["partitions"] and len(topic["partitions"]) != PARTITIONS:
            raise ValueError(f"Topic {topic['topic']} does not have {PARTITIONS} partitions")
    return all(
        len(topic["partitions"]) == PARTITIONS and all(p["leader"] >= 0 for p in topic["partitions"])
        for topic in topics
    )


class KafkaBus:
    def __init__(self, url: str, *, client: str) -> None:
        self._servers, self._prefix = read_url(url)
        self._client = client
        self._producer: Any = None
        self._building = asyncio.Lock()
        self._offsets = KafkaOffsets(self._servers, client=client)

    async def start(self) -> None:
        await self._ready_producer()

    async def stop(self) -> None:
        producer, self._producer = self._producer, None
        if producer:
            await stop_client(producer)
        await self._offsets.stop()

    async def publish(self, topic: str, envelopes: Sequence[EventEnvelope]) -> None:
        if not envelopes:
            return
        producer = await self._ready_producer()
        try:
            async with kafka_errors_as_unavailable(ANSWER_TIMEOUT):
                await _send_all(producer, f"{self._prefix}{topic}", envelopes)
        except MessageSizeTooLargeError as too_large:
            raise ValueError("An envelope is larger than Kafka takes") from too_large
        except BusUnavailable:
            # A producer with a broken sequence never recovers (aiokafka #1017), and one without an answer would go on
            # sending: the next publish makes a new one, and the caller sends everything again.
            await self._discard(producer)
            raise

    def subscription(self, group: str, topics: Sequence[str]) -> Subscription:
        return KafkaSubscription(
            self._servers,
            client=self._client,
            group=group,
            topics=topics,
            prefix=self._prefix,
            offsets=self._offsets,
        )

    async def check(self) -> None:
        await self._offsets.check()

    async def _ready_producer(self) -> Any:
        async with self._building:
            if self._producer is None:
                self._producer = await self._new_producer()
            return self._producer

    async def _new_producer(self) -> Any:
        producer = AIOKafkaProducer(
            bootstrap_servers=self._servers,
            client_id=self._client,
            acks="all",
            enable_idempotence=True,
            request_timeout_ms=int(ANSWER_TIMEOUT * 1000),
        )
        try:
            async with kafka_errors_as_unavailable(ANSWER_TIMEOUT):
                await producer.start()
        except BaseException:
            await stop_client(producer)
            raise
        return producer

    async def _discard(self, producer: Any) -> None:
        async with self._building:
            if self._producer is producer:
                self._producer = None
        await stop_client(producer)


async def _send_all(producer: Any, topic: str, envelopes: Sequence[EventEnvelope]) -> None:
    sending = []
    try:
        for envelope in envelopes:
            sending.append(
                await producer.send(
                    topic,
                    envelope.body,
                    key=envelope.key.encode(),
                    partition=partition_of(envelope.key),
                    headers=list(pack(envelope).items()),
                )
            )
    finally:
        # All are awaited, so that no failure stays unnoticed after an earlier one.
        answers = await asyncio.gather(*sending, return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException):
            raise KafkaError(type(answer).__name__) from answer
