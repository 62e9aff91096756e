"""The steps of a referral, what an agency may answer, and what cannot follow what."""

from enum import StrEnum

from shared.errors import Conflict, Invalid
from shared.vocabulary import Ground, ReferralOutcome

OVERRIDES = frozenset({Ground.OVERRIDE_DANGER, Ground.OVERRIDE_CHILD})
STEPS = frozenset(
    {
        ReferralOutcome.PENDING,
        ReferralOutcome.ACKNOWLEDGED,
        ReferralOutcome.ACCEPTED,
        ReferralOutcome.DECLINED,
    }
)
"""Words of the outcome list that are steps on the way and have routes of their own."""
FAILURES_BEFORE_A_PERSON_IS_TOLD = 3
"""Where nothing forces: a consented referral may wait a few minutes for an endpoint. A forced one never does."""


class ReferralState(StrEnum):
    AUTHORISED = "authorised"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    OUTCOME = "outcome"
    WITHHELD = "withheld"
    UNDELIVERABLE = "undeliverable"
    RECALLED = "recalled"


class AcknowledgedBy(StrEnum):
    API = "api"
    LINK = "link"


class RecallAnswer(StrEnum):
    """What a holder did with the copy that was called back."""

    DELETED = "deleted"
    KEPT_BY_LAW = "kept_by_law"
    NOT_HELD = "not_held"


class ReferralDecidedAlready(Conflict):
    code = "referral-decided-already"
    title = "This referral was accepted or declined before, and differently"


class NothingToAnswer(Conflict):
    code = "nothing-was-recalled"
    title = "Nothing of this referral was called back"


class NotAnOutcome(Invalid):
    code = "not-an-outcome"
    title = "This is a step with a route of its own, not an outcome"


AUTHORISED_ONLY = frozenset({ReferralState.AUTHORISED, ReferralState.UNDELIVERABLE, ReferralState.WITHHELD})
OPEN = frozenset({*AUTHORISED_ONLY, ReferralState.SENT, ReferralState.ACKNOWLEDGED, ReferralState.ACCEPTED})
