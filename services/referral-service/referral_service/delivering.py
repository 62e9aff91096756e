"""Delivering: what is due is fetched at the moment of sending, signed, posted, and tried again until an agency has it.

Each try is on its own: a slow or broken agency holds two places at most, and the others go on. No transaction is open
while anybody is called.
"""

import asyncio
import time
from dataclasses import dataclass
from random import SystemRandom
from typing import Any
from uuid import UUID

import httpx2
import structlog

from referral_service.agencies import Agency, Channel, ContactPoint, points_of, secret_place
from referral_service.deliveries import Delivery, DeliveryState, claim_next, copy_place
from referral_service.metrics import measure
from referral_service.referrals import Referral, to_change
from referral_service.releasing import NotReleased, Released, release
from referral_service.routing import next_change, route_to
from referral_service.schedule import delay
from referral_service.sending import Answer, Endpoint, post, recall_body, referral_body
from shared import leases
from shared.database import UnitOfWork
from shared.ending import end
from shared.errors import HelplineError
from shared.fault_points import reached
from shared.logs import where
from shared.outbound import ServiceClient, agency_client
from shared.platform import Platform
from shared.settings import Settings
from shared.vocabulary import RecipientKind

BELL = "deliveries"
AT_ONCE = 16
PER_AGENCY = 2
TRY_WITHIN = 15.0
TRY_WITHIN_IN_DANGER = 6.0
"""With the time that the case service may take, less than the lease."""
NO_ENDPOINT = Answer("no-endpoint", certainly_missed=True)
_POSTING = (
    "UPDATE deliveries SET posts = posts + 1 WHERE id = $1 AND fence = $2 AND state = 'waiting' RETURNING 1"
)
ACTOR = "worker:referral"

log = structlog.get_logger()
_random = SystemRandom()


@dataclass(frozen=True)
class Job:
    """One claimed delivery, as it was when it was claimed."""

    delivery_id: UUID
    referral_id: UUID
    disclosure_id: UUID
    agency_id: UUID
    kind: str
    is_disclosure: bool
    urgent: bool
    fence: int
    endpoint: Endpoint | None


@dataclass(frozen=True)
class Tried:
    """What came of one try: the agency's answer, or that nothing was released for it."""

    answer: Answer | None = None
    posted: bool = False
    text: str | None = None
    content: Released | None = None
    not_released: NotReleased | None = None


@dataclass(frozen=True)
class Courier:
    """What a round of deliveries works with."""

    platform: Platform
    agencies: httpx2.AsyncClient
    case: ServiceClient


async def deliver(platform: Platform) -> bool:
    """One round: until nothing is due and nobody is being called."""
    first = await _next_job(platform, not_to=())
    if first is None:
        await measure(platform)
        return False
    loopback = platform.settings.allow_loopback_agencies
    async with agency_client(allow_loopback=loopback) as agencies, platform.client("case") as case:
        await _until_nothing_is_due(Courier(platform, agencies, case), first)
    return True


async def _until_nothing_is_due(courier: Courier, first: Job) -> None:
    running: dict[asyncio.Task[None], UUID] = {asyncio.create_task(_try(courier, first)): first.agency_id}
    try:
        while running:
            courier.platform.beats["deliver"] = time.monotonic()
            rung = asyncio.create_task(courier.platform.database.doorbell.wait(BELL, at_most=0.5))
            await _fill(courier, running)
            await asyncio.wait({*running, rung}, return_when=asyncio.FIRST_COMPLETED)
            await end([rung])
            for task in [task for task in running if task.done()]:
                del running[task]
    finally:
        await end(running)


async def _fill(courier: Courier, running: dict[asyncio.Task[None], UUID]) -> None:
    """Claims one by one, so that no agency ever holds more than its places."""
    while len(running) < AT_ONCE:
        held = list(running.values())
        full = {agency for agency in held if held.count(agency) >= PER_AGENCY}
        job = await _next_job(courier.platform, not_to=full)
        if job is None:
            return
        running[asyncio.create_task(_try(courier, job))] = job.agency_id


async def _next_job(platform: Platform, *, not_to: Any) -> Job | None:
    async with platform.database.unit_of_work(ACTOR) as uow:
        delivery = await claim_next(uow.session, now=uow.now, not_to=not_to)
        return await _job(delivery, uow) if delivery is not None else None


async def _job(delivery: Delivery, uow: UnitOfWork) -> Job:
    return Job(
        delivery_id=delivery.id,
        referral_id=delivery.referral_id,
        disclosure_id=delivery.disclosure_id,
        agency_id=delivery.agency_id,
        kind=delivery.kind,
        is_disclosure=delivery.is_disclosure,
        urgent=delivery.urgent,
        fence=delivery.fence,
        endpoint=await _endpoint_for(delivery, uow),
    )


