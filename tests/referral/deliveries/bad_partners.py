"""Agencies that misbehave, and a run of many deliveries to all of them; each removes repeats by webhook-id alone."""

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from uuid import UUID

from shared.domain.geography import agencies
from shared.domain.vocabulary import RecipientKind
from shared.events import DisclosureAuthorised
from tests.referral.event_builders import authorised, consented, supplement_to
from tests.referral.partner_double import set_webhook
from tests.support.local_http import Answer, Asked, LocalHttp, serving
from tests.support.services import MovableClock, RunningService

FORCES = [one.code for one in agencies() if one.kind.recipient_kinds == {RecipientKind.POLICE}]
ACCEPTED = Answer(status=204)
FAR_AHEAD = Answer(status=429, headers={"retry-after": "8640000"})
LONG_PAGE = b"<p>thank you</p>" * 200_000


class Behaviour(StrEnum):
    WELL = "well"
    FLAPPING = "flapping"
    SLOW = "slow"
    HUGE = "huge"
    GONE = "gone"
    BUSY = "busy"


@dataclass
class BadPartner:
    """Agency that removes repeats by webhook-id and by nothing else. `effects` are the messages that it acted on."""

    agency_code: str
    behaviour: Behaviour
    random: Random
    effects: list[UUID] = field(default_factory=list)
    seen_ids: set[str] = field(default_factory=set)
    asked: int = 0
    faults: int = 0
    recovered: bool = False
    url: str = ""

    def act_on(self, asked: Asked) -> None:
        if asked.headers["webhook-id"] not in self.seen_ids:
            self.seen_ids.add(asked.headers["webhook-id"])
            self.effects.append(UUID(json.loads(asked.body)["disclosure_id"]))

    async def __call__(self, asked: Asked) -> Answer:
        self.asked += 1
        fault = None if self.behaviour is Behaviour.WELL else await self._fault(asked)
        if fault is None:
            self.act_on(asked)
            return Answer(LONG_PAGE) if self.behaviour is Behaviour.HUGE else ACCEPTED
        self.faults += 1
        return fault

    async def _fault(self, asked: Asked) -> Answer | None:
        """Return the answer of an attempt that fails; None where it succeeds. A lost answer raises."""
        luck = self.random.random()
        if self.behaviour is Behaviour.FLAPPING:
            return self._flap(asked, luck)
        if self.behaviour is Behaviour.SLOW:
            return await self._answer_slowly(asked, luck)
        if self.behaviour is Behaviour.HUGE:
            return Answer(LONG_PAGE, status=500) if luck < 0.3 else None
        if self.recovered:
            return None
        return Answer(status=410) if self.behaviour is Behaviour.GONE else FAR_AHEAD

    def _flap(self, asked: Asked, luck: float) -> Answer | None:
        if luck < 0.25:
            return Answer(status=502)
        if luck > 0.65:
            return None
        if luck > 0.45:
            self.act_on(asked)
        self.faults += 1  # the caller does not count what raises
        raise ConnectionResetError  # before it was read or after: from outside it looks the same

    async def _answer_slowly(self, asked: Asked, luck: float) -> Answer | None:
        await asyncio.sleep(0.05)
        if luck > 0.1:
            return None
        self.act_on(asked)
        self.faults += 1
        await asyncio.sleep(30)
        raise ConnectionResetError


@dataclass(frozen=True)
class Outcome:
    """Outcome of a run: what never arrived, what had its effect more than once, and the number of faults."""

    deliveries: int
    missing: set[UUID]
    doubled: set[UUID]
    attempts: int
    faults: int


@contextlib.asynccontextmanager
async def partners(
    referral: RunningService, behaviours: Sequence[Behaviour]
) -> AsyncIterator[list[BadPartner]]:
    made = [BadPartner(FORCES[n], behaviour, Random(n)) for n, behaviour in enumerate(behaviours)]
    async with contextlib.AsyncExitStack() as servers:
        for partner in made:
            http: LocalHttp = await servers.enter_async_context(serving(partner))
            await set_webhook(referral, partner.agency_code, f"{http.url}/hook")
            partner.url = http.url
        yield made


async def deliver_many(
    referral: RunningService, clock: MovableClock, behaviours: Sequence[Behaviour], *, referrals: int
) -> Outcome:
    """Send each partner many referrals of three messages, in danger and not, until nothing waits any more."""
    given: list[DisclosureAuthorised] = []
    async with partners(referral, behaviours) as made:
        firsts = [_first(n, partner.agency_code) for partner in made for n in range(referrals)]
        for turn in range(3):
            for first in firsts:
                event = first if turn == 0 else supplement_to(first)
                given.append(event)
                await referral.given(event)
            await referral.run_loop("run_deliveries")
        await _recover_all(referral, made)
        for _ in range(40):
            clock.forward(days=2)
            await referral.run_loop("run_deliveries")
            if not await referral.fetch("SELECT id FROM deliveries WHERE state <> 'sent'"):
                break
    effects = Counter(one for partner in made for one in partner.effects)
    return Outcome(
        deliveries=len(given),
        missing={one.disclosure_id for one in given} - set(effects),
        doubled={one for one, times in effects.items() if times > 1},
        attempts=sum(partner.asked for partner in made),
        faults=sum(partner.faults for partner in made),
    )


def _first(number: int, agency_code: str) -> DisclosureAuthorised:
    make: Callable[..., DisclosureAuthorised] = authorised if number % 3 else consented
    return make(agency_code=agency_code)


async def _recover_all(referral: RunningService, made: Sequence[BadPartner]) -> None:
    """Give endpoints that are gone a new address, and let busy ones answer again."""
    for partner in made:
        partner.recovered = True
        if partner.behaviour is Behaviour.GONE:
            await set_webhook(referral, partner.agency_code, f"{partner.url}/new")
