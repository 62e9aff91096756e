"""Facts about disclosures that state only what matters to a test."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from shared.events import DisclosureAuthorised, DisclosureRecalled
from tests.referral.doubles import MANCHESTER_POLICE


def authorised(**told: Any) -> DisclosureAuthorised:
    """Somebody in danger: forced and urgent, to the police of Greater Manchester."""
    facts = {
        "case_id": uuid4(),
        "disclosure_id": uuid4(),
        "leg_id": uuid4(),
        "kind": "initial",
        "grounds": ("override_danger",),
        "recipient": "police",
        "body": MANCHESTER_POLICE,
        "urgent": True,
        "verified": True,
        "authorised_at": datetime.now(UTC),
    }
    return DisclosureAuthorised.model_validate({**facts, **told})


def consented(**told: Any) -> DisclosureAuthorised:
    return authorised(**{"grounds": ("consent",), "urgent": False, **told})


def supplement_to(first: DisclosureAuthorised, **told: Any) -> DisclosureAuthorised:
    return first.model_copy(update={"disclosure_id": uuid4(), "kind": "supplement", **told})


def recalled(first: DisclosureAuthorised) -> DisclosureRecalled:
    return DisclosureRecalled(
        case_id=first.case_id,
        disclosure_id=first.disclosure_id,
        leg_id=first.leg_id,
        recalled_at=datetime.now(UTC),
    )
