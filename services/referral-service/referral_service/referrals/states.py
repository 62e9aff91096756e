"""States of a referral, which state may follow which, and the refusals of what cannot follow."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from shared.domain.vocabulary import Ground, ReferralOutcome
from shared.errors import Conflict, Invalid

OVERRIDES = frozenset({Ground.OVERRIDE_DANGER, Ground.OVERRIDE_CHILD})
STEPS = frozenset(
    {
        ReferralOutcome.PENDING,
        ReferralOutcome.ACKNOWLEDGED,
        ReferralOutcome.ACCEPTED,
        ReferralOutcome.DECLINED,
    }
)
"""Codes of the outcome list that are steps of a referral and have routes of their own."""
FAILURES_BEFORE_TELEPHONING = 3
"""Failures of a message after which a person must telephone. If an override forces it, one failure is enough."""


class ReferralState(StrEnum):
    """Step that a referral has reached."""

    AUTHORISED = "authorised"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    OUTCOME = "outcome"
    WITHHELD = "withheld"
    UNDELIVERABLE = "undeliverable"
    RECALLED = "recalled"


class Decision(StrEnum):
    """Decision of an agency on a referral."""

    ACCEPTED = "accepted"
    DECLINED = "declined"


MAY_FOLLOW: Final[Mapping[Decision | None, frozenset[Decision]]] = {
    None: frozenset(Decision),
    Decision.ACCEPTED: frozenset({Decision.DECLINED}),
    Decision.DECLINED: frozenset(),
}
"""Decision that may follow another on the same messages; what comes later is decided anew.

An agency that accepted may hand the case back, because somebody must know it at once. One that declined does not take
its word back here: its case is another agency's by then, and a person has to be asked.
"""
_AFTER_ACCEPTANCE = frozenset({ReferralState.OUTCOME, ReferralState.DECLINED, ReferralState.RECALLED})
_AFTER_ACKNOWLEDGEMENT = _AFTER_ACCEPTANCE | {ReferralState.ACCEPTED}
_AFTER_SENDING = _AFTER_ACKNOWLEDGEMENT | {ReferralState.ACKNOWLEDGED}
_BEFORE_SENDING = _AFTER_SENDING | {ReferralState.SENT, ReferralState.UNDELIVERABLE, ReferralState.WITHHELD}
TRANSITIONS: Final[Mapping[ReferralState, frozenset[ReferralState]]] = {
    ReferralState.AUTHORISED: _BEFORE_SENDING,
    ReferralState.UNDELIVERABLE: _BEFORE_SENDING,
    ReferralState.WITHHELD: _BEFORE_SENDING | {ReferralState.AUTHORISED},
    ReferralState.SENT: _AFTER_SENDING,
    ReferralState.ACKNOWLEDGED: _AFTER_ACKNOWLEDGEMENT,
    ReferralState.ACCEPTED: _AFTER_ACCEPTANCE,
    # After a decline something else may be sent, and be accepted.
    ReferralState.DECLINED: frozenset(
        {ReferralState.ACCEPTED, ReferralState.OUTCOME, ReferralState.RECALLED}
    ),
    ReferralState.OUTCOME: frozenset({ReferralState.DECLINED, ReferralState.RECALLED}),
    ReferralState.RECALLED: frozenset(),
}


class ReferralDecidedAlready(Conflict):
    """The agency accepted or declined this referral before, so that another decision or outcome contradicts it."""

    code = "referral-decided-already"
    title = "This referral was decided differently before; telephone the helpline if that was wrong"


class ReferenceGivenBefore(Conflict):
    """The agency gave another reference for these messages, which stays; nothing was changed."""

    code = "reference-given-before"
    title = "Another reference was given for this message before, and stays; telephone the helpline if it was wrong"


class DeclinedBefore(Conflict):
    """The agency declined these messages before; an acknowledgement takes that back as little as it repeats it."""

    code = "declined-before"
    title = (
        "This referral was declined before, and an acknowledgement changes nothing; telephone the helpline"
    )


class RecallAnsweredAlready(Conflict):
    """The recall was answered before, differently or by somebody else; the first answer stands."""

    code = "recall-answered-already"
    title = "This recall was answered before, and that answer stands; telephone the helpline if it was wrong"


class CopyWasReceived(Conflict):
    """The agency's endpoint took the copy, or somebody opened it, so that it cannot be said that none is held."""

    code = "copy-was-received"
    title = (
        "It is recorded that this copy was received; answer that it was destroyed, or kept with the reason"
    )


class NothingToAnswer(Conflict):
    """The helpline recalled nothing of this referral."""

    code = "nothing-was-recalled"
    title = "Nothing of this referral was recalled; there is nothing to answer"


class NotAnOutcome(Invalid):
    """The code names a step of a referral, which has a route of its own."""

    code = "not-an-outcome"
    title = "This is a step and not an outcome; use the route of that step"
