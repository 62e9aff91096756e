"""Content of a delivery: requested when it is sent, never sent where the rules withhold it or it was altered."""

import pytest

from shared.clients.service_client import ServiceRefused, ServiceUnreachable
from shared.events import ReferralEvent, ReferralSent, ReferralUndeliverable
from tests.referral.case_double import CaseDouble, issued
from tests.referral.event_builders import authorised, consented
from tests.referral.partner_double import a_partner
from tests.support.local_http import Answer
from tests.support.services import MovableClock, RunningService

NOT_NOW = Answer(status=500)


async def test_what_the_rules_withhold_when_it_is_to_be_sent_is_never_sent(
    referral: RunningService, case: CaseDouble, clock: MovableClock
) -> None:
    event = consented()
    case.withholds(event.disclosure_id)
    async with a_partner(referral) as partner:
        await referral.given(event)
        await referral.run_loop("run_deliveries")
        clock.forward(days=3)
        await referral.run_loop("run_deliveries")
        assert partner.http.asked == []
        assert len(case.asked) == 1
        listed = await referral.http.get("/v1/referrals", headers=partner.sign_in())
        assert listed.json()["items"] == [], "not even that there was something"
    (row,) = await referral.fetch("SELECT state FROM referrals")
    assert row["state"] == "withheld"
    assert await referral.announced(ReferralEvent) == []


async def test_a_withdrawal_between_two_attempts_ends_the_attempts(
    referral: RunningService, case: CaseDouble, clock: MovableClock
) -> None:
    event = consented()
    async with a_partner(referral, NOT_NOW) as partner:
        await referral.given(event)
        await referral.run_loop("run_deliveries")
        case.withholds(event.disclosure_id)
        clock.forward(hours=1)
        await referral.run_loop("run_deliveries")
        assert len(partner.http.asked) == 1


@pytest.mark.parametrize("status", [404, 410])
async def test_a_disclosure_that_the_case_service_no_longer_has_is_undeliverable(
    referral: RunningService, case: CaseDouble, status: int
) -> None:
    event = authorised()
    case.refusals[event.disclosure_id] = ServiceRefused(status, "gone")
    async with a_partner(referral) as partner:
        await referral.given(event)
        await referral.run_loop("run_deliveries")
        assert partner.http.asked == []
    (alarm,) = await referral.announced(ReferralUndeliverable)
    assert alarm.reason == f"content-{status}"


@pytest.mark.parametrize(
    "fault", [ServiceUnreachable(), ServiceRefused(503, "unavailable"), RuntimeError("a fault of ours")]
)
async def test_content_that_cannot_be_fetched_alarms_a_person_and_is_tried_again(
    referral: RunningService, case: CaseDouble, clock: MovableClock, fault: Exception
) -> None:
    event = authorised()
    case.refusals[event.disclosure_id] = fault
    async with a_partner(referral) as partner:
        await referral.given(event)
        await referral.run_loop("run_deliveries")
        assert len(await referral.announced(ReferralUndeliverable)) == 1
        case.refusals.clear()
        clock.forward(seconds=1)
        await referral.run_loop("run_deliveries")
        assert len(partner.http.asked) == 1
    assert len(await referral.announced(ReferralSent)) == 1


async def test_content_that_differs_from_its_digest_is_not_sent(
    referral: RunningService, case: CaseDouble
) -> None:
    class Altering(CaseDouble):
        async def post(self, path: str, json: object, **_: object) -> object:
            return {**issued({"a": 1}), "text": '{"a":2}'}

    case.__class__ = Altering
    async with a_partner(referral) as partner:
        await referral.given(authorised())
        await referral.run_loop("run_deliveries")
        assert partner.http.asked == []
    (alarm,) = await referral.announced(ReferralUndeliverable)
    assert alarm.reason == "content-altered"
