"""HTTP server in this process: serves an application with uvicorn on a free port of this machine.

It can also close a connection without an answer, as broken endpoints do.
"""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator

import uvicorn
from fastapi import FastAPI, Request
from uvicorn.protocols.http.h11_impl import H11Protocol

BACKLOG = 256
START_WITHIN = 10.0


class _Server(uvicorn.Server):
    """Server that leaves signals to the program in which it runs."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _Protocol(H11Protocol):
    """HTTP/1.1 whose requests know their connection, so that an endpoint can close it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn declares it
        super().connection_made(transport)
        self.app_state = {**self.app_state, "connection": transport}


@contextlib.asynccontextmanager
async def serve(app: FastAPI) -> AsyncIterator[str]:
    """Serve the application for as long as the block lasts, and give its address; then cut what is still open."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
    server = _Server(
        uvicorn.Config(
            app,
            http=_Protocol,
            ws="none",
            lifespan="off",
            backlog=BACKLOG,
            log_config=None,
            log_level="critical",
            access_log=False,
            timeout_graceful_shutdown=1,
        )
    )
    running = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        await _until_started(server, running)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        for connection in list(server.server_state.connections):
            connection.transport.abort()
        server.should_exit = True
        await running


async def _until_started(server: uvicorn.Server, running: asyncio.Task[None]) -> None:
    async with asyncio.timeout(START_WITHIN):
        while not server.started and not running.done():  # noqa: ASYNC110  uvicorn has no event for it
            await asyncio.sleep(0.01)


async def hang_up(request: Request) -> None:
    """Close the connection of a request that was read; its caller gets no answer."""
    request.state.connection.close()
    await asyncio.sleep(0)


async def caller_left(request: Request, *, at_most: float) -> None:
    """Return once the caller has closed the connection, or after so many seconds."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(at_most):
            while (await request.receive())["type"] != "http.disconnect":
                pass
