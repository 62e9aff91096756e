"""From a report of danger to the signed message at the police force of its place, on the whole platform.

The time that an adviser has to confirm is set to nothing: what is measured is the machine, not people.
"""

import asyncio
import contextlib
import random
import time
from pathlib import Path
from typing import Any
from uuid import UUID

from demo.manners import Manner
from demo.office import Office
from demo.partners import Partner, Partners
from demo.stage import AnswerSender
from deploy.system import LocalSystem

FORCE = "police:E23000005"
POSTCODE = "M1 1AE"
WARM_UP = 20
ARRIVES_WITHIN = 10.0
PAUSE = (0.12, 0.30)
"""Between two reports, so that the machine is idle again and no two are in step with any clock of ours."""
NOBODY_WAITS = {"HELPLINE_CONFIRM_DANGER_SECONDS": "0", "HELPLINE_CONFIRM_CHILD_SECONDS": "0"}


async def measure(home: Path, ports: dict[str, int], bus: str, *, deliveries: int) -> list[float]:
    """Seconds from sending each report to the arrival of its signed message."""
    system = LocalSystem(home, ports=ports, environment=NOBODY_WAITS, bus=bus)
    await system.start()
    try:
        async with Office(system) as office:
            answers = AnswerSender(office)
            async with contextlib.aclosing(answers), Partners(answers, seed=1, patience=60) as partners:
                await _enter(office, partners)
                took = [await _one(office, partners, n) for n in range(WARM_UP + deliveries)]
                return took[WARM_UP:]
    finally:
        await system.stop()


async def _enter(office: Office, partners: Partners) -> None:
    rows = await office.ask("referral", "GET", f"/v1/agencies?body={FORCE}", who="operator")
    agency = rows["agencies"][0]
    partner = Partner(FORCE, UUID(agency["id"]), Manner.WELL)
    partners.add(partner)
    points = {"contact_points": [{"channel": "webhook", "url": partners.address_of(partner)}]}
    path = f"/v1/agencies/{partner.agency}/contact-points"
    read = {"if-match": f'"{agency["version"]}"'}
    answer = await office.ask("referral", "PUT", path, points, who="operator", headers=read)
    partner.secret = answer["signing_secret"]


async def _one(office: Office, partners: Partners, number: int) -> float:
    await asyncio.sleep(random.uniform(*PAUSE))
    known = len(partners.arrivals)
    started = time.time()
    await office.ask("intake", "POST", "/v1/reports", _report(number))
    async with asyncio.timeout(ARRIVES_WITHIN):
        while not (found := [one for one in partners.arrivals[known:] if f"number {number:06d}" in one.text]):
            partners.arrived.clear()
            await partners.arrived.wait()
    return found[0].at - started


def _report(number: int) -> dict[str, Any]:
    return {
        "channel": "app",
        "what_happened": f"He has a knife and she cannot get out. This is number {number:06d}",
        "place": {"postcode": POSTCODE},
        "danger_now": "yes",
        "privacy": "confidential",
    }
