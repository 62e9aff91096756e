"""Delivery benchmark: from a report of danger to the signed message at the police force of its place.

The time that an adviser has to confirm is set to nothing: the machine is measured, not people.
"""

import asyncio
import contextlib
import random
import time
from pathlib import Path
from typing import Any
from uuid import UUID

from tools.local.system import LocalSystem
from tools.simulation.api_client import ApiClient
from tools.simulation.partners.partner_agencies import PartnerAgencies, PartnerAgency
from tools.simulation.partners.partner_behaviour import Behaviour
from tools.simulation.setup import AnswerSender, set_contact_points

FORCE = "police:E23000005"
POSTCODE = "M1 1AE"
WARM_UP = 20
ARRIVES_WITHIN = 10.0
PAUSE = (0.12, 0.30)
"""Seconds between two reports. The machine is idle again, and no two are in step with a timer of the platform."""
WITHOUT_WAITING = {"HELPLINE_CONFIRM_DANGER_SECONDS": "0", "HELPLINE_CONFIRM_CHILD_SECONDS": "0"}


async def measure(home: Path, ports: dict[str, int], bus: str, *, deliveries: int) -> list[float]:
    """Return the seconds from sending each report to the arrival of its signed message."""
    system = LocalSystem(home, ports=ports, environment=WITHOUT_WAITING, bus=bus)
    await system.start()
    try:
        async with ApiClient(system) as client:
            sender = AnswerSender(client)
            async with (
                contextlib.aclosing(sender),
                PartnerAgencies(sender, seed=1, escalates_after=60) as partners,
            ):
                await _enter_force(client, partners)
                took = [await _deliver(client, partners, n) for n in range(WARM_UP + deliveries)]
                return took[WARM_UP:]
    finally:
        await system.stop()


async def _enter_force(client: ApiClient, partners: PartnerAgencies) -> None:
    found = await client.request("referral", "GET", f"/v1/agencies?agency_code={FORCE}", user="operator")
    row = found["items"][0]
    agency = PartnerAgency(FORCE, UUID(row["id"]), Behaviour.WELL)
    partners.add(agency)
    points = [{"channel": "webhook", "url": partners.address_of(agency)}]
    await set_contact_points(client, agency, points, version=row["version"])


async def _deliver(client: ApiClient, partners: PartnerAgencies, number: int) -> float:
    await asyncio.sleep(random.uniform(*PAUSE))
    known = len(partners.received)
    started = time.time()
    await client.request("intake", "POST", "/v1/reports", _report(number))
    words = _words(number)
    async with asyncio.timeout(ARRIVES_WITHIN):
        while not (found := [one for one in partners.received[known:] if words in one.text]):
            partners.message_came.clear()
            await partners.message_came.wait()
    return found[0].at - started


def _report(number: int) -> dict[str, Any]:
    return {
        "channel": "app",
        "what_happened": f"He has a knife and she cannot get out. {_words(number)}",
        "place": {"postcode": POSTCODE},
        "danger_now": "yes",
        "privacy": "confidential",
    }


def _words(number: int) -> str:
    return f"This is number {number:06d}"
