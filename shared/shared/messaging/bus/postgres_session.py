"""Sessions with the bus database: a lost server is noticed, and connections close in bounded time."""

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Any

from shared.db.connections import CONNECTION_ERRORS, is_transient
from shared.messaging.bus.port import BusUnavailable

ANSWER_TIMEOUT = 10.0
CLOSE_TIMEOUT = 2.0


@contextlib.contextmanager
def connection_errors_as_unavailable() -> Iterator[None]:
    try:
        yield
    except CONNECTION_ERRORS as lost:
        if not is_transient(lost):
            raise
        raise BusUnavailable(f"The bus's PostgreSQL does not answer ({type(lost).__name__})") from lost


async def close(connection: Any) -> None:
    """Close the connection in good order, or cut it off where the server no longer answers."""
    try:
        async with asyncio.timeout(CLOSE_TIMEOUT):
            await connection.close()
    except CONNECTION_ERRORS:
        connection.terminate()
