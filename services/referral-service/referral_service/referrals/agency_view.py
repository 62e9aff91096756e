"""Agency view: a referral as its agency sees it, made only of what reached that agency.

What may not be shared must not be noticeable. State, version and order therefore follow from visible facts alone: a
disclosure that waits, fails or is withheld changes none of them.
"""

from referral_service.deliveries.models import Delivery
from referral_service.deliveries.states import DeliveryState
from referral_service.referrals.models import Referral
from referral_service.referrals.states import ReferralState


def agency_state(referral: Referral) -> ReferralState:
    """Return the step that the agency knows of; of one whose answer was lost it may know nothing yet."""
    arrived = referral.arrived
    if any(not one.is_disclosure for one in referral.known_to_agency):
        return ReferralState.RECALLED
    if referral.outcomes:
        return ReferralState.OUTCOME
    if referral.decision is not None:
        return ReferralState(referral.decision)
    if any(one.acknowledged_at is not None for one in arrived):
        return ReferralState.ACKNOWLEDGED
    was_sent = any(one.sent_at is not None for one in arrived)
    return ReferralState.SENT if was_sent else ReferralState.AUTHORISED


def agency_version(referral: Referral) -> int:
    """Return the number of facts that the agency can see; each new one raises it, and nothing else does.

    An attempt counts as arrived while it runs. Where it certainly did not arrive, its facts are taken back, so that
    the version is the one before.
    """
    decisions = int(referral.decision is not None)
    of_deliveries = sum(_visible_facts(one) for one in referral.known_to_agency)
    return of_deliveries + decisions + len(referral.outcomes) + referral.agency_answer_changes


def _visible_facts(delivery: Delivery) -> int:
    later = (delivery.sent_at, delivery.acknowledged_at, delivery.recall_answer)
    return 1 + sum(one is not None for one in later)


def agency_delivery_state(delivery: Delivery) -> DeliveryState:
    """Return sent or waiting: why a message is not sent again is not the agency's to know."""
    return DeliveryState.WAITING if delivery.sent_at is None else DeliveryState.SENT
