"""Single flight: concurrent requests for the same thing share one fetch and its result."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """Runs one fetch per name at a time; later callers join it and share its failure too."""

    def __init__(self) -> None:
        self._running: dict[str, asyncio.Task[T]] = {}

    def is_running(self, name: str) -> bool:
        return name in self._running

    async def join(self, name: str, fetch: Callable[[], Coroutine[Any, Any, T]]) -> T:
        task = self._running.get(name)
        if task is None:
            task = asyncio.create_task(fetch())
            self._running[name] = task
            task.add_done_callback(partial(self._ended, name))
        # A caller that gives up must not cancel the fetch for the others.
        return await asyncio.shield(task)

    def _ended(self, name: str, task: asyncio.Task[T]) -> None:
        self._running.pop(name, None)
        if not task.cancelled():
            task.exception()  # retrieved, so that asyncio does not warn when every caller has given up
