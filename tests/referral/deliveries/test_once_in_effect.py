"""Effect of messages: once and in order, whatever networks and processes do, because ids stay the same."""

from random import Random
from typing import Any
from uuid import UUID

import pytest

from referral_service.deliveries import delivery_worker
from referral_service.deliveries.delivery_queue import ClaimedDelivery
from referral_service.deliveries.delivery_results import record_outcome
from shared.events import DisclosureAuthorised, ReferralSent
from shared.service.context import ServiceContext
from tests.referral.event_builders import authorised, consented, supplement_to
from tests.referral.partner_double import MANCHESTER_POLICE, Partner, a_partner
from tests.support.local_http import Asked
from tests.support.services import MovableClock, RunningService

REFERRALS = 25
FAULTED = 0.35
AGENCIES = (MANCHESTER_POLICE, "police:E23000001", "police:E23000013")


class Chance:
    """Faults by a seed: lost answers, and processes that die before they record an outcome."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.faults = 0

    async def lose(self, _: Asked) -> None:
        if self.random.random() > FAULTED:
            return
        self.faults += 1
        raise ConnectionResetError  # it was read, and no answer comes

    async def record_outcome(self, context: ServiceContext, claimed: ClaimedDelivery, outcome: Any) -> None:
        if self.random.random() < FAULTED / 2:
            self.faults += 1
            return
        await record_outcome(context, claimed, outcome)


def _in_effect(partners: list[Partner]) -> list[UUID]:
    """Return what each partner acted on: a repeated id is removed."""
    return [UUID(one) for partner in partners for one in dict.fromkeys(partner.webhook_ids)]


def _referrals() -> list[list[DisclosureAuthorised]]:
    firsts = [
        (authorised if n % 3 else consented)(agency_code=AGENCIES[n % len(AGENCIES)])
        for n in range(REFERRALS)
    ]
    return [[first, supplement_to(first), supplement_to(first)] for first in firsts]


async def test_every_message_has_its_effect_once_and_in_order_under_faults(
    referral: RunningService, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = Chance(seed=1)
    monkeypatch.setattr(delivery_worker, "record_outcome", chance.record_outcome)
    referrals = _referrals()
    async with (
        a_partner(referral, agency_code=AGENCIES[0], meanwhile=chance.lose) as one,
        a_partner(referral, agency_code=AGENCIES[1], meanwhile=chance.lose) as two,
        a_partner(referral, agency_code=AGENCIES[2], meanwhile=chance.lose) as three,
    ):
        for turn in range(3):
            for events in referrals:
                await referral.given(events[turn])
            await referral.run_loop("run_deliveries")
        while await referral.fetch("SELECT id FROM deliveries WHERE state <> 'sent'"):
            clock.forward(days=2)
            await referral.run_loop("run_deliveries")
        partners = [one, two, three]
        posts = sum(len(partner.webhook_ids) for partner in partners)
        effects = _in_effect(partners)
    expected = [event.disclosure_id for events in referrals for event in events]
    assert sorted(effects) == sorted(expected), "nothing is missing, nothing doubled"
    positions = {disclosure: number for number, disclosure in enumerate(effects)}
    for events in referrals:
        seen = [positions[event.disclosure_id] for event in events]
        assert seen == sorted(seen), "the messages of one referral arrive in their order"
    sent = [event.disclosure_id for event in await referral.announced(ReferralSent)]
    assert sorted(sent) == sorted(expected), "and each is announced once"
    assert chance.faults >= 0.2 * posts
