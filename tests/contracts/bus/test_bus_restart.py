"""Restart of the server below a bus: nothing is lost, and members connect again by themselves."""

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import asyncpg
import pytest

from shared.messaging.bus.adapters import prepare
from shared.messaging.bus.port import Bus, BusUnavailable, EventEnvelope, Subscription
from tests.contracts.bus.bus_environment import BusEnvironment, bus_environment
from tests.contracts.bus.numbered_events import numbered, numbers
from tools.kafka.broker import KafkaBroker
from tools.local.postgres import CannotStart, PostgresServer, at_database


class Server(Protocol):
    async def url(self) -> str: ...

    def kill(self) -> None: ...

    def start(self) -> None: ...


class OwnPostgres:
    """PostgreSQL server that no other test uses."""

    def __init__(self, folder: Path) -> None:
        self.server = PostgresServer(folder)

    async def url(self) -> str:
        connection = await asyncpg.connect(self.server.superuser_url())
        await connection.execute("create database bus")
        await connection.close()
        return at_database(self.server.superuser_url(), "bus")

    def start(self) -> None:
        self.server.start()

    def kill(self) -> None:
        """End at once, as after a power cut: nothing is written down, and the next start has to recover."""
        postmaster = int((self.server.cluster / "postmaster.pid").read_text().splitlines()[0])
        os.kill(postmaster, signal.SIGQUIT)
        self.server.stop()


class OwnKafka:
    def __init__(self, folder: Path) -> None:
        self.broker = KafkaBroker(folder, port=0)

    async def url(self) -> str:
        return f"kafka://{self.broker.address}"

    def start(self) -> None:
        self.broker.start()

    def kill(self) -> None:
        self.broker.kill()


@contextmanager
def running(server: Server, stop: Callable[[], None]) -> Iterator[Server]:
    try:
        server.start()
        yield server
    finally:
        stop()


@pytest.fixture(params=["postgres", "kafka"])
def server(request: pytest.FixtureRequest, server_folder: Path, tmp_path: Path) -> Iterator[Server]:
    if request.param == "postgres":
        postgres = OwnPostgres(server_folder / "postgres")
        with running(postgres, postgres.server.stop):
            yield postgres
        return
    kafka = OwnKafka(tmp_path / "kafka")
    try:
        with running(kafka, kafka.broker.stop):
            yield kafka
    except CannotStart as reason:
        if os.environ.get("REQUIRE_KAFKA") == "1":
            pytest.fail(str(reason))
        pytest.skip(f"NO KAFKA BROKER OF OUR OWN, SO ITS RESTART IS UNTESTED HERE. {reason}")


async def test_a_killed_server_comes_back_with_everything_and_its_members_go_on(
    server: Server, tmp_path: Path
) -> None:
    url = await server.url()
    await prepare(url)
    async with bus_environment(url, tmp_path) as environment:
        await _live_through_a_kill(environment, server)


async def _live_through_a_kill(environment: BusEnvironment, server: Server) -> None:
    bus = await environment.bus()
    subscription = await environment.member(bus, "g")
    await bus.publish("case", numbered("a", 10))
    before = await environment.taken(subscription, 10)
    await subscription.commit(before[4])
    await asyncio.to_thread(server.kill)
    with pytest.raises(BusUnavailable):
        await bus.check()
    assert await subscription.take(wait=0.2) == []
    await asyncio.to_thread(server.start)
    await _published_at_last(bus, numbered("a", 10, first=11))
    assert (await _taken_up_to(20, subscription, environment))[-10:] == list(range(11, 21))
    await subscription.stop()
    successor = await environment.member(bus, "g")
    # The committed offset may be a few records old, so that some are given twice; none is left out.
    assert (await _taken_up_to(20, successor, environment))[-15:] == list(range(6, 21))
    assert await environment.eventually(lambda: _answers(bus))


async def _taken_up_to(last: int, subscription: Subscription, environment: BusEnvironment) -> list[int]:
    """Take records until the last has come; return the number of each, in order, without repetitions."""
    seen: list[int] = []
    while last not in seen:
        more = await environment.taken(subscription, 1)
        assert more, f"nothing came after {seen}"
        seen += numbers(more)
    return list(dict.fromkeys(seen))


async def _published_at_last(bus: Bus, envelopes: list[EventEnvelope]) -> None:
    for _attempt in range(60):
        try:
            return await bus.publish("case", envelopes)
        except BusUnavailable:
            await asyncio.sleep(0.5)
    pytest.fail("the bus did not come back")


async def _answers(bus: Bus) -> bool:
    try:
        await bus.check()
    except BusUnavailable:
        return False
    return True
