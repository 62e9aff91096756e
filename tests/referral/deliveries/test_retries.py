"""Retries: a message is tried again with the same id until an agency has it. A person is alarmed in time."""

import json

import pytest
from sqlalchemy import update

from referral_service.deliveries.models import Delivery
from shared.events import ReferralSent, ReferralUndeliverable
from tests.referral.event_builders import authorised, consented, recalled, supplement_to
from tests.referral.partner_double import a_partner
from tests.support.local_http import Answer
from tests.support.services import MovableClock, RunningService

NOT_NOW = Answer(status=500)
DOWN = Answer(status=503)
UP = Answer(status=200)


async def test_after_an_error_it_is_tried_again_with_the_same_id_until_it_arrives(
    referral: RunningService, clock: MovableClock
) -> None:
    event = authorised()
    async with a_partner(referral, NOT_NOW, NOT_NOW, Answer(status=202)) as partner:
        await referral.given(event)
        for _ in range(3):
            await referral.run_loop("run_deliveries")
            clock.forward(seconds=3)
        assert partner.webhook_ids == [str(event.disclosure_id)] * 3
    (sent,) = await referral.announced(ReferralSent)
    assert sent.attempts == 3


async def test_the_first_failure_of_a_forced_referral_alarms_a_person_at_once_and_only_once(
    referral: RunningService, clock: MovableClock
) -> None:
    event = authorised()
    async with a_partner(referral, NOT_NOW):
        await referral.given(event)
        for _ in range(4):
            await referral.run_loop("run_deliveries")
            clock.forward(seconds=60)
    (alarm,) = await referral.announced(ReferralUndeliverable)
    assert (alarm.disclosure_id, alarm.reason) == (event.disclosure_id, "http-500")


async def test_a_consented_referral_is_tried_three_times_before_a_person_is_alarmed(
    referral: RunningService, clock: MovableClock
) -> None:
    async with a_partner(referral, NOT_NOW):
        await referral.given(consented())
        for expected in (0, 0, 1, 1):
            await referral.run_loop("run_deliveries")
            assert len(await referral.announced(ReferralUndeliverable)) == expected
            clock.forward(hours=3)


async def test_a_refused_connection_is_a_failure_and_certainly_no_arrival(referral: RunningService) -> None:
    event = authorised()
    async with a_partner(referral) as partner:
        pass
    await referral.given(event)
    await referral.run_loop("run_deliveries")
    (alarm,) = await referral.announced(ReferralUndeliverable)
    assert alarm.reason == "no-connection"
    listed = await referral.http.get("/v1/referrals", headers=partner.sign_in())
    assert listed.json()["items"] == []


async def test_an_agency_that_does_not_answer_in_time_is_tried_again(
    referral: RunningService, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("referral_service.deliveries.delivery_worker.POST_TIME_LIMIT_IN_DANGER", 0.1)
    async with a_partner(referral, slow=0.4) as partner:
        await referral.given(authorised())
        await referral.run_loop("run_deliveries")
        (alarm,) = await referral.announced(ReferralUndeliverable)
        assert alarm.reason == "timed-out"
        monkeypatch.setattr("referral_service.deliveries.delivery_worker.POST_TIME_LIMIT_IN_DANGER", 5)
        clock.forward(seconds=2)
        await referral.run_loop("run_deliveries")
        assert len(set(partner.webhook_ids)) == 1
    assert len(await referral.announced(ReferralSent)) == 1


async def test_after_a_crash_before_the_answer_is_recorded_the_same_id_is_sent_again(
    referral: RunningService, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = authorised()
    async with a_partner(referral) as partner:
        await referral.given(event)
        with monkeypatch.context() as crash:
            crash.setattr(
                "referral_service.deliveries.delivery_worker.record_outcome", killed_before_recording
            )
            await referral.run_loop("run_deliveries")
        assert await referral.announced(ReferralSent) == []
        await referral.run_loop("run_deliveries")
        assert len(partner.http.asked) == 1, "the lease still holds"
        clock.forward(seconds=31)
        await referral.run_loop("run_deliveries")
        assert partner.webhook_ids == [str(event.disclosure_id)] * 2
    assert len(await referral.announced(ReferralSent)) == 1


async def test_an_agency_may_ask_for_a_longer_pause_but_danger_does_not_wait_for_it(
    referral: RunningService, clock: MovableClock
) -> None:
    busy = Answer(status=429, headers={"retry-after": "3600"})
    async with a_partner(referral, busy) as partner:
        await referral.given(consented())
        await referral.run_loop("run_deliveries")
        clock.forward(minutes=59)
        await referral.run_loop("run_deliveries")
        assert len(partner.http.asked) == 1
        clock.forward(minutes=2)
        await referral.run_loop("run_deliveries")
        assert len(partner.http.asked) == 2
        await referral.given(authorised())
        await referral.run_loop("run_deliveries")
        clock.forward(seconds=31)
        await referral.run_loop("run_deliveries")
        assert len(partner.http.asked) == 4


async def killed_before_recording(*_: object) -> None:
    """Record nothing, as a process that is gone."""


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
