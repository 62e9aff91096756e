"""Order of deliveries: within a referral one after another, and among agencies side by side."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from shared.events import ReferralUndeliverable
from tests.referral.event_builders import authorised, consented, supplement_to
from tests.referral.partner_double import a_partner
from tests.support.local_http import Answer
from tests.support.services import MovableClock, RunningService

NOT_NOW = Answer(status=500)


async def test_a_supplement_waits_for_the_messages_before_it(
    referral: RunningService, clock: MovableClock
) -> None:
    first = authorised()
    later = supplement_to(first)
    clock.fixed = datetime.now(UTC)
    async with a_partner(referral, NOT_NOW, NOT_NOW, Answer(status=200)) as partner:
        await referral.given(first)
        await referral.run_loop("run_deliveries")
        await referral.given(later)
        await referral.run_loop("run_deliveries")
        assert set(partner.webhook_ids) == {str(first.disclosure_id)}
        clock.forward(seconds=5)
        await referral.run_loop("run_deliveries")
        ids = list(dict.fromkeys(partner.webhook_ids))
        assert ids == [str(first.disclosure_id), str(later.disclosure_id)]
    assert len(await referral.fetch("SELECT id FROM referrals")) == 1
    alarms = await referral.announced(ReferralUndeliverable)
    assert {one.disclosure_id for one in alarms} == {first.disclosure_id, later.disclosure_id}
    assert len(alarms) == 2


async def test_danger_that_is_added_makes_what_waits_before_it_urgent(
    referral: RunningService, clock: MovableClock
) -> None:
    calm = consented()
    danger = supplement_to(calm, urgent=True, grounds=("override_danger",))
    async with a_partner(referral, NOT_NOW, Answer(status=200)) as partner:
        await referral.given(calm)
        await referral.run_loop("run_deliveries")
        await referral.given(danger)
        await referral.run_loop("run_deliveries")
        assert len(partner.http.asked) == 3


async def test_one_slow_agency_does_not_hold_up_another(referral: RunningService) -> None:
    async with (
        a_partner(referral, slow=1.5) as slow,
        a_partner(referral, agency_code="police:E23000001") as quick,
    ):
        for _ in range(4):
            await referral.given(authorised())
        delivering = asyncio.create_task(referral.run_loop("run_deliveries"))
        await _until(lambda: len(slow.http.asked) == 3)
        for _ in range(5):
            await referral.given(authorised(agency_code=quick.agency_code))
        await _until(lambda: len(quick.http.asked) == 5)
        assert len(slow.http.asked) == 3, (
            "three at a time, and the quick one is through before the first ends"
        )
        await delivering
        assert len(slow.http.asked) == 4


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110  the server of the test has no event to wait for
            await asyncio.sleep(0.01)
