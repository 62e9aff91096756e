"""Subscription on PostgreSQL: a group member that renews its lease and reads the partitions it owns."""

import asyncio
import contextlib
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import asyncpg
import structlog

from shared.db.connections import CONNECTION_ERRORS, is_transient
from shared.ids import new_id
from shared.messaging.bus.envelope import BadEnvelope, unpack
from shared.messaging.bus.port import BusRecord, BusUnavailable
from shared.messaging.bus.postgres_session import (
    ANSWER_TIMEOUT,
    close,
    connection_errors_as_unavailable,
)

HEARTBEAT_EVERY = 1.0
# A member silent for longer has died; the others take its partitions at their next heartbeat.
LEASE = timedelta(seconds=4)
# Seconds that a record can wait when its notification was lost.
POLL = 1.0

READ = """
select topic, partition, log_offset, headers, body
from unnest($1::text[], $2::smallint[], $3::bigint[]) with ordinality as w (topic, partition, next_offset, nth)
cross join lateral (
    select log_offset, headers, body from log
    where log.topic = w.topic and log.partition = w.partition and log.log_offset >= w.next_offset
    order by log.log_offset limit $4
) as l
order by nth, log_offset limit $5
"""

# A member that no longer owns the partition changes nothing.
COMMIT = """
update group_offsets set next_offset = greatest(next_offset, $5)
where group_name = $1 and topic = $2 and partition = $3 and owner = $4
"""

LAG = """
select coalesce(sum(h.next_offset - coalesce(p.next_offset, 0)), 0)::bigint
from log_ends h left join group_offsets p
on p.group_name = $1 and p.topic = h.topic and p.partition = h.partition
where h.topic = any ($2)
"""

log = structlog.get_logger()


class PostgresSubscription:
    def __init__(self, url: str, *, client: str, group: str, topics: Sequence[str]) -> None:
        self._url = url
        self._client = client
        self._group = group
        self._topics = sorted(topics)
        self._member = new_id()
        self._connection: Any = None
        self._turn = asyncio.Lock()  # one statement at a time on the one connection
        self._wake = asyncio.Event()
        self._regroup = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None
        # Committed offset of each partition owned here.
        self._done: dict[tuple[str, int], int] = {}
        # Next offset to read; the partition that waited longest comes first.
        self._next: dict[tuple[str, int], int] = {}

    async def start(self) -> None:
        # A new member id at every start, so that an earlier lease does not count.
        self._member = new_id()
        async with self._turn:
            with connection_errors_as_unavailable():
                await self._connect()
        self._keeper = asyncio.create_task(self._keep(), name=f"bus member of {self._group}")

    async def stop(self) -> None:
        if self._keeper:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
        async with self._turn:
            connection, self._connection = self._connection, None
            self._done, self._next = {}, {}
            if connection:
                with contextlib.suppress(*CONNECTION_ERRORS):
                    await connection.execute("select leave($1, $2)", self._group, self._member)
                await close(connection)

    async def take(self, *, at_most: int = 100, wait: float = 1.0) -> list[BusRecord]:
        clock = asyncio.get_running_loop().time
        until = clock() + wait
        while True:
            self._wake.clear()  # before reading, so that no notification is missed
            received = await self._read(at_most)
            left = until - clock()
            if received or left <= 0:
                return received
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(left, POLL)):
                    await self._wake.wait()

    async def commit(self, record: BusRecord) -> None:
        here = (record.topic, record.partition)
        if here not in self._done:
            return
        after = record.offset + 1
        async with self._turn:
            with connection_errors_as_unavailable():
                status = await self._connected().execute(COMMIT, self._group, *here, self._member, after)
        if status == "UPDATE 0":
            self._done.pop(here, None)
            self._next.pop(here, None)
            self._regroup.set()
        elif here in self._done:
            self._done[here] = max(self._done[here], after)

    async def lag(self) -> int:
        async with self._turn:
            with connection_errors_as_unavailable():
                return int(await self._connected().fetchval(LAG, self._group, self._topics))

    def _connected(self) -> Any:
        if self._connection is None:
            raise BusUnavailable("The subscription is not connected to the bus's PostgreSQL")
        return self._connection

    async def _read(self, at_most: int) -> list[BusRecord]:
        async with self._turn:
            if self._connection is None or not self._next:
                return []
            topics, partitions = zip(*self._next, strict=True)
            share = -(-at_most // len(self._next))
            try:
                rows = await self._connection.fetch(
                    READ, topics, partitions, list(self._next.values()), share, at_most
                )
            except CONNECTION_ERRORS as error:
                if not is_transient(error):
                    raise
                self._lose(error)
                return []
            received = [_as_record(row) for row in rows]
            self._advance(received)
            return received

    def _advance(self, records: list[BusRecord]) -> None:
        for record in records:
            here = (record.topic, record.partition)
            self._next.pop(here)
            self._next[here] = record.offset + 1

    async def _keep(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(HEARTBEAT_EVERY):
                    await self._regroup.wait()
            self._regroup.clear()
            async with self._turn:
                try:
                    await (self._heartbeat() if self._connection else self._connect())
                except CONNECTION_ERRORS as error:
                    if is_transient(error):
                        self._lose(error)
                        continue
                    log.error(
                        "bus refused a member, it tries again", group=self._group, error=type(error).__name__
                    )

    async def _connect(self) -> None:
        connection = await asyncpg.connect(
            self._url,
            timeout=ANSWER_TIMEOUT,
            command_timeout=ANSWER_TIMEOUT,
            # An offset lost in a crash only means that a few records are delivered again.
            server_settings={"application_name": self._client, "synchronous_commit": "off"},
        )
        self._connection = connection
        for topic in self._topics:
            await connection.add_listener(f"bus_{topic}", lambda *_: self._wake.set())
        await connection.add_listener("bus_members", self._on_members_changed)
        await self._heartbeat()

    async def _heartbeat(self) -> None:
        rows = await self._connection.fetch(
            "select * from heartbeat($1, $2, $3, $4)", self._group, self._member, self._topics, LEASE
        )
        self._done = {(row["topic"], row["partition"]): row["next_offset"] for row in rows}
        kept = {
            here: max(log_offset, self._done[here])
            for here, log_offset in self._next.items()
            if here in self._done
        }
        self._next = {**kept, **{here: at for here, at in self._done.items() if here not in kept}}
        self._wake.set()

    def _on_members_changed(self, _connection: Any, _pid: int, _channel: str, group: str) -> None:
        if group == self._group:
            self._regroup.set()

    def _lose(self, lost: BaseException) -> None:
        log.warning("bus away for a member", group=self._group, error=type(lost).__name__)
        if self._connection:
            self._connection.terminate()
        self._connection = None


def _as_record(row: Any) -> BusRecord:
    headers = json.loads(row["headers"])
    envelope, fault = None, None
    try:
        if not isinstance(headers, dict):
            raise BadEnvelope("envelope.unreadable")
        envelope = unpack({name: str(value).encode() for name, value in headers.items()}, row["body"])
    except BadEnvelope as bad:
        fault = bad.fault
    return BusRecord(row["topic"], row["partition"], row["log_offset"], envelope, fault)
