"""Every partner agency in one server: checks signatures, keeps what it was sent, and acknowledges as agencies do.

It removes duplicates by the webhook's id and by nothing else, so that whatever arrives twice in effect is seen.
"""

import asyncio
import base64
import json
import secrets
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any, Self
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from standardwebhooks import Webhook, WebhookVerificationError

from demo.loopback import Call, LoopbackServer, Reply
from demo.manners import Manner, acknowledges_after, keeps, reply_of
from shared.vocabulary import DeclineReason

GAVE_UP_AFTER = 5


@dataclass
class Partner:
    """One agency of the simulation, with the secrets that only it and the platform know."""

    body: str
    agency: UUID
    manner: Manner
    secret: str = field(default_factory=lambda: f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}")
    key: X25519PrivateKey | None = None
    calls: int = 0

    @property
    def kind(self) -> str:
        return self.body.partition(":")[0]

    @property
    def public_key(self) -> str | None:
        return base64.b64encode(self.key.public_key().public_bytes_raw()).decode() if self.key else None

    def __repr__(self) -> str:
        return f"<Partner {self.body}>"


@dataclass(frozen=True)
class Arrival:
    """One signed message as its agency had it before it. `in_effect` is false for a repetition of the same id."""

    partner: Partner
    webhook_id: str
    at: float
    raw: bytes
    text: str
    message: dict[str, Any]
    in_effect: bool


@dataclass(frozen=True)
class Answer:
    """What an agency does about a message: a path of the referral service, and what it says there."""

    partner: Partner
    url: str
    content: dict[str, Any]


SendAnswer = Callable[[Answer], Awaitable[int]]
"""Gives the answer to the platform as the agency's own software would; the status that came back."""


class Partners:
    """All agencies. `patience` is how long the platform waits before a person is told to telephone."""

    def __init__(self, send: SendAnswer, *, seed: int, patience: float) -> None:
        self.by_agency: dict[UUID, Partner] = {}
        self.arrivals: list[Arrival] = []
        self.arrived = asyncio.Event()
        self.acknowledged: dict[str, float] = {}
        self.refused: Counter[str] = Counter()
        self.troubles: Counter[str] = Counter()
        self._send = send
        self._random = Random(f"{seed}/partners")
        self._patience = patience
        self._server = LoopbackServer(self._receive)
        self._answering: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        await self._server.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._answering:
            task.cancel()
        await asyncio.gather(*self._answering, return_exceptions=True)
        await self._server.__aexit__()

    def address_of(self, partner: Partner) -> str:
        return f"{self._server.url}/{partner.agency}"

    def add(self, partner: Partner) -> None:
        self.by_agency[partner.agency] = partner

    @property
    def busy(self) -> int:
        """Answers that are still to be given."""
        return len(self._answering)

    async def _receive(self, call: Call) -> Reply:
        partner = self._called(call.path)
        if partner is None:
            self.refused["unknown path"] += 1
            return Reply(404)
        try:
            text = call.body.decode()
            Webhook(partner.secret).verify(text, dict(call.headers), json_parse=False)
            opened = _opened(text, partner.key)
            message = json.loads(opened)
        except (WebhookVerificationError, ValueError, KeyError, InvalidTag) as error:
            self.refused[type(error).__name__] += 1
            return Reply(401)
        reply = reply_of(partner.manner, partner.calls)
        partner.calls += 1
        if reply.status != Reply().status or reply.cut:
            self.troubles[partner.manner.value] += 1
        webhook_id = call.headers["webhook-id"]
        self._keep(partner, webhook_id, call.body, opened, message, kept=keeps(partner.manner, reply))
        return reply

    def _called(self, path: str) -> Partner | None:
        try:
            return self.by_agency.get(UUID(path.strip("/")))
        except ValueError:
            return None

    def _keep(
        self, partner: Partner, webhook_id: str, raw: bytes, text: str, message: dict[str, Any], *, kept: bool
    ) -> None:
        """What was read was seen, whatever is answered; it has an effect once."""
        known = any(
            one.webhook_id == webhook_id and one.in_effect and one.partner is partner for one in self.arrivals
        )
        in_effect = kept and not known
        self.arrivals.append(Arrival(partner, webhook_id, time.time(), raw, text, message, in_effect))
        self.arrived.set()
        if in_effect:
            task = asyncio.create_task(self._answer(partner, message))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)

    async def _answer(self, partner: Partner, message: dict[str, Any]) -> None:
        if message["type"] == "recall.v1":
            await self._give(Answer(partner, message["answer"]["url"], {"answer": "deleted"}))
            return
        wait = acknowledges_after(partner.manner, self._random, patience=self._patience)
        if wait is None:
            return
        await asyncio.sleep(wait)
        url = message["acknowledge"]["url"]
        if await self._give(Answer(partner, url, {})):
            self.acknowledged.setdefault(message["disclosure_id"], time.time())
        if partner.manner is Manner.DECLINES:
            reason = {"reason": DeclineReason.NOT_OUR_AREA.value}
            await self._give(Answer(partner, url.removesuffix("acknowledgement") + "decline", reason))

    async def _give(self, answer: Answer) -> bool:
        """Says it until it was heard. An answer that is too early is given again: ours may overtake their record."""
        for turn in range(GAVE_UP_AFTER):
            status = await self._send(answer)
            if status < 300 or status == 409:
                return True
            self.troubles[f"answer refused with {status}"] += 1
            await asyncio.sleep(0.3 * (turn + 1))
        return False


def _opened(text: str, key: X25519PrivateKey | None) -> str:
    """The text of a message that was sealed to us: 0x01, ephemeral key, nonce, AES-256-GCM (all base64)."""
    if key is None:
        return text
    closed = base64.b64decode(json.loads(text)["sealed"], validate=True)
    head, nonce, ciphertext = closed[:33], closed[33:45], closed[45:]
    if head[:1] != b"\x01":
        raise ValueError
    shared = key.exchange(X25519PublicKey.from_public_bytes(head[1:]))
    salt = head[1:] + key.public_key().public_bytes_raw()
    derived = HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"helpline referral v1").derive(shared)
    return AESGCM(derived).decrypt(nonce, ciphertext, head).decode()
