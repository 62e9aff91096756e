"""Client of the case service for the content of a disclosure: asked when it is sent, because it decides again."""

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from referral_service.deliveries.states import Refusal
from shared.clients.service_client import ServiceClient, ServiceRefused
from shared.errors import HelplineError

WITHHELD = "withheld"
FOR_ANOTHER_AGENCY = Refusal.FOR_ANOTHER_AGENCY.value
CONFLICT = 409
GONE = frozenset({404, 410})


@dataclass(frozen=True)
class IssuedContent:
    """Exact JSON text to send, and its SHA-256 digest in hexadecimal. Never printed."""

    text: str
    digest: str

    def __repr__(self) -> str:
        return "<IssuedContent>"


@dataclass(frozen=True)
class NotIssued:
    """Reason why there is no content. `withheld` and `for_good` end the delivery; any other reason is tried again."""

    reason: str
    withheld: bool = False
    for_good: bool = False


async def request_content(
    case: ServiceClient, disclosure_id: UUID, *, agency_code: str, attempt: int
) -> IssuedContent | NotIssued:
    """Return the content of a disclosure for one agency, or why it was not issued.

    The case service issues what was decided for this agency and refuses any other. Raises nothing that it causes.
    """
    command = {"attempt": attempt, "agency_code": agency_code}
    try:
        answer = await case.post(f"/v1/disclosures/{disclosure_id}/issue", command)
    except ServiceRefused as refused:
        return _not_issued(refused)
    except HelplineError as error:  # no answer, or no token to ask with
        return NotIssued(error.code)
    return _checked(answer, agency_code)


def _not_issued(refused: ServiceRefused) -> NotIssued:
    if refused.status == CONFLICT and refused.code == WITHHELD:
        return NotIssued(WITHHELD, withheld=True)
    if refused.status == CONFLICT and refused.code == FOR_ANOTHER_AGENCY:
        return NotIssued(FOR_ANOTHER_AGENCY, for_good=True)
    return NotIssued(f"content-{refused.status}", for_good=refused.status in GONE)


def _checked(answer: Any, agency_code: str) -> IssuedContent | NotIssued:
    """Return the content if the digest is that of the exact text, and no other agency is named with it."""
    try:
        if answer.get("agency_code", agency_code) != agency_code:
            return NotIssued(FOR_ANOTHER_AGENCY, for_good=True)
        text, digest = answer["text"], answer["digest"]
        if hashlib.sha256(text.encode()).hexdigest() != digest:
            return NotIssued("content-altered")
    except (KeyError, TypeError, AttributeError, UnicodeEncodeError):
        return NotIssued("content-unreadable")
    return IssuedContent(text, digest)
