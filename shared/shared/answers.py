"""What another machine answers is read only so far and only for so long."""

import httpx2


class AnswerTooLarge(Exception):
    """The other side sent more than we agreed to read; nothing of it is kept."""


async def read_at_most(response: httpx2.Response, limit: int) -> bytes:
    """The body of a streamed answer, refused beyond `limit` bytes."""
    body = bytearray()
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > limit:
            raise AnswerTooLarge
    return bytes(body)
