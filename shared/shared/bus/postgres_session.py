"""How the bus of one machine notices that its server is away, and lets go of it in bounded time."""

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Any

import asyncpg

from shared.bus import BusUnavailable

ANSWERS_WITHIN = 10.0
CLOSES_WITHIN = 2.0
# Losing the server shows as any of these, depending on what was under way.
LOST = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
)


@contextlib.contextmanager
def lost_server_is_unavailable() -> Iterator[None]:
    try:
        yield
    except LOST as lost:
        raise BusUnavailable(f"The bus's PostgreSQL does not answer ({type(lost).__name__})") from lost


async def closed(connection: Any) -> None:
    """Close a connection or a pool politely, or by force when the server does not answer."""
    try:
        async with asyncio.timeout(CLOSES_WITHIN):
            await connection.close()
    except LOST:
        connection.terminate()
