"""Bad partners: nothing is missing, nothing happens twice, danger does not wait, and others do not notice."""

import asyncio
import statistics
import time
from uuid import UUID, uuid4

import httpx2
import pytest

from referral_service.deliveries import delivery_worker
from referral_service.deliveries.models import DELIVERIES_CHANNEL, LOST_ANSWERS
from referral_service.deliveries.webhook import DeliveryResult, Endpoint, SignedRequest, post, signed_request
from shared.cancellation import cancel_and_wait
from shared.events import ReferralSent, ReferralUndeliverable
from tests.referral.deliveries.bad_partners import (
    FAR_AHEAD,
    FORCES,
    BadPartner,
    Behaviour,
    deliver_many,
    partners,
)
from tests.referral.event_builders import authorised, consented, supplement_to
from tests.referral.partner_double import Partner, a_partner
from tests.support.local_http import Answer
from tests.support.services import MovableClock, RunningService

ALL = (*Behaviour, Behaviour.WELL, Behaviour.FLAPPING, Behaviour.FLAPPING)
REFERRALS = 20
TOO_LONG = 1.5
"""Times as long as without bad partners."""


@pytest.fixture(autouse=True)
def _short_time_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery_worker, "POST_TIME_LIMIT", 1.0)
    monkeypatch.setattr(delivery_worker, "POST_TIME_LIMIT_IN_DANGER", 1.0)


async def test_of_540_messages_to_partners_of_every_behaviour_none_is_missing_and_none_doubled(
    referral: RunningService, clock: MovableClock
) -> None:
    outcome = await deliver_many(referral, clock, ALL, referrals=REFERRALS)
    assert outcome.deliveries == len(ALL) * REFERRALS * 3 == 540
    assert (outcome.missing, outcome.doubled) == (set(), set())
    assert outcome.faults >= 0.2 * outcome.attempts
    sent = [event.disclosure_id for event in await referral.announced(ReferralSent)]
    assert len(sent) == len(set(sent)) == 540, "and each is announced once"


async def test_a_new_id_for_each_attempt_would_be_found_by_what_happened_twice(
    referral: RunningService, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_a_new_id(endpoint: Endpoint, _: UUID, text: str, at: object) -> SignedRequest:
        return signed_request(endpoint, uuid4(), text, clock())

    monkeypatch.setattr(delivery_worker, "signed_request", with_a_new_id)
    outcome = await deliver_many(referral, clock, [Behaviour.FLAPPING], referrals=10)
    assert outcome.doubled


async def test_no_new_attempt_after_a_lost_answer_would_be_found_by_what_is_missing(
    referral: RunningService, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def count_lost_as_taken(
        client: httpx2.AsyncClient, request: SignedRequest, at: object
    ) -> DeliveryResult:
        answer = await post(client, request, clock())
        return DeliveryResult() if answer.fault in LOST_ANSWERS else answer

    monkeypatch.setattr(delivery_worker, "post", count_lost_as_taken)
    outcome = await deliver_many(referral, clock, [Behaviour.FLAPPING], referrals=10)
    assert outcome.missing


async def test_an_agency_that_asks_for_a_very_long_pause_delays_no_danger(
    referral: RunningService, clock: MovableClock
) -> None:
    """A person is alarmed at once, well within the minute that the rules give; attempts go on."""
    calm = consented()
    danger = supplement_to(calm, grounds=("override_danger",), urgent=True)
    async with a_partner(referral, *[FAR_AHEAD] * 6, Answer(status=204)) as partner:
        await referral.given(calm)
        await referral.run_loop("run_deliveries")
        assert len(partner.http.asked) == 1
        await referral.given(danger)
        alarms = await referral.announced(ReferralUndeliverable)
        assert danger.disclosure_id in {one.disclosure_id for one in alarms}, "before any new attempt"
        for _ in range(7):
            await referral.run_loop("run_deliveries")
            clock.forward(seconds=30)
        arrived = list(dict.fromkeys(partner.webhook_ids))
        assert arrived == [str(calm.disclosure_id), str(danger.disclosure_id)]
    sent = {one.disclosure_id for one in await referral.announced(ReferralSent)}
    assert sent == {calm.disclosure_id, danger.disclosure_id}


async def test_others_take_no_longer_while_one_partner_of_each_bad_behaviour_is_served(
    referral: RunningService,
) -> None:
    """Measure again where a ratio is high: a delay by bad partners is in every measurement, other load is not."""
    ratios: list[float] = []
    bad = (Behaviour.SLOW, Behaviour.HUGE, Behaviour.GONE, Behaviour.BUSY, Behaviour.FLAPPING)
    async with partners(referral, bad) as made, a_partner(referral, agency_code=FORCES[40]) as healthy:
        delivering_now = asyncio.create_task(_deliver_until_cancelled(referral))
        while len(ratios) < 3 and min(ratios, default=TOO_LONG) >= TOO_LONG:
            ratios.append(await _times_as_long(healthy, made, referral))
        await cancel_and_wait([delivering_now])
    assert min(ratios) < TOO_LONG, f"{ratios} times as long"


async def _times_as_long(healthy: Partner, bad: list[BadPartner], referral: RunningService) -> float:
    """Measure both by turns in one run, so that other load on this machine affects both alike."""
    quiet: list[float] = []
    busy: list[float] = []
    for _ in range(8):
        quiet += [await _time_to(healthy, referral) for _ in range(6)]
        for partner in bad:
            await referral.given(authorised(agency_code=partner.agency_code))
            await referral.given(consented(agency_code=partner.agency_code))
        busy += [await _time_to(healthy, referral) for _ in range(6)]
    assert max(busy) < 1, "none waited for an attempt at the slow one, which lasts a second"
    return statistics.median(busy) / statistics.median(quiet)


async def _time_to(healthy: Partner, referral: RunningService) -> float:
    """Return the seconds from an authorisation to the arrival of its message."""
    known = len(healthy.http.asked)
    started = time.monotonic()
    await referral.given(authorised(agency_code=healthy.agency_code))
    async with asyncio.timeout(10):
        while len(healthy.http.asked) == known:  # noqa: ASYNC110  the server of the test has no event to wait for
            await asyncio.sleep(0.002)
    return time.monotonic() - started


async def _deliver_until_cancelled(referral: RunningService) -> None:
    waiting = referral.context.database.notifier.listen(DELIVERIES_CHANNEL)
    while True:
        await referral.run_loop("run_deliveries")
        await waiting.wait(at_most=1)
