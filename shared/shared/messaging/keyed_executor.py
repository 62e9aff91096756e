"""Keyed executor: events of different keys are handled concurrently, those of one key in order."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from types import TracebackType

from shared.cancellation import cancel_and_wait
from shared.messaging.bus.port import BusRecord

CONCURRENT_KEYS = 4
"""One key that waits for a lock or for another service must not delay somebody else's danger."""
MAX_PENDING = 200
"""Records taken and not handled yet; beyond, no more are taken."""


@dataclass
class _Pending:
    record: BusRecord
    handled: bool = False


class KeyedExecutor:
    """Handles records and remembers which are done: only those before a partition's first gap may be committed.

    An async context: when it ends, nothing is being handled any more.
    """

    def __init__(self, handle: Callable[[BusRecord], Awaitable[None]], stopped: Callable[[], bool]) -> None:
        self._handle = handle
        self._stopped = stopped
        self._by_key: dict[str, deque[_Pending]] = {}
        self._ready_keys: deque[str] = deque()
        self._by_partition: dict[tuple[str, int], deque[_Pending]] = {}
        self._workers: set[asyncio.Task[None]] = set()
        self._error: BaseException | None = None
        self._pending = 0

    async def __aenter__(self) -> "KeyedExecutor":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await cancel_and_wait(self._workers)

    @property
    def room(self) -> int:
        return MAX_PENDING - self._pending

    @property
    def idle(self) -> bool:
        return not self._workers

    def add(self, records: Iterable[BusRecord]) -> None:
        """Begin to handle records; raises an error that `handle` raised before."""
        if self._error is not None:
            raise self._error
        for record in records:
            pending = _Pending(record)
            self._pending += 1
            self._by_partition.setdefault((record.topic, record.partition), deque()).append(pending)
            key = _key_of(record)
            if key not in self._by_key:
                self._by_key[key] = deque()
                self._ready_keys.append(key)
            self._by_key[key].append(pending)
        self._start_workers()

    async def progress(self, *, at_most: float) -> None:
        """Return when a worker has ended, or after so many seconds."""
        if self._workers:
            await asyncio.wait(self._workers, timeout=at_most)

    def take_done(self) -> list[BusRecord]:
        """Return, for each partition, the last record before which all are handled; each is returned once."""
        last = []
        for partition in self._by_partition.values():
            newest = None
            while partition and partition[0].handled:
                newest = partition.popleft().record
            if newest is not None:
                last.append(newest)
        return last

    def _start_workers(self) -> None:
        for _ in range(min(len(self._ready_keys), CONCURRENT_KEYS - len(self._workers))):
            worker = asyncio.create_task(self._work())
            self._workers.add(worker)
            worker.add_done_callback(self._worker_ended)

    async def _work(self) -> None:
        while self._ready_keys and not self._stopped():
            key = self._ready_keys.popleft()
            pending = self._by_key[key]
            while pending and not self._stopped():
                await self._handle(pending[0].record)
                pending.popleft().handled = True
                self._pending -= 1
            if not pending:
                del self._by_key[key]

    def _worker_ended(self, worker: asyncio.Task[None]) -> None:
        self._workers.discard(worker)
        if worker.cancelled():
            return
        self._error = self._error or worker.exception()
        if self._error is None and not self._stopped():
            self._start_workers()  # for records added while the worker was ending


def _key_of(record: BusRecord) -> str:
    """Return the event's key; a record that cannot be read has a key of its own."""
    if record.envelope is None:
        return f"{record.topic}/{record.partition}/{record.offset}"
    return record.envelope.key
