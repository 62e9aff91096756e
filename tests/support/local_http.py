"""Web server on this machine that answers as a test says and keeps the requests that it received."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class LocalHttp:
    """Server that listens on `port`, with every request that it received so far."""

    answer: Callable[[Asked], Awaitable[Answer]]
    asked: list[Asked] = field(default_factory=list)
    port: int = 0
    _connections: set[asyncio.Task[None] | None] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def count(self, path: str) -> int:
        return sum(request.path == path for request in self.asked)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections.add(asyncio.current_task())
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            try:
                await self._reply(reader, writer)
            finally:
                writer.close()
                await writer.wait_closed()

    async def end_connections(self) -> None:
        """End open connections, so that none outlives its test."""
        still = [task for task in self._connections if task is not None and not task.done()]
        for task in still:
            task.cancel()
        await asyncio.gather(*still, return_exceptions=True)

    async def _reply(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await _read(reader)
        self.asked.append(request)
        answer = await self.answer(request)
        lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}", "connection: close"]
        headers = {"content-length": str(len(answer.body)), **answer.headers}
        lines += [f"{name}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode() + answer.body)
        await writer.drain()


@contextlib.asynccontextmanager
async def serving(
    answer: Callable[[Asked], Awaitable[Answer]], *, port: int = 0, tls: ssl.SSLContext | None = None
) -> AsyncIterator[LocalHttp]:
    http = LocalHttp(answer)
    server = await asyncio.start_server(http.handle, "127.0.0.1", port, ssl=tls)
    http.port = server.sockets[0].getsockname()[1]
    try:
        yield http
    finally:
        server.close()
        await http.end_connections()
        await server.wait_closed()


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    method, path, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Asked(method, path, headers, await reader.readexactly(int(headers.get("content-length", 0))))
