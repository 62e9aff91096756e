"""Tasks about one agency on one case: telephone calls, declines, recalls, reviews, and who was told."""

import asyncio
import time
from collections.abc import Mapping
from random import Random

from shared.domain.geography import NATIONAL_DESK
from tools.simulation.api_client import ADVISERS, LEADS, ApiClient, Json, RequestRefused
from tools.simulation.results.case_history import CaseHistory, Redirected
from tools.simulation.work.work_log import WorkLog

TOLD = 0.7
"""Share of the persons whom an adviser reaches and tells."""
ENDED_BY_TWO = 0.3
"""Share of the declined duties that two people end, because nobody else is responsible."""
CHOSEN_INSTEAD = {"police": NATIONAL_DESK, "children_social_care": "social_care:E08000035"}
"""Agencies that an adviser chooses after a decline, by recipient kind: the National Crime Agency, and Leeds."""


class AgencyTasks:
    """Does the tasks that are about one case recipient."""

    def __init__(
        self, client: ApiClient, log: WorkLog, histories: Mapping[str, CaseHistory], random: Random
    ) -> None:
        self._client, self._done, self._histories = client, log.done, histories
        self._random = random

    async def telephone(self, task: Json) -> None:
        await asyncio.sleep(self._random.uniform(0.3, 1.2))
        await self._post(task, "phone-handover", self._spoken_to(), user=ADVISERS[0])
        self._done["told by telephone"] += 1

    async def countersign_call(self, task: Json) -> None:
        await self._post(task, "phone-handover/countersignature", user=LEADS[1])
        self._done["call countersigned"] += 1

    async def countersign(self, task: Json) -> None:
        await self._post(task, "countersignature", {}, user=LEADS[1])
        self._done["countersigned"] += 1

    async def answer_recall(self, task: Json) -> None:
        await self._post(
            task, "recall-answer", {**self._spoken_to(), "answer": "destroyed"}, user=ADVISERS[0]
        )
        self._done["recall answered by telephone"] += 1

    async def inform(self, task: Json) -> None:
        case = await self._client.case(task["case_id"], user=ADVISERS[1])
        reporter = next(one for one in case["persons"] if one["made_report"])
        informed = self._random.random() < TOLD
        body = {"person_id": reporter["id"], "informed": informed}
        if not informed:
            body["reason"] = "not_contactable"
        await self._post(task, "informed-persons", body, user=ADVISERS[1])
        self._done["person told" if informed else "person not told, with the reason"] += 1

    async def answer_decline(self, task: Json) -> None:
        """Choose another agency, or let two people end the duty; where neither is possible, claim the task."""
        case = await self._client.case(task["case_id"], user=LEADS[0])
        recipient = next(one for one in case["recipients"] if one["id"] == task["recipient_id"])
        instead = CHOSEN_INSTEAD.get(recipient["recipient_kind"])
        if recipient["duty"] is None or recipient["duty"]["state"] != "declined":
            await self._client.request("case", "POST", f"/v1/tasks/{task['id']}/claim", user=LEADS[0])
            self._done["declined, and claimed by a lead"] += 1
        elif instead in (None, recipient["agency_code"]) or self._random.random() < ENDED_BY_TWO:
            await self._end_declined(task)
        else:
            await self._redirect(task, case, recipient, str(instead))

    async def _redirect(self, task: Json, case: Json, recipient: Json, instead: str) -> None:
        kind = recipient["recipient_kind"]
        redirected = Redirected((kind, recipient["agency_code"]), (kind, instead), time.time())
        history = self._histories[case["contact_id"]]
        history.redirected.append(redirected)
        try:
            await self._post(task, "redirection", {"agency_code": instead}, user=ADVISERS[2])
        except RequestRefused:
            history.redirected.remove(redirected)
            raise
        self._done["declined, and another agency chosen"] += 1

    async def _end_declined(self, task: Json) -> None:
        reason = {"reason": "nobody_else_responsible"}
        proposal = await self._post(task, "end-of-declined-duty", reason, user=ADVISERS[2])
        path = f"/v1/cases/{task['case_id']}/proposals/{proposal['id']}/signature"
        await self._client.request("case", "POST", path, user=LEADS[1])
        self._done["declined, and ended by two"] += 1

    def _spoken_to(self) -> Json:
        return {
            "spoken_to": "Sgt Winter, control room",
            "reference": f"LOG-{self._random.randint(1000, 9999)}",
        }

    async def _post(self, task: Json, record: str, body: Json | None = None, *, user: str) -> Json:
        path = f"/v1/case-recipients/{task['recipient_id']}/{record}"
        answer: Json = await self._client.request("case", "POST", path, body, user=user)
        return answer
