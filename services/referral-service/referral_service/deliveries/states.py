"""States and kinds of deliveries, and which state may follow which."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Purpose(StrEnum):
    """Purpose of a delivery: to bring a disclosure to an agency, or to recall one."""

    DISCLOSURE = "disclosure"
    RECALL = "recall"


class DeliveryKind(StrEnum):
    """Kind of a delivery: the kind of its disclosure, or a recall."""

    INITIAL = "initial"
    SUPPLEMENT = "supplement"
    CORRECTION = "correction"
    RECALL = "recall"


class DeliveryState(StrEnum):
    """State of a delivery. A delivery that is stopped waits until an operator sets another endpoint."""

    WAITING = "waiting"
    SENT = "sent"
    WITHHELD = "withheld"
    STOPPED = "stopped"


TRANSITIONS: Final[Mapping[DeliveryState, frozenset[DeliveryState]]] = {
    DeliveryState.WAITING: frozenset({DeliveryState.SENT, DeliveryState.WITHHELD, DeliveryState.STOPPED}),
    # An access link shows a stopped delivery too, and a recall that was answered by telephone is sent no more.
    DeliveryState.STOPPED: frozenset({DeliveryState.WAITING, DeliveryState.SENT, DeliveryState.WITHHELD}),
    # A link that is opened twice at once may be answered "withheld" first and then with the content; then the recall
    # of it waits again.
    DeliveryState.WITHHELD: frozenset({DeliveryState.SENT, DeliveryState.WAITING}),
    DeliveryState.SENT: frozenset(),
}


class Refusal(StrEnum):
    """Fault of a delivery that may not be sent to its agency."""

    AGENCY_UNKNOWN = "agency-unknown"
    AGENCY_OF_ANOTHER_KIND = "agency-of-another-kind"
    IMMIGRATION_ENFORCEMENT = "immigration-enforcement"
    FOR_ANOTHER_AGENCY = "for-another-agency"


NEVER_SENT = frozenset({*Refusal} - {Refusal.AGENCY_UNKNOWN})
"""Refusals that no registration and no endpoint mends."""


class StateNotReachable(Exception):
    """A delivery was to get a state that does not follow its present one: a fault of this program."""
