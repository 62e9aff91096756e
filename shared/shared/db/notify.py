"""Notifications between the processes of one service over LISTEN/NOTIFY; polling catches any that are lost."""

import asyncio
import contextlib
from collections import defaultdict
from types import TracebackType

import asyncpg
import structlog

from shared.backoff import Backoff
from shared.cancellation import cancel_and_wait
from shared.db.connections import CONNECTION_ERRORS

POSTGRES_CHANNEL = "helpline"
PAUSE = 0.02
"""Seconds between two NOTIFYs of a process: under load, many commits are announced by one."""
log = structlog.get_logger()


class Notifier:
    """Wakes listeners of a channel. A notification is a hint: it may be lost, doubled or merged.

    NOTIFY is sent on a connection of its own after the commit: inside a transaction it takes a lock that makes
    commits wait for each other.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._listeners: dict[str, set[asyncio.Event]] = defaultdict(set)
        self._to_send: set[str] = set()
        self._has_to_send = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Notifier":
        self._task = asyncio.create_task(self._keep_connected())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            await cancel_and_wait([self._task])

    def notify(self, channel: str) -> None:
        """Wake the listeners of this process now, and those of the others by a NOTIFY."""
        self._wake(channel)
        self._to_send.add(channel)
        self._has_to_send.set()

    def listen(self, channel: str) -> "Listener":
        """Return a listener that keeps a notification which comes between two waits."""
        return Listener(self._listeners[channel])

    def _wake(self, channel: str) -> None:
        for woken in self._listeners[channel]:
            woken.set()

    async def _keep_connected(self) -> None:
        backoff = Backoff(first=0.2, longest=1.0)
        while True:
            try:
                connection = await asyncpg.connect(
                    self._url,
                    timeout=10,
                    command_timeout=10,
                    # A NOTIFY commits too, and as a hint it need not wait for the disk.
                    server_settings={"synchronous_commit": "off"},
                )
            except CONNECTION_ERRORS:
                await backoff.wait()
                continue
            backoff.reset()
            try:
                await connection.add_listener(POSTGRES_CHANNEL, lambda *call: self._wake(str(call[3])))
                await self._send_notifications(connection)
            except CONNECTION_ERRORS:
                await backoff.wait()
            finally:
                with contextlib.suppress(*CONNECTION_ERRORS, TimeoutError):
                    await connection.close(timeout=1)

    async def _send_notifications(self, connection: asyncpg.Connection) -> None:
        while True:
            try:
                await asyncio.wait_for(self._has_to_send.wait(), 5)
            except TimeoutError:
                await connection.execute("SELECT 1")  # finds out that the server went away
                continue
            self._has_to_send.clear()
            channels, self._to_send = self._to_send, set()
            for channel in channels:
                await connection.execute("SELECT pg_notify($1, $2)", POSTGRES_CHANNEL, channel)
            await asyncio.sleep(PAUSE)


class Listener:
    """One loop's view of a channel. Close it where the loop ends before the process does."""

    def __init__(self, of_channel: set[asyncio.Event]) -> None:
        self._notified = asyncio.Event()
        self._of_channel = of_channel
        of_channel.add(self._notified)

    async def wait(self, *, at_most: float) -> bool:
        """Return whether a notification came, now or since the last wait; waits at most so many seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(at_most):
                await self._notified.wait()
        notified = self._notified.is_set()
        self._notified.clear()
        return notified

    def close(self) -> None:
        """Hear nothing more."""
        self._of_channel.discard(self._notified)
