"""Once in effect and in order, whatever networks and processes do: a partner removes what it met before by its id."""

from random import Random
from typing import Any
from uuid import UUID

import pytest

from referral_service import delivering
from referral_service.claiming import Job
from referral_service.recording import write_down
from shared.events import DisclosureAuthorised, ReferralSent
from shared.platform import Platform
from tests.referral.builders import authorised, consented, supplement_to
from tests.referral.doubles import MANCHESTER_POLICE, Partner, a_partner
from tests.running import MovableClock, RunningService
from tests.shared.local_http import Asked

MATTERS = 25
FAULTED = 0.35
BODIES = (MANCHESTER_POLICE, "police:E23000001", "police:E23000013")


class Chance:
    """Faults by a seed: errors, lost answers, and processes that die before they write down what happened."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.faults = 0

    async def lose(self, _: Asked) -> None:
        if self.random.random() > FAULTED:
            return
        self.faults += 1
        raise ConnectionResetError  # it was read, and the answer never comes

    async def write_down(self, platform: Platform, job: Job, tried: Any) -> None:
        if self.random.random() < FAULTED / 2:
            self.faults += 1
            return
        await write_down(platform, job, tried)


def _in_effect(partners: list[Partner]) -> list[UUID]:
    """What each partner did, having removed what it had met before."""
    return [UUID(one) for partner in partners for one in dict.fromkeys(partner.webhook_ids)]


def _matters() -> list[list[DisclosureAuthorised]]:
    firsts = [(authorised if n % 3 else consented)(body=BODIES[n % len(BODIES)]) for n in range(MATTERS)]
    return [[first, supplement_to(first), supplement_to(first)] for first in firsts]


async def test_every_message_has_its_effect_once_and_in_order_under_faults(
    referral: RunningService, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = Chance(seed=1)
    monkeypatch.setattr(delivering, "write_down", chance.write_down)
    matters = _matters()
    async with (
        a_partner(referral, body=BODIES[0], meanwhile=chance.lose) as one,
        a_partner(referral, body=BODIES[1], meanwhile=chance.lose) as two,
        a_partner(referral, body=BODIES[2], meanwhile=chance.lose) as three,
    ):
        for turn in range(3):
            for matter in matters:
                await referral.given(matter[turn])
            await referral.run_loop("deliver")
        while await referral.fetch("SELECT id FROM deliveries WHERE state <> 'sent'"):
            clock.forward(days=2)
            await referral.run_loop("deliver")
        partners = [one, two, three]
        posts = sum(len(partner.webhook_ids) for partner in partners)
        effects = _in_effect(partners)
    expected = [event.disclosure_id for matter in matters for event in matter]
    assert sorted(effects) == sorted(expected), "nothing is missing, nothing doubled"
    place = {disclosure: number for number, disclosure in enumerate(effects)}
    for matter in matters:
        met = [place[event.disclosure_id] for event in matter]
        assert met == sorted(met), "one matter arrives in the order in which it happened"
    sent = [event.disclosure_id for event in await referral.announced(ReferralSent)]
    assert sorted(sent) == sorted(expected), "and each is announced once"
    assert chance.faults >= 0.2 * posts
