"""Admission control: how many requests one process answers at a time, and how large and slow a body may be.

A buffering reverse proxy in front takes care of slow clients, of connections and of TLS (docs/reverse-proxy.md).
What it cannot do is keep slots for signed-in callers when the public fills all others, and always answer health
checks.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from starlette.types import Message, Receive, Scope

from shared.errors import ContentTooLarge, RequestTimeout, Unavailable

HEALTH_PATHS = frozenset({"/livez", "/readyz"})
"""Asked by whoever restarts a service that does not answer: high load must not look like a fault."""
RETRY_AFTER = 2
NO_LIMIT = 1_000_000_000


@dataclass(frozen=True)
class Limits:
    """Limits of one process. Requests with a token have as many slots of their own; `body_timeout` is in seconds."""

    concurrent_requests: int = 1000
    body_timeout: float = 30.0


class TooBusy(Unavailable):
    """The process answers as many requests as it may at this moment."""

    code = "busy"
    title = "Very many requests at once; try again in a moment"


class Slots:
    """Slots for one kind of caller."""

    def __init__(self, total: int) -> None:
        self._free = total

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Hold a slot while the block runs; TooBusy where none is free."""
        if self._free <= 0:
            raise TooBusy(retry_after=RETRY_AFTER)
        self._free -= 1
        try:
            yield
        finally:
            self._free += 1


class Admission:
    """Slots for the public, for callers with a token, and for health checks; none takes another's."""

    def __init__(self, limits: Limits, *, max_body_bytes: int) -> None:
        self._body_timeout = limits.body_timeout
        self._max_body_bytes = max_body_bytes
        self._public = Slots(limits.concurrent_requests)
        self._with_token = Slots(limits.concurrent_requests)
        self._health = Slots(NO_LIMIT)

    def slots_for(self, scope: Scope) -> Slots:
        if scope["path"] in HEALTH_PATHS:
            return self._health
        has_token = any(name == b"authorization" for name, _ in scope["headers"])
        return self._with_token if has_token else self._public

    async def read_body(self, scope: Scope, receive: Receive) -> Receive:
        """Read the whole body and return a `receive` that hands it on.

        ContentTooLarge where it is larger than the limit, read no further than that; RequestTimeout where it is late.
        """
        declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
        if declared.isdigit() and int(declared[:18]) > self._max_body_bytes:
            raise self._too_large()
        try:
            async with asyncio.timeout(self._body_timeout):
                whole = await self._whole_body(receive)
        except TimeoutError:
            raise RequestTimeout from None
        messages = [whole]

        async def hand_on() -> Message:
            return messages.pop() if messages else await receive()

        return hand_on

    async def _whole_body(self, receive: Receive) -> Message:
        body = bytearray()
        while True:
            message = await receive()
            piece = message.get("body", b"")
            if len(body) + len(piece) > self._max_body_bytes:
                raise self._too_large()
            if not message.get("more_body"):
                return {**message, "body": bytes(body) + piece} if body else message
            body += piece

    def _too_large(self) -> ContentTooLarge:
        return ContentTooLarge(max_bytes=self._max_body_bytes)
