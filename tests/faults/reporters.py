"""People who report while services die, and remember what they were promised."""

import asyncio
import itertools
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import uuid4

import httpx2

from shared.domain.geography import police_force_of, social_care_of
from tests.faults.patient_client import request_until_answered
from tests.support.builders import a_child, a_report

COUNCILS = ("E08000003", "W06000015", "S12000049")
AGENCY_CODES = tuple(sorted({code(gss) for gss in COUNCILS for code in (police_force_of, social_care_of)}))


@dataclass(frozen=True)
class AcceptedReport:
    """Report that was answered with a receipt; the agencies that must be told follow from what it says."""

    contact_id: str
    opens_case: bool
    must_be_told: frozenset[str]


class Reporters:
    """A few clients at once. Each attempt to send one report carries the same Idempotency-Key."""

    def __init__(self, address: str, *, seed: int, pause: float) -> None:
        self.accepted: list[AcceptedReport] = []
        self.receipts: set[str] = set()
        self.stop_asked = asyncio.Event()
        self._address = f"{address}/v1/reports"
        self._random = Random(seed)
        self._pause = pause
        self._numbers = itertools.count()

    async def report_until_asked_to_stop(self, clients: int = 3) -> None:
        async with (
            httpx2.AsyncClient(trust_env=False, timeout=5.0) as client,
            asyncio.TaskGroup() as group,
        ):
            for _ in range(clients):
                group.create_task(self._go_on_reporting(client))

    async def _go_on_reporting(self, client: httpx2.AsyncClient) -> None:
        while not self.stop_asked.is_set():
            await self._report(client)
            await asyncio.sleep(self._random.uniform(0.5, 1.5) * self._pause)

    async def _report(self, client: httpx2.AsyncClient) -> None:
        body, opens_case, agencies = self._next_report(next(self._numbers))
        headers = {"idempotency-key": uuid4().hex}
        answer = await request_until_answered(client, "POST", self._address, json=body, headers=headers)
        received = answer.json()
        self.receipts.add(received["receipt"])
        self.accepted.append(AcceptedReport(received["contact_id"], opens_case, agencies))

    def _next_report(self, number: int) -> tuple[dict[str, Any], bool, frozenset[str]]:
        """A child in danger, an adult in danger, a concern without danger, or a question, in turn."""
        gss = self._random.choice(COUNCILS)
        place = {"council": gss}
        adult = {"age": {"years": 30}}
        police, care = police_force_of(gss), social_care_of(gss)
        match number % 6:
            case 0 | 1:
                report = a_report(place=place, danger_now="yes", persons=[a_child()])
                return report, True, frozenset((police, care))
            case 2 | 3:
                report = a_report(place=place, danger_now="yes", persons=[adult])
                return report, True, frozenset((police,))
            case 4:
                return a_report(place=place, persons=[adult]), True, frozenset()
            case _:
                return {"channel": "app", "purpose": "training_and_information"}, False, frozenset()
