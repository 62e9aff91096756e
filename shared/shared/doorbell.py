"""Wakes whoever waits for new rows, in this process and in the service's others; polling catches what it misses."""

import asyncio
import contextlib
from collections import defaultdict
from types import TracebackType

import asyncpg
import structlog

from shared.ending import end

CHANNEL = "doorbell"
log = structlog.get_logger()


class Doorbell:
    """Rings are hints and may be lost, doubled or merged; whoever waits looks at the rows themselves.

    Notifications go out on a connection of their own, after the commit and merged: inside a transaction every NOTIFY
    takes a lock that makes commits queue up behind each other.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._waiting: dict[str, set[asyncio.Event]] = defaultdict(set)
        self._to_send: set[str] = set()
        self._has_to_send = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Doorbell":
        self._task = asyncio.create_task(self._keep_connected())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            await end([self._task])

    def ring(self, name: str) -> None:
        self._wake(name)
        self._to_send.add(name)
        self._has_to_send.set()

    async def wait(self, name: str, *, at_most: float) -> None:
        """Returns when `name` is rung, or after `at_most` seconds."""
        rung = asyncio.Event()
        self._waiting[name].add(rung)
        try:
            await asyncio.wait_for(rung.wait(), at_most)
        except TimeoutError:
            pass
        finally:
            self._waiting[name].discard(rung)

    def bell(self, name: str) -> "Bell":
        """A bell that remembers being rung between two waits, for loops."""
        bell = Bell()
        self._waiting[name].add(bell.rung)
        return bell

    def _wake(self, name: str) -> None:
        for rung in self._waiting[name]:
            rung.set()

    async def _keep_connected(self) -> None:
        while True:
            try:
                connection = await asyncpg.connect(
                    self._url,
                    timeout=10,
                    command_timeout=10,
                    # A ring commits too. It is only a hint, so it need not wait for the disk as what it is about did.
                    server_settings={"synchronous_commit": "off"},
                )
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await asyncio.sleep(1)
                continue
            try:
                await connection.add_listener(CHANNEL, lambda *call: self._wake(str(call[3])))
                await self._send_rings(connection)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await asyncio.sleep(0.2)
            finally:
                with contextlib.suppress(
                    OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError
                ):
                    await connection.close(timeout=1)

    async def _send_rings(self, connection: asyncpg.Connection) -> None:
        while True:
            try:
                await asyncio.wait_for(self._has_to_send.wait(), 5)
            except TimeoutError:
                await connection.execute("SELECT 1")  # finds out that the server went away
                continue
            self._has_to_send.clear()
            names, self._to_send = self._to_send, set()
            for name in names:
                await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, name)


class Bell:
    """One listener's memory of having been rung."""

    def __init__(self) -> None:
        self.rung = asyncio.Event()

    async def wait(self, *, at_most: float) -> bool:
        """Whether it was rung, now or since the last wait."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.rung.wait(), at_most)
        rung = self.rung.is_set()
        self.rung.clear()
        return rung
