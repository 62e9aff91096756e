"""Danger has places that nothing slow can take, among all agencies and within each one."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest

from referral_service.places import AT_ONCE, PER_AGENCY, Lane, Places
from shared.ending import end
from shared.events import DisclosureAuthorised
from shared.geography import bodies
from shared.vocabulary import RecipientKind
from tests.referral.builders import authorised, consented
from tests.referral.doubles import a_partner, set_webhook
from tests.running import RunningService
from tests.shared.local_http import Answer, Asked, LocalHttp, serving

FORCES = [one.code for one in bodies() if one.kind.serves == {RecipientKind.POLICE}]
HEALTHY, *SLOW = FORCES[:31]


def _filled(*lanes: Lane, agency: UUID | None = None) -> Places:
    """As many of these as there are places for, each lane in its turn."""
    places = Places()
    for lane in lanes:
        while lane in places.open() and agency not in places.full(lane):
            places = Places([*places.held, (agency or uuid4(), lane)])
    return places


def test_what_can_wait_leaves_places_to_a_child_and_that_leaves_places_to_danger() -> None:
    assert _filled(Lane.ORDINARY).open() == [Lane.FORCED, Lane.DANGER]
    assert _filled(Lane.ORDINARY, Lane.FORCED).open() == [Lane.DANGER]
    assert _filled(Lane.FORCED, Lane.ORDINARY).open() == [Lane.DANGER]
    assert _filled(Lane.DANGER).open() == []


@pytest.mark.parametrize("order", list(product(Lane, repeat=3)))
def test_no_order_of_arrivals_takes_more_places_than_there_are(order: tuple[Lane, ...]) -> None:
    lanes = [lane for _, lane in _filled(*order).held]
    for lane in Lane:
        assert sum(one <= lane for one in lanes) <= AT_ONCE[lane]


def test_an_agency_that_is_slow_with_what_can_wait_is_called_in_danger_all_the_same() -> None:
    agency = uuid4()
    assert len(_filled(Lane.ORDINARY, agency=agency).held) == PER_AGENCY[Lane.ORDINARY]
    full = _filled(Lane.ORDINARY, Lane.FORCED, agency=agency)
    assert agency in full.full(Lane.FORCED)
    assert agency not in full.full(Lane.DANGER)
    assert agency in _filled(Lane.DANGER, agency=agency).full(Lane.DANGER)


@contextlib.asynccontextmanager
async def _slow_agencies(referral: RunningService) -> AsyncIterator[LocalHttp]:
    async def never(_: Asked) -> Answer:
        await asyncio.sleep(60)
        return Answer()

    async with serving(never) as http:
        for body in SLOW:
            await set_webhook(referral, body, f"{http.url}/hook")
        yield http


def for_a_child(**told: Any) -> DisclosureAuthorised:
    return authorised(**{"grounds": ("override_child",), "urgent": False, **told})


async def _danger_leaves(referral: RunningService, kept_waiting: Callable[..., DisclosureAuthorised]) -> None:
    """TimeoutError where it does not, within two seconds, while all that is slow is being called."""
    async with _slow_agencies(referral) as slow, a_partner(referral, body=HEALTHY) as healthy:
        for body in SLOW * 2:
            await referral.given(kept_waiting(body=body))
        delivering = asyncio.create_task(referral.run_loop("deliver"))
        try:
            await _still(slow)
            await referral.given(authorised(body=HEALTHY))
            async with asyncio.timeout(2):
                while not healthy.http.asked:  # noqa: ASYNC110 - it happens in another program
                    await asyncio.sleep(0.01)
        finally:
            await end([delivering])


@pytest.mark.parametrize("kept_waiting", [consented, for_a_child])
async def test_danger_leaves_at_once_while_thirty_slow_agencies_are_called(
    referral: RunningService, kept_waiting: Callable[..., DisclosureAuthorised]
) -> None:
    await _danger_leaves(referral, kept_waiting)


async def test_without_places_of_its_own_danger_would_wait(
    referral: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("referral_service.places.AT_ONCE", dict.fromkeys(Lane, 32))
    monkeypatch.setattr("referral_service.places.PER_AGENCY", dict.fromkeys(Lane, 2))
    with pytest.raises(TimeoutError):
        await _danger_leaves(referral, consented)


async def test_danger_is_brought_to_an_agency_that_is_slow_with_what_can_wait(
    referral: RunningService,
) -> None:
    async def answer(asked: Asked) -> Answer:
        if str(danger.disclosure_id) not in asked.headers["webhook-id"]:
            await asyncio.sleep(60)
        return Answer(status=204)

    danger = authorised(body=HEALTHY)
    async with serving(answer) as http:
        await set_webhook(referral, HEALTHY, f"{http.url}/hook")
        for _ in range(3):
            await referral.given(for_a_child(body=HEALTHY))
            await referral.given(consented(body=HEALTHY))
        delivering = asyncio.create_task(referral.run_loop("deliver"))
        await _still(http)
        await referral.given(danger)
        async with asyncio.timeout(2):
            while not await referral.fetch("SELECT 1 FROM deliveries WHERE urgent AND state = 'sent'"):  # noqa: ASYNC110 - elsewhere
                await asyncio.sleep(0.01)
        await end([delivering])


async def _still(http: LocalHttp) -> None:
    """Until nobody more is called: every place that what is slow may take is taken."""
    known = -1
    while known < len(http.asked):
        known = len(http.asked)
        await asyncio.sleep(0.5)
    assert known > 0
