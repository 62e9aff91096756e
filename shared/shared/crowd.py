"""How requests come in: so many at once, and so long for what they bring; who dawdles makes room before anybody waits.

What takes its time is not refused while there is room. When there is none, whoever has been sending longest is let go
for the newcomer, so that slow bodies without end keep nobody out whose report arrives.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope

from shared.errors import Unavailable

HEALTH = frozenset({"/livez", "/readyz"})
"""Asked by whoever restarts a service that does not answer: a crowd at the door must not look like a fault."""
MAY_TAKE = 2.0
"""Seconds that anybody's body may take, however full it is: a poor network is no flood."""
RETRY_AFTER = 2
NO_LIMIT = 1_000_000_000


@dataclass(frozen=True)
class Limits:
    """What one process takes on. Requests with a token have as many places again, and nobody else takes those."""

    at_once: int = 1000
    body_within: float = 30.0
    """Seconds for a whole body, from the moment it is asked for."""


class Full(Unavailable):
    code = "busy"
    title = "Very many are here at once; try again in a moment"


class Places:
    """The places for one kind of caller."""

    def __init__(self, at_once: int, body_within: float, bodies_at_most: int) -> None:
        self._at_once = at_once
        self._body_within = body_within
        self._bodies_at_most = bodies_at_most
        self._taken = 0
        self._arriving: dict[asyncio.Timeout, float] = {}
        """Whose bodies are on their way, and since when; the longest first."""

    @contextmanager
    def place(self) -> Iterator[None]:
        if self._taken >= self._at_once and not self._slowest_goes():
            raise Full(retry_after=RETRY_AFTER)
        self._taken += 1
        try:
            yield
        finally:
            self._taken -= 1

    def _slowest_goes(self) -> bool:
        now = asyncio.get_running_loop().time()
        slowest = next(iter(self._arriving), None)
        if slowest is None or now - self._arriving[slowest] < MAY_TAKE:
            return False
        del self._arriving[slowest]
        slowest.reschedule(now)
        return True

    def reading(self, scope: Scope, receive: Receive) -> Receive:
        """Gives a request's body in one piece: read so far and so long, whatever length was declared."""
        declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
        if declared.isdigit() and int(declared[:18]) > self._bodies_at_most:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        arrived = False

        async def read() -> Message:
            nonlocal arrived
            if arrived:
                return await receive()
            message = await self._in_time(receive)
            arrived = True
            return message

        return read

    async def _in_time(self, receive: Receive) -> Message:
        try:
            async with asyncio.timeout(self._body_within) as patience:
                self._arriving[patience] = asyncio.get_running_loop().time()
                try:
                    return await _whole(receive, self._bodies_at_most)
                finally:
                    self._arriving.pop(patience, None)
        except TimeoutError:
            raise HTTPException(HTTPStatus.REQUEST_TIMEOUT, headers={"connection": "close"}) from None


class Crowd:
    """Who is inside one process, in three rooms that take no place from each other."""

    def __init__(self, limits: Limits, bodies_at_most: int) -> None:
        self._public = Places(limits.at_once, limits.body_within, bodies_at_most)
        self._with_token = Places(limits.at_once, limits.body_within, bodies_at_most)
        self._health = Places(NO_LIMIT, limits.body_within, bodies_at_most)

    def places_for(self, scope: Scope) -> Places:
        if scope["path"] in HEALTH:
            return self._health
        has_token = any(name == b"authorization" for name, _ in scope["headers"])
        return self._with_token if has_token else self._public


async def _whole(receive: Receive, at_most: int) -> Message:
    body = bytearray()
    while True:
        message = await receive()
        piece = message.get("body", b"")
        if len(body) + len(piece) > at_most:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if not message.get("more_body"):
            return {**message, "body": bytes(body) + piece} if body else message
        body += piece
