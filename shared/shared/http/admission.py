"""Admission control: how many requests one process answers at a time, and how large and slow a body may be.

A buffering reverse proxy in front takes care of slow clients, of connections and of TLS (docs/reverse-proxy.md).
What it cannot do is keep slots for signed-in callers when the public fills all others, and always answer health
checks.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope

from shared.errors import Unavailable

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

    def bounded(self, scope: Scope, receive: Receive) -> Receive:
        """Return a `receive` that reads the whole body first: 413 where it is too large, 408 where too slow."""
        declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
        if declared.isdigit() and int(declared[:18]) > self._max_body_bytes:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        body_read = False

        async def read() -> Message:
            nonlocal body_read
            if body_read:
                return await receive()
            message = await self._within_time(receive)
            body_read = True
            return message

        return read

    async def _within_time(self, receive: Receive) -> Message:
        try:
            async with asyncio.timeout(self._body_timeout):
                return await _whole_body(receive, self._max_body_bytes)
        except TimeoutError:
            raise HTTPException(HTTPStatus.REQUEST_TIMEOUT, headers={"connection": "close"}) from None


async def _whole_body(receive: Receive, at_most: int) -> Message:
    body = bytearray()
    while True:
        message = await receive()
        piece = message.get("body", b"")
        if len(body) + len(piece) > at_most:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if not message.get("more_body"):
            return {**message, "body": bytes(body) + piece} if body else message
        body += piece
