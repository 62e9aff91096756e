"""Principals and their roles, and the port through which tokens are verified."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class Role(StrEnum):
    ADVISER = "adviser"
    SAFEGUARDING_LEAD = "safeguarding_lead"
    DATA_PROTECTION_OFFICER = "data_protection_officer"
    ANALYST = "analyst"
    OPERATOR = "operator"
    AGENCY = "agency"
    SERVICE = "service"


@dataclass(frozen=True)
class Principal:
    """Holder of a valid token, with only what access is decided by."""

    subject: str
    roles: frozenset[Role]
    audience: str
    agency: UUID | None
    service: str | None
    expires_at: datetime
    scopes: frozenset[str] = frozenset()


class TokenVerifier(Protocol):
    """Port through which tokens are verified; tests have one that needs no provider."""

    async def verify(self, token: str) -> Principal: ...
