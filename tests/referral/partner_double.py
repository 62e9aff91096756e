"""Double of an agency with an endpoint on this machine, and what an operator does for it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx2
from standardwebhooks import Webhook

from referral_service.directory.models import agency_id
from tests.support.local_http import Answer, Asked, LocalHttp, serving
from tests.support.services import RunningService, signed_in

MANCHESTER_POLICE = "police:E23000005"
PUBLIC_URL = "https://referrals.example.org"


@dataclass
class Partner:
    """Agency with an endpoint. It gives its `answers` in turn, and the last one again and again."""

    agency_code: str
    http: LocalHttp
    secret: str = ""
    answers: list[Answer] = field(default_factory=lambda: [Answer(status=204)])

    @property
    def id(self) -> UUID:
        return agency_id(self.agency_code)

    @property
    def webhook_ids(self) -> list[str]:
        return [asked.headers["webhook-id"] for asked in self.http.asked]

    def verified(self, number: int = -1, secret: str | None = None) -> dict[str, Any]:
        """Return one message as the agency reads it; raises where the signature is not the helpline's."""
        asked = self.http.asked[number]
        read: dict[str, Any] = Webhook(secret or self.secret).verify(asked.body, asked.headers)
        return read

    def sign_in(self) -> dict[str, str]:
        return signed_in("agency", "desk", self.id)


@contextlib.asynccontextmanager
async def a_partner(
    service: RunningService,
    *answers: Answer,
    agency_code: str = MANCHESTER_POLICE,
    slow: float = 0,
    meanwhile: Callable[[Asked], Any] | None = None,
    **contact: Any,
) -> AsyncIterator[Partner]:
    """Set the endpoint of an agency. Before it answers it waits `slow` seconds and runs `meanwhile`."""

    async def answer(asked: Asked) -> Answer:
        await asyncio.sleep(slow)
        if meanwhile is not None:
            await meanwhile(asked)
        return partner.answers.pop(0) if len(partner.answers) > 1 else partner.answers[0]

    async with serving(answer) as http:
        partner = Partner(agency_code, http, answers=list(answers) or [Answer(status=204)])
        partner.secret = await set_webhook(service, agency_code, f"{http.url}/hook", **contact)
        yield partner


async def set_webhook(service: RunningService, agency_code: str, url: str, **contact: Any) -> str:
    command = {"contact_points": [{"channel": "webhook", "url": url}], **contact}
    answer = await set_points(service, agency_code, command)
    assert answer.status_code == 200, answer.text
    secret: str = answer.json()["signing_secret"]
    return secret


async def set_points(
    service: RunningService, agency_code: str, command: Any, **headers: str
) -> httpx2.Response:
    """Set contact points as an operator who has just read the agency, unless another If-Match is given."""
    path = f"/v1/agencies/{agency_id(agency_code)}"
    read = await service.http.get(path, headers=signed_in("operator"))
    sent = signed_in("operator") | {"if-match": read.headers["etag"]} | headers
    return await service.http.put(f"{path}/contact-points", json=command, headers=sent)
