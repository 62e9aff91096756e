"""Builders of events as the other services announce them; a test states only what matters to it."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from shared.domain.vocabulary import CaseClassification, ExploitationType, Ground, Nation, RecipientKind
from shared.events import (
    CaseClassified,
    CaseOpened,
    ContactReceived,
    Event,
    OverrideOpened,
    ReferralAcknowledged,
    ReferralDeclined,
    ReferralSent,
)
from tests.support.builders import a_contact_received
from tests.support.services import RunningService

JANUARY = datetime(2026, 1, 15, 12, tzinfo=UTC)
POLICE = "police:E23000036"


async def give(stats: RunningService, *events: Event) -> None:
    """Hand events to their handlers, in this order."""
    for event in events:
        await stats.given(event)


def a_contact(**fields: Any) -> ContactReceived:
    ordinary: dict[str, Any] = {
        "received_at": JANUARY,
        "channel": "phone",
        "privacy": "share",
        "nation": Nation.ENGLAND,
    }
    return a_contact_received(**ordinary | fields)


def a_case(**fields: Any) -> CaseOpened:
    return CaseOpened(**{"case_id": uuid4(), "contact_id": uuid4(), "opened_at": JANUARY, **fields})


def a_classification(of: CaseOpened, **fields: Any) -> CaseClassified:
    return CaseClassified(
        **{
            "case_id": of.case_id,
            "classified_at": of.opened_at,
            "classification": CaseClassification.MODERN_SLAVERY,
            "exploitation_types": (ExploitationType.LABOUR,),
            "sectors": (),
            "nation": Nation.ENGLAND,
            "police_force": None,
            "potential_victims": 1,
            "children": 0,
            "age_statuses": (),
            **fields,
        }
    )


def a_duty(**fields: Any) -> OverrideOpened:
    return OverrideOpened(
        **{
            "case_id": uuid4(),
            "recipient_id": uuid4(),
            "grounds": (Ground.OVERRIDE_CHILD,),
            "recipient_kind": RecipientKind.POLICE,
            "agency_code": POLICE,
            "nation": Nation.ENGLAND,
            "opened_at": JANUARY,
            "send_at": JANUARY,
            **fields,
        }
    )


def _a_step(**fields: Any) -> dict[str, Any]:
    return {
        "case_id": uuid4(),
        "referral_id": uuid4(),
        "disclosure_id": uuid4(),
        "recipient_id": uuid4(),
        "recipient_kind": RecipientKind.POLICE,
        "agency_code": POLICE,
        "occurred_at": JANUARY,
        **fields,
    }


def a_sending(**fields: Any) -> ReferralSent:
    return ReferralSent(**_a_step(**{"forced": True, "attempts": 1, **fields}))


def an_acknowledgement(**fields: Any) -> ReferralAcknowledged:
    return ReferralAcknowledged(**_a_step(**{"forced": True, "acknowledged_by": "api", **fields}))


def a_decline(**fields: Any) -> ReferralDeclined:
    return ReferralDeclined(**_a_step(**{"reason": "not_our_area", **fields}))
