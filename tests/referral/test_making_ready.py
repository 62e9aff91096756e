"""A message that cannot be sealed or signed was not sent: nothing of it may have arrived, and a person is told."""

import base64
import os
from collections.abc import Awaitable, Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from referral_service.agencies import Agency, secret_place
from shared.events import ReferralSent, ReferralUndeliverable
from tests.referral.builders import authorised, consented, recalled
from tests.referral.doubles import Partner, a_partner
from tests.running import MovableClock, RunningService

Break = Callable[[RunningService, Partner], Awaitable[None]]
ALL_ZERO = base64.b64encode(bytes(32)).decode()
"""A point that leads to a secret known to everyone: no message is closed with it."""


def a_key() -> str:
    return base64.b64encode(X25519PrivateKey.generate().public_key().public_bytes_raw()).decode()


def _key_becomes(key: str) -> Break:
    async def broken(referral: RunningService, partner: Partner) -> None:
        await referral.fetch("UPDATE agencies SET encryption_key = $2 WHERE id = $1", partner.id, key)

    return broken


def _secret_becomes(secret: str) -> Break:
    async def broken(referral: RunningService, partner: Partner) -> None:
        async with referral.unit_of_work() as uow:
            agency = await uow.session.get_one(Agency, partner.id)
            agency.signing_secret = await uow.keys.seal(partner.id, secret_place(partner.id), secret)

    return broken


BROKEN = [
    pytest.param(_key_becomes(base64.b64encode(os.urandom(31)).decode()), "not-sealed", id="key too short"),
    pytest.param(_key_becomes("what is this?"), "not-sealed", id="no key at all"),
    pytest.param(_key_becomes(ALL_ZERO), "not-sealed", id="key known to everyone"),
    pytest.param(_secret_becomes("whsec_a"), "not-signed", id="secret that is none"),
    pytest.param(_secret_becomes(""), "not-signed", id="empty secret"),
]


@pytest.mark.parametrize(("broken", "reason"), BROKEN)
async def test_what_cannot_be_made_ready_was_not_sent_and_a_person_is_told_at_once(
    referral: RunningService, clock: MovableClock, broken: Break, reason: str
) -> None:
    event = consented()
    async with a_partner(referral, encryption_key=a_key()) as partner:
        await broken(referral, partner)
        await referral.given(event)
        await referral.run_loop("deliver")
        assert partner.http.asked == []
        (told,) = await referral.announced(ReferralUndeliverable)
        assert (told.disclosure_id, told.reason) == (event.disclosure_id, reason)
        (row,) = await referral.fetch("SELECT posts, misses, failures, state FROM deliveries")
        assert tuple(row) == (0, 0, 1, "waiting"), "no try that may have arrived"
        listed = await referral.http.get("/v1/referrals", headers=partner.sign_in())
        assert listed.json()["referrals"] == []


async def test_once_the_key_is_put_right_it_leaves_with_the_same_id(
    referral: RunningService, clock: MovableClock
) -> None:
    event = authorised()
    async with a_partner(referral, encryption_key=a_key()) as partner:
        await _key_becomes("broken")(referral, partner)
        await referral.given(event)
        await referral.run_loop("deliver")
        await _key_becomes(a_key())(referral, partner)
        clock.forward(seconds=2)
        await referral.run_loop("deliver")
        assert partner.webhook_ids == [str(event.disclosure_id)]
    (sent,) = await referral.announced(ReferralSent)
    assert sent.attempts == 2


async def test_what_never_left_for_want_of_a_key_is_not_called_back(
    referral: RunningService, clock: MovableClock
) -> None:
    event = consented()
    async with a_partner(referral, encryption_key=a_key()) as partner:
        await _key_becomes("broken")(referral, partner)
        await referral.given(event)
        await referral.run_loop("deliver")
        await referral.given(recalled(event))
        assert len(await referral.fetch("SELECT id FROM deliveries")) == 1
