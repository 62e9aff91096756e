"""Desk of one adviser: one case, its history, and requests in the adviser's or a lead's name."""

import asyncio
import time
from typing import Any

from tools.simulation.api_client import ApiClient, Json, RequestRefused
from tools.simulation.results.case_history import THE_REPORTER, CaseHistory
from tools.simulation.work.work_log import WorkLog

CASE_EXISTS_WITHIN = 180.0
POLL_EVERY = 0.4


class CaseDesk:
    """One case with the adviser who works on it, and a lead to sign where two people must."""

    def __init__(
        self, client: ApiClient, history: CaseHistory, log: WorkLog, *, adviser: str, lead: str
    ) -> None:
        self.history, self.log = history, log
        self.case: Json = {}
        self._client = client
        self._adviser, self._lead = adviser, lead

    async def wait_for_case(self, contact_id: str) -> None:
        """Return when the case is there: a report becomes one by itself, a moment after it came in."""
        until = time.monotonic() + CASE_EXISTS_WITHIN
        while time.monotonic() < until:
            path = f"/v1/cases?contact_id={contact_id}"
            found = (await self._client.request("case", "GET", path, user=self._adviser))["items"]
            if found and found[0]["report_imported_at"] is not None:
                self.case = await self._client.case(found[0]["id"], user=self._adviser)
                return
            await asyncio.sleep(POLL_EVERY)
        raise TimeoutError(f"Report {self.history.report.number} has not become a case.")

    async def read_again(self) -> None:
        self.case = await self._client.case(self.case["id"], user=self._adviser)

    async def change(self, path: str, body: Json) -> None:
        """PUT a part of the case."""
        answer = await self._client.change_case(self.case, path, body, user=self._adviser)
        self.case["version"] = answer["version"]

    async def post(self, path: str, body: Json | None = None, *, as_lead: bool = False) -> Any:
        url = f"/v1/cases/{self.case['id']}/{path}"
        user = self._lead if as_lead else self._adviser
        return await self._client.request("case", "POST", url, body, user=user)

    async def disclosures(self) -> list[Json]:
        path = f"/v1/cases/{self.case['id']}/disclosures"
        return [one async for one in self._client.items("case", path, user=self._adviser)]

    def person(self, label: str) -> Json | None:
        """Return a person on the case, recognised by the token in their name or description."""
        persons: list[Json] = self.case["persons"]
        if label == THE_REPORTER:
            return next(one for one in persons if one["made_report"])
        token = f"CANARY-{self.history.report.number:04d}-{label}-"
        return next((one for one in persons if token in f"{one['name']} {one['description']}"), None)

    def too_late(self, refused: RequestRefused, *codes: str) -> None:
        """Count an act without effect, for one of these reasons; any other refusal is an error."""
        if refused.code not in codes:
            raise refused
        self.log.too_late[refused.code] += 1
