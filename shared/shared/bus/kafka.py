"""The bus of a helpline that runs on several machines: Apache Kafka."""

import asyncio
import itertools
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, MessageSizeTooLargeError, TopicAlreadyExistsError, for_code

from shared.bus import PARTITIONS, TOPICS, BusUnavailable, Message, Subscription, partition_of
from shared.bus.envelope import pack
from shared.bus.kafka_client import ANSWERS_WITHIN, KafkaOffsets, answers_in_time, let_go
from shared.bus.kafka_subscription import KafkaSubscription

READY_WITHIN = 30.0


def read_url(url: str) -> tuple[list[str], str]:
    """Return the brokers and the prefix that kafka://host:port[,host:port][/prefix] names.

    The prefix keeps several helplines (or tests) apart on one cluster: it stands before their topics and groups.
    """
    parts = urlsplit(url)
    prefix = parts.path.strip("/")
    return parts.netloc.split(","), f"{prefix}." if prefix else ""


async def prepare(url: str) -> None:
    """Create the topics where they are missing, with as many copies as the cluster has room for, up to three."""
    servers, prefix = read_url(url)
    wanted = [f"{prefix}{topic}" for topic in TOPICS]
    admin = AIOKafkaAdminClient(bootstrap_servers=servers, client_id="helpline-prepare")
    try:
        async with answers_in_time(READY_WITHIN):
            await admin.start()
            await _create_missing(admin, wanted)
            for pause in itertools.chain((0.05, 0.1, 0.2), itertools.repeat(0.5)):
                if await _all_led(admin, wanted):
                    return
                await asyncio.sleep(pause)
    finally:
        await admin.close()


async def _create_missing(admin: AIOKafkaAdminClient, wanted: list[str]) -> None:
    there = set(await admin.list_topics())
    copies = min(3, len((await admin.describe_cluster())["brokers"]))
    settings = {
        # One copy may be away and the helpline still takes reports; never is a report held by fewer than this.
        "min.insync.replicas": str(max(1, copies - 1)),
        # A service that was away for long must still hear what happened.
        "retention.ms": "-1",
    }
    if copies == 1:
        # The only copy: what is acknowledged must have reached the disk.
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


async def _all_led(admin: AIOKafkaAdminClient, wanted: list[str]) -> bool:
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
            await let_go(producer)
        await self._offsets.stop()

    async def publish(self, topic: str, messages: Sequence[Message]) -> None:
        if not messages:
            return
        producer = await self._ready_producer()
        try:
            async with answers_in_time(ANSWERS_WITHIN):
                await _send_all(producer, f"{self._prefix}{topic}", messages)
        except MessageSizeTooLargeError as too_large:
            raise ValueError("A message is larger than Kafka takes") from too_large
        except BusUnavailable:
            # A producer whose sequence broke never recovers (aiokafka #1017), and one that gave no answer would
            # go on sending for ever: the next publish has a new one, and the caller sends all of it again.
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
            request_timeout_ms=int(ANSWERS_WITHIN * 1000),
        )
        try:
            async with answers_in_time(ANSWERS_WITHIN):
                await producer.start()
        except BaseException:
            await let_go(producer)
            raise
        return producer

    async def _discard(self, producer: Any) -> None:
        async with self._building:
            if self._producer is producer:
                self._producer = None
        await let_go(producer)


async def _send_all(producer: Any, topic: str, messages: Sequence[Message]) -> None:
    under_way = []
    try:
        for message in messages:
            under_way.append(
                await producer.send(
                    topic,
                    message.body,
                    key=message.key.encode(),
                    partition=partition_of(message.key),
                    headers=list(pack(message).items()),
                )
            )
    finally:
        # All are awaited, so that none fails unheard when an earlier one has failed already.
        answers = await asyncio.gather(*under_way, return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException):
            raise KafkaError(type(answer).__name__) from answer
