"""The content of a disclosure, asked of the case service at the moment of leaving: it decides again, and may refuse."""

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.errors import HelplineError
from shared.outbound import Refused, ServiceClient

WITHHELD = "withheld"
CONFLICT = 409
GONE = frozenset({404, 410})


@dataclass(frozen=True)
class Released:
    """The exact JSON text to send; never printed."""

    text: str
    digest: str

    def __repr__(self) -> str:
        return "<Released>"


@dataclass(frozen=True)
class NotReleased:
    """Why nothing goes now. `withheld` and `for_good` end the delivery; anything else is tried again."""

    reason: str
    withheld: bool = False
    for_good: bool = False


async def release(case: ServiceClient, disclosure_id: UUID, *, attempt: int) -> Released | NotReleased:
    try:
        answer = await case.post(f"/v1/disclosures/{disclosure_id}/release", {"attempt": attempt})
    except Refused as refused:
        return _not_released(refused)
    except HelplineError as error:  # no answer, or no token to ask with
        return NotReleased(error.code)
    return _checked(answer)


def _not_released(refused: Refused) -> NotReleased:
    if refused.status == CONFLICT and refused.code == WITHHELD:
        return NotReleased(WITHHELD, withheld=True)
    return NotReleased(f"content-{refused.status}", for_good=refused.status in GONE)


def _checked(answer: Any) -> Released | NotReleased:
    """What arrived whole: the digest is of the exact text."""
    try:
        text, digest = answer["text"], answer["digest"]
        if hashlib.sha256(text.encode()).hexdigest() != digest:
            return NotReleased("content-altered")
    except (KeyError, TypeError, AttributeError, UnicodeEncodeError):
        return NotReleased("content-unreadable")
    return Released(text, digest)
