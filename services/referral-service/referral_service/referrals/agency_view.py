"""Agency view: a referral as its agency sees it, made only of what reached that agency.

What may not be shared must not be noticeable. State, version and order therefore follow from visible facts alone: a
disclosure that waits, fails or is withheld changes none of them.
"""

from referral_service.deliveries.models import Delivery
from referral_service.deliveries.states import DeliveryState
from referral_service.referrals.acts import OF_ONE_MESSAGE, OF_THE_AGENCY, Act, ActKind
from referral_service.referrals.models import Referral
from referral_service.referrals.states import Decision, ReferralState


def agency_state(referral: Referral) -> ReferralState:
    """Return the step that the agency knows of; of one whose answer was lost it may know nothing yet."""
    arrived = referral.arrived
    if any(not one.is_disclosure for one in referral.known_to_agency):
        return ReferralState.RECALLED
    if referral.decision is Decision.DECLINED:
        return ReferralState.DECLINED
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
    of_deliveries = sum(1 + (one.sent_at is not None) for one in referral.known_to_agency)
    return of_deliveries + len(acts_of_agency(referral))


def acts_of_agency(referral: Referral) -> list[tuple[int, Act]]:
    """Return the agency's own acts with their numbers: none of the helpline's, and none about what it never had."""
    known = {str(one.disclosure_id) for one in referral.known_to_agency}
    return [
        (number, act)
        for number, act in enumerate(referral.acts)
        if act["act"] in OF_THE_AGENCY
        and (ActKind(act["act"]) not in OF_ONE_MESSAGE or act["disclosure_id"] in known)
    ]


def agency_delivery_state(delivery: Delivery) -> DeliveryState:
    """Return sent or waiting: why a message is not sent again is not the agency's to know."""
    return DeliveryState.WAITING if delivery.sent_at is None else DeliveryState.SENT
