"""Receiver of events for the tests of the consumer: it keeps each event, or fails as a test says."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from shared.cancellation import cancel_and_wait
from shared.db.unit_of_work import UnitOfWork
from shared.events import ContactReceived
from shared.messaging.bus.port import EventEnvelope
from shared.messaging.consumer import Consumer
from tests.support.builders import a_contact_received
from tests.support.memory_bus import MemoryBus, as_envelope
from tests.support.sample_service import keep_contact
from tests.support.services import RunningService

Fault = Callable[[UnitOfWork], Awaitable[None]]


@dataclass
class Receiver:
    """Event handler of these tests: it keeps the event, unless a fault was planted for that contact."""

    bus: MemoryBus
    consumer: Consumer = field(init=False)
    faults: dict[UUID, Fault] = field(default_factory=dict)

    async def handle(self, event: ContactReceived, uow: UnitOfWork) -> None:
        await keep_contact(event, uow)
        if fault := self.faults.get(event.contact_id):
            await fault(uow)

    def send(self, contact: UUID, **changed: Any) -> EventEnvelope:
        envelope = replace(as_envelope(a_contact_received(contact)), **changed)
        self.bus.put("intake", envelope)
        return envelope

    @asynccontextmanager
    async def consuming(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.consumer.run())
        try:
            yield
        finally:
            await cancel_and_wait([task])

    async def handle_everything(self, within: float = 30.0) -> None:
        async with self.consuming(), asyncio.timeout(within):
            while not self.bus.everything_committed:  # noqa: ASYNC110  the bus in memory has no event for it
                await asyncio.sleep(0.01)


async def handled_contacts(sample: RunningService) -> list[UUID]:
    return [
        row["contact_id"]
        for row in await sample.fetch("SELECT contact_id FROM received_contacts ORDER BY number")
    ]


async def dead_letters(sample: RunningService) -> list[tuple[str, str]]:
    rows = await sample.fetch("SELECT state, reason FROM dead_letters ORDER BY number")
    return [(row["state"], row["reason"]) for row in rows]


async def bug(_: UnitOfWork) -> None:
    raise KeyError("a bug in the handler")
