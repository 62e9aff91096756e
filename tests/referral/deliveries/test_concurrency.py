"""Concurrency: danger has slots that nothing slow can take, among all agencies and within each one."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest

from referral_service.deliveries.concurrency import (
    MAX_RUNNING,
    MAX_RUNNING_PER_AGENCY,
    Priority,
    RunningDeliveries,
)
from shared.cancellation import cancel_and_wait
from shared.domain.geography import agencies
from shared.domain.vocabulary import RecipientKind
from shared.events import DisclosureAuthorised
from tests.referral.event_builders import authorised, consented
from tests.referral.partner_double import a_partner, set_webhook
from tests.support.local_http import Answer, Asked, LocalHttp, serving
from tests.support.services import RunningService

FORCES = [one.code for one in agencies() if one.kind.recipient_kinds == {RecipientKind.POLICE}]
HEALTHY, *SLOW = FORCES[:31]


def filled(*priorities: Priority, agency: UUID | None = None) -> RunningDeliveries:
    """Return as many running deliveries as there are slots for, each priority in its turn."""
    running = RunningDeliveries()
    for priority in priorities:
        while priority in running.open_priorities() and agency not in running.busy_agencies(priority):
            running = RunningDeliveries([*running.running, (agency or uuid4(), priority)])
    return running


def test_ordinary_deliveries_leave_slots_for_a_child_and_these_leave_slots_for_danger() -> None:
    assert filled(Priority.ORDINARY).open_priorities() == [Priority.FORCED, Priority.DANGER]
    assert filled(Priority.ORDINARY, Priority.FORCED).open_priorities() == [Priority.DANGER]
    assert filled(Priority.FORCED, Priority.ORDINARY).open_priorities() == [Priority.DANGER]
    assert filled(Priority.DANGER).open_priorities() == []


@pytest.mark.parametrize("order", list(product(Priority, repeat=3)))
def test_no_order_of_arrivals_takes_more_slots_than_there_are(order: tuple[Priority, ...]) -> None:
    priorities = [priority for _, priority in filled(*order).running]
    for priority in Priority:
        assert sum(one <= priority for one in priorities) <= MAX_RUNNING[priority]


def test_an_agency_that_is_slow_with_ordinary_deliveries_is_called_in_danger_all_the_same() -> None:
    agency = uuid4()
    assert len(filled(Priority.ORDINARY, agency=agency).running) == MAX_RUNNING_PER_AGENCY[Priority.ORDINARY]
    full = filled(Priority.ORDINARY, Priority.FORCED, agency=agency)
    assert agency in full.busy_agencies(Priority.FORCED)
    assert agency not in full.busy_agencies(Priority.DANGER)
    assert agency in filled(Priority.DANGER, agency=agency).busy_agencies(Priority.DANGER)


@contextlib.asynccontextmanager
async def slow_agencies(referral: RunningService) -> AsyncIterator[LocalHttp]:
    async def never(_: Asked) -> Answer:
        await asyncio.sleep(60)
        return Answer()

    async with serving(never) as http:
        for agency_code in SLOW:
            await set_webhook(referral, agency_code, f"{http.url}/hook")
        yield http


def for_a_child(**fields: Any) -> DisclosureAuthorised:
    return authorised(**{"grounds": ("override_child",), "urgent": False, **fields})


async def send_danger_beside_slow_agencies(
    referral: RunningService, slow_kind: Callable[..., DisclosureAuthorised]
) -> None:
    """Send a message about danger while all slow agencies are called; TimeoutError after two seconds."""
    async with slow_agencies(referral) as slow, a_partner(referral, agency_code=HEALTHY) as healthy:
        for agency_code in SLOW * 2:
            await referral.given(slow_kind(agency_code=agency_code))
        delivering = asyncio.create_task(referral.run_loop("run_deliveries"))
        try:
            await until_all_slots_are_taken(slow)
            await referral.given(authorised(agency_code=HEALTHY))
            async with asyncio.timeout(2):
                while not healthy.http.asked:  # noqa: ASYNC110  the server of the test has no event to wait for
                    await asyncio.sleep(0.01)
        finally:
            await cancel_and_wait([delivering])


@pytest.mark.parametrize("slow_kind", [consented, for_a_child])
async def test_danger_is_sent_at_once_while_thirty_slow_agencies_are_called(
    referral: RunningService, slow_kind: Callable[..., DisclosureAuthorised]
) -> None:
    await send_danger_beside_slow_agencies(referral, slow_kind)


async def test_without_slots_of_its_own_danger_would_wait(
    referral: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("referral_service.deliveries.concurrency.MAX_RUNNING", dict.fromkeys(Priority, 32))
    monkeypatch.setattr(
        "referral_service.deliveries.concurrency.MAX_RUNNING_PER_AGENCY", dict.fromkeys(Priority, 2)
    )
    with pytest.raises(TimeoutError):
        await send_danger_beside_slow_agencies(referral, consented)


async def test_danger_is_sent_to_an_agency_that_is_slow_with_ordinary_deliveries(
    referral: RunningService,
) -> None:
    async def answer(asked: Asked) -> Answer:
        if str(danger.disclosure_id) not in asked.headers["webhook-id"]:
            await asyncio.sleep(60)
        return Answer(status=204)

    danger = authorised(agency_code=HEALTHY)
    async with serving(answer) as http:
        await set_webhook(referral, HEALTHY, f"{http.url}/hook")
        for _ in range(3):
            await referral.given(for_a_child(agency_code=HEALTHY))
            await referral.given(consented(agency_code=HEALTHY))
        delivering = asyncio.create_task(referral.run_loop("run_deliveries"))
        await until_all_slots_are_taken(http)
        await referral.given(danger)
        async with asyncio.timeout(2):
            while not await referral.fetch("SELECT 1 FROM deliveries WHERE urgent AND state = 'sent'"):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        await cancel_and_wait([delivering])


async def until_all_slots_are_taken(http: LocalHttp) -> None:
    """Wait until no more agencies are called: every slot that slow deliveries may take is taken."""
    known = -1
    while known < len(http.asked):
        known = len(http.asked)
        await asyncio.sleep(0.5)
    assert known > 0
