"""PostgreSQL goes away and comes back: requests are refused with 503 meanwhile, and everything goes on afterwards."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from shared.cancellation import cancel_and_wait
from shared.db.notify import Notifier
from shared.runtime.supervisor import Supervisor
from tests.conftest import TestPostgres
from tests.support.builders import a_contact_received
from tests.support.memory_bus import MemoryBus, as_envelope
from tests.support.sample_service import SAMPLE, TABLES
from tests.support.services import RunningService, running
from tools.local.postgres import PostgresServer


@pytest.fixture
async def server(server_folder: Path) -> AsyncIterator[PostgresServer]:
    server = PostgresServer(server_folder / "postgres", for_tests=True)
    await asyncio.to_thread(server.start)
    yield server
    await asyncio.to_thread(server.stop)


@pytest.fixture
async def alone(server: PostgresServer, tmp_path: Path) -> AsyncIterator[RunningService]:
    """Yield the sample service on a server that no other test uses."""
    async with running(SAMPLE, TestPostgres(server), home=tmp_path) as sample:
        await sample.context.database.pool.execute(TABLES)
        yield sample


async def eventually(holds: Callable[[], Awaitable[bool]], within: float = 30.0) -> None:
    async with asyncio.timeout(within):
        while not await holds():  # noqa: ASYNC110  a server has no event for it
            await asyncio.sleep(0.1)


@pytest.mark.timeout(120)
async def test_a_database_that_goes_away_is_a_503_and_everything_goes_on_when_it_is_back(
    alone: RunningService, server: PostgresServer
) -> None:
    bus = alone.context.bus = MemoryBus()
    async with Supervisor(SAMPLE, alone.context).running():
        assert (await alone.http.post("/notes")).status_code == 201
        await asyncio.to_thread(server.stop)
        began = time.monotonic()
        refused = await alone.http.post("/notes")
        assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
        health = await alone.http.get("/readyz")
        assert (health.status_code, health.json()["database"]) == (503, False)
        assert time.monotonic() - began < 10
        envelope = as_envelope(a_contact_received())
        bus.put("intake", envelope)
        await asyncio.sleep(1)
        await asyncio.to_thread(server.start)

        async def answers_again() -> bool:
            return (await alone.http.post("/notes")).status_code == 201

        async def everything_arrived() -> bool:
            received = await alone.fetch("SELECT contact_id FROM received_contacts")
            waiting = await alone.fetch("SELECT 1 FROM outbox")
            return [str(row["contact_id"]) for row in received] == [envelope.key] and not waiting

        await eventually(answers_again)
        await eventually(everything_arrived)
        assert not await alone.fetch("SELECT 1 FROM dead_letters")
        assert (await alone.http.get("/readyz")).status_code == 200


@pytest.mark.timeout(120)
async def test_a_notification_reaches_other_processes_and_does_so_again_after_a_restart(
    server: PostgresServer,
) -> None:
    async with Notifier(server.superuser_url()) as here, Notifier(server.superuser_url()) as there:
        listener = there.listen("deliveries")

        async def is_notified() -> bool:
            here.notify("deliveries")
            await listener.wait(at_most=0.3)
            began = time.monotonic()
            here.notify("deliveries")
            await listener.wait(at_most=1)
            return time.monotonic() - began < 0.5

        await eventually(is_notified)
        await asyncio.to_thread(server.stop)
        here.notify("deliveries")  # lost, and nothing worse
        began = time.monotonic()
        await there.listen("other").wait(at_most=0.2)
        assert time.monotonic() - began < 1
        await asyncio.to_thread(server.start)
        await eventually(is_notified)


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
        await cancel_and_wait([task])
    assert task.done()
