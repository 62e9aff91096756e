"""The bus of one machine: an append-only log in a PostgreSQL database of its own."""

import contextlib
import json
from collections.abc import AsyncIterator, Sequence
from importlib import resources
from typing import Any

import asyncpg

from shared.bus import PARTITIONS, TOPICS, BusUnavailable, Message, Subscription, partition_of
from shared.bus.envelope import pack
from shared.bus.postgres_session import ANSWERS_WITHIN, closed, lost_server_is_unavailable
from shared.bus.postgres_subscription import PostgresSubscription

# The rows of `heads` are locked in order, so that two publishers never wait for each other, and until the commit,
# so that places have no gaps and become visible in their order.
PUBLISH = """
with given as (
    select partition, headers, body, nth
    from unnest($2::smallint[], $3::jsonb[], $4::bytea[]) with ordinality as u (partition, headers, body, nth)
), held as materialized (
    select partition from heads where topic = $1 and partition = any ($2) order by partition for update
), moved as (
    update heads set next_place = next_place + wanted.n
    from held join (select partition, count(*) as n from given group by partition) wanted using (partition)
    where heads.topic = $1 and heads.partition = held.partition
    returning heads.partition, heads.next_place - wanted.n as first_place
), written as (
    insert into log (topic, partition, place, headers, body)
    select $1, partition, first_place + row_number() over (partition by partition order by nth) - 1, headers, body
    from given join moved using (partition)
    returning 1
)
select count(*), pg_notify('bus_' || $1, '') from written
"""


async def prepare(url: str) -> None:
    """Create the tables and topics in the database that `url` names, where they are missing."""
    schema = resources.files("shared.bus").joinpath("postgres.sql").read_text("utf-8")
    with lost_server_is_unavailable():
        connection = await asyncpg.connect(url, timeout=ANSWERS_WITHIN)
    try:
        async with connection.transaction():
            # Several services may prepare at once; `if not exists` alone does not bear that.
            await connection.execute("select pg_advisory_xact_lock(hashtextextended('bus schema', 0))")
            await connection.execute(schema)
            for topic in TOPICS:
                await connection.execute("select add_topic($1, $2)", topic, PARTITIONS)
    finally:
        await connection.close()


class PostgresBus:
    def __init__(self, url: str, *, client: str) -> None:
        self._url = url
        self._client = client
        self._pool: Any = None

    async def start(self) -> None:
        if self._pool is not None:
            return
        with lost_server_is_unavailable():
            self._pool = await asyncpg.create_pool(
                self._url,
                min_size=1,
                max_size=4,
                timeout=ANSWERS_WITHIN,
                command_timeout=ANSWERS_WITHIN,
                # Durable when publish returns, whatever the server's own setting is.
                server_settings={"application_name": self._client, "synchronous_commit": "on"},
            )

    async def stop(self) -> None:
        pool, self._pool = self._pool, None
        if pool:
            await closed(pool)

    async def publish(self, topic: str, messages: Sequence[Message]) -> None:
        if not messages:
            return
        partitions = [partition_of(message.key) for message in messages]
        headers = [json.dumps({k: v.decode() for k, v in pack(message).items()}) for message in messages]
        bodies = [message.body for message in messages]
        async with self._connection() as connection:
            written = await connection.fetchval(PUBLISH, topic, partitions, headers, bodies)
        if written != len(messages):
            raise LookupError(f"The bus has no topic {topic}")

    def subscription(self, group: str, topics: Sequence[str]) -> Subscription:
        return PostgresSubscription(self._url, client=self._client, group=group, topics=topics)

    async def check(self) -> None:
        async with self._connection() as connection:
            await connection.execute("select 1")

    @contextlib.asynccontextmanager
    async def _connection(self) -> AsyncIterator[Any]:
        if self._pool is None:
            raise BusUnavailable("The bus is not started")
        with lost_server_is_unavailable():
            async with self._pool.acquire(timeout=ANSWERS_WITHIN) as connection:
                yield connection
