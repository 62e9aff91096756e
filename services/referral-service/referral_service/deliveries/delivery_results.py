"""Results of attempts, each recorded in one commit: proof of what was sent, or the time of the next attempt."""

from dataclasses import dataclass
from random import SystemRandom

from referral_service.deliveries.case_client import IssuedContent, NotIssued
from referral_service.deliveries.delivery_queue import ClaimedDelivery
from referral_service.deliveries.models import ACTOR, DELIVERIES_CHANNEL, Delivery, sent_copy_field
from referral_service.deliveries.recovery import make_due_again
from referral_service.deliveries.retry_schedule import delay, schedule_of
from referral_service.deliveries.webhook import DeliveryResult
from referral_service.directory.models import Channel
from referral_service.referrals.models import Referral
from referral_service.referrals.queries import lock_referral
from referral_service.routing.agency_route import next_change
from shared.db.unit_of_work import UnitOfWork
from shared.events import ReferralEvent
from shared.service.context import ServiceContext

NO_ENDPOINT = DeliveryResult("no-endpoint", certainly_missed=True, lasting=True)

_random = SystemRandom()


@dataclass(frozen=True)
class AttemptOutcome:
    """Outcome of one attempt: the result at the endpoint, or the reason why no content was issued for it.

    Without either, another worker had taken the delivery, and nothing is recorded.
    """

    result: DeliveryResult | None = None
    posted: bool = False
    content: IssuedContent | None = None
    not_issued: NotIssued | None = None


async def record_outcome(context: ServiceContext, claimed: ClaimedDelivery, outcome: AttemptOutcome) -> None:
    """Record an outcome, unless another worker or an access link has taken the delivery since it was claimed."""
    async with context.database.unit_of_work(ACTOR) as uow:
        referral = await lock_referral(uow.session, claimed.referral_id)
        if referral is None:
            return
        delivery = next(one for one in referral.deliveries if one.id == claimed.delivery_id)
        if not delivery.is_held_under(claimed.fence) or not delivery.is_waiting:
            return
        if outcome.not_issued is not None:
            _record_not_issued(referral, delivery, outcome.not_issued, uow)
        elif outcome.result is not None and _has_arrived(delivery, outcome.result):
            await _record_sent(referral, delivery, outcome, uow)
        elif outcome.result is not None:
            _record_failure(referral, delivery, outcome.result, uow, posted=outcome.posted)


def _has_arrived(delivery: Delivery, result: DeliveryResult) -> bool:
    """Return whether the agency took it, or said so itself although its answer was an error or was lost."""
    was_answered = delivery.acknowledged_at is not None or delivery.recall_answer is not None
    return result.fault is None or (was_answered and not result.certainly_missed)


async def _record_sent(
    referral: Referral, delivery: Delivery, outcome: AttemptOutcome, uow: UnitOfWork
) -> None:
    if outcome.content is not None:
        await keep_copy(referral, delivery, outcome.content, uow)
    uow.publish(*referral.sent(delivery, Channel.WEBHOOK, uow.now))
    uow.record(
        "referral.sent",
        referral.id,
        delivery_id=delivery.id,
        purpose=delivery.purpose.value,
        channel=Channel.WEBHOOK.value,
    )
    if await make_due_again(referral.agency_id, uow) or referral.waiting:
        uow.notify(DELIVERIES_CHANNEL)


async def keep_copy(referral: Referral, delivery: Delivery, content: IssuedContent, uow: UnitOfWork) -> None:
    """Keep proof of what was sent, sealed under the referral's own key, for as long as the law needs it."""
    sealed = await uow.keys.seal(referral.id, sent_copy_field(delivery.id), content.text)
    delivery.keep_copy(bytes.fromhex(content.digest), sealed)


def _record_not_issued(
    referral: Referral, delivery: Delivery, not_issued: NotIssued, uow: UnitOfWork
) -> None:
    reason = not_issued.reason
    if not_issued.withheld:
        uow.publish(*referral.withhold(delivery, reason, uow.now))
        uow.record("referral.withheld", referral.id, delivery_id=delivery.id, reason=reason)
        uow.notify(DELIVERIES_CHANNEL)
    elif not_issued.for_good:
        uow.publish(*referral.undeliverable(delivery, reason, uow.now))
        uow.publish(*referral.stop(delivery, reason, uow.now))
        uow.record("referral.undeliverable", referral.id, delivery_id=delivery.id, reason=reason)
        uow.notify(DELIVERIES_CHANNEL)
    else:
        _record_failure(referral, delivery, DeliveryResult(reason), uow, posted=False)


def _record_failure(
    referral: Referral, delivery: Delivery, result: DeliveryResult, uow: UnitOfWork, *, posted: bool
) -> None:
    reason = result.fault or "unknown"
    if posted and result.certainly_missed:
        delivery.count_miss()
    if delivery.recall_answer is not None:
        referral.give_up_answered(delivery)
        return
    uow.publish(*_failure_events(referral, delivery, result, reason, uow))
    uow.record("referral.not_sent", referral.id, delivery_id=delivery.id, reason=reason)
    if result.stop:
        uow.publish(*referral.stop(delivery, reason, uow.now))
        return
    steps = schedule_of(urgent=delivery.urgent, forced=delivery.forced, is_recall=not delivery.is_disclosure)
    wait = delay(delivery.failures, steps, spread=_random.random(), asked_for=result.retry_after)
    again = uow.now + wait
    # Without an endpoint nothing changes before the office next opens or closes.
    delivery.retry_at(again if result is not NO_ENDPOINT else max(again, next_change(uow.now)))


def _failure_events(
    referral: Referral, delivery: Delivery, result: DeliveryResult, reason: str, uow: UnitOfWork
) -> list[ReferralEvent]:
    events = referral.failed(delivery, reason, uow.now)
    if result.stop or result.lasting:
        events += referral.undeliverable(delivery, reason, uow.now)
    return events
