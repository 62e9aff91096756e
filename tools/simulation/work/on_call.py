"""On-call work: a lead and advisers do what tasks ask for; some tasks are left open, with their named holder."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from random import Random

from tools.simulation.api_client import LEADS, ApiClient, Json, RequestRefused
from tools.simulation.results.case_history import CaseHistory
from tools.simulation.work.agency_tasks import AgencyTasks
from tools.simulation.work.case_tasks import CaseTasks
from tools.simulation.work.work_log import WorkLog

POLL_EVERY = 1.0
Work = Callable[[Json], Awaitable[None]]


class OnCallShift:
    """Works through open tasks until it is cancelled; a task that is left stays visible, with its named holder.

    `histories` are by the id of the contact: what is done about a task is part of the history of its case.
    """

    def __init__(
        self, client: ApiClient, log: WorkLog, histories: Mapping[str, CaseHistory], *, seed: int
    ) -> None:
        self._client = client
        self._log = log
        self._random = Random(f"{seed}/duty")
        self._seen: set[str] = set()
        self._free = asyncio.Semaphore(3)
        agencies = AgencyTasks(client, log, histories, self._random)
        cases = CaseTasks(client, log, histories, self._random)
        self._work: dict[str, tuple[float, Work]] = {
            "telephone_agency": (0.6, agencies.telephone),
            "telephone_agency_again": (0.6, agencies.telephone),
            "countersign_call": (0.7, agencies.countersign_call),
            "countersign": (0.7, agencies.countersign),
            "inform_person": (0.6, agencies.inform),
            "declined_by_agency": (0.8, agencies.answer_decline),
            "telephone_recall": (0.8, agencies.answer_recall),
            "find_place": (0.6, cases.find_place),
            "look_at_witness": (0.8, cases.look_at_witness),
            "check_withdrawal": (1.0, cases.check_withdrawal),
        }
        """Share of the tasks of each kind that somebody does, and how."""

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            while True:
                async for task in self._client.items("case", "/v1/tasks", user=LEADS[0]):
                    if task["id"] not in self._seen:
                        self._seen.add(task["id"])
                        group.create_task(self._look_at(task))
                await asyncio.sleep(POLL_EVERY)

    async def _look_at(self, task: Json) -> None:
        share, work = self._work.get(task["kind"], (0.0, None))
        if work is None or self._random.random() >= share:
            return
        async with self._free:
            try:
                await work(task)
            except RequestRefused as refused:  # the agency or a colleague was faster
                if refused.status != 409:
                    raise
                self._log.too_late[refused.code] += 1
