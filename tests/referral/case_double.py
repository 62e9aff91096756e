"""Double of the case service: issues the content that a test put there, or refuses as the test says."""

import hashlib
import json
from collections.abc import Awaitable, Callable
from typing import Any, Self
from uuid import UUID

from shared.clients.service_client import ServiceRefused


class CaseDouble:
    """Case service that issues `content`, and answers with the error in `refusals` where there is one.

    Before it answers, it runs `meanwhile` with the disclosure's id.
    """

    def __init__(self) -> None:
        self.content: dict[str, Any] = {"situation": {"danger": "now"}}
        self.refusals: dict[UUID, Exception] = {}
        self.asked: list[tuple[UUID, int]] = []
        self.agencies: list[str] = []
        """Agency that was named in each request."""
        self.meanwhile: Callable[[UUID], Awaitable[None]] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def post(self, path: str, json: Any, **_: Any) -> Any:
        disclosure_id = UUID(path.split("/")[3])
        self.asked.append((disclosure_id, json["attempt"]))
        self.agencies.append(json["agency_code"])
        if self.meanwhile is not None:
            await self.meanwhile(disclosure_id)
        if disclosure_id in self.refusals:
            raise self.refusals[disclosure_id]
        return issued(self.content)

    def withholds(self, disclosure_id: UUID) -> None:
        self.refusals[disclosure_id] = ServiceRefused(409, "withheld")


def issued(content: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(content)
    return {"content": content, "text": text, "digest": hashlib.sha256(text.encode()).hexdigest()}
