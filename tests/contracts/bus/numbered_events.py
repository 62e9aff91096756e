"""Events that carry their number, so that order and loss can be seen."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import uuid4

from shared.messaging.bus.port import BusRecord, EventEnvelope


def numbered_event(key: str = "case-1", n: int = 1) -> EventEnvelope:
    return EventEnvelope(
        id=uuid4(),
        type="case.opened.v1",
        source="case",
        key=key,
        time=datetime.now(UTC),
        body=json.dumps({"n": n}).encode(),
    )


def numbered(key: str, count: int, *, first: int = 1) -> list[EventEnvelope]:
    return [numbered_event(key, n) for n in range(first, first + count)]


def number(record: BusRecord) -> int:
    assert record.envelope is not None
    return int(json.loads(record.envelope.body)["n"])


def numbers(records: Iterable[BusRecord]) -> list[int]:
    return [number(record) for record in records]
