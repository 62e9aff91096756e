"""Referrals of merged cases: they are kept under the case that both are now (sharing rules, fact 13)."""

from datetime import UTC, datetime
from uuid import uuid4

from shared.events import CaseMerged, ReferralAcknowledged
from tests.referral.partner_double import a_partner
from tests.referral.referrals.agency_client import say, send
from tests.support.services import RunningService, signed_in


async def test_the_referrals_of_a_merged_case_are_found_under_the_case_it_is_part_of(
    referral: RunningService,
) -> None:
    into = uuid4()
    async with a_partner(referral) as partner:
        case_id = uuid4()
        path = await send(referral, partner, case_id=case_id)
        merged = CaseMerged(case_id=case_id, merged_into_case_id=into, merged_at=datetime.now(UTC))
        await referral.given(merged)
        for asked, number in ((into, 1), (case_id, 0)):
            listed = await referral.http.get(f"/v1/referrals?case_id={asked}", headers=signed_in("adviser"))
            assert len(listed.json()["items"]) == number
        answer = await say(referral, partner, f"{path}/acknowledgement", {})
        assert answer.status_code == 200, answer.text
    (heard,) = await referral.announced(ReferralAcknowledged)
    assert heard.case_id == into
