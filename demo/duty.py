"""Whoever is on duty: takes the tasks that come up, telephones agencies, countersigns, tells the person; not always."""

import asyncio
from random import Random

from demo.office import ADVISERS, LEADS, Json, Office, Refused
from demo.people import Notes

LOOKS_EVERY = 1.0
TELEPHONED, COUNTERSIGNED, TOLD, LOOKED_AT = 0.6, 0.7, 0.6, 0.5


class Duty:
    """Works through open tasks until it is cancelled; what it leaves stays a visible task of a named person."""

    def __init__(self, office: Office, notes: Notes, *, seed: int) -> None:
        self._office = office
        self._notes = notes
        self._random = Random(f"{seed}/duty")
        self._seen: set[str] = set()
        self._hands = asyncio.Semaphore(3)
        self.absent = False

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            while True:
                async for task in self._office.pages("case", "/v1/tasks", "tasks", who=LEADS[0]):
                    if task["id"] not in self._seen:
                        self._seen.add(task["id"])
                        group.create_task(self._see_to(task))
                await asyncio.sleep(LOOKS_EVERY)

    async def _see_to(self, task: Json) -> None:
        async with self._hands:
            try:
                await self._do(task)
            except Refused as refused:  # the agency or a colleague was faster
                self._notes.too_late[refused.code] += 1

    async def _do(self, task: Json) -> None:
        draw = self._random.random()
        kind = task["kind"]
        if kind.startswith("telephone_agency") and draw < TELEPHONED:
            await self._telephone(task)
        elif kind == "countersign" and draw < COUNTERSIGNED:
            await self._office.ask(
                "case", "POST", f"/v1/legs/{task['leg_id']}/countersignature", {}, who=LEADS[1]
            )
            self._notes.done["countersigned"] += 1
        elif kind == "tell_person" and draw < TOLD:
            await self._tell(task)
        elif kind == "declined_by_agency" and draw < LOOKED_AT:
            await self._office.ask("case", "POST", f"/v1/tasks/{task['id']}/take", who=LEADS[0])
            self._notes.done["declined, and taken on by a lead"] += 1

    async def _telephone(self, task: Json) -> None:
        await asyncio.sleep(self._random.uniform(0.3, 1.2))
        said = {
            "spoken_to": "Sgt Winter, control room",
            "reference": f"LOG-{self._random.randint(1000, 9999)}",
        }
        await self._office.ask("case", "POST", f"/v1/legs/{task['leg_id']}/hand-over", said, who=ADVISERS[0])
        self._notes.done["handed over by telephone"] += 1

    async def _tell(self, task: Json) -> None:
        case = await self._office.case(task["case_id"], who=ADVISERS[1])
        reporter = next(one for one in case["persons"] if "reporter" in one["roles"])
        told = self._random.random() < 0.7
        said = {"person_id": reporter["id"], "told": told}
        if not told:
            said["reason"] = "not_contactable"
        await self._office.ask("case", "POST", f"/v1/legs/{task['leg_id']}/told", said, who=ADVISERS[1])
        self._notes.done["told" if told else "not told, with the reason"] += 1
