"""Supervisor: work that fails is started again with a back-off, and health shows how far behind a service is."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.clock import utc_now
from shared.http import health
from shared.messaging import outbox_relay
from shared.messaging.bus.port import BusUnavailable
from shared.runtime import supervisor
from shared.runtime.supervisor import Supervisor
from shared.service.context import ServiceContext
from shared.service.spec import BackgroundLoop
from tests.support.builders import a_contact_received
from tests.support.memory_bus import MemoryBus
from tests.support.sample_service import SAMPLE, keep_note
from tests.support.services import RunningService, signed_in

rounds: list[float] = []


async def always_fails(_: ServiceContext) -> bool:
    rounds.append(time.monotonic())
    raise ValueError("Quillfeather")


async def succeeds(_: ServiceContext) -> bool:
    return False


@asynccontextmanager
async def supervised(sample: RunningService, **changed: Any) -> AsyncIterator[ServiceContext]:
    async with Supervisor(replace(SAMPLE, **changed), sample.context).running():
        yield sample.context


async def health_of(sample: RunningService) -> dict[str, Any]:
    answer = await sample.http.get("/readyz")
    shown: dict[str, Any] = answer.json()
    return shown


async def test_a_loop_that_always_fails_is_late_and_counted_and_does_not_spin(
    sample: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "LOOP_IS_LATE_AFTER", 1.0)
    rounds.clear()
    loops = (
        BackgroundLoop("fails", always_fails, every=0.01),
        BackgroundLoop("succeeds", succeeds, every=0.1),
    )
    async with supervised(sample, loops=loops):
        await asyncio.sleep(2.5)
        assert 2 <= len(rounds) <= 4
        shown = await health_of(sample)
        measured = (await sample.http.get("/metrics", headers=signed_in("operator"))).text
    assert shown["late_loops"] == ["fails"]
    assert 'helpline_loop_faults_total{loop="fails",service="sample"}' in measured
    assert 'helpline_late_loops{service="sample"} 1.0' in measured


async def test_a_loop_that_waits_long_for_its_round_is_not_late(
    sample: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "HEARTBEAT_EVERY", 0.1)
    monkeypatch.setattr(health, "LOOP_IS_LATE_AFTER", 0.5)
    rounds_run: list[float] = []

    async def looks(_: ServiceContext) -> bool:
        rounds_run.append(time.monotonic())
        return False

    async with supervised(sample, loops=(BackgroundLoop("seldom", looks, every=3600.0, channel="seldom"),)):
        await asyncio.sleep(1.2)
        assert len(rounds_run) == 1
        assert "seldom" not in (await health_of(sample))["late_loops"]
        sample.context.database.notify("seldom")
        await asyncio.sleep(0.3)
        assert len(rounds_run) >= 2  # notified here, and once more by the database


class TooLarge(MemoryBus):
    takes = False

    async def publish(self, topic: str, messages: Any) -> None:
        if not self.takes:
            raise ValueError("no bus takes this")
        await super().publish(topic, messages)


async def refused_and_waiting(sample: RunningService) -> bool:
    shown = await health_of(sample)
    return bool(shown["outbox_refused"] >= 1 and shown["outbox_oldest_seconds"] >= 1)


async def test_an_event_that_no_bus_takes_is_reported_and_published_later(
    sample: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox_relay, "RETRY_REFUSED_AFTER", 0.5)
    bus = sample.context.bus = TooLarge()
    async with sample.unit_of_work() as uow:
        await keep_note(uow)
    async with supervised(sample):
        async with asyncio.timeout(15):
            while not await refused_and_waiting(sample):  # noqa: ASYNC110  the relay has no event for it
                await asyncio.sleep(0.1)
        bus.takes = True
        async with asyncio.timeout(15):
            while (await health_of(sample))["outbox_rows"]:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        assert (await health_of(sample))["outbox_refused"] == 0


class AwayAtFirst(MemoryBus):
    def __init__(self) -> None:
        super().__init__()
        self.starts = 0

    async def start(self) -> None:
        self.starts += 1
        if self.starts < 3:
            raise BusUnavailable

    async def check(self) -> None:
        if self.starts < 3:
            raise BusUnavailable


async def test_a_bus_that_is_away_at_first_is_waited_for_while_requests_are_answered(
    sample: RunningService,
) -> None:
    bus = sample.context.bus = AwayAtFirst()
    async with supervised(sample):
        shown = await health_of(sample)
        assert (shown["ready"], shown["bus"]) == (True, False)
        assert (await sample.http.post("/notes")).status_code == 201
        async with asyncio.timeout(15):
            while not bus.published:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        assert (await health_of(sample))["bus"]


async def test_health_shows_waiting_and_failed_events_and_a_stopped_consumer(
    sample: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with sample.unit_of_work() as uow:
        await keep_note(uow)
    await sample.context.database.pool.execute(
        "UPDATE outbox SET time = $1", utc_now() - timedelta(seconds=90)
    )
    consumer = sample.context.consumer = sample.consumer()
    consumer.lag, consumer.stopped = 7, True
    event = a_contact_received()
    await sample.context.database.pool.execute(
        "INSERT INTO dead_letters (topic, position, type, source, key, time, body, state, reason, attempts, failed_at) "
        "VALUES ('intake', 'intake/0/1', 't', 's', $1, now(), '', 'failed', 'r', 1, now())",
        str(event.subject),
    )
    shown = await health_of(sample)
    assert 90 <= shown["outbox_oldest_seconds"] <= 100
    expected = {
        "ready": True,
        "outbox_rows": 1,
        "consumer_lag": 7,
        "consumer_stopped": True,
        "dead_letters": 1,
    }
    assert {name: shown[name] for name in expected} == expected
    monkeypatch.setattr(health, "COUNT_LIMIT", 1)
    async with sample.unit_of_work() as uow:
        await keep_note(uow)
    assert (await health_of(sample))["outbox_rows"] == 1
