"""One bad partner: nothing is missing, nothing happens twice, danger does not wait, and others do not notice."""

import asyncio
import statistics
import time
from uuid import UUID, uuid4

import httpx2
import pytest

from referral_service import delivering
from referral_service.deliveries import BELL, LOST_ANSWERS
from referral_service.sending import Answer as Ended
from referral_service.sending import Endpoint, Letter, letter, post
from shared.ending import end
from shared.events import ReferralSent, ReferralUndeliverable
from tests.referral.bad_partners import FAR_AHEAD, FORCES, Manner, partners, storm
from tests.referral.builders import authorised, consented, supplement_to
from tests.referral.doubles import Partner, a_partner
from tests.running import MovableClock, RunningService
from tests.shared.local_http import Answer

ALL = (*Manner, Manner.WELL, Manner.FLAPPING, Manner.FLAPPING)
MATTERS = 20


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivering, "TRY_WITHIN", 1.0)
    monkeypatch.setattr(delivering, "TRY_WITHIN_IN_DANGER", 1.0)


async def test_of_540_messages_to_partners_of_every_kind_none_is_missing_and_none_doubled(
    referral: RunningService, clock: MovableClock
) -> None:
    outcome = await storm(referral, clock, ALL, matters=MATTERS)
    assert outcome.deliveries == len(ALL) * MATTERS * 3 == 540
    assert (outcome.missing, outcome.doubled) == (set(), set())
    assert outcome.faults >= 0.2 * outcome.tries
    sent = [event.disclosure_id for event in await referral.announced(ReferralSent)]
    assert len(sent) == len(set(sent)) == 540, "and each is announced once"


async def test_a_new_id_for_each_try_would_be_found_by_what_happened_twice(
    referral: RunningService, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def anew(endpoint: Endpoint, _: UUID, text: str, at: object) -> Letter:
        return letter(endpoint, uuid4(), text, clock())

    monkeypatch.setattr(delivering, "letter", anew)
    outcome = await storm(referral, clock, [Manner.FLAPPING], matters=10)
    assert outcome.doubled


async def test_no_new_try_after_a_lost_answer_would_be_found_by_what_is_missing(
    referral: RunningService, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def trusting(client: httpx2.AsyncClient, ready: Letter, at: object) -> Ended:
        answer = await post(client, ready, clock())
        return Ended() if answer.fault in LOST_ANSWERS else answer

    monkeypatch.setattr(delivering, "post", trusting)
    outcome = await storm(referral, clock, [Manner.FLAPPING], matters=10)
    assert outcome.missing


async def test_an_agency_that_asks_to_wait_till_far_ahead_holds_back_no_danger(
    referral: RunningService, clock: MovableClock
) -> None:
    """A person hears of it at once, well before the minute in which the rules want one told; the tries go on."""
    calm = consented()
    danger = supplement_to(calm, grounds=("override_danger",), urgent=True)
    async with a_partner(referral, *[FAR_AHEAD] * 6, Answer(status=204)) as partner:
        await referral.given(calm)
        await referral.run_loop("deliver")
        assert len(partner.http.asked) == 1
        await referral.given(danger)
        told = await referral.announced(ReferralUndeliverable)
        assert danger.disclosure_id in {one.disclosure_id for one in told}, "before anything is tried again"
        for _ in range(7):
            await referral.run_loop("deliver")
            clock.forward(seconds=30)
        arrived = list(dict.fromkeys(partner.webhook_ids))
        assert arrived == [str(calm.disclosure_id), str(danger.disclosure_id)]
    sent = {one.disclosure_id for one in await referral.announced(ReferralSent)}
    assert sent == {calm.disclosure_id, danger.disclosure_id}


async def test_others_take_no_longer_while_one_partner_of_each_bad_kind_is_served(
    referral: RunningService,
) -> None:
    """In one run, by turns, so that whatever else this machine does strikes both alike."""
    quiet: list[float] = []
    stormy: list[float] = []
    bad = (Manner.SLOW, Manner.HUGE, Manner.GONE, Manner.BUSY, Manner.FLAPPING)
    async with partners(referral, bad) as made, a_partner(referral, body=FORCES[40]) as healthy:
        delivering_now = asyncio.create_task(_deliver_for_ever(referral))
        for _ in range(8):
            quiet += [await _time_to(healthy, referral) for _ in range(6)]
            for partner in made:
                await referral.given(authorised(body=partner.body))
                await referral.given(consented(body=partner.body))
            stormy += [await _time_to(healthy, referral) for _ in range(6)]
        await end([delivering_now])
    ratio = statistics.median(stormy) / statistics.median(quiet)
    assert ratio < 1.5, f"{ratio:.2f} times as long"
    assert max(stormy) < 1, "none waited for a try of the slow one, which lasts a second"


async def _time_to(healthy: Partner, referral: RunningService) -> float:
    """Seconds from hearing that something may leave to its arrival."""
    known = len(healthy.http.asked)
    started = time.monotonic()
    await referral.given(authorised(body=healthy.body))
    async with asyncio.timeout(10):
        while len(healthy.http.asked) == known:  # noqa: ASYNC110 - it happens in another program's place
            await asyncio.sleep(0.002)
    return time.monotonic() - started


async def _deliver_for_ever(referral: RunningService) -> None:
    bell = referral.platform.database.doorbell.bell(BELL)
    while True:
        await referral.run_loop("deliver")
        await bell.wait(at_most=1)
