"""Messages that carry their number, so that order and loss can be seen."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import uuid4

from shared.bus import Message, Received


def message(key: str = "case-1", n: int = 1) -> Message:
    return Message(
        id=uuid4(),
        type="case.opened.v1",
        source="case",
        key=key,
        time=datetime.now(UTC),
        body=json.dumps({"n": n}).encode(),
    )


def numbered(key: str, count: int, *, first: int = 1) -> list[Message]:
    return [message(key, n) for n in range(first, first + count)]


def number(received: Received) -> int:
    assert received.message is not None
    return int(json.loads(received.message.body)["n"])


def numbers(records: Iterable[Received]) -> list[int]:
    return [number(record) for record in records]
