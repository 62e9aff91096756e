"""What surrounds the referral service in its tests: a case service that releases, and agencies with webhooks."""

import asyncio
import contextlib
import hashlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import UUID

import httpx2
from standardwebhooks import Webhook

from referral_service.agencies import agency_id
from shared.outbound import Refused
from tests.running import RunningService, signed_in
from tests.shared.local_http import Answer, Asked, LocalHttp, serving

MANCHESTER_POLICE = "police:E23000005"


class CaseDouble:
    """A case service that releases what a test put here, and refuses what it was told to withhold."""

    def __init__(self) -> None:
        self.content: dict[str, Any] = {"situation": {"danger": "now"}}
        self.refusals: dict[UUID, Exception] = {}
        self.asked: list[tuple[UUID, int]] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def post(self, path: str, json: Any, **_: Any) -> Any:
        disclosure_id = UUID(path.split("/")[3])
        self.asked.append((disclosure_id, json["attempt"]))
        if disclosure_id in self.refusals:
            raise self.refusals[disclosure_id]
        return released(self.content)

    def withholds(self, disclosure_id: UUID) -> None:
        self.refusals[disclosure_id] = Refused(409, "withheld")


def released(content: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(content)
    return {"content": content, "text": text, "digest": hashlib.sha256(text.encode()).hexdigest()}


@dataclass
class Partner:
    """An agency's webhook on this machine. `answers` are given in turn, the last one for ever."""

    body: str
    http: LocalHttp
    secret: str = ""
    answers: list[Answer] = field(default_factory=lambda: [Answer(status=204)])

    @property
    def id(self) -> UUID:
        return agency_id(self.body)

    @property
    def webhook_ids(self) -> list[str]:
        return [asked.headers["webhook-id"] for asked in self.http.asked]

    def verified(self, number: int = -1, secret: str | None = None) -> dict[str, Any]:
        """One message as the agency reads it; raises where the signature is not ours."""
        asked = self.http.asked[number]
        read: dict[str, Any] = Webhook(secret or self.secret).verify(asked.body, asked.headers)
        return read

    def sign_in(self) -> dict[str, str]:
        return signed_in("agency", "desk", self.id)


@contextlib.asynccontextmanager
async def a_partner(
    service: RunningService,
    *answers: Answer,
    body: str = MANCHESTER_POLICE,
    slow: float = 0,
    meanwhile: Callable[[Asked], Any] | None = None,
    **contact: Any,
) -> AsyncIterator[Partner]:
    """An agency that set its webhook. `meanwhile` runs before it answers, `slow` is how long that takes."""

    async def answer(asked: Asked) -> Answer:
        await asyncio.sleep(slow)
        if meanwhile is not None:
            await meanwhile(asked)
        return partner.answers.pop(0) if len(partner.answers) > 1 else partner.answers[0]

    async with serving(answer) as http:
        partner = Partner(body, http, answers=list(answers) or [Answer(status=204)])
        partner.secret = await set_webhook(service, body, f"{http.url}/hook", **contact)
        yield partner


async def set_webhook(service: RunningService, body: str, url: str, **contact: Any) -> str:
    asked = {"contact_points": [{"channel": "webhook", "url": url}], **contact}
    answer = await set_points(service, body, asked)
    assert answer.status_code == 200, answer.text
    secret: str = answer.json()["signing_secret"]
    return secret


async def set_points(service: RunningService, body: str, asked: Any, **headers: str) -> httpx2.Response:
    """As an operator who has just read the agency, unless another If-Match is given."""
    path = f"/v1/agencies/{agency_id(body)}"
    read = await service.http.get(path, headers=signed_in("operator"))
    sent = signed_in("operator") | {"if-match": read.headers["etag"]} | headers
    return await service.http.put(f"{path}/contact-points", json=asked, headers=sent)