async def _endpoint_for(delivery: Delivery, uow: UnitOfWork) -> Endpoint | None:
    agency = await uow.session.get(Agency, delivery.agency_id)
    referral = await uow.session.get(Referral, delivery.referral_id)
    if agency is None or referral is None or agency.signing_secret is None:
        return None
    points = (await points_of(uow.session, agency.id))[agency.id]
    route = route_to(agency, points, RecipientKind(referral.recipient), uow.now)
    if route is None or route.endpoint is None:
        return None
    return await _endpoint(agency, route.endpoint, uow)


async def _endpoint(agency: Agency, point: ContactPoint, uow: UnitOfWork) -> Endpoint | None:
    if point.url is None or agency.signing_secret is None:
        return None
    try:
        secret = await uow.keys.open(agency.id, secret_place(agency.id), agency.signing_secret)
    except HelplineError as error:  # one agency's broken key must not stop everybody's deliveries
        log.error("signing secret does not open", agency_id=agency.id, error=type(error).__name__)
        return None
    return Endpoint(point.url, secret, agency.encryption_key)


async def _try(courier: Courier, job: Job) -> None:
    """One try, whose end is written down whatever happens; only a lost database leaves it to the lease."""
    reached("referral.claimed")
    try:
        tried = await _tried(courier, job)
    except Exception as error:  # a fault of ours must not leave a referral waiting in silence
        _log_fault(job, error)
        tried = Tried(Answer("internal-error"))
    try:
        await _write_down(courier.platform, job, tried)
    except Exception as error:  # the lease runs out, and the same webhook-id is tried again
        _log_fault(job, error)


def _log_fault(job: Job, error: Exception) -> None:
    log.error("delivery failed", referral_id=job.referral_id, error=type(error).__name__, where=where(error))


async def _tried(courier: Courier, job: Job) -> Tried:
    if job.endpoint is None:
        return Tried(NO_ENDPOINT)
    if not job.is_disclosure:
        return await _posted(courier, job, job.endpoint, _recall_text(courier.platform.settings, job), None)
    released = await release(courier.case, job.disclosure_id, attempt=job.fence)
    reached("referral.content_fetched")
    if isinstance(released, NotReleased):
        return Tried(not_released=released)
    text = _referral_text(courier.platform.settings, job, released)
    return await _posted(courier, job, job.endpoint, text, released)


async def _posted(
    courier: Courier, job: Job, endpoint: Endpoint, text: str, content: Released | None
) -> Tried:
    if not await courier.platform.database.pool.fetchval(_POSTING, job.delivery_id, job.fence):
        return Tried()  # we slept past our lease: another worker has it
    try:
        async with asyncio.timeout(TRY_WITHIN_IN_DANGER if job.urgent else TRY_WITHIN):
            now = courier.platform.clock()
            answer = await post(courier.agencies, endpoint, job.delivery_id, text, now)
    except TimeoutError:
        answer = Answer("timed-out")
    reached("referral.posted")
    return Tried(answer, posted=True, text=text, content=content)


def _referral_text(settings: Settings, job: Job, content: Released) -> str:
    return referral_body(
        referral_id=job.referral_id,
        disclosure_id=job.disclosure_id,
        kind=job.kind,
        acknowledge_at=f"{referral_address(settings, job.referral_id)}/acknowledgement",
        content=content.text,
    )


def _recall_text(settings: Settings, job: Job) -> str:
    return recall_body(
        referral_id=job.referral_id,
        disclosure_id=job.disclosure_id,
        answer_at=f"{referral_address(settings, job.referral_id)}/recall-answer",
    )


def referral_address(settings: Settings, referral_id: UUID) -> str:
    start = (settings.public_url or settings.referral_url).rstrip("/")
    return f"{start}/v1/referrals/{referral_id}"


async def _write_down(platform: Platform, job: Job, tried: Tried) -> None:
    async with platform.database.unit_of_work(ACTOR) as uow:
        referral = await to_change(uow.session, job.referral_id)
        if referral is None:
            return
        delivery = next(one for one in referral.deliveries if one.id == job.delivery_id)
        if not leases.still_ours(delivery, job.fence) or not delivery.is_waiting:
            return
        if tried.not_released is not None:
            _was_not_released(referral, delivery, tried.not_released, uow)
        elif tried.answer is not None and tried.answer.fault is None:
            await _was_sent(referral, delivery, tried, uow)
        elif tried.answer is not None:
            _failed(referral, delivery, tried.answer, uow, posted=tried.posted)


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


def _told(referral: Referral, delivery: Delivery, answer: Answer, reason: str, uow: UnitOfWork) -> Any:
    events = referral.failed(delivery, reason, uow.now)
    if answer.stop or answer is NO_ENDPOINT:  # waiting mends neither
        events += referral.undeliverable(delivery, reason, uow.now)
    return events
