"""What came of a try, in one commit: proof of what was sent, or when it is tried again and who is told."""

from dataclasses import dataclass
from random import SystemRandom

from referral_service.agencies import Channel
from referral_service.claiming import ACTOR, Job
from referral_service.deliveries import BELL, Delivery, DeliveryState, copy_place
from referral_service.loading import to_change
from referral_service.referrals import Referral
from referral_service.releasing import NotReleased, Released
from referral_service.routing import next_change
from referral_service.schedule import delay
from referral_service.sending import Answer
from shared import leases
from shared.database import UnitOfWork
from shared.events import ReferralEvent
from shared.platform import Platform

NO_ENDPOINT = Answer("no-endpoint", certainly_missed=True, lasting=True)

_random = SystemRandom()


@dataclass(frozen=True)
class Tried:
    """What came of one try: the agency's answer, or that nothing was released for it."""

    answer: Answer | None = None
    posted: bool = False
    text: str | None = None
    content: Released | None = None
    not_released: NotReleased | None = None


async def write_down(platform: Platform, job: Job, tried: Tried) -> None:
    async with platform.database.unit_of_work(ACTOR) as uow:
        referral = await to_change(uow.session, job.referral_id)
        if referral is None:
            return
        delivery = next(one for one in referral.deliveries if one.id == job.delivery_id)
        if not leases.still_ours(delivery, job.fence) or not delivery.is_waiting:
            return
        if tried.not_released is not None:
            _was_not_released(referral, delivery, tried.not_released, uow)
        elif tried.answer is not None and _is_there(delivery, tried.answer):
            await _was_sent(referral, delivery, tried, uow)
        elif tried.answer is not None:
            _failed(referral, delivery, tried.answer, uow, posted=tried.posted)


def _is_there(delivery: Delivery, answer: Answer) -> bool:
    """The agency took it; or it said that it has this message, and only its answer was an error or was lost."""
    acknowledged = delivery.acknowledged_at is not None and not answer.certainly_missed
    return answer.fault is None or acknowledged


async def _was_sent(referral: Referral, delivery: Delivery, tried: Tried, uow: UnitOfWork) -> None:
    if tried.content is not None:
        await keep_copy(referral, delivery, tried.content, uow)
    uow.publish(*referral.sent(delivery, Channel.WEBHOOK, uow.now))
    uow.record("referral.sent", referral.id, delivery_id=delivery.id, purpose=delivery.purpose, by="webhook")
    if any(one.is_waiting for one in referral.deliveries):
        uow.ring(BELL)


async def keep_copy(referral: Referral, delivery: Delivery, content: Released, uow: UnitOfWork) -> None:
    """Proof of what was sent, under the referral's own key, for as long as the law needs it."""
    delivery.sent_digest = bytes.fromhex(content.digest)
    delivery.sent_copy = await uow.keys.seal(referral.id, copy_place(delivery.id), content.text)


def _was_not_released(referral: Referral, delivery: Delivery, refusal: NotReleased, uow: UnitOfWork) -> None:
    if refusal.withheld:
        referral.withhold(delivery, refusal.reason)
        uow.record("referral.withheld", referral.id, delivery_id=delivery.id, reason=refusal.reason)
        uow.ring(BELL)
    elif refusal.for_good:
        uow.publish(*referral.undeliverable(delivery, refusal.reason, uow.now))
        delivery.finish(DeliveryState.STOPPED, refusal.reason)
        uow.record("referral.undeliverable", referral.id, delivery_id=delivery.id, reason=refusal.reason)
        uow.ring(BELL)
    else:
        _failed(referral, delivery, Answer(refusal.reason), uow, posted=False)


def _failed(referral: Referral, delivery: Delivery, answer: Answer, uow: UnitOfWork, *, posted: bool) -> None:
    reason = answer.fault or "unknown"
    if posted and answer.certainly_missed:
        delivery.misses += 1
    if not delivery.is_disclosure and referral.is_empty(delivery):
        delivery.finish(DeliveryState.WITHHELD, "nothing-to-recall")
        return
    uow.publish(*_told(referral, delivery, answer, reason, uow))
    uow.record("referral.not_sent", referral.id, delivery_id=delivery.id, reason=reason)
    if answer.stop:
        delivery.finish(DeliveryState.STOPPED, reason)
        return
    wait = delay(
        delivery.failures, urgent=delivery.urgent, spread=_random.random(), asked_for=answer.retry_after
    )
    again = uow.now + wait
    leases.again(delivery, again if answer is not NO_ENDPOINT else max(again, next_change(uow.now)))


def _told(
    referral: Referral, delivery: Delivery, answer: Answer, reason: str, uow: UnitOfWork
) -> list[ReferralEvent]:
    events = referral.failed(delivery, reason, uow.now)
    if answer.stop or answer.lasting:
        events += referral.undeliverable(delivery, reason, uow.now)
    return events
