"""Events as the other services announce them; a test states only what matters to it."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from shared.events import (
    CaseAssessed,
    CaseOpened,
    ContactReceived,
    OverrideOpened,
    ReferralAcknowledged,
    ReferralDeclined,
    ReferralSent,
)
from shared.vocabulary import (
    CaseClassification,
    ExploitationType,
    Ground,
    Nation,
    RecipientKind,
)
from tests.builders import a_contact_received

JANUARY = datetime(2026, 1, 15, 12, tzinfo=UTC)
POLICE = "police:E23000036"


def a_contact(**told: Any) -> ContactReceived:
    ordinary: dict[str, Any] = {
        "received_at": JANUARY,
        "channel": "phone",
        "privacy": "share",
        "nation": Nation.ENGLAND,
    }
    return a_contact_received(**ordinary | told)


def a_case(**told: Any) -> CaseOpened:
    return CaseOpened(**{"case_id": uuid4(), "contact_id": uuid4(), "opened_at": JANUARY, **told})


def an_assessment(of: CaseOpened, **told: Any) -> CaseAssessed:
    return CaseAssessed(
        **{
            "case_id": of.case_id,
            "assessed_at": of.opened_at,
            "classification": CaseClassification.MODERN_SLAVERY,
            "exploitation_types": (ExploitationType.LABOUR,),
            "sectors": (),
            "nation": Nation.ENGLAND,
            "police_force": None,
            "potential_victims": 1,
            "children": 0,
            "age_statuses": (),
            **told,
        }
    )


def a_duty(**told: Any) -> OverrideOpened:
    return OverrideOpened(
        **{
            "case_id": uuid4(),
            "leg_id": uuid4(),
            "grounds": (Ground.OVERRIDE_CHILD,),
            "recipient": RecipientKind.POLICE,
            "body": POLICE,
            "nation": Nation.ENGLAND,
            "opened_at": JANUARY,
            "leaves_at": JANUARY,
            **told,
        }
    )


def _a_step(**told: Any) -> dict[str, Any]:
    return {
        "case_id": uuid4(),
        "referral_id": uuid4(),
        "disclosure_id": uuid4(),
        "leg_id": uuid4(),
        "recipient": RecipientKind.POLICE,
        "body": POLICE,
        "occurred_at": JANUARY,
        **told,
    }


def a_sending(**told: Any) -> ReferralSent:
    return ReferralSent(**_a_step(**{"forced": True, "attempts": 1, **told}))


def an_acknowledgement(**told: Any) -> ReferralAcknowledged:
    return ReferralAcknowledged(**_a_step(**{"forced": True, "by": "api", **told}))


def a_refusal(**told: Any) -> ReferralDeclined:
    return ReferralDeclined(**_a_step(**{"reason": "not_our_area", **told}))
