"""Delivery worker: requests the content of due deliveries, signs and posts it, and tries again until an agency has it.

Each attempt is a task of its own, so that a slow agency uses few slots and the others go on. No transaction is open
while another machine is called. Time limits are in seconds.
"""

import asyncio
from dataclasses import dataclass

import httpx2
import structlog

from referral_service.agency_transport.transport import agency_client
from referral_service.deliveries.case_client import IssuedContent, NotIssued, request_content
from referral_service.deliveries.concurrency import RunningDeliveries
from referral_service.deliveries.delivery_queue import ClaimedDelivery, claim_next
from referral_service.deliveries.delivery_results import NO_ENDPOINT, AttemptOutcome, record_outcome
from referral_service.deliveries.metrics import measure_waiting
from referral_service.deliveries.models import ACTOR, DELIVERIES_CHANNEL, Delivery
from referral_service.deliveries.webhook import (
    DeliveryResult,
    Endpoint,
    NotReady,
    post,
    recall_body,
    referral_body,
    signed_request,
)
from referral_service.settings import ReferralSettings, settings_of
from shared.cancellation import cancel_and_wait
from shared.clients.service_client import ServiceClient
from shared.crash_points import crash_point
from shared.observability.structured_logs import where_raised
from shared.service.context import ServiceContext

CONTENT_TIME_LIMIT = 6.0
POST_TIME_LIMIT = 15.0
POST_TIME_LIMIT_IN_DANGER = 6.0
"""Together with the limit for the content shorter than the lease."""
POLL_SECONDS = 0.5

log = structlog.get_logger()


@dataclass(frozen=True)
class DeliveryContext:
    """Service context and the two HTTP clients of one round of deliveries."""

    service: ServiceContext
    agencies: httpx2.AsyncClient
    case: ServiceClient

    @property
    def settings(self) -> ReferralSettings:
        return settings_of(self.service)


async def run_deliveries(context: ServiceContext) -> bool:
    """Deliver until nothing is due and nothing is running; return whether anything was due."""
    first = await claim_next(context, RunningDeliveries())
    if first is None:
        await measure_waiting(context)
        return False
    loopback = settings_of(context).allow_loopback_agencies
    async with agency_client(allow_loopback=loopback) as agencies, context.client("case") as case:
        await _deliver_all_due(DeliveryContext(context, agencies, case), first)
    return True


async def _deliver_all_due(delivery_context: DeliveryContext, first: ClaimedDelivery) -> None:
    service = delivery_context.service
    running = {asyncio.create_task(_attempt_and_record(delivery_context, first)): first}
    listener = service.database.notifier.listen(DELIVERIES_CHANNEL)
    try:
        while running:
            service.heartbeat("run_deliveries")
            await _start_due(delivery_context, running)
            notified = asyncio.create_task(listener.wait(at_most=POLL_SECONDS))
            await asyncio.wait({*running, notified}, return_when=asyncio.FIRST_COMPLETED)
            await cancel_and_wait([notified])
            for task in [task for task in running if task.done()]:
                del running[task]
    finally:
        listener.close()
        await cancel_and_wait(running)


async def _start_due(
    delivery_context: DeliveryContext, running: dict[asyncio.Task[None], ClaimedDelivery]
) -> None:
    """Claim and start deliveries one by one, so that no agency and no priority gets more than its slots."""
    while True:
        slots = RunningDeliveries([(one.agency_id, one.priority) for one in running.values()])
        claimed = await claim_next(delivery_context.service, slots)
        if claimed is None:
            return
        running[asyncio.create_task(_attempt_and_record(delivery_context, claimed))] = claimed


async def _attempt_and_record(delivery_context: DeliveryContext, claimed: ClaimedDelivery) -> None:
    """Make one attempt and record its outcome, whatever goes wrong; without a database the lease runs out."""
    crash_point("referral.claimed")
    try:
        outcome = await _attempt(delivery_context, claimed)
    except Exception as error:  # a fault of ours must not leave a referral waiting unnoticed
        _log_fault(claimed, error)
        outcome = AttemptOutcome(DeliveryResult("internal-error"))
    try:
        await record_outcome(delivery_context.service, claimed, outcome)
    except Exception as error:  # the lease runs out, and the same webhook-id is tried again
        _log_fault(claimed, error)


