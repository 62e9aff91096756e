"""PostgreSQL goes away and comes back: requests are refused with 503 meanwhile, and everything goes on afterwards."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from deploy.postgres import PostgresServer
from shared import service
from shared.doorbell import Doorbell
from shared.ending import end
from tests.builders import a_contact_received
from tests.conftest import TestPostgres
from tests.running import RunningService, running
from tests.shared.memory_bus import MemoryBus, as_message
from tests.shared.sample import SAMPLE, TABLES


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[PostgresServer]:
    server = PostgresServer(tmp_path / "postgres", for_tests=True)
    await asyncio.to_thread(server.start)
    yield server
    await asyncio.to_thread(server.stop)


@pytest.fixture
async def alone(server: PostgresServer, tmp_path: Path) -> AsyncIterator[RunningService]:
    """The sample service on a server that nobody else needs."""
    async with running(SAMPLE, TestPostgres(server), home=tmp_path) as sample:
        await sample.platform.database.pool.execute(TABLES)
        yield sample


async def eventually(holds: Callable[[], Awaitable[bool]], within: float = 30.0) -> None:
    async with asyncio.timeout(within):
        while not await holds():  # noqa: ASYNC110  a server has no event for it
            await asyncio.sleep(0.1)


@pytest.mark.timeout(120)
async def test_a_database_that_goes_away_is_a_503_and_everything_goes_on_when_it_is_back(
    alone: RunningService, server: PostgresServer
) -> None:
    bus = alone.platform.bus = MemoryBus()
    async with service.working(SAMPLE, alone.platform):
        assert (await alone.http.post("/notes")).status_code == 201
        await asyncio.to_thread(server.stop)
        began = time.monotonic()
        refused = await alone.http.post("/notes")
        assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
        health = await alone.http.get("/readyz")
        assert (health.status_code, health.json()["database"]) == (503, False)
        assert time.monotonic() - began < 10
        message = as_message(a_contact_received())
        bus.put("intake", message)
        await asyncio.sleep(1)
        await asyncio.to_thread(server.start)

        async def answers_again() -> bool:
            return (await alone.http.post("/notes")).status_code == 201

        async def everything_arrived() -> bool:
            heard = await alone.fetch("SELECT contact_id FROM heard")
            waiting = await alone.fetch("SELECT 1 FROM outbox")
            return [str(row["contact_id"]) for row in heard] == [message.key] and not waiting

        await eventually(answers_again)
        await eventually(everything_arrived)
        assert not await alone.fetch("SELECT 1 FROM failed_events")
        assert (await alone.http.get("/readyz")).status_code == 200


@pytest.mark.timeout(120)
async def test_a_doorbell_rings_in_other_processes_and_again_after_a_restart(server: PostgresServer) -> None:
    async with Doorbell(server.superuser_url()) as here, Doorbell(server.superuser_url()) as there:
        bell = there.bell("door")

        async def rings() -> bool:
            here.ring("door")
            await bell.wait(at_most=0.3)
            began = time.monotonic()
            here.ring("door")
            await bell.wait(at_most=1)
            return time.monotonic() - began < 0.5

        await eventually(rings)
        await asyncio.to_thread(server.stop)
        here.ring("door")  # lost, and nothing worse
        began = time.monotonic()
        await there.bell("other").wait(at_most=0.2)
        assert time.monotonic() - began < 1
        await asyncio.to_thread(server.start)
        await eventually(rings)


async def test_a_task_that_swallows_its_first_cancellation_is_ended_all_the_same() -> None:
    async def stubborn() -> None:
        for _ in range(3):
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                continue

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await end([task])
    assert task.done()
