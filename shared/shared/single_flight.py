"""When many ask for the same thing at once, it is fetched once and all of them get that answer."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """One running fetch per name; whoever comes meanwhile joins it, and shares its failure too."""

    def __init__(self) -> None:
        self._running: dict[str, asyncio.Task[T]] = {}

    def is_running(self, name: str) -> bool:
        return name in self._running

    async def join(self, name: str, fetch: Callable[[], Coroutine[Any, Any, T]]) -> T:
        task = self._running.get(name)
        if task is None:
            task = asyncio.create_task(fetch())
            self._running[name] = task
            task.add_done_callback(partial(self._landed, name))
        # A caller who gives up must not take the answer away from the others.
        return await asyncio.shield(task)

    def _landed(self, name: str, task: asyncio.Task[T]) -> None:
        self._running.pop(name, None)
        if not task.cancelled():
            task.exception()  # read, or asyncio would complain when every caller has given up
