"""Write batching: rows that arrive while others are written share the next commit.

A single row is written at once, alone; only rows that arrive during a write form a batch.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Row = TypeVar("Row")
Answer = TypeVar("Answer")
MAX_BATCH = 64
CONCURRENT_BATCHES = 2
"""While one batch waits for the disk, the next is put together."""


class WriteBatcher(Generic[Row, Answer]):
    """Writes rows in batches. `write` takes rows in their order of arrival and returns one answer for each.

    A row that cannot be written must not stop the others: where a batch fails, each of its rows is tried again by
    itself. No row is tried again where `fails_whole_batch` says that the error is about none of them.
    """

    def __init__(
        self,
        write: Callable[[Sequence[Row]], Awaitable[Sequence[Answer]]],
        *,
        fails_whole_batch: Callable[[Exception], bool],
    ) -> None:
        self._write = write
        self._fails_whole_batch = fails_whole_batch
        self._pending: deque[tuple[Row, asyncio.Future[Answer]]] = deque()
        self._writers: set[asyncio.Task[None]] = set()

    async def add(self, row: Row) -> Answer:
        """Return when the row's batch is committed; raise what kept this row from being written."""
        written: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._pending.append((row, written))
        if len(self._writers) < CONCURRENT_BATCHES:
            writer = asyncio.create_task(self._write_pending())
            self._writers.add(writer)
            writer.add_done_callback(self._writers.discard)
        return await written

    async def _write_pending(self) -> None:
        while self._pending:
            batch = [self._pending.popleft() for _ in range(min(MAX_BATCH, len(self._pending)))]
            await self._write_batch(batch)

    async def _write_batch(self, batch: Sequence[tuple[Row, asyncio.Future[Answer]]]) -> None:
        try:
            answers = await self._write([row for row, _ in batch])
        except Exception as error:  # raised to whoever added the row
            if len(batch) == 1 or self._fails_whole_batch(error):
                _fail(batch, error)
                return
            for one in batch:
                await self._write_batch([one])
            return
        for (_, written), answer in zip(batch, answers, strict=True):
            if not written.done():  # the caller may have gone away
                written.set_result(answer)


def _fail(batch: Sequence[tuple[Row, asyncio.Future[Answer]]], error: Exception) -> None:
    for _, written in batch:
        if not written.done():
            written.set_exception(error)
