"""Retries: a message is tried again with the same id until an agency has it. A person is alarmed in time."""

import pytest

from shared.events import ReferralSent, ReferralUndeliverable
from tests.referral.event_builders import authorised, consented
from tests.referral.partner_double import a_partner
from tests.support.local_http import Answer
from tests.support.services import MovableClock, RunningService

NOT_NOW = Answer(status=500)


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
