"""Delivering: what is due is fetched at the moment of sending, signed, posted, and tried again until an agency has it.

Each try is on its own: a slow or broken agency holds few places, and the others go on. No transaction is open while
anybody is called.
"""

import asyncio
import time
from dataclasses import dataclass
from uuid import UUID

import httpx2
import structlog

from referral_service.claiming import Job, next_job
from referral_service.deliveries import BELL
from referral_service.metrics import measure
from referral_service.places import Places
from referral_service.recording import NO_ENDPOINT, Tried, write_down
from referral_service.releasing import NotReleased, Released, release
from referral_service.sending import Answer, Endpoint, NotReady, letter, post, recall_body, referral_body
from shared.ending import end
from shared.fault_points import reached
from shared.logs import where
from shared.outbound import ServiceClient, agency_client
from shared.platform import Platform
from shared.settings import Settings

RELEASE_WITHIN = 6.0
TRY_WITHIN = 15.0
TRY_WITHIN_IN_DANGER = 6.0
"""Together with the release less than the lease."""
_POSTING = """
UPDATE deliveries SET posts = posts + 1, fault = NULL WHERE id = $1 AND fence = $2 AND state = 'waiting' RETURNING 1
"""

log = structlog.get_logger()


@dataclass(frozen=True)
class Courier:
    """What a round of deliveries works with."""

    platform: Platform
    agencies: httpx2.AsyncClient
    case: ServiceClient


async def deliver(platform: Platform) -> bool:
    """One round: until nothing is due and nobody is being called."""
    first = await next_job(platform, Places())
    if first is None:
        await measure(platform)
        return False
    loopback = platform.settings.allow_loopback_agencies
    async with agency_client(allow_loopback=loopback) as agencies, platform.client("case") as case:
        await _until_nothing_is_due(Courier(platform, agencies, case), first)
    return True


async def _until_nothing_is_due(courier: Courier, first: Job) -> None:
    running = {asyncio.create_task(_try(courier, first)): first}
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


async def _fill(courier: Courier, running: dict[asyncio.Task[None], Job]) -> None:
    """Claims one by one, so that no agency and no lane ever holds more than its places."""
    while True:
        job = await next_job(
            courier.platform, Places([(one.agency_id, one.lane) for one in running.values()])
        )
        if job is None:
            return
        running[asyncio.create_task(_try(courier, job))] = job


async def _try(courier: Courier, job: Job) -> None:
    """One try, whose end is written down whatever happens; only a lost database leaves it to the lease."""
    reached("referral.claimed")
    try:
        tried = await _tried(courier, job)
    except Exception as error:  # a fault of ours must not leave a referral waiting in silence
        _log_fault(job, error)
        tried = Tried(Answer("internal-error"))
    try:
        await write_down(courier.platform, job, tried)
    except Exception as error:  # the lease runs out, and the same webhook-id is tried again
        _log_fault(job, error)


def _log_fault(job: Job, error: Exception) -> None:
    log.error("delivery failed", referral_id=job.referral_id, error=type(error).__name__, where=where(error))


async def _tried(courier: Courier, job: Job) -> Tried:
    if job.endpoint is None:
        return Tried(NO_ENDPOINT)
    if not job.is_disclosure:
        return await _posted(courier, job, job.endpoint, _recall_text(courier.platform.settings, job), None)
    released = await _released(courier, job)
    reached("referral.content_fetched")
    if isinstance(released, NotReleased):
        return Tried(not_released=released)
    text = _referral_text(courier.platform.settings, job, released)
    return await _posted(courier, job, job.endpoint, text, released)


async def _released(courier: Courier, job: Job) -> Released | NotReleased:
    try:
        async with asyncio.timeout(RELEASE_WITHIN):
            return await release(courier.case, job.disclosure_id, attempt=job.fence)
    except TimeoutError:
        return NotReleased("content-timed-out")


async def _posted(
    courier: Courier, job: Job, endpoint: Endpoint, text: str, content: Released | None
) -> Tried:
    """What can fail on our side is done before the try counts as one that may have arrived."""
    now = courier.platform.clock()
    try:
        ready = letter(endpoint, job.delivery_id, text, now)
    except NotReady as fault:
        return Tried(Answer(fault.code, certainly_missed=True, lasting=True))
    if not await courier.platform.database.pool.fetchval(_POSTING, job.delivery_id, job.fence):
        return Tried()  # we slept past our lease: another worker has it
    try:
        async with asyncio.timeout(TRY_WITHIN_IN_DANGER if job.urgent else TRY_WITHIN):
            answer = await post(courier.agencies, ready, now)
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
