"""What arrives while something is being written is written together, next: under load one commit serves many.

Nobody waits for company: the first is written at once, alone. Only what comes meanwhile forms a group.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Row = TypeVar("Row")
Answer = TypeVar("Answer")
AT_MOST = 64
UNDER_WAY = 2
"""Groups at a time: while one waits for the disk, the next is put together."""


class Together(Generic[Row, Answer]):
    """Writes rows in groups. `write` takes rows in their order of arrival and gives one answer for each.

    A row that cannot be written must not take others down with it: where a group fails, each of its rows is tried
    again by itself, unless `hopeless` says that the failure was not about any row.
    """

    def __init__(
        self,
        write: Callable[[Sequence[Row]], Awaitable[Sequence[Answer]]],
        *,
        hopeless: Callable[[Exception], bool],
    ) -> None:
        self._write = write
        self._hopeless = hopeless
        self._waiting: deque[tuple[Row, asyncio.Future[Answer]]] = deque()
        self._writers: set[asyncio.Task[None]] = set()

    async def add(self, row: Row) -> Answer:
        """Returns when the row's group is committed; raises what kept this row from being written."""
        written: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((row, written))
        if len(self._writers) < UNDER_WAY:
            writer = asyncio.create_task(self._write_what_waits())
            self._writers.add(writer)
            writer.add_done_callback(self._writers.discard)
        return await written

    async def _write_what_waits(self) -> None:
        while self._waiting:
            group = [self._waiting.popleft() for _ in range(min(AT_MOST, len(self._waiting)))]
            await self._written(group)

    async def _written(self, group: Sequence[tuple[Row, asyncio.Future[Answer]]]) -> None:
        try:
            answers = await self._write([row for row, _ in group])
        except Exception as error:  # told to whoever waits for it
            if len(group) == 1 or self._hopeless(error):
                _tell(group, error)
                return
            for one in group:
                await self._written([one])
            return
        for (_, written), answer in zip(group, answers, strict=True):
            if not written.done():  # whoever asked may have gone away
                written.set_result(answer)


def _tell(group: Sequence[tuple[Row, asyncio.Future[Answer]]], error: Exception) -> None:
    for _, written in group:
        if not written.done():
            written.set_exception(error)
