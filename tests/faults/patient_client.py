"""Client as the guidance asks for: a request that was not answered is sent again, until it is."""

import asyncio
from collections.abc import Collection
from typing import Any

import httpx2

ANSWERED = frozenset({200, 201})


async def request_until_answered(
    client: httpx2.AsyncClient, method: str, url: str, *, until: Collection[int] = ANSWERED, **sent: Any
) -> httpx2.Response:
    """Return the answer. A refusal that no retry can change is an error of the test."""
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
