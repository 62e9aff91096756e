"""On-call work: a lead claims tasks, telephones agencies, countersigns and tells persons; some tasks are left open."""

import asyncio
from random import Random

from tools.simulation.advisers import WorkLog
from tools.simulation.api_client import ADVISERS, LEADS, ApiClient, Json, RequestRefused

POLL_EVERY = 1.0
TELEPHONED, COUNTERSIGNED, INFORMED, CLAIMED = 0.6, 0.7, 0.6, 0.5
"""Shares of the tasks of each kind that somebody does."""
TOLD = 0.7
"""Share of the persons whom an adviser reaches and tells."""


class OnCallShift:
    """Works through open tasks until it is cancelled; a task that is left stays visible, with its named holder."""

    def __init__(self, client: ApiClient, log: WorkLog, *, seed: int) -> None:
        self._client = client
        self._log = log
        self._random = Random(f"{seed}/duty")
        self._seen: set[str] = set()
        self._free = asyncio.Semaphore(3)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            while True:
                async for task in self._client.items("case", "/v1/tasks", user=LEADS[0]):
                    if task["id"] not in self._seen:
                        self._seen.add(task["id"])
                        group.create_task(self._look_at(task))
                await asyncio.sleep(POLL_EVERY)

    async def _look_at(self, task: Json) -> None:
        async with self._free:
            try:
                await self._do(task)
            except RequestRefused as refused:  # the agency or a colleague was faster
                self._log.too_late[refused.code] += 1

    async def _do(self, task: Json) -> None:
        draw = self._random.random()
        kind = task["kind"]
        if kind.startswith("telephone_agency") and draw < TELEPHONED:
            await self._telephone(task)
        elif kind == "countersign" and draw < COUNTERSIGNED:
            await self._post(task, "countersignature", {}, user=LEADS[1])
            self._log.done["countersigned"] += 1
        elif kind == "inform_person" and draw < INFORMED:
            await self._inform(task)
        elif kind == "declined_by_agency" and draw < CLAIMED:
            await self._client.request("case", "POST", f"/v1/tasks/{task['id']}/claim", user=LEADS[0])
            self._log.done["declined, and claimed by a lead"] += 1

    async def _telephone(self, task: Json) -> None:
        await asyncio.sleep(self._random.uniform(0.3, 1.2))
        reference = f"LOG-{self._random.randint(1000, 9999)}"
        body = {"spoken_to": "Sgt Winter, control room", "reference": reference}
        await self._post(task, "phone-handover", body, user=ADVISERS[0])
        self._log.done["handed over by telephone"] += 1

    async def _inform(self, task: Json) -> None:
        case = await self._client.case(task["case_id"], user=ADVISERS[1])
        reporter = next(one for one in case["persons"] if "reporter" in one["roles"])
        informed = self._random.random() < TOLD
        body = {"person_id": reporter["id"], "informed": informed}
        if not informed:
            body["reason"] = "not_contactable"
        await self._post(task, "informed-persons", body, user=ADVISERS[1])
        self._log.done["person told" if informed else "person not told, with the reason"] += 1

    async def _post(self, task: Json, record: str, body: Json, *, user: str) -> None:
        path = f"/v1/case-recipients/{task['recipient_id']}/{record}"
        await self._client.request("case", "POST", path, body, user=user)
