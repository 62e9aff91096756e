"""Receiver whose consumer handles events on the sample service's database."""

import pytest

from shared.events import ContactReceived
from shared.messaging.consumer import Consumer
from tests.shared.messaging.receiver import Receiver
from tests.support.memory_bus import MemoryBus
from tests.support.services import RunningService


@pytest.fixture
def receiver(sample: RunningService) -> Receiver:
    receiver = Receiver(MemoryBus())
    receiver.consumer = Consumer(
        name="sample",
        database=sample.context.database,
        bus=receiver.bus,
        event_handlers={ContactReceived: receiver.handle},
    )
    return receiver
