"""Tasks about a case: a place to find, a witness whose home nobody knows, a withdrawal to check."""

import time
from collections.abc import Mapping
from random import Random

from tools.simulation.api_client import ADVISERS, LEADS, ApiClient, Json
from tools.simulation.reports import figures
from tools.simulation.results.case_history import THE_REPORTER, CaseHistory
from tools.simulation.work.work_log import WorkLog

FOUND = 0.7
"""Share of the places that are found; the search for the others is given up, where its fallback has answered."""
HOME_KNOWN = 0.6
"""Share of the witnesses who say where they live; the others are stood down by two people."""


class CaseTasks:
    """Does the tasks that are about a whole case."""

    def __init__(
        self, client: ApiClient, log: WorkLog, histories: Mapping[str, CaseHistory], random: Random
    ) -> None:
        self._client, self._done, self._histories = client, log.done, histories
        self._random = random
        self._searched: set[str] = set()

    async def find_place(self, task: Json) -> None:
        """Find the place, or let two people give up the search; once for a case, unless its own adviser looks."""
        case = await self._client.case(task["case_id"], user=ADVISERS[1])
        history = self._histories[case["contact_id"]]
        if history.report.plan.find_place or case["id"] in self._searched:
            return
        self._searched.add(case["id"])
        if self._random.random() < FOUND:
            gss = figures.place(self._random).gss
            history.places.append(gss)
            await self._client.change_case(case, "place", {"council": gss}, user=ADVISERS[1])
            self._done["place found by the person on call"] += 1
        else:
            await self._give_up(case)

    async def _give_up(self, case: Json) -> None:
        searched = [one["duty"] for one in case["recipients"] if one["duty"] and one["duty"]["fallback"]]
        subjects = {(fact["kind"], fact["subject_id"]) for duty in searched for fact in duty["facts"]}
        facts = [{"kind": kind, "subject_id": subject} for kind, subject in sorted(subjects)]
        if facts:
            await self._two_sign(case, "end_search", "person_not_found", facts)
            self._done["search ended by two"] += 1

    async def look_at_witness(self, task: Json) -> None:
        """Ask a child who saw something where it lives; two people may say that it is a witness only."""
        case = await self._client.case(task["case_id"], user=ADVISERS[1])
        child = next(one for one in case["persons"] if one["made_report"])
        if self._random.random() < HOME_KNOWN:
            gss = figures.place(self._random).gss
            self._histories[case["contact_id"]].homes[THE_REPORTER] = (gss, time.time())
            places = {"lives_at": {"council": gss}}
            await self._client.change_case(case, f"persons/{child['id']}/places", places, user=ADVISERS[1])
            self._done["home of a witness found"] += 1
        else:
            facts = [{"kind": "child", "subject_id": child["id"]}]
            await self._two_sign(case, "stand_down", "witness_only", facts)
            self._histories[case["contact_id"]].stood_down_at = time.time()
            self._done["witness stood down by two"] += 1

    async def check_withdrawal(self, task: Json) -> None:
        """Check that a withdrawal which nobody heard is the person's own wish; then copies are recalled."""
        path = f"/v1/cases/{task['case_id']}/consents"
        entries = [one async for one in self._client.items("case", path, user=ADVISERS[1])]
        for entry in entries:
            if entry["withdraws"] and not entry["in_call"] and entry["check"] is None:
                await self._client.request(
                    "case", "POST", f"{path}/{entry['id']}/check", {"own_wish": True}, user=ADVISERS[1]
                )
                self._done["withdrawal checked"] += 1

    async def _two_sign(self, case: Json, act: str, reason: str, facts: list[Json]) -> None:
        path = f"/v1/cases/{case['id']}/proposals"
        body = {"act": act, "reason": reason, "facts": facts}
        proposal = await self._client.request("case", "POST", path, body, user=ADVISERS[1])
        await self._client.request("case", "POST", f"{path}/{proposal['id']}/signature", user=LEADS[1])
