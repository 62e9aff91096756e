"""Bus adapter for one machine: an append-only log in a PostgreSQL database of its own."""

import contextlib
import json
from collections.abc import AsyncIterator, Iterable, Sequence
from importlib import resources
from typing import Any

import asyncpg

from shared.messaging.bus.envelope import pack
from shared.messaging.bus.port import (
    PARTITIONS,
    BusUnavailable,
    EventEnvelope,
    Subscription,
    partition_of,
)
from shared.messaging.bus.postgres_session import ANSWER_TIMEOUT, close, connection_errors_as_unavailable
from shared.messaging.bus.postgres_subscription import PostgresSubscription

# Rows of `log_ends` are locked in order, so that publishers cannot deadlock, and until the commit, so that offsets have
# no gaps and become visible in order.
PUBLISH = """
with given as (
    select partition, headers, body, nth
    from unnest($2::smallint[], $3::jsonb[], $4::bytea[]) with ordinality as u (partition, headers, body, nth)
), held as materialized (
    select partition from log_ends where topic = $1 and partition = any ($2) order by partition for update
), moved as (
    update log_ends set next_offset = next_offset + wanted.n
    from held join (select partition, count(*) as n from given group by partition) wanted using (partition)
    where log_ends.topic = $1 and log_ends.partition = held.partition
    returning log_ends.partition, log_ends.next_offset - wanted.n as first_offset
), written as (
    insert into log (topic, partition, log_offset, headers, body)
    select $1, partition, first_offset + row_number() over (partition by partition order by nth) - 1, headers, body
    from given join moved using (partition)
    returning 1
)
select count(*), pg_notify('bus_' || $1, '') from written
"""


async def prepare(url: str, topics: Iterable[str]) -> None:
    """Create the tables and topics in the database that `url` names, where they are missing."""
    schema = resources.files("shared.messaging.bus").joinpath("postgres.sql").read_text("utf-8")
    with connection_errors_as_unavailable():
        connection = await asyncpg.connect(url, timeout=ANSWER_TIMEOUT)
    try:
        async with connection.transaction():
            # Several services may prepare at once; `if not exists` alone does not bear that.
            await connection.execute("select pg_advisory_xact_lock(hashtextextended('bus schema', 0))")
            await connection.execute(schema)
            for topic in topics:
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
        with connection_errors_as_unavailable():
            self._pool = await asyncpg.create_pool(
                self._url,
                min_size=1,
                max_size=4,
                timeout=ANSWER_TIMEOUT,
                command_timeout=ANSWER_TIMEOUT,
                # Durable when publish returns, whatever the server's own setting is.
                server_settings={"application_name": self._client, "synchronous_commit": "on"},
            )

    async def stop(self) -> None:
        pool, self._pool = self._pool, None
        if pool:
            await close(pool)

    async def publish(self, topic: str, envelopes: Sequence[EventEnvelope]) -> None:
        if not envelopes:
            return
        partitions = [partition_of(envelope.key) for envelope in envelopes]
        headers = [json.dumps({k: v.decode() for k, v in pack(envelope).items()}) for envelope in envelopes]
        bodies = [envelope.body for envelope in envelopes]
        async with self._connection() as connection:
            written = await connection.fetchval(PUBLISH, topic, partitions, headers, bodies)
        if written != len(envelopes):
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
        with connection_errors_as_unavailable():
            async with self._pool.acquire(timeout=ANSWER_TIMEOUT) as connection:
                yield connection
