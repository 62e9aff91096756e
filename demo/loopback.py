"""A small HTTP server on this machine alone, whose answers may also be late, cut off, or never come."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Self

LARGEST = 4 * 1024 * 1024
READ_WITHIN = 10.0


@dataclass(frozen=True)
class Call:
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """`cut` closes the connection without a word; `after` waits first."""

    status: int = 204
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    after: float = 0.0


class LoopbackServer:
    """Answers POST requests on a free port of 127.0.0.1 for as long as the block lasts.

    `keeps` lets a connection carry one request after the other.
    """

    def __init__(self, answer: Callable[[Call], Awaitable[Reply]], *, keeps: bool = False) -> None:
        self._answer = answer
        self._keeps = keeps
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=LARGEST, backlog=256)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            while await self._one_call(reader, writer) and self._keeps:
                pass
        except (OSError, ValueError, TimeoutError, asyncio.IncompleteReadError):
            pass  # whoever called went away, or spoke no HTTP
        except asyncio.CancelledError:
            pass  # only we cancel, when the block ends; the stream's own callback would report it as an error
        finally:
            self._open.discard(task)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _one_call(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """True when it was answered."""
        async with asyncio.timeout(READ_WITHIN):
            call = await _read_call(reader)
        reply = await self._answer(call)
        if reply.after:
            with contextlib.suppress(TimeoutError):  # or until the other side hangs up
                await asyncio.wait_for(reader.read(1), reply.after)
        if reply.cut:
            return False
        writer.write(_written(reply, "keep-alive" if self._keeps else "close"))
        await writer.drain()
        return True


async def _read_call(reader: asyncio.StreamReader) -> Call:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    _method, path, _version = head[0].split(" ")
    headers = {}
    for line in filter(None, head[1:]):
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    length = int(headers.get("content-length", "0"))
    if length > LARGEST:
        raise ValueError
    return Call(path, headers, await reader.readexactly(length))


def _written(reply: Reply, connection: str) -> bytes:
    lines = [
        f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}",
        "content-length: 0",
        f"connection: {connection}",
    ]
    lines += [f"{name}: {value}" for name, value in reply.headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
