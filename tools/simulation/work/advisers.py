"""Advisers and leads who work on the reports of a simulation: some quick, some slow, some absent."""

import asyncio
from random import Random

from tools.simulation.api_client import ADVISERS, LEADS, ApiClient
from tools.simulation.results.case_history import CaseHistory
from tools.simulation.work.case_desk import CaseDesk
from tools.simulation.work.facts_work import FactsWork
from tools.simulation.work.sharing_work import SharingWork
from tools.simulation.work.work_log import WorkLog

READS_FOR = (0.0, 0.3, 0.8, 5.0)
"""Seconds until an adviser has read a report. The last is too slow, and then the duty is sent by itself."""


class AdviserTeam:
    """Advisers and leads on shift. Each case has one adviser; only so many cases are worked on at a time."""

    def __init__(self, client: ApiClient, *, seed: int) -> None:
        self.work_log = WorkLog()
        self._client = client
        self._seed = seed
        self._free = asyncio.Semaphore(2 * len(ADVISERS))

    async def work_on(self, history: CaseHistory, contact_id: str) -> None:
        """Do everything that is planned for one report; where nothing is planned, nobody looks at it."""
        if not history.report.plan.needs_people:
            return
        async with self._free:
            random = Random(f"{self._seed}/{history.report.number}")
            adviser, lead = random.choice(ADVISERS), random.choice(LEADS)
            desk = CaseDesk(self._client, history, self.work_log, adviser=adviser, lead=lead)
            await desk.wait_for_case(contact_id)
            await _work(desk, random)


async def _work(desk: CaseDesk, random: Random) -> None:
    """Do what is planned for one case, in the order in which the plan names it."""
    plan = desk.history.report.plan
    facts = FactsWork(desk, random)
    if plan.find_place:
        await facts.find_place()
    if desk.history.is_forced:
        await asyncio.sleep(random.choice(READS_FOR) if plan.duty_answer == "confirm" else 0.0)
        await facts.answer_duty()
    if plan.protection_summary:
        await facts.write_protection_summary()
    await facts.learn()
    if plan.lose_place:
        await facts.lose_place()
    await SharingWork(desk).share()
