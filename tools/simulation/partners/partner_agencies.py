"""Partner agencies of a simulation: they check signatures, keep what they were sent, and answer as agencies do.

They remove duplicates by the webhook's id and by nothing else, so that a message that takes effect twice is seen.
"""

import asyncio
import base64
import json
import secrets
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from random import Random
from typing import Any, Self
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from fastapi import FastAPI, Request, Response
from standardwebhooks import Webhook, WebhookVerificationError

from shared.domain.vocabulary import DeclineReason
from tools.simulation.partners.partner_behaviour import (
    TAKEN,
    Behaviour,
    Reply,
    acknowledges_after,
    reply_of,
    stores_message,
)
from tools.simulation.partners.sealed_messages import open_sealed
from tools.simulation.partners.server import caller_left, hang_up, serve

MAX_TRIES = 5
LARGEST_MESSAGE = 4 * 1024 * 1024


@dataclass
class PartnerAgency:
    """One agency, with the secrets that only it and the platform know."""

    agency_code: str
    agency_id: UUID
    behaviour: Behaviour
    signing_secret: str = field(
        default_factory=lambda: f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"
    )
    private_key: X25519PrivateKey | None = None
    requests: int = 0

    @property
    def public_key(self) -> str | None:
        if self.private_key is None:
            return None
        return base64.b64encode(self.private_key.public_key().public_bytes_raw()).decode()

    def __repr__(self) -> str:
        return f"<PartnerAgency {self.agency_code}>"


@dataclass(frozen=True)
class ReceivedMessage:
    """One signed message that reached an agency. `in_effect` is false where it was not kept, or is a repetition."""

    agency: PartnerAgency
    webhook_id: str
    at: float
    raw: bytes
    text: str
    content: dict[str, Any]
    in_effect: bool


@dataclass(frozen=True)
class AgencyAnswer:
    """Answer of an agency to a message: an address of the referral service, and the body for it."""

    agency: PartnerAgency
    url: str
    body: dict[str, Any]


SendAnswer = Callable[[AgencyAnswer], Awaitable[int]]
"""Gives an answer to the platform, as the agency's own software would, and returns the status that came back."""


class PartnerAgencies:
    """All agencies, in one application. `escalates_after` is as in `acknowledges_after`."""

    def __init__(self, send_answer: SendAnswer, *, seed: int, escalates_after: float) -> None:
        self.by_id: dict[str, PartnerAgency] = {}
        self.received: list[ReceivedMessage] = []
        self.message_came = asyncio.Event()
        self.acknowledged_at: dict[str, float] = {}
        """Time of the acknowledgement of each disclosure."""
        self.refused: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self._send_answer = send_answer
        self._random = Random(f"{seed}/partners")
        self._escalates_after = escalates_after
        self._answering: set[asyncio.Task[None]] = set()
        self._stack = AsyncExitStack()
        self._url = ""

    async def __aenter__(self) -> Self:
        self._url = await self._stack.enter_async_context(serve(self._application()))
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._answering:
            task.cancel()
        await asyncio.gather(*self._answering, return_exceptions=True)
        await self._stack.aclose()

    def _application(self) -> FastAPI:
        app = FastAPI(openapi_url=None, max_body_size=LARGEST_MESSAGE)

        @app.post("/{agency_id}")
        async def receive_message(agency_id: str, request: Request) -> Response:
            reply = self._receive(agency_id, request, await request.body())
            if reply.delay:
                await caller_left(request, at_most=reply.delay)
            if reply.hangs_up:
                await hang_up(request)
            return Response(status_code=reply.status, headers=dict(reply.headers))

        return app

    def address_of(self, agency: PartnerAgency) -> str:
        return f"{self._url}/{agency.agency_id}"

    def add(self, agency: PartnerAgency) -> None:
        self.by_id[str(agency.agency_id)] = agency

    @property
    def pending_answers(self) -> int:
        """Number of answers that are still to be given."""
        return len(self._answering)

    def _receive(self, agency_id: str, request: Request, raw: bytes) -> Reply:
        agency = self.by_id.get(agency_id)
        if agency is None:
            self.refused["unknown agency"] += 1
            return Reply(404)
        try:
            text = raw.decode()
            Webhook(agency.signing_secret).verify(text, dict(request.headers), json_parse=False)
            opened = open_sealed(text, agency.private_key) if agency.private_key else text
            content = json.loads(opened)
        except (WebhookVerificationError, ValueError, KeyError, InvalidTag) as error:
            self.refused[type(error).__name__] += 1
            return Reply(401)
        reply = reply_of(agency.behaviour, agency.requests)
        agency.requests += 1
        if reply is not TAKEN:
            self.faults[agency.behaviour.value] += 1
        stored = stores_message(agency.behaviour, reply)
        webhook_id = request.headers["webhook-id"]
        in_effect = stored and not self._has_effect_of(agency, webhook_id)
        self._keep(ReceivedMessage(agency, webhook_id, time.time(), raw, opened, content, in_effect))
        return reply

    def _has_effect_of(self, agency: PartnerAgency, webhook_id: str) -> bool:
        return any(
            one.in_effect and one.webhook_id == webhook_id and one.agency is agency for one in self.received
        )

    def _keep(self, message: ReceivedMessage) -> None:
        """Keep whatever was read; only a message in effect is answered."""
        self.received.append(message)
        self.message_came.set()
        if message.in_effect:
            task = asyncio.create_task(self._answer(message.agency, message.content))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)

    async def _answer(self, agency: PartnerAgency, content: dict[str, Any]) -> None:
        if content["type"] == "recall.v1":
            await self._give(AgencyAnswer(agency, content["answer"]["url"], {"answer": "destroyed"}))
            return
        seconds = acknowledges_after(agency.behaviour, self._random, escalates_after=self._escalates_after)
        if seconds is None:
            return
        await asyncio.sleep(seconds)
        url = content["acknowledge"]["url"]
        if await self._give(AgencyAnswer(agency, url, {})):
            self.acknowledged_at.setdefault(content["disclosure_id"], time.time())
        if agency.behaviour is Behaviour.DECLINES:
            decline_url = url.removesuffix("acknowledgement") + "decline"
            await self._give(AgencyAnswer(agency, decline_url, {"reason": DeclineReason.NOT_OUR_AREA.value}))

    async def _give(self, answer: AgencyAnswer) -> bool:
        """Repeat an answer until it is taken: the first may come before the platform recorded that it sent."""
        for turn in range(MAX_TRIES):
            status = await self._send_answer(answer)
            if status < 300 or status == 409:
                return True
            self.faults[f"answer refused with {status}"] += 1
            await asyncio.sleep(0.3 * (turn + 1))
        return False
