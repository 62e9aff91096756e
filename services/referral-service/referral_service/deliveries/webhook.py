"""Webhook to an agency: a body whose size tells nothing, sealed where the agency gave a key, signed and posted."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx2
from standardwebhooks import Webhook

from referral_service.agency_transport.ssrf_policy import AddressRefused
from referral_service.agency_transport.transport import AgencyUnreachable
from referral_service.deliveries.retry_schedule import retry_after
from referral_service.deliveries.sealing import seal
from referral_service.deliveries.states import DeliveryKind

PADDED_TO = 4096
"""Bytes to a multiple of which a body is padded."""
NEVER_ARRIVED = frozenset({"no-connection", "unknown-host", "name-timed-out"})
GONE = 410
MAY_SAY_WHEN = frozenset({429, 503})
"""Statuses whose Retry-After is obeyed."""


@dataclass(frozen=True)
class Endpoint:
    """Address of one agency's endpoint, with the secret and the key for messages to it. Never printed."""

    url: str
    secret: str
    encryption_key: str | None

    def __repr__(self) -> str:
        return "<Endpoint>"


@dataclass(frozen=True)
class SignedRequest:
    """One message, sealed and signed, ready to be posted. Never printed."""

    url: str
    body: bytes
    headers: dict[str, str]

    def __repr__(self) -> str:
        return "<SignedRequest>"


class NotReady(Exception):
    """A message cannot be sealed or signed with the agency's keys; nothing of it was sent. `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class DeliveryResult:
    """Result of one attempt at an endpoint."""

    fault: str | None = None
    """Code of what went wrong; None where the agency took the message."""
    certainly_missed: bool = False
    """Nothing of the message arrived."""
    lasting: bool = False
    """Waiting does not mend the fault, so a person is asked to telephone at once."""
    stop: bool = False
    """The endpoint is gone for good."""
    retry_after: timedelta | None = None
    """Pause that the agency asks for."""


def referral_body(
    *, referral_id: UUID, disclosure_id: UUID, kind: DeliveryKind, acknowledge_at: str, content: str
) -> str:
    """Return the body of a referral. The content goes in byte for byte, as the case service gave it."""
    head = {
        "type": "referral.v1",
        "referral_id": str(referral_id),
        "disclosure_id": str(disclosure_id),
        "kind": kind.value,
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
    """Return the text with spaces at its end, so that its size does not show how much was said."""
    return text + " " * (-len(text.encode()) % PADDED_TO)


def signed_request(endpoint: Endpoint, webhook_id: UUID, text: str, at: datetime) -> SignedRequest:
    """Seal a message where the agency gave a key, and sign it by the Standard Webhooks specification; or NotReady."""
    body = _sealed(endpoint.encryption_key, text) if endpoint.encryption_key else text
    return SignedRequest(
        endpoint.url, body.encode(), _headers(endpoint, webhook_id, body, at.astimezone(UTC))
    )


async def post(client: httpx2.AsyncClient, request: SignedRequest, at: datetime) -> DeliveryResult:
    """Make one attempt; no fault of the agency raises."""
    try:
        response = await client.post(request.url, content=request.body, headers=request.headers)
    except AddressRefused as error:
        return DeliveryResult(f"address-{error.code}", certainly_missed=True)
    except AgencyUnreachable as error:
        return DeliveryResult(error.code, certainly_missed=error.code in NEVER_ARRIVED)
    except httpx2.HTTPError:
        return DeliveryResult("no-http")
    return _result_of(response, at)


def _sealed(public_key: str, text: str) -> str:
    try:
        return seal(public_key, text)
    except Exception:  # whatever a bad key raises, nothing was sent yet
        raise NotReady("not-sealed") from None


def _headers(endpoint: Endpoint, webhook_id: UUID, body: str, at: datetime) -> dict[str, str]:
    # The library reads the digits of a time as UTC, whatever its zone; so `at` is in UTC.
    try:
        signature = Webhook(endpoint.secret).sign(str(webhook_id), at, body)
    except Exception:  # whatever a bad secret raises, nothing was sent yet
        raise NotReady("not-signed") from None
    return {
        "content-type": "application/json",
        "user-agent": "helpline-referral/1",
        "webhook-id": str(webhook_id),
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature,
    }


def _result_of(response: httpx2.Response, at: datetime) -> DeliveryResult:
    status = response.status_code
    if httpx2.codes.is_success(status):
        return DeliveryResult()
    asked = retry_after(response.headers.get("retry-after"), at) if status in MAY_SAY_WHEN else None
    return DeliveryResult(f"http-{status}", stop=status == GONE, retry_after=asked)