def _log_fault(claimed: ClaimedDelivery, error: Exception) -> None:
    log.error(
        "delivery failed",
        referral_id=claimed.referral_id,
        error=type(error).__name__,
        where=where_raised(error),
    )


async def _attempt(delivery_context: DeliveryContext, claimed: ClaimedDelivery) -> AttemptOutcome:
    if claimed.endpoint is None:
        return AttemptOutcome(NO_ENDPOINT)
    if not claimed.is_disclosure:
        text = _recall_text(delivery_context.settings, claimed)
        return await _post(delivery_context, claimed, claimed.endpoint, text, None)
    content = await _request_content(delivery_context, claimed)
    crash_point("referral.content_fetched")
    if isinstance(content, NotIssued):
        return AttemptOutcome(not_issued=content)
    text = _referral_text(delivery_context.settings, claimed, content)
    return await _post(delivery_context, claimed, claimed.endpoint, text, content)


async def _request_content(
    delivery_context: DeliveryContext, claimed: ClaimedDelivery
) -> IssuedContent | NotIssued:
    try:
        async with asyncio.timeout(CONTENT_TIME_LIMIT):
            return await request_content(
                delivery_context.case,
                claimed.disclosure_id,
                agency_code=claimed.agency_code,
                attempt=claimed.fence,
            )
    except TimeoutError:
        return NotIssued("content-timed-out")


async def _post(
    delivery_context: DeliveryContext,
    claimed: ClaimedDelivery,
    endpoint: Endpoint,
    text: str,
    content: IssuedContent | None,
) -> AttemptOutcome:
    """Post one message. Sealing and signing come before the attempt counts as one that may have arrived."""
    now = delivery_context.service.clock()
    try:
        request = signed_request(endpoint, claimed.delivery_id, text, now)
    except NotReady as fault:
        return AttemptOutcome(DeliveryResult(fault.code, certainly_missed=True, lasting=True))
    if not await _count_post(delivery_context.service, claimed):
        return AttemptOutcome()  # the lease ran out meanwhile, and another worker has the delivery
    try:
        async with asyncio.timeout(POST_TIME_LIMIT_IN_DANGER if claimed.urgent else POST_TIME_LIMIT):
            result = await post(delivery_context.agencies, request, now)
    except TimeoutError:
        result = DeliveryResult("timed-out")
    crash_point("referral.posted")
    return AttemptOutcome(result, posted=True, content=content)


async def _count_post(service: ServiceContext, claimed: ClaimedDelivery) -> bool:
    """Count an attempt, committed before its first byte is sent; False where the delivery was taken meanwhile."""
    async with service.database.unit_of_work(ACTOR) as uow:
        delivery = await uow.session.get_one(Delivery, claimed.delivery_id, with_for_update=True)
        may_post = delivery.is_held_under(claimed.fence) and delivery.is_waiting
        if may_post:
            delivery.count_post()
        return may_post


def _referral_text(settings: ReferralSettings, claimed: ClaimedDelivery, content: IssuedContent) -> str:
    return referral_body(
        referral_id=claimed.referral_id,
        disclosure_id=claimed.disclosure_id,
        kind=claimed.kind,
        acknowledge_at=settings.public_address(f"/v1/referrals/{claimed.referral_id}/acknowledgement"),
        content=content.text,
    )


def _recall_text(settings: ReferralSettings, claimed: ClaimedDelivery) -> str:
    return recall_body(
        referral_id=claimed.referral_id,
        disclosure_id=claimed.disclosure_id,
        answer_at=settings.public_address(f"/v1/referrals/{claimed.referral_id}/recall-answer"),
    )
