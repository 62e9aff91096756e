"""Partner agencies of a fault test, in one server: they check each signature and acknowledge until they are heard."""

import asyncio
import json
from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Self
from uuid import UUID

import httpx2
from fastapi import FastAPI, Request, Response
from standardwebhooks import Webhook, WebhookVerificationError

from tests.faults.patient_client import request_until_answered
from tools.local.system import LocalSystem
from tools.simulation.partners.server import serve

HEARD = frozenset({200, 409})


@dataclass(frozen=True)
class MessageEffect:
    """Effect of a message at an agency: one for each webhook id, however often it came."""

    agency_code: str
    webhook_id: str
    disclosure_id: str


class Agencies:
    def __init__(self, system: LocalSystem) -> None:
        self.effects: dict[str, MessageEffect] = {}
        self.received = 0
        self.refused = 0
        self._system = system
        self._known: dict[str, tuple[str, str]] = {}
        """Agency code and signing secret by the agency's id."""
        self._stack = AsyncExitStack()
        self._url = ""
        self._client = httpx2.AsyncClient(trust_env=False, timeout=5.0)
        self._acknowledging: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._url = await self._stack.enter_async_context(serve(self._application()))
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._acknowledging:
            task.cancel()
        await asyncio.gather(*self._acknowledging, return_exceptions=True)
        await self._stack.aclose()
        await self._client.aclose()

    def _application(self) -> FastAPI:
        app = FastAPI(openapi_url=None)

        @app.post("/{agency_id}")
        async def receive_message(agency_id: str, request: Request) -> Response:
            return Response(status_code=self._receive(agency_id, request, await request.body()))

        return app

    async def register(self, agency_codes: Iterable[str]) -> None:
        """Tell the platform where each is reached; deliveries that wait for it become due at once."""
        operator = {"authorization": f"Bearer {self._system.token('operator')}"}
        directory = f"{self._system.urls['referral']}/v1/agencies"
        for agency_code in agency_codes:
            query = {"agency_code": agency_code}
            found = await request_until_answered(
                self._client, "GET", directory, headers=operator, params=query
            )
            agency = found.json()["items"][0]
            agency_id = agency["id"]
            headers = operator | {"if-match": f'"{agency["version"]}"'}
            points = {"contact_points": [{"channel": "webhook", "url": f"{self._url}/{agency_id}"}]}
            address = f"{directory}/{agency_id}/contact-points"
            answer = await request_until_answered(self._client, "PUT", address, headers=headers, json=points)
            secret = answer.json()["signing_secret"] or self._known[agency_id][1]
            self._known[agency_id] = (agency_code, secret)

    def _receive(self, agency_id: str, request: Request, body: bytes) -> int:
        """Return the status of the answer."""
        self.received += 1
        try:
            agency_code, secret = self._known[agency_id]
            Webhook(secret).verify(body.decode(), dict(request.headers), json_parse=False)
        except (KeyError, WebhookVerificationError):
            self.refused += 1
            return 401
        message = json.loads(body)
        webhook_id = request.headers["webhook-id"]
        if webhook_id not in self.effects:
            self.effects[webhook_id] = MessageEffect(agency_code, webhook_id, message["disclosure_id"])
            task = asyncio.create_task(self._acknowledge(agency_id, message["acknowledge"]["url"]))
            self._acknowledging.add(task)
            task.add_done_callback(self._acknowledging.discard)
        return 204

    async def _acknowledge(self, agency_id: str, address: str) -> None:
        token = self._system.token("agency", name=f"agency-{agency_id}", agency=UUID(agency_id))
        headers = {"authorization": f"Bearer {token}"}
        await request_until_answered(self._client, "POST", address, headers=headers, json={}, until=HEARD)
