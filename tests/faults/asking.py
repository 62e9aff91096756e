"""A client as the guidance asks for: whatever was not answered is sent again, until it is."""

import asyncio
from collections.abc import Collection
from typing import Any

import httpx2

ANSWERED = frozenset({200, 201})


async def ask(
    client: httpx2.AsyncClient, method: str, url: str, *, until: Collection[int] = ANSWERED, **sent: Any
) -> httpx2.Response:
    """A refusal that no retry can change is an error of the test; anything else is tried again, for ever."""
    while True:
        try:
            answer = await client.request(method, url, **sent)
        except httpx2.TransportError:
            await asyncio.sleep(0.2)
            continue
        if answer.status_code in until:
            return answer
        if answer.status_code < 500 and answer.status_code != 404:
            raise AssertionError(f"{method} {url}: {answer.status_code} {answer.text[:200]}")
        await asyncio.sleep(0.2)
