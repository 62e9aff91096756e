"""Bounded reading of another machine's response."""

import httpx2


class ResponseTooLarge(Exception):
    """The other side sent more than we agreed to read; nothing of it is kept."""


async def read_bounded(response: httpx2.Response, limit: int) -> bytes:
    """Return the body of a streamed answer; raise ResponseTooLarge beyond `limit` bytes."""
    body = bytearray()
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > limit:
            raise ResponseTooLarge
    return bytes(body)
