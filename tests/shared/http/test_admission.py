"""Admission control under load: slow bodies, more requests than slots, and the callers who have slots of their own.

Slow request heads and idle connections are the business of the reverse proxy in front (docs/reverse-proxy.md).
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.types import ASGIApp

from shared.http import admission
from shared.http.admission import Limits
from shared.http.app import create_app
from tests.conftest import TestPostgres
from tests.support.sample_service import SAMPLE
from tests.support.services import RunningService, running

IMPATIENT = Limits(concurrent_requests=3, body_timeout=1.0)
PATIENT = Limits(concurrent_requests=3, body_timeout=30.0)
Serve = Callable[[Limits], contextlib.AbstractAsyncContextManager["ServedApp"]]


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: Any


@dataclass
class Connection:
    """Client connection on which a test sends bytes as it likes."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, text: bytes) -> None:
        self.writer.write(text)
        await self.writer.drain()

    async def answer(self, *, within: float = 10.0) -> Answer:
        async with asyncio.timeout(within):
            head = await self.reader.readuntil(b"\r\n\r\n")
            first, *lines = head.decode().strip().split("\r\n")
            headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
            body = await self.reader.readexactly(int(headers["content-length"]))
        return Answer(int(first.split()[1]), headers, json.loads(body))

    async def is_closed(self) -> bool:
        """Return whether the server has closed it. A reset, where bytes of ours were on their way, is a close too."""
        async with asyncio.timeout(10):
            try:
                return await self.reader.read(1) == b""
            except ConnectionResetError:
                return True


@dataclass
class ServedApp:
    port: int
    connections: list[Connection]

    async def connect(self) -> Connection:
        connection = Connection(*await asyncio.open_connection("127.0.0.1", self.port))
        self.connections.append(connection)
        return connection

    async def request(self, request: bytes) -> Answer:
        connection = await self.connect()
        await connection.send(request)
        return await connection.answer()

    async def begin_slow_body(self, *headers: bytes) -> Connection:
        """Send a request that announces a long body, and one byte of it."""
        connection = await self.connect()
        await connection.send(post(b"{", length=1000, headers=headers))
        return connection


def post(body: bytes, *, length: int | None = None, headers: tuple[bytes, ...] = ()) -> bytes:
    announced = len(body) if length is None else length
    lines = (b"host: here", b"content-type: application/json", b"content-length: %d" % announced, *headers)
    return b"POST /echo/1 HTTP/1.1\r\n" + b"\r\n".join(lines) + b"\r\n\r\n" + body


def get(path: bytes) -> bytes:
    return b"GET " + path + b" HTTP/1.1\r\nhost: here\r\n\r\n"


COMPLETE = post(b'{"a": 1}')
WITH_TOKEN = (b"authorization: Bearer adviser/ada",)


@contextlib.asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[ServedApp]:
    """Serve the application on a free port; the test starts and ends its context."""
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, lifespan="off", log_config=None, timeout_graceful_shutdown=1)
    )
    task = asyncio.create_task(server.serve())
    try:
        while not server.started:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        served = ServedApp(server.servers[0].sockets[0].getsockname()[1], [])
        yield served
        for connection in served.connections:
            connection.writer.close()
            with contextlib.suppress(OSError):
                await connection.writer.wait_closed()
    finally:
        server.should_exit = True
        await task


@pytest.fixture
async def serve(postgres_server: TestPostgres, tmp_path: Path) -> AsyncIterator[Serve]:
    async with running(SAMPLE, postgres_server, home=tmp_path) as service:
        yield lambda limits: serving(app_of(service, limits))


def app_of(service: RunningService, limits: Limits) -> ASGIApp:
    app = create_app(SAMPLE, lambda: contextlib.nullcontext(service.context), limits=limits)
    app.state.context = service.context
    return app


async def drip(connection: Connection) -> None:
    """Send a byte now and then until the connection is closed."""
    with contextlib.suppress(OSError):
        while True:
            await connection.send(b" ")
            await asyncio.sleep(0.1)


async def test_a_body_that_takes_too_long_is_answered_408_and_the_connection_is_closed(serve: Serve) -> None:
    async with serve(IMPATIENT) as served:
        slow = await served.begin_slow_body()
        dripping = asyncio.create_task(drip(slow))
        answer = await slow.answer(within=3)
        assert (answer.status, answer.body["code"]) == (408, "request-timeout")
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["connection"] == "close"
        assert await slow.is_closed()
        await dripping


async def test_a_body_in_pieces_that_arrives_in_time_is_read_whole(serve: Serve) -> None:
    async with serve(IMPATIENT) as served:
        connection = await served.connect()
        await connection.send(post(b'{"a"', length=10))
        await asyncio.sleep(0.2)
        await connection.send(b": 12")
        await connection.send(b"3}")
        assert (await connection.answer()).body == {"number": 1, "a": 123}


async def test_without_a_free_slot_the_answer_says_when_to_try_again(serve: Serve) -> None:
    async with serve(PATIENT) as served:
        for _ in range(3):
            await served.begin_slow_body()
        answer = await served.request(COMPLETE)
        assert (answer.status, answer.body["code"]) == (503, "busy")
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["retry-after"] == str(admission.RETRY_AFTER)


async def test_slow_bodies_keep_out_neither_health_checks_nor_callers_with_a_token(serve: Serve) -> None:
    async with serve(PATIENT) as served:
        for _ in range(3):
            await served.begin_slow_body()
        assert (await served.request(get(b"/livez"))).status == 200
        assert (await served.request(get(b"/readyz"))).status == 200
        assert (await served.request(post(b'{"a": 1}', headers=WITH_TOKEN))).status == 200


async def test_a_slot_is_free_again_after_every_kind_of_end(serve: Serve) -> None:
    async with serve(IMPATIENT) as served:
        for request in (post(b"{"), post(b"x" * 5000), get(b"/nowhere"), get(b"/faults/value"), COMPLETE) * 3:
            await served.request(request)
        left = [await served.begin_slow_body() for _ in range(3)]
        for connection in left:
            connection.writer.close()
        await asyncio.sleep(0.2)
        answers = await asyncio.gather(*(served.request(COMPLETE) for _ in range(3)))
        assert [answer.status for answer in answers] == [200] * 3


async def test_a_slow_but_steady_client_is_served_again_and_again_on_one_connection(serve: Serve) -> None:
    async with serve(PATIENT) as served:
        steady = await served.connect()
        for _ in range(4):
            await asyncio.sleep(0.4)
            await steady.send(COMPLETE[:40])
            await asyncio.sleep(0.4)
            await steady.send(COMPLETE[40:])
            assert (await steady.answer()).status == 200
