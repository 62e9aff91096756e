"""Sending: a message is signed, of one size, sent once, and kept sealed as proof."""

import base64
import json
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from standardwebhooks import WebhookVerificationError

from referral_service.deliveries.models import sent_copy_field
from referral_service.deliveries.sealing import open_sealed
from referral_service.directory.models import agency_id
from shared.events import ReferralAcknowledged, ReferralEvent, ReferralSent, ReferralUndeliverable
from tests.referral.case_double import CaseDouble, issued
from tests.referral.event_builders import authorised
from tests.referral.partner_double import MANCHESTER_POLICE, a_partner
from tests.support.local_http import Answer, Asked
from tests.support.services import RunningService, signed_in


async def test_an_authorised_disclosure_is_sent_signed_and_acknowledged(
    referral: RunningService, case: CaseDouble
) -> None:
    event = authorised()
    async with a_partner(referral) as partner:
        await referral.given(event)
        await referral.run_loop("run_deliveries")
        message = partner.verified()
        assert message["content"] == case.content
        assert partner.webhook_ids == [str(event.disclosure_id)]
        (sent,) = await referral.announced(ReferralSent)
        assert (sent.disclosure_id, sent.forced, sent.attempts) == (event.disclosure_id, True, 1)
        path = message["acknowledge"]["url"].removeprefix("https://referrals.example.org")
        answer = await referral.http.post(path, json={"reference": "GMP-7"}, headers=partner.sign_in())
        assert (answer.status_code, answer.json()["state"]) == (200, "acknowledged")
        (acknowledged,) = await referral.announced(ReferralAcknowledged)
        assert (acknowledged.disclosure_id, acknowledged.acknowledged_by) == (event.disclosure_id, "api")


async def test_the_text_of_the_case_service_is_sent_byte_for_byte(
    referral: RunningService, case: CaseDouble
) -> None:
    case.content = {"b": 1, "a": "é\u2028", "n": [1.50, None]}
    async with a_partner(referral) as partner:
        await referral.given(authorised())
        await referral.run_loop("run_deliveries")
        assert issued(case.content)["text"].encode() in partner.http.asked[0].body


async def test_the_id_of_a_referral_does_not_tell_when_its_first_disclosure_was_added(
    referral: RunningService,
) -> None:
    """The first disclosure may have been withheld, and the agency may not know that there was one."""
    async with a_partner(referral) as partner:
        await referral.given(authorised())
        await referral.run_loop("run_deliveries")
        assert UUID(partner.verified()["referral_id"]).version == 4


async def test_a_signature_under_another_secret_is_refused(referral: RunningService) -> None:
    async with a_partner(referral) as partner:
        await referral.given(authorised())
        await referral.run_loop("run_deliveries")
        with pytest.raises(WebhookVerificationError):
            partner.verified(secret="whsec_" + "A" * 43 + "=")


async def test_a_body_that_was_altered_on_its_way_is_refused(referral: RunningService) -> None:
    async with a_partner(referral) as partner:
        await referral.given(authorised())
        await referral.run_loop("run_deliveries")
        asked = partner.http.asked[0]
        partner.http.asked[0] = Asked(asked.method, asked.path, asked.headers, asked.body[:-1] + b"\n")
        with pytest.raises(WebhookVerificationError):
            partner.verified()


async def test_an_authorisation_that_comes_again_sends_nothing_again(referral: RunningService) -> None:
    event = authorised()
    async with a_partner(referral) as partner:
        for _ in range(3):
            await referral.given(event)
            await referral.run_loop("run_deliveries")
        assert len(partner.http.asked) == 1
        assert len(await referral.announced(ReferralSent)) == 1


async def test_bodies_of_different_contents_have_one_size(referral: RunningService, case: CaseDouble) -> None:
    async with a_partner(referral) as partner:
        for content in ({"situation": "x"}, {"situation": "x" * 2000, "persons": [1, 2, 3]}):
            case.content = content
            await referral.given(authorised())
            await referral.run_loop("run_deliveries")
        assert [len(asked.body) for asked in partner.http.asked] == [4096, 4096]


async def test_a_sealed_body_opens_with_the_agencys_key_only_and_has_one_size_too(
    referral: RunningService, case: CaseDouble
) -> None:
    key = X25519PrivateKey.generate()
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    async with a_partner(referral, encryption_key=public) as partner:
        for content in ({"a": "x"}, {"a": "x" * 1000}):
            case.content = content
            await referral.given(authorised())
            await referral.run_loop("run_deliveries")
        sealed = partner.verified()
        assert set(sealed) == {"sealed"}
        opened = json.loads(open_sealed(key, partner.http.asked[-1].body))
        assert opened["content"] == case.content
        assert len({len(asked.body) for asked in partner.http.asked}) == 1


async def test_an_acknowledgement_counts_before_the_sending_is_recorded(referral: RunningService) -> None:
    async def acknowledge(asked: Asked) -> None:
        url = json.loads(asked.body)["acknowledge"]["url"]
        path = url.removeprefix("https://referrals.example.org")
        answer = await referral.http.post(
            path, headers=signed_in("agency", "desk", agency_id(MANCHESTER_POLICE))
        )
        assert answer.status_code == 200

    async with a_partner(referral, meanwhile=acknowledge):
        await referral.given(authorised())
        await referral.run_loop("run_deliveries")
    events = await referral.announced(ReferralEvent)
    assert [event.type for event in events] == ["referral.acknowledged.v1", "referral.sent.v1"]
    (row,) = await referral.fetch("SELECT state FROM referrals")
    assert row["state"] == "acknowledged"


async def test_what_was_sent_is_kept_sealed_as_proof(referral: RunningService, case: CaseDouble) -> None:
    case.content = {"name": "Rowan Ashdown"}
    async with a_partner(referral):
        await referral.given(authorised())
        await referral.run_loop("run_deliveries")
    (row,) = await referral.fetch("SELECT referral_id, id, sent_copy, sent_digest FROM deliveries")
    assert b"Rowan" not in bytes(row["sent_copy"])
    assert bytes(row["sent_digest"]).hex() == issued(case.content)["digest"]
    async with referral.unit_of_work() as uow:
        opened = await uow.keys.open(row["referral_id"], sent_copy_field(row["id"]), bytes(row["sent_copy"]))
    assert json.loads(opened) == case.content


async def test_a_redirect_is_not_followed(referral: RunningService) -> None:
    async with a_partner(referral, agency_code="police:E23000001") as elsewhere:
        away = Answer(status=307, headers={"location": f"{elsewhere.http.url}/hook"})
        async with a_partner(referral, away):
            await referral.given(authorised())
            await referral.run_loop("run_deliveries")
            assert elsewhere.http.asked == []
    (alarm,) = await referral.announced(ReferralUndeliverable)
    assert alarm.reason == "http-307"
