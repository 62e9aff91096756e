"""Endpoints of deliveries: missing, gone or closed at night, so that a person is alarmed and sending goes on later."""

from datetime import UTC, datetime

from shared.events import ReferralUndeliverable
from tests.referral.event_builders import authorised, consented
from tests.referral.partner_double import a_partner, set_points
from tests.support.local_http import Answer
from tests.support.services import MovableClock, RunningService


async def test_without_an_endpoint_a_person_is_alarmed_and_it_is_sent_once_there_is_one(
    referral: RunningService,
) -> None:
    event = authorised()
    await referral.given(event)
    await referral.run_loop("run_deliveries")
    (alarm,) = await referral.announced(ReferralUndeliverable)
    assert alarm.reason == "no-endpoint"
    async with a_partner(referral) as partner:
        await referral.run_loop("run_deliveries")
        assert partner.verified()["disclosure_id"] == str(event.disclosure_id)


async def test_an_agency_that_nobody_registered_is_undeliverable(referral: RunningService) -> None:
    await referral.given(authorised(agency_code="service_provider:nobody", recipient_kind="service_provider"))
    await referral.run_loop("run_deliveries")
    (alarm,) = await referral.announced(ReferralUndeliverable)
    assert alarm.reason == "agency-unknown"


async def test_an_endpoint_that_is_gone_is_not_called_until_there_is_a_new_one(
    referral: RunningService, clock: MovableClock
) -> None:
    async with a_partner(referral, Answer(status=410)) as partner:
        await referral.given(consented())
        await referral.run_loop("run_deliveries")
        clock.forward(days=30)
        await referral.run_loop("run_deliveries")
        assert len(partner.http.asked) == 1
    (alarm,) = await referral.announced(ReferralUndeliverable)
    assert alarm.reason == "http-410"
    async with a_partner(referral) as new:
        await referral.run_loop("run_deliveries")
        assert len(new.http.asked) == 1


async def test_a_new_endpoint_raises_the_version_of_a_referral_that_was_stopped(
    referral: RunningService,
) -> None:
    async with a_partner(referral, Answer(status=410)):
        await referral.given(consented())
        await referral.run_loop("run_deliveries")
    (stopped,) = await referral.fetch("SELECT r.version, d.state FROM referrals r, deliveries d")
    assert stopped["state"] == "stopped"
    async with a_partner(referral):
        (waiting,) = await referral.fetch("SELECT r.version, d.state FROM referrals r, deliveries d")
    assert (waiting["version"], waiting["state"]) == (stopped["version"] + 1, "waiting")


async def test_at_night_the_endpoint_of_an_office_is_not_called_and_a_person_is_alarmed(
    referral: RunningService, clock: MovableClock
) -> None:
    clock.fixed = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)
    office = [{"channel": "webhook", "hours": "office_hours", "url": "http://127.0.0.1:9/hook"}]
    async with a_partner(referral) as partner:
        office[0]["url"] = f"{partner.http.url}/hook"
        command = {"contact_points": [*office, {"channel": "phone", "hours": "out_of_hours", "phone": "101"}]}
        await set_points(referral, partner.agency_code, command)
        await referral.given(consented(authorised_at=clock()))
        await referral.run_loop("run_deliveries")
        assert partner.http.asked == []
        assert len(await referral.announced(ReferralUndeliverable)) == 1
        clock.forward(hours=7, minutes=1)
        await referral.run_loop("run_deliveries")
        assert len(partner.http.asked) == 1, "nine o'clock in the United Kingdom in July is eight in UTC"
