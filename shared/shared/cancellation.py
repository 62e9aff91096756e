"""Cancellation of background tasks that is repeated until they have ended."""

import asyncio
from collections.abc import Iterable
from typing import Any


async def cancel_and_wait(tasks: Iterable["asyncio.Task[Any]"]) -> None:
    """Cancel the tasks and return when all have ended.

    A single cancel can be swallowed inside a database driver, so it is sent again every half second.
    """
    running = {task for task in tasks if not task.done()}
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=0.5)
