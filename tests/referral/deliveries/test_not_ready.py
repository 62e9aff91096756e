"""Messages that cannot be sealed or signed: nothing of them was sent, and a person is alarmed at once."""

import base64
import os
from collections.abc import Awaitable, Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from referral_service.directory.models import Agency, signing_secret_field
from shared.events import ReferralSent, ReferralUndeliverable
from tests.referral.event_builders import authorised, consented, recalled
from tests.referral.partner_double import Partner, a_partner
from tests.support.services import MovableClock, RunningService

Damage = Callable[[RunningService, Partner], Awaitable[None]]
ALL_ZERO = base64.b64encode(bytes(32)).decode()
"""Key with which everybody knows the shared secret, so that nothing may be sealed with it."""


def a_key() -> str:
    return base64.b64encode(X25519PrivateKey.generate().public_key().public_bytes_raw()).decode()


def set_key(key: str) -> Damage:
    async def apply(referral: RunningService, partner: Partner) -> None:
        await referral.fetch("UPDATE agencies SET encryption_key = $2 WHERE id = $1", partner.id, key)

    return apply


def set_secret(secret: str) -> Damage:
    async def apply(referral: RunningService, partner: Partner) -> None:
        async with referral.unit_of_work() as uow:
            agency = await uow.session.get_one(Agency, partner.id)
            agency.signing_secret = await uow.keys.seal(partner.id, signing_secret_field(partner.id), secret)

    return apply


DAMAGE = [
    pytest.param(set_key(base64.b64encode(os.urandom(31)).decode()), "not-sealed", id="key too short"),
    pytest.param(set_key("what is this?"), "not-sealed", id="no key at all"),
    pytest.param(set_key(ALL_ZERO), "not-sealed", id="key known to everyone"),
    pytest.param(set_secret("whsec_a"), "not-signed", id="secret that is none"),
    pytest.param(set_secret(""), "not-signed", id="empty secret"),
]


@pytest.mark.parametrize(("damage", "reason"), DAMAGE)
async def test_a_message_that_is_not_ready_was_not_sent_and_a_person_is_alarmed_at_once(
    referral: RunningService, clock: MovableClock, damage: Damage, reason: str
) -> None:
    event = consented()
    async with a_partner(referral, encryption_key=a_key()) as partner:
        await damage(referral, partner)
        await referral.given(event)
        await referral.run_loop("run_deliveries")
        assert partner.http.asked == []
        (alarm,) = await referral.announced(ReferralUndeliverable)
        assert (alarm.disclosure_id, alarm.reason) == (event.disclosure_id, reason)
        (row,) = await referral.fetch("SELECT posts, misses, failures, state FROM deliveries")
        assert tuple(row) == (0, 0, 1, "waiting"), "no attempt that may have arrived"
        listed = await referral.http.get("/v1/referrals", headers=partner.sign_in())
        assert listed.json()["items"] == []


async def test_once_the_key_is_corrected_it_is_sent_with_the_same_id(
    referral: RunningService, clock: MovableClock
) -> None:
    event = authorised()
    async with a_partner(referral, encryption_key=a_key()) as partner:
        await set_key("broken")(referral, partner)
        await referral.given(event)
        await referral.run_loop("run_deliveries")
        await set_key(a_key())(referral, partner)
        clock.forward(seconds=2)
        await referral.run_loop("run_deliveries")
        assert partner.webhook_ids == [str(event.disclosure_id)]
    (sent,) = await referral.announced(ReferralSent)
    assert sent.attempts == 2


async def test_a_message_that_was_never_sent_for_want_of_a_key_is_not_recalled(
    referral: RunningService, clock: MovableClock
) -> None:
    event = consented()
    async with a_partner(referral, encryption_key=a_key()) as partner:
        await set_key("broken")(referral, partner)
        await referral.given(event)
        await referral.run_loop("run_deliveries")
        await referral.given(recalled(event))
        assert len(await referral.fetch("SELECT id FROM deliveries")) == 1
