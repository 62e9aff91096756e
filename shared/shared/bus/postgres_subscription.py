"""A member of a group on the bus of one machine: it shows that it lives, gets its share, and reads on."""

import asyncio
import contextlib
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import structlog

from shared.bus import BusUnavailable, Received
from shared.bus.envelope import BadEnvelope, unpack
from shared.bus.postgres_session import ANSWERS_WITHIN, LOST, closed, lost_server_is_unavailable

BEAT = 1.0
# A member that is silent this long has died; its partitions go to the others at their next beat.
LEASE = timedelta(seconds=4)
# How long a record can wait when its notification was lost.
POLL = 1.0

READ = """
select topic, partition, place, headers, body
from unnest($1::text[], $2::smallint[], $3::bigint[]) with ordinality as w (topic, partition, next_place, nth)
cross join lateral (
    select place, headers, body from log
    where log.topic = w.topic and log.partition = w.partition and log.place >= w.next_place
    order by log.place limit $4
) as l
order by nth, place limit $5
"""

# The fence: a member that no longer owns the partition changes nothing.
COMMIT = """
update positions set next_place = greatest(next_place, $5)
where group_name = $1 and topic = $2 and partition = $3 and owner = $4
"""

LAG = """
select coalesce(sum(h.next_place - coalesce(p.next_place, 0)), 0)::bigint
from heads h left join positions p
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
        self._member = uuid4()
        self._connection: Any = None
        self._turn = asyncio.Lock()  # one thing at a time on the one connection
        self._wake = asyncio.Event()
        self._regroup = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None
        # What the group has committed of the partitions owned here.
        self._done: dict[tuple[str, int], int] = {}
        # What to read next; whoever waited longest comes first.
        self._next: dict[tuple[str, int], int] = {}

    async def start(self) -> None:
        # A new name each time, so that nothing of an earlier life counts.
        self._member = uuid4()
        async with self._turn:
            with lost_server_is_unavailable():
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
                with contextlib.suppress(*LOST):
                    await connection.execute("select leave($1, $2)", self._group, self._member)
                await closed(connection)

    async def take(self, *, at_most: int = 100, wait: float = 1.0) -> list[Received]:
        clock = asyncio.get_running_loop().time
        until = clock() + wait
        while True:
            self._wake.clear()  # before reading, so that nothing published meanwhile is slept through
            received = await self._read(at_most)
            left = until - clock()
            if received or left <= 0:
                return received
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(left, POLL)):
                    await self._wake.wait()

    async def commit(self, received: Received) -> None:
        here = (received.topic, received.partition)
        if here not in self._done:
            return
        after = received.offset + 1
        async with self._turn:
            with lost_server_is_unavailable():
                status = await self._connected().execute(COMMIT, self._group, *here, self._member, after)
        if status == "UPDATE 0":
            self._done.pop(here, None)
            self._next.pop(here, None)
            self._regroup.set()
        elif here in self._done:
            self._done[here] = max(self._done[here], after)

    async def seek_back(self) -> None:
        self._next = {here: self._done[here] for here in self._next}
        self._wake.set()

    async def lag(self) -> int:
        async with self._turn:
            with lost_server_is_unavailable():
                return int(await self._connected().fetchval(LAG, self._group, self._topics))

    def _connected(self) -> Any:
        if self._connection is None:
            raise BusUnavailable("The subscription is not connected to the bus's PostgreSQL")
        return self._connection

    async def _read(self, at_most: int) -> list[Received]:
        async with self._turn:
            if self._connection is None or not self._next:
                return []
            topics, partitions = zip(*self._next, strict=True)
            share = -(-at_most // len(self._next))
            try:
                rows = await self._connection.fetch(
                    READ, topics, partitions, list(self._next.values()), share, at_most
                )
            except LOST as lost:
                self._lose(lost)
                return []
            received = [_received(row) for row in rows]
            self._advance(received)
            return received

    def _advance(self, received: list[Received]) -> None:
        for record in received:
            here = (record.topic, record.partition)
            self._next.pop(here)
            self._next[here] = record.offset + 1

    async def _keep(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(BEAT):
                    await self._regroup.wait()
            self._regroup.clear()
            async with self._turn:
                try:
                    await (self._beat() if self._connection else self._connect())
                except LOST as lost:
                    self._lose(lost)
                except asyncpg.PostgresError as error:
                    log.error(
                        "bus refused a member, it tries again", group=self._group, error=type(error).__name__
                    )

    async def _connect(self) -> None:
        connection = await asyncpg.connect(
            self._url,
            timeout=ANSWERS_WITHIN,
            command_timeout=ANSWERS_WITHIN,
            # A position lost in a crash only means that a few records are given again.
            server_settings={"application_name": self._client, "synchronous_commit": "off"},
        )
        self._connection = connection
        for topic in self._topics:
            await connection.add_listener(f"bus_{topic}", lambda *_: self._wake.set())
        await connection.add_listener("bus_members", self._on_members_changed)
        await self._beat()

    async def _beat(self) -> None:
        rows = await self._connection.fetch(
            "select * from beat($1, $2, $3, $4)", self._group, self._member, self._topics, LEASE
        )
        self._done = {(row["topic"], row["partition"]): row["next_place"] for row in rows}
        kept = {
            here: max(place, self._done[here]) for here, place in self._next.items() if here in self._done
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


def _received(row: Any) -> Received:
    headers = json.loads(row["headers"])
    message, fault = None, None
    try:
        if not isinstance(headers, dict):
            raise BadEnvelope("envelope.unreadable")
        message = unpack({name: str(value).encode() for name, value in headers.items()}, row["body"])
    except BadEnvelope as bad:
        fault = bad.fault
    return Received(row["topic"], row["partition"], row["place"], message, fault)
