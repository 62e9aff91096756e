"""Advisers and leads who work on the reports of a simulation: some quick, some slow, some absent."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tools.simulation.api_client import ADVISERS, LEADS, ApiClient, Json, RequestRefused
from tools.simulation.reports import figures
from tools.simulation.results.case_history import CaseHistory

CASE_EXISTS_WITHIN = 180.0
POLL_EVERY = 0.4
READS_FOR = (0.0, 0.3, 0.8, 5.0)
"""Seconds until an adviser has read a report. The last is too slow, and then the duty is sent by itself."""
GENERAL_REASONS = frozenset(
    {"nothing_opens_this_to_this_recipient", "recipient_does_not_need_it", "another_adult_has_not_agreed"}
)
"""Reasons that accompany every refusal and explain none."""
SENT_WITHIN = 8.0


@dataclass
class WorkLog:
    """Counts of what people did, for the tables at the end."""

    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    too_late: Counter[str] = field(default_factory=Counter)


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
            await _CaseWork(self.work_log, self._client, history, random).do(contact_id)


class _CaseWork:
    """Work of one adviser on one case, with a lead to sign where two people must."""

    def __init__(self, log: WorkLog, client: ApiClient, history: CaseHistory, random: Random) -> None:
        self._log, self._client, self._history = log, client, history
        self._random = random
        self._plan = history.report.plan
        self._adviser = random.choice(ADVISERS)
        self._lead = random.choice(LEADS)
        self._case: Json = {}

    async def do(self, contact_id: str) -> None:
        self._case = await self._wait_for_case(contact_id)
        await self._answer_report()
        if self._plan.protection_summary:
            await self._write_protection_summary()
        if self._plan.leave_source_out:
            await self._leave_source_out()
        if self._plan.learn:
            await self._learn()
        if self._plan.own_consent:
            await self._record_own_consent()
        if self._plan.disclose_to or self._plan.lead_shares_with:
            await self._share()

    async def _wait_for_case(self, contact_id: str) -> Json:
        """Return the case: a report becomes one by itself, a moment after it came in."""
        until = time.monotonic() + CASE_EXISTS_WITHIN
        while time.monotonic() < until:
            path = f"/v1/cases?contact_id={contact_id}"
            found = (await self._client.request("case", "GET", path, user=self._adviser))["items"]
            if found and found[0]["report_imported_at"] is not None:
                return await self._client.case(found[0]["id"], user=self._adviser)
            await asyncio.sleep(POLL_EVERY)
        raise TimeoutError(f"Report {self._history.report.number} has not become a case.")

    async def _answer_report(self) -> None:
        if self._plan.find_place:
            gss = figures.place(self._random).gss
            self._history.places.append(gss)
            await self._change("place", {"council": gss})
            self._log.done["place found"] += 1
        if not self._history.is_forced:
            return
        if self._plan.duty_answer == "stand_down":
            await self._stand_down()
        elif self._plan.duty_answer == "confirm":
            await asyncio.sleep(self._random.choice(READS_FOR))
            await self._post("confirmation", {})
            self._log.done["confirmed"] += 1

    async def _stand_down(self) -> None:
        """Let two people sign for each duty before anything was sent; where its clock was faster, it is too late."""
        proposal = {"reason": "age_mistaken" if self._history.children else "no_person_at_risk"}
        for recipient in self._case["recipients"]:
            if recipient["duty"] is None:
                continue
            path = f"/v1/case-recipients/{recipient['id']}/stand-down"
            try:
                await self._client.request("case", "POST", path, proposal, user=self._adviser)
                await self._client.request("case", "POST", f"{path}/signature", user=self._lead)
            except RequestRefused as refused:
                self._log.too_late[refused.code] += 1
                return
            self._log.done["stood down by two"] += 1
        self._history.stood_down_at = time.time()

    async def _write_protection_summary(self) -> None:
        token = self._history.report.token("protection-summary")
        await self._change("protection-summary", {"text": f"The child is seen at night in the yard. {token}"})
        self._log.done["protection summary written"] += 1

    async def _leave_source_out(self) -> None:
        await self._change("source", {"left_out_reason": "source_at_risk_if_identified"})
        self._history.source_left_out_at = time.time()
        self._log.done["source left out"] += 1

    async def _learn(self) -> None:
        """Record what becomes known on a call-back: it must be shared, and takes effect now."""
        person = self._person("person-1")
        if person is None:
            return
        if self._plan.learn == "child":
            self._history.add_child("person-1", time.time())
            await self._change(f"persons/{person['id']}/age", {"years": 16})
            self._log.done["somebody was a child"] += 1
        else:
            self._history.dangers.append(("person-1", time.time()))
            await self._post("dangers", {"person_id": person["id"]})
            self._log.done["danger became known"] += 1

    async def _record_own_consent(self) -> None:
        """Record that a person of concern agrees for themselves, to the police."""
        person = self._person("person-1")
        if person is None:
            return
        self._history.own_consents.append(("person-1", "police", time.time()))
        for choice in ({"privacy": "share"}, {"recipient_kind": "police", "agrees": True}):
            await self._post(f"persons/{person['id']}/consents", {**choice, "given_how": "phone"})
        self._log.done["own consent recorded"] += 1

    async def _share(self) -> None:
        token = self._history.report.token("summary")
        await self._change("summary", {"text": f"Several people are made to work there. {token}"})
        authorised = [await self._authorise(kind) for kind in self._plan.disclose_to]
        if self._plan.lead_shares_with:
            await self._share_as_lead(self._plan.lead_shares_with)
        if not self._plan.withdraw:
            return
        if self._plan.withdraw == "after":
            await self._until_sent({disclosure for disclosure in authorised if disclosure})
        await self._withdraw()
        for kind in self._plan.disclose_to:
            await self._authorise(kind)

    async def _authorise(self, kind: str) -> str | None:
        """Authorise what consent permits; return the id of the disclosure, or None where the rules refused."""
        entry = (kind, time.time())
        self._history.authorised.append(entry)
        try:
            answer = await self._post("disclosures", {"recipient_kind": kind})
        except RequestRefused as refused:
            if refused.code != "nothing-may-be-shared":
                raise
            self._history.authorised.remove(entry)
            reasons = {group["reason"] for group in refused.problem.get("withheld", [])} - GENERAL_REASONS
            self._log.refused[", ".join(sorted(reasons)) or refused.code] += 1
            return None
        self._log.done["disclosure authorised"] += 1
        return str(answer["id"])

    async def _share_as_lead(self, kind: str) -> None:
        person = self._person("person-1")
        if person is None:
            return
        self._history.decided_by_lead.append((kind, frozenset({"person-1"}), time.time()))
        decision = {"recipient_kind": kind, "person_ids": [person["id"]], "reason": "duress"}
        path = f"/v1/cases/{self._case['id']}/authorisations"
        await self._client.request("case", "POST", path, decision, user=self._lead)
        self._log.done["a lead decided"] += 1

    async def _until_sent(self, disclosures: set[str]) -> None:
        """Wait until none of these disclosures is still to be sent, or until it has taken too long."""
        until = time.monotonic() + SENT_WITHIN
        path = f"/v1/cases/{self._case['id']}/disclosures"
        while time.monotonic() < until:
            listed = [one async for one in self._client.items("case", path, user=self._adviser)]
            if not any(one["id"] in disclosures and one["state"] == "authorised" for one in listed):
                return
            await asyncio.sleep(0.3)

    async def _withdraw(self) -> None:
        reporter = next(one for one in self._case["persons"] if "reporter" in one["roles"])
        await self._post(f"persons/{reporter['id']}/withdrawal", {})
        self._history.withdrawn_at["reporter"] = time.time()
        self._log.done[f"withdrawn {self._plan.withdraw} sending"] += 1

    def _person(self, label: str) -> Json | None:
        """Return a person on the case, recognised by the token in their name or description."""
        token = f"CANARY-{self._history.report.number:04d}-{label}-"
        persons: list[Json] = self._case["persons"]
        return next((one for one in persons if token in f"{one['name']} {one['description']}"), None)

    async def _change(self, path: str, body: Json) -> None:
        answer = await self._client.change_case(self._case, path, body, user=self._adviser)
        self._case["version"] = answer["version"]

    async def _post(self, path: str, body: Json) -> Any:
        url = f"/v1/cases/{self._case['id']}/{path}"
        return await self._client.request("case", "POST", url, body, user=self._adviser)
