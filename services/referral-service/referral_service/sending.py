"""What an agency is sent: a body whose size tells nothing, signed, and sealed where the agency gave a key."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx2
from standardwebhooks import Webhook

from referral_service.schedule import retry_after
from referral_service.sealing import seal
from shared.outbound import AddressRefused, AgencyUnreachable

PADDED_TO = 4096
NEVER_ARRIVED = frozenset({"no-connection", "unknown-host", "name-timed-out"})
GONE = 410
MAY_SAY_WHEN = frozenset({429, 503})


@dataclass(frozen=True)
class Endpoint:
    """Where one agency is called, with what our calls are signed with; never printed."""

    url: str
    secret: str
    encryption_key: str | None

    def __repr__(self) -> str:
        return "<Endpoint>"


@dataclass(frozen=True)
class Letter:
    """One message, closed and signed: all that is left to do is to send it. Never printed."""

    url: str
    body: bytes
    headers: dict[str, str]

    def __repr__(self) -> str:
        return "<Letter>"


class NotReady(Exception):
    """A message cannot be made ready with what we hold of the agency; nothing of it left. `code` says at what."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Answer:
    """How a try ended. `fault` is None where the agency took it; one that is `lasting` is not mended by waiting, so a
    person is told of it at once."""

    fault: str | None = None
    certainly_missed: bool = False
    lasting: bool = False
    stop: bool = False
    retry_after: timedelta | None = None


def referral_body(
    *, referral_id: UUID, disclosure_id: UUID, kind: str, acknowledge_at: str, content: str
) -> str:
    """The case service's JSON text goes in as it is, byte for byte; spaces at the end hide how much was said."""
    head = {
        "type": "referral.v1",
        "referral_id": str(referral_id),
        "disclosure_id": str(disclosure_id),
        "kind": kind,
        "acknowledge": {"url": acknowledge_at},
    }
    return padded(json.dumps(head, separators=(",", ":"))[:-1] + ',"content":' + content + "}")


def recall_body(*, referral_id: UUID, disclosure_id: UUID, answer_at: str) -> str:
    body = {
        "type": "recall.v1",
        "referral_id": str(referral_id),
        "disclosure_id": str(disclosure_id),
        "answer": {"url": answer_at},
    }
    return padded(json.dumps(body, separators=(",", ":")))


def padded(text: str) -> str:
    return text + " " * (-len(text.encode()) % PADDED_TO)


def letter(endpoint: Endpoint, webhook_id: UUID, text: str, at: datetime) -> Letter:
    """Sealed where the agency gave a key, and signed as the Standard Webhooks specification says; or NotReady."""
    body = _sealed(endpoint.encryption_key, text) if endpoint.encryption_key else text
    return Letter(endpoint.url, body.encode(), _signed(endpoint, webhook_id, body, at.astimezone(UTC)))


async def post(client: httpx2.AsyncClient, ready: Letter, at: datetime) -> Answer:
    """One try; it raises for no fault of the agency's."""
    try:
        response = await client.post(ready.url, content=ready.body, headers=ready.headers)
    except AddressRefused as error:
        return Answer(f"address-{error.code}", certainly_missed=True)
    except AgencyUnreachable as error:
        return Answer(error.code, certainly_missed=error.code in NEVER_ARRIVED)
    except httpx2.HTTPError:
        return Answer("no-http")
    return _read(response, at)


def _sealed(public_key: str, text: str) -> str:
    try:
        return seal(public_key, text)
    except Exception:  # whatever a bad key does, nothing has left yet
        raise NotReady("not-sealed") from None


def _signed(endpoint: Endpoint, webhook_id: UUID, body: str, at: datetime) -> dict[str, str]:
    # The library takes the digits of a time for UTC, whatever its zone: it is given UTC.
    try:
        signature = Webhook(endpoint.secret).sign(str(webhook_id), at, body)
    except Exception:  # whatever the library makes of a bad secret, nothing has left yet
        raise NotReady("not-signed") from None
    return {
        "content-type": "application/json",
        "user-agent": "helpline-referral/1",
        "webhook-id": str(webhook_id),
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature,
    }


def _read(response: httpx2.Response, at: datetime) -> Answer:
    status = response.status_code
    if httpx2.codes.is_success(status):
        return Answer()
    asked = retry_after(response.headers.get("retry-after"), at) if status in MAY_SAY_WHEN else None
    return Answer(f"http-{status}", stop=status == GONE, retry_after=asked)
