"""Deliveries: signed, once in effect, tried again until an agency has it, and a person told where none has."""

from shared.events import ReferralAcknowledged, ReferralSent
from tests.referral.builders import authorised
from tests.referral.doubles import CaseDouble, a_partner
from tests.running import RunningService


async def test_what_was_authorised_is_sent_signed_and_acknowledged(
    referral: RunningService, case: CaseDouble
) -> None:
    event = authorised()
    async with a_partner(referral) as partner:
        await referral.given(event)
        await referral.run_loop("deliver")
        message = partner.verified()
        assert message["content"] == case.content
        assert partner.webhook_ids == [str(event.disclosure_id)]
        (sent,) = await referral.announced(ReferralSent)
        assert (sent.disclosure_id, sent.forced, sent.attempts) == (event.disclosure_id, True, 1)
        path = message["acknowledge"]["url"].removeprefix("https://referrals.example.org")
        answer = await referral.http.post(path, json={"reference": "GMP-7"}, headers=partner.sign_in())
        assert (answer.status_code, answer.json()["state"]) == (200, "acknowledged")
        (acknowledged,) = await referral.announced(ReferralAcknowledged)
        assert (acknowledged.disclosure_id, acknowledged.by) == (event.disclosure_id, "api")
