"""The door under a crowd: bodies that drip, more requests than there are places, and who gets in all the same."""

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

from shared import crowd
from shared.connections import Connection as Served
from shared.crowd import Limits
from shared.web import create_app
from tests.conftest import TestPostgres
from tests.running import RunningService, running
from tests.shared.sample import SAMPLE

FEW = Limits(at_once=3, body_within=1.0)
PATIENT = Limits(at_once=3, body_within=30.0)
Serve = Callable[[Limits], contextlib.AbstractAsyncContextManager["Door"]]


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: Any


@dataclass
class Connection:
    """A client that sends what it likes when it likes."""

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

    async def has_hung_up(self) -> bool:
        async with asyncio.timeout(10):
            return await self.reader.read(1) == b""


@dataclass
class Door:
    port: int
    connections: list[Connection]

    async def connect(self) -> Connection:
        connection = Connection(*await asyncio.open_connection("127.0.0.1", self.port))
        self.connections.append(connection)
        return connection

    async def ask(self, request: bytes) -> Answer:
        connection = await self.connect()
        await connection.send(request)
        return await connection.answer()

    async def begin_slowly(self, *headers: bytes) -> Connection:
        """A request that says it will be long, and then sends one byte."""
        connection = await self.connect()
        await connection.send(post(b"{", length=1000, headers=headers))
        return connection


def post(body: bytes, *, length: int | None = None, headers: tuple[bytes, ...] = ()) -> bytes:
    said = len(body) if length is None else length
    lines = (b"host: here", b"content-type: application/json", b"content-length: %d" % said, *headers)
    return b"POST /echo/1 HTTP/1.1\r\n" + b"\r\n".join(lines) + b"\r\n\r\n" + body


def get(path: bytes) -> bytes:
    return b"GET " + path + b" HTTP/1.1\r\nhost: here\r\n\r\n"


class Impatient(Served):
    HEAD_WITHIN = 1.0


WELL = post(b'{"a": 1}')
SIGNED = (b"authorization: Bearer adviser/ada",)


@contextlib.asynccontextmanager
async def listening(app: ASGIApp) -> AsyncIterator[Door]:
    """A real server on a free port; the application's own start and end are the test's."""
    server = uvicorn.Server(
        uvicorn.Config(
            app, port=0, http=Impatient, lifespan="off", log_config=None, timeout_graceful_shutdown=1
        )
    )
    task = asyncio.create_task(server.serve())
    try:
        while not server.started:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        door = Door(server.servers[0].sockets[0].getsockname()[1], [])
        yield door
        for connection in door.connections:
            connection.writer.close()
            with contextlib.suppress(OSError):
                await connection.writer.wait_closed()
    finally:
        server.should_exit = True
        await task


@pytest.fixture
async def serve(postgres_server: TestPostgres, tmp_path: Path) -> AsyncIterator[Serve]:
    async with running(SAMPLE, postgres_server, home=tmp_path) as service:
        yield lambda limits: listening(app_of(service, limits))


def app_of(service: RunningService, limits: Limits) -> ASGIApp:
    app = create_app(SAMPLE, lambda: contextlib.nullcontext(service.platform), limits=limits)
    app.state.platform = service.platform
    return app


async def drip(connection: Connection) -> None:
    """A byte now and then, for as long as anybody listens."""
    with contextlib.suppress(OSError):
        while True:
            await connection.send(b" ")
            await asyncio.sleep(0.1)


async def test_a_body_that_drips_is_answered_in_time_and_the_connection_is_let_go(serve: Serve) -> None:
    async with serve(FEW) as door:
        slow = await door.begin_slowly()
        dripping = asyncio.create_task(drip(slow))
        answer = await slow.answer(within=3)
        assert (answer.status, answer.body["code"]) == (408, "request-timeout")
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["connection"] == "close"
        assert await slow.has_hung_up()
        await dripping


