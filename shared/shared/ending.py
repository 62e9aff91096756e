"""Ends background tasks for certain: one cancel can be lost inside a database call, so it is asked again until done."""

import asyncio
from collections.abc import Iterable
from typing import Any


async def end(tasks: Iterable["asyncio.Task[Any]"]) -> None:
    running = {task for task in tasks if not task.done()}
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=0.5)
