"""Recovery of an endpoint: what waits for an agency is sent as soon as the agency takes anything again."""

import json

import pytest
from sqlalchemy import update

from referral_service.deliveries.models import Delivery
from shared.events import ReferralSent
from tests.referral.event_builders import authorised, consented, recalled, supplement_to
from tests.referral.partner_double import a_partner
from tests.support.local_http import Answer
from tests.support.services import MovableClock, RunningService

DOWN = Answer(status=503)
UP = Answer(status=200)


async def test_one_message_that_an_agency_takes_makes_all_that_wait_for_it_due_at_once(
    referral: RunningService, clock: MovableClock
) -> None:
    waiting = [consented() for _ in range(3)]
    async with a_partner(referral, DOWN) as partner:
        for event in waiting:
            await referral.given(event)
        for _ in range(3):
            await referral.run_loop("run_deliveries")
            clock.forward(hours=1)
        await referral.run_loop("run_deliveries")
        partner.answers[:] = [UP]
        clock.forward(minutes=1)
        await referral.run_loop("run_deliveries")
        assert await referral.announced(ReferralSent) == [], "each waits two hours by its own schedule"
        await referral.given(consented())
        await referral.run_loop("run_deliveries")
    assert len(await referral.announced(ReferralSent)) == 4


async def test_what_waits_for_another_agency_stays_in_its_schedule(
    referral: RunningService, clock: MovableClock
) -> None:
    async with (
        a_partner(referral, DOWN) as down,
        a_partner(referral, UP, agency_code="police:E23000001") as up,
    ):
        await referral.given(consented())
        await referral.run_loop("run_deliveries")
        await referral.given(authorised(agency_code=up.agency_code))
        await referral.run_loop("run_deliveries")
        assert len(down.http.asked) == 1


async def test_a_pause_that_the_agency_asked_for_is_kept_although_it_takes_something_else(
    referral: RunningService, clock: MovableClock
) -> None:
    busy = Answer(status=429, headers={"retry-after": "3600"})
    async with a_partner(referral, busy, UP) as partner:
        await referral.given(consented())
        await referral.run_loop("run_deliveries")
        await referral.given(authorised())
        await referral.run_loop("run_deliveries")
        assert len(partner.http.asked) == 2


@pytest.mark.parametrize("hours_down", [0, 3, 40])
async def test_a_recall_is_sent_within_two_minutes_of_the_endpoints_return(
    referral: RunningService, clock: MovableClock, hours_down: int
) -> None:
    event = consented()
    async with a_partner(referral, UP, DOWN) as partner:
        await referral.given(event)
        await referral.run_loop("run_deliveries")
        await referral.given(recalled(event))
        for _ in range(6):
            await referral.run_loop("run_deliveries")
            clock.forward(hours=hours_down / 6, seconds=61)
        await referral.run_loop("run_deliveries")
        partner.answers[:] = [UP]
        clock.forward(seconds=67)
        await referral.run_loop("run_deliveries")
        assert json.loads(partner.http.asked[-1].body)["type"] == "recall.v1"
    rows = await referral.fetch("SELECT state FROM deliveries ORDER BY position")
    assert [row["state"] for row in rows] == ["sent", "sent"]


async def test_no_other_message_of_the_case_holds_up_a_recall(
    referral: RunningService, clock: MovableClock
) -> None:
    first = consented()
    refused = supplement_to(first)
    async with a_partner(referral, UP, Answer(status=400), UP) as partner:
        await referral.given(first)
        await referral.run_loop("run_deliveries")
        await referral.given(refused)
        await referral.run_loop("run_deliveries")
        async with referral.unit_of_work() as uow:
            never = clock().replace(year=2999)
            await uow.session.execute(
                update(Delivery).where(Delivery.id == refused.disclosure_id).values(due_at=never)
            )
        await referral.given(recalled(first))
        await referral.run_loop("run_deliveries")
        assert json.loads(partner.http.asked[2].body)["type"] == "recall.v1"


async def test_a_recall_that_does_not_arrive_holds_up_no_message_about_danger(
    referral: RunningService, clock: MovableClock
) -> None:
    first = consented()
    danger = supplement_to(first, urgent=True, grounds=("override_danger",))
    async with a_partner(referral, UP, DOWN, UP) as partner:
        await referral.given(first)
        await referral.run_loop("run_deliveries")
        await referral.given(recalled(first))
        await referral.run_loop("run_deliveries")
        await referral.given(danger)
        await referral.run_loop("run_deliveries")
        assert partner.webhook_ids[2] == str(danger.disclosure_id)
    assert len(await referral.announced(ReferralSent)) == 2
