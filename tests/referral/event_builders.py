"""Builders of events about disclosures; a test states only what matters to it."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from shared.events import DisclosureAuthorised, DisclosureRecalled
from tests.referral.partner_double import MANCHESTER_POLICE


def authorised(**fields: Any) -> DisclosureAuthorised:
    """Return an authorisation in danger: forced and urgent, to the police of Greater Manchester."""
    facts = {
        "case_id": uuid4(),
        "disclosure_id": uuid4(),
        "recipient_id": uuid4(),
        "kind": "initial",
        "grounds": ("override_danger",),
        "recipient_kind": "police",
        "agency_code": MANCHESTER_POLICE,
        "urgent": True,
        "verified": True,
        "authorised_at": datetime.now(UTC),
    }
    return DisclosureAuthorised.model_validate({**facts, **fields})


def consented(**fields: Any) -> DisclosureAuthorised:
    return authorised(**{"grounds": ("consent",), "urgent": False, **fields})


def supplement_to(first: DisclosureAuthorised, **fields: Any) -> DisclosureAuthorised:
    return first.model_copy(update={"disclosure_id": uuid4(), "kind": "supplement", **fields})


def recalled(first: DisclosureAuthorised) -> DisclosureRecalled:
    return DisclosureRecalled(
        case_id=first.case_id,
        disclosure_id=first.disclosure_id,
        recipient_id=first.recipient_id,
        recalled_at=datetime.now(UTC),
    )
