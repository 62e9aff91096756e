"""Agencies that misbehave, and a run of many deliveries to all of them; each removes doubles by webhook-id alone."""

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from uuid import UUID

from shared.events import DisclosureAuthorised
from shared.geography import bodies
from shared.vocabulary import RecipientKind
from tests.referral.builders import authorised, consented, supplement_to
from tests.referral.doubles import set_webhook
from tests.running import MovableClock, RunningService
from tests.shared.local_http import Answer, Asked, LocalHttp, serving

FORCES = [one.code for one in bodies() if one.kind.serves == {RecipientKind.POLICE}]
TAKEN = Answer(status=204)
FAR_AHEAD = Answer(status=429, headers={"retry-after": "8640000"})
LONG_PAGE = b"<p>thank you</p>" * 200_000


class Manner(StrEnum):
    WELL = "well"
    FLAPPING = "flapping"
    SLOW = "slow"
    HUGE = "huge"
    GONE = "gone"
    BUSY = "busy"


@dataclass
class BadPartner:
    """An agency that removes what it met before by webhook-id, and by nothing else. `effects` is what it acted on."""

    body: str
    manner: Manner
    random: Random
    effects: list[UUID] = field(default_factory=list)
    met: set[str] = field(default_factory=set)
    asked: int = 0
    faults: int = 0
    recovered: bool = False
    url: str = ""

    def take(self, asked: Asked) -> None:
        if asked.headers["webhook-id"] not in self.met:
            self.met.add(asked.headers["webhook-id"])
            self.effects.append(UUID(json.loads(asked.body)["disclosure_id"]))

    async def __call__(self, asked: Asked) -> Answer:
        self.asked += 1
        fault = None if self.manner is Manner.WELL else await self._fault(asked)
        if fault is None:
            self.take(asked)
            return Answer(LONG_PAGE) if self.manner is Manner.HUGE else TAKEN
        self.faults += 1
        return fault

    async def _fault(self, asked: Asked) -> Answer | None:
        """How this try goes wrong; None where it does not. What was taken and lost all the same raises."""
        luck = self.random.random()
        if self.manner is Manner.FLAPPING:
            return self._flap(asked, luck)
        if self.manner is Manner.SLOW:
            return await self._dawdle(asked, luck)
        if self.manner is Manner.HUGE:
            return Answer(LONG_PAGE, status=500) if luck < 0.3 else None
        if self.recovered:
            return None
        return Answer(status=410) if self.manner is Manner.GONE else FAR_AHEAD

    def _flap(self, asked: Asked, luck: float) -> Answer | None:
        if luck < 0.25:
            return Answer(status=502)
        if luck > 0.65:
            return None
        if luck > 0.45:
            self.take(asked)
        self.faults += 1  # what raises is not counted by whoever called
        raise ConnectionResetError  # before it was read, or after: from outside nobody can tell

    async def _dawdle(self, asked: Asked, luck: float) -> Answer | None:
        await asyncio.sleep(0.05)
        if luck > 0.1:
            return None
        self.take(asked)
        self.faults += 1
        await asyncio.sleep(30)
        raise ConnectionResetError


@dataclass(frozen=True)
class Outcome:
    """What came of a run: what never arrived, what had its effect more than once, and how much went wrong."""

    deliveries: int
    missing: set[UUID]
    doubled: set[UUID]
    tries: int
    faults: int


@contextlib.asynccontextmanager
async def partners(referral: RunningService, manners: Sequence[Manner]) -> AsyncIterator[list[BadPartner]]:
    made = [BadPartner(FORCES[n], manner, Random(n)) for n, manner in enumerate(manners)]
    async with contextlib.AsyncExitStack() as servers:
        for partner in made:
            http: LocalHttp = await servers.enter_async_context(serving(partner))
            await set_webhook(referral, partner.body, f"{http.url}/hook")
            partner.url = http.url
        yield made


async def storm(
    referral: RunningService, clock: MovableClock, manners: Sequence[Manner], *, matters: int
) -> Outcome:
    """Brings each partner so many matters of three messages, in danger and not, until nothing waits any more."""
    given: list[DisclosureAuthorised] = []
    async with partners(referral, manners) as made:
        firsts = [_first(n, partner.body) for partner in made for n in range(matters)]
        for turn in range(3):
            for first in firsts:
                event = first if turn == 0 else supplement_to(first)
                given.append(event)
                await referral.given(event)
            await referral.run_loop("deliver")
        await _everything_recovers(referral, made)
        for _ in range(40):
            clock.forward(days=2)
            await referral.run_loop("deliver")
            if not await referral.fetch("SELECT id FROM deliveries WHERE state <> 'sent'"):
                break
    effects = Counter(one for partner in made for one in partner.effects)
    return Outcome(
        deliveries=len(given),
        missing={one.disclosure_id for one in given} - set(effects),
        doubled={one for one, times in effects.items() if times > 1},
        tries=sum(partner.asked for partner in made),
        faults=sum(partner.faults for partner in made),
    )


def _first(number: int, body: str) -> DisclosureAuthorised:
    make: Callable[..., DisclosureAuthorised] = authorised if number % 3 else consented
    return make(body=body)


async def _everything_recovers(referral: RunningService, made: Sequence[BadPartner]) -> None:
    """What is gone gets a new address from an operator; what was busy has time again."""
    for partner in made:
        partner.recovered = True
        if partner.manner is Manner.GONE:
            await set_webhook(referral, partner.body, f"{partner.url}/new")
