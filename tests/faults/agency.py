"""Every partner agency of a fault test in one server: it checks each signature and acknowledges until it is heard."""

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self
from uuid import UUID

import httpx2
from standardwebhooks import Webhook, WebhookVerificationError

from demo.loopback import Call, LoopbackServer, Reply
from deploy.system import LocalSystem
from tests.faults.asking import ask

HEARD = frozenset({200, 409})


@dataclass(frozen=True)
class Effect:
    """What a message did at the agency: one for each webhook-id, however often it came."""

    body: str
    webhook_id: str
    disclosure_id: str


class Agencies:
    def __init__(self, system: LocalSystem) -> None:
        self.effects: dict[str, Effect] = {}
        self.came = 0
        self.refused = 0
        self._system = system
        self._known: dict[str, tuple[str, str]] = {}
        self._server = LoopbackServer(self._receive)
        self._client = httpx2.AsyncClient(trust_env=False, timeout=5.0)
        self._acknowledging: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        await self._server.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._acknowledging:
            task.cancel()
        await asyncio.gather(*self._acknowledging, return_exceptions=True)
        await self._server.__aexit__()
        await self._client.aclose()

    async def register(self, bodies: Iterable[str]) -> None:
        """Tells the platform where each is reached; what waits for it there is hurried."""
        operator = {"authorization": f"Bearer {self._system.token('operator')}"}
        directory = f"{self._system.urls['referral']}/v1/agencies"
        for body in bodies:
            found = (
                await ask(self._client, "GET", directory, headers=operator, params={"body": body})
            ).json()
            agency, version = found["agencies"][0]["id"], found["agencies"][0]["version"]
            read = operator | {"if-match": f'"{version}"'}
            points = {"contact_points": [{"channel": "webhook", "url": f"{self._server.url}/{agency}"}]}
            address = f"{directory}/{agency}/contact-points"
            answer = (await ask(self._client, "PUT", address, headers=read, json=points)).json()
            secret = answer["signing_secret"] or self._known[agency][1]
            self._known[agency] = (body, secret)

    async def _receive(self, call: Call) -> Reply:
        agency = call.path.strip("/")
        self.came += 1
        try:
            body, secret = self._known[agency]
            Webhook(secret).verify(call.body.decode(), dict(call.headers), json_parse=False)
        except (KeyError, WebhookVerificationError):
            self.refused += 1
            return Reply(401)
        message = json.loads(call.body)
        webhook_id = call.headers["webhook-id"]
        if webhook_id not in self.effects:
            self.effects[webhook_id] = Effect(body, webhook_id, message["disclosure_id"])
            task = asyncio.create_task(self._acknowledge(agency, message["acknowledge"]["url"]))
            self._acknowledging.add(task)
            task.add_done_callback(self._acknowledging.discard)
        return Reply(204)

    async def _acknowledge(self, agency: str, address: str) -> None:
        token = self._system.token("agency", name=f"agency-{agency}", agency=UUID(agency))
        await ask(
            self._client, "POST", address, headers={"authorization": f"Bearer {token}"}, json={}, until=HEARD
        )
