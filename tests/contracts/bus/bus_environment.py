"""Environment of one contract check: a bus of its own, and members that can be killed."""

import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import asyncpg
from aiokafka import AIOKafkaProducer

from shared.messaging.bus.adapters import open_bus
from shared.messaging.bus.kafka import read_url
from shared.messaging.bus.port import Bus, BusRecord, Subscription
from tests.contracts.bus.faulty_buses import plant
from tests.contracts.bus.inbox import Inbox

PATIENCE = 40.0


@dataclass
class Member:
    process: asyncio.subprocess.Process
    patience: float

    async def says(self, word: str) -> None:
        assert self.process.stdout is not None
        async with asyncio.timeout(self.patience):
            while (line := await self.process.stdout.readline()).strip() != word.encode():
                assert line, "the member ended by itself"

    async def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGKILL)
        await self.process.communicate()


@dataclass
class BusEnvironment:
    url: str
    folder: Path
    fault: str = ""
    patience: float = PATIENCE
    _exit_stack: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)

    async def bus(self) -> Bus:
        bus = open_bus(self.url, client="contract")
        bus = plant(self.fault, bus) if self.fault else bus
        await bus.start()
        self._exit_stack.push_async_callback(bus.stop)
        return bus

    async def member(self, bus: Bus, group: str) -> Subscription:
        subscription = bus.subscription(group, ["case"])
        await subscription.start()
        self._exit_stack.push_async_callback(subscription.stop)
        return subscription

    def inbox(self) -> Inbox:
        inbox = Inbox(self.folder / f"{uuid4().hex}.inbox")
        self._exit_stack.callback(inbox.close)
        return inbox

    async def process(self, role: str, *arguments: str) -> Member:
        """Start a member in a process of its own (see member.py), and return when it is ready."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.contracts.bus.member", role, self.url, self.fault, *arguments),
            stdout=asyncio.subprocess.PIPE,
        )
        member = Member(process, PATIENCE)
        self._exit_stack.push_async_callback(member.kill)
        await member.says("ready")
        return member

    async def plant_malformed(self, key_partition: int) -> None:
        """Write a record that is no event into the topic `case`, without the adapter."""
        if self.url.startswith("kafka"):
            await _malformed_in_kafka(self.url, key_partition)
        else:
            await _malformed_in_postgres(self.url, key_partition)

    async def taken(self, subscription: Subscription, count: int) -> list[BusRecord]:
        """Return the records that the member is given, up to `count` or until nothing more comes in time."""
        records: list[BusRecord] = []
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.patience):
                while len(records) < count:
                    records += await subscription.take(at_most=count - len(records), wait=0.5)
        return records

    async def eventually(self, holds: Callable[[], Awaitable[bool]]) -> bool:
        for _attempt in range(int(self.patience / 0.1)):
            if await holds():
                return True
            await asyncio.sleep(0.1)
        return False

    async def close(self) -> None:
        await self._exit_stack.aclose()


async def _malformed_in_kafka(url: str, partition: int) -> None:
    servers, prefix = read_url(url)
    async with AIOKafkaProducer(bootstrap_servers=servers) as producer:
        await producer.send_and_wait(
            f"{prefix}case", b"\xff\x00 not an event", partition=partition, headers=[("ce_id", b"\xff")]
        )


async def _malformed_in_postgres(url: str, partition: int) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(
            """
            with moved as (
                update log_ends set next_offset = next_offset + 1 where topic = 'case' and partition = $1
                returning next_offset - 1 as log_offset
            ) insert into log select 'case', $1, log_offset, $2, $3 from moved
            """,
            partition,
            json.dumps({"ce_id": "no id"}),
            b"\xff\x00 not an event",
        )
    finally:
        await connection.close()


@contextlib.asynccontextmanager
async def bus_environment(
    url: str, folder: Path, *, fault: str = "", patience: float = PATIENCE
) -> AsyncIterator[BusEnvironment]:
    environment = BusEnvironment(url, folder, fault, patience)
    try:
        yield environment
    finally:
        await environment.close()
