"""A loop that always fails is seen and does not use the machine up; health tells how far behind we are."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared import health, relay, service
from shared.bus import BusUnavailable
from shared.clock import utc_now
from shared.platform import Loop, Platform
from tests.builders import a_contact_received
from tests.running import RunningService, signed_in
from tests.shared.memory_bus import MemoryBus
from tests.shared.sample import SAMPLE, keep_note

rounds: list[float] = []


async def always_fails(_: Platform) -> bool:
    rounds.append(time.monotonic())
    raise ValueError("Quillfeather")


async def does_well(_: Platform) -> bool:
    return False


@asynccontextmanager
async def working(sample: RunningService, **changed: Any) -> AsyncIterator[Platform]:
    async with service.working(replace(SAMPLE, **changed), sample.platform):
        yield sample.platform


async def health_of(sample: RunningService) -> dict[str, Any]:
    answer = await sample.http.get("/readyz")
    told: dict[str, Any] = answer.json()
    return told


async def test_a_loop_that_always_fails_is_late_and_counted_and_does_not_spin(
    sample: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "LOOP_IS_LATE_AFTER", 1.0)
    rounds.clear()
    loops = (Loop("fails", always_fails, every=0.01), Loop("well", does_well, every=0.1))
    async with working(sample, loops=loops):
        await asyncio.sleep(2.5)
        assert 2 <= len(rounds) <= 4
        told = await health_of(sample)
        measured = (await sample.http.get("/metrics", headers=signed_in("operator"))).text
    assert told["late_loops"] == ["fails"]
    assert 'helpline_loop_faults_total{loop="fails",service="sample"}' in measured
    assert 'helpline_late_loops{service="sample"} 1.0' in measured


async def test_a_loop_that_rests_long_rests_and_is_not_late(
    sample: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "LONGEST_REST", 0.1)
    monkeypatch.setattr(health, "LOOP_IS_LATE_AFTER", 0.5)
    looked: list[float] = []

    async def looks(_: Platform) -> bool:
        looked.append(time.monotonic())
        return False

    async with working(sample, loops=(Loop("seldom", looks, every=3600.0, bell="seldom"),)):
        await asyncio.sleep(1.2)
        assert len(looked) == 1
        assert "seldom" not in (await health_of(sample))["late_loops"]
        sample.platform.database.ring("seldom")
        await asyncio.sleep(0.3)
        assert len(looked) >= 2  # rung here, and heard from the database once more


class TooLarge(MemoryBus):
    takes = False

    async def publish(self, topic: str, messages: Any) -> None:
        if not self.takes:
            raise ValueError("no bus takes this")
        await super().publish(topic, messages)


async def refused_and_waiting(sample: RunningService) -> bool:
    told = await health_of(sample)
    return bool(told["outbox_refused"] >= 1 and told["outbox_oldest_seconds"] >= 1)


async def test_an_event_that_no_bus_takes_is_told_and_goes_when_it_can(
    sample: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "TRY_AGAIN_AFTER", 0.5)
    bus = sample.platform.bus = TooLarge()
    async with sample.unit_of_work() as uow:
        await keep_note(uow)
    async with working(sample):
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
    bus = sample.platform.bus = AwayAtFirst()
    async with working(sample):
        told = await health_of(sample)
        assert (told["ready"], told["bus"]) == (True, False)
        assert (await sample.http.post("/notes")).status_code == 201
        async with asyncio.timeout(15):
            while not bus.published:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        assert (await health_of(sample))["bus"]


async def test_health_tells_what_waits_what_failed_and_that_the_consumer_stopped(
    sample: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with sample.unit_of_work() as uow:
        await keep_note(uow)
    await sample.platform.database.pool.execute(
        "UPDATE outbox SET time = $1", utc_now() - timedelta(seconds=90)
    )
    consumer = sample.platform.consumer = sample.consumer()
    consumer.lag, consumer.stopped = 7, True
    message = a_contact_received()
    await sample.platform.database.pool.execute(
        "INSERT INTO failed_events (topic, place, type, source, key, time, body, state, reason, attempts, failed_at) "
        "VALUES ('intake', 'intake/0/1', 't', 's', $1, now(), '', 'failed', 'r', 1, now())",
        str(message.subject),
    )
    told = await health_of(sample)
    assert 90 <= told["outbox_oldest_seconds"] <= 100
    expected = {
        "ready": True,
        "outbox_rows": 1,
        "consumer_lag": 7,
        "consumer_stopped": True,
        "failed_events": 1,
    }
    assert {name: told[name] for name in expected} == expected
    monkeypatch.setattr(health, "COUNTS_TO", 1)
    async with sample.unit_of_work() as uow:
        await keep_note(uow)
    assert (await health_of(sample))["outbox_rows"] == 1