async def test_a_body_in_pieces_that_arrives_in_time_is_read_whole(serve: Serve) -> None:
    async with serve(FEW) as door:
        connection = await door.connect()
        await connection.send(post(b'{"a"', length=10))
        await asyncio.sleep(0.2)
        await connection.send(b": 12")
        await connection.send(b"3}")
        assert (await connection.answer()).body == {"number": 1, "a": 123}


async def test_where_no_place_is_left_somebody_is_told_when_to_come_again(serve: Serve) -> None:
    async with serve(PATIENT) as door:
        for _ in range(3):
            await door.begin_slowly()
        answer = await door.ask(WELL)
        assert (answer.status, answer.body["code"]) == (503, "busy")
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["retry-after"] == str(crowd.RETRY_AFTER)


async def test_slow_bodies_keep_out_no_health_check_and_nobody_with_a_token(serve: Serve) -> None:
    async with serve(PATIENT) as door:
        for _ in range(3):
            await door.begin_slowly()
        assert (await door.ask(get(b"/livez"))).status == 200
        assert (await door.ask(get(b"/readyz"))).status == 200
        assert (await door.ask(post(b'{"a": 1}', headers=SIGNED))).status == 200


async def test_who_has_been_sending_longest_makes_room_for_a_report_that_is_there(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowd, "MAY_TAKE", 0.2)
    async with serve(PATIENT) as door:
        slow = [await door.begin_slowly() for _ in range(3)]
        await asyncio.sleep(0.4)
        answers = [await door.ask(WELL) for _ in range(5)]
        assert [answer.status for answer in answers] == [200] * 5
        assert (await slow[0].answer()).status == 408
        assert await slow[0].has_hung_up()
        await slow[2].send(b'"a": 1' + b" " * 992 + b"}")
        assert (await slow[2].answer()).status == 200


async def test_a_place_is_free_again_after_every_kind_of_end(serve: Serve) -> None:
    async with serve(FEW) as door:
        for request in (post(b"{"), post(b"x" * 5000), get(b"/nowhere"), get(b"/faults/value"), WELL) * 3:
            await door.ask(request)
        left = [await door.begin_slowly() for _ in range(3)]
        for connection in left:
            connection.writer.close()
        await asyncio.sleep(0.2)
        answers = await asyncio.gather(*(door.ask(WELL) for _ in range(3)))
        assert [answer.status for answer in answers] == [200] * 3


@pytest.mark.parametrize("begun", [b"", b"POST /echo/1 HTTP/1.1\r\nx-slow: ", b"\r\n"])
async def test_a_connection_on_which_no_request_gets_on_is_let_go(serve: Serve, begun: bytes) -> None:
    async with serve(PATIENT) as door:
        silent = await door.connect()
        await silent.send(begun)
        assert await silent.has_hung_up()


async def test_a_head_that_drips_is_let_go_and_one_after_an_answer_too(serve: Serve) -> None:
    async with serve(PATIENT) as door:
        slow = await door.connect()
        await slow.send(WELL)
        assert (await slow.answer()).status == 200
        await slow.send(b"POST /echo/1 HTTP/1.1\r\nx-slow: ")
        dripping = asyncio.create_task(drip(slow))
        assert await slow.has_hung_up()
        await dripping


async def test_a_body_that_drips_on_after_its_refusal_is_let_go(serve: Serve) -> None:
    async with serve(PATIENT) as door:
        refused = await door.connect()
        await refused.send(post(b"{", length=5000))
        assert (await refused.answer()).status == 413
        dripping = asyncio.create_task(drip(refused))
        assert await refused.has_hung_up()
        await dripping


async def test_a_slow_but_steady_client_is_served_again_and_again_on_one_connection(serve: Serve) -> None:
    async with serve(PATIENT) as door:
        steady = await door.connect()
        for _ in range(4):
            await asyncio.sleep(0.4)
            await steady.send(WELL[:40])
            await asyncio.sleep(0.4)
            await steady.send(WELL[40:])
            assert (await steady.answer()).status == 200
