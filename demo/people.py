"""Advisers and leads at work on the reports of the demonstration: some quick, some slow, some not there at all."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any

from demo import figures
from demo.office import ADVISERS, LEADS, Json, Office, Refused
from demo.oracle import World
from demo.told import Part

CASE_IS_THERE_WITHIN = 180.0
LOOKS_EVERY = 0.4
READS_FOR = (0.0, 0.3, 0.8, 5.0)
"""Seconds until an adviser has read a report; the last is too slow, and then silence shares."""
TOO_GENERAL = frozenset(
    {"nothing_opens_this_to_this_recipient", "recipient_does_not_need_it", "another_adult_has_not_agreed"}
)
"""Reasons that accompany every refusal and explain none."""
SENT_WITHIN = 8.0


@dataclass
class Notes:
    """What people did, for the tables at the end."""

    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    too_late: Counter[str] = field(default_factory=Counter)


class Shift:
    """A shift of advisers and leads. Each case has one adviser; so many cases are worked on at a time."""

    def __init__(self, office: Office, *, seed: int) -> None:
        self.notes = Notes()
        self._office = office
        self._seed = seed
        self._hands = asyncio.Semaphore(2 * len(ADVISERS))

    async def attend(self, world: World, contact_id: str) -> None:
        """Everything that people will do about one report; where nothing is planned, nobody looks at it."""
        if not world.report.plan.asks_for_people:
            return
        async with self._hands:
            attending = _Attending(self, self._office, world, Random(f"{self._seed}/{world.report.number}"))
            await attending.work(contact_id)


class _Attending:
    """One adviser with one case in front of them, and a lead within call."""

    def __init__(self, shift: Shift, office: Office, world: World, random: Random) -> None:
        self._notes, self._office, self._world = shift.notes, office, world
        self._random = random
        self._plan = world.report.plan
        self._adviser = random.choice(ADVISERS)
        self._lead = random.choice(LEADS)
        self._case: Json = {}

    async def work(self, contact_id: str) -> None:
        self._case = await self._wait_for_case(contact_id)
        await self._answer_the_report()
        if self._plan.protection_summary:
            await self._write_protection_summary()
        if self._plan.source_left_out:
            await self._leave_source_out()
        if self._plan.learns:
            await self._learn()
        if self._plan.own_consent:
            await self._record_own_consent()
        if self._plan.disclose_to or self._plan.lead_shares_with:
            await self._share()

    async def _wait_for_case(self, contact_id: str) -> Json:
        """A report becomes a case by itself, a moment after it came in."""
        until = time.monotonic() + CASE_IS_THERE_WITHIN
        while time.monotonic() < until:
            path = f"/v1/cases?contact_id={contact_id}"
            found = (await self._office.ask("case", "GET", path, who=self._adviser))["cases"]
            if found and found[0]["taken_over"]:
                return await self._office.case(found[0]["id"], who=self._adviser)
            await asyncio.sleep(LOOKS_EVERY)
        raise TimeoutError(f"Report {self._world.report.number} has not become a case.")

    async def _answer_the_report(self) -> None:
        if self._plan.find_place:
            gss = figures.place(self._random).gss
            self._world.places.append(gss)
            await self._change("place", {"council": gss})
            self._notes.done["place found"] += 1
        if not self._world.forced():
            return
        if self._plan.answer == "stand_down":
            await self._stand_down()
        elif self._plan.answer == "confirm":
            await asyncio.sleep(self._random.choice(READS_FOR))
            await self._post("confirmation", {})
            self._notes.done["confirmed"] += 1

    async def _stand_down(self) -> None:
        """Two people sign for each leg, before anything was sent; where the clock was faster, it has left."""
        reason = {"reason": "age_mistaken" if self._world.children else "no_person_at_risk"}
        for leg in self._case["legs"]:
            path = f"/v1/legs/{leg['id']}/stand-down"
            try:
                await self._office.ask("case", "POST", path, reason, who=self._adviser)
                await self._office.ask("case", "POST", f"{path}/signature", who=self._lead)
            except Refused as refused:
                self._notes.too_late[refused.code] += 1
                return
            self._notes.done["stood down by two"] += 1
        self._world.stood_down = time.time()

    async def _write_protection_summary(self) -> None:
        token = self._world.report.token(Part.PROTECTION)
        await self._change("protection-summary", {"text": f"The child is seen at night in the yard. {token}"})
        self._notes.done["protection summary written"] += 1

    async def _leave_source_out(self) -> None:
        await self._change("source", {"left_out_reason": "source_at_risk_if_identified"})
        self._world.source_left_out = time.time()
        self._notes.done["source left out"] += 1

    async def _learn(self) -> None:
        """On a call-back something becomes known that must be shared, and it takes effect now."""
        person = self._person("person-1")
        if person is None:
            return
        if self._plan.learns == "child":
            self._world.children["person-1"] = time.time()
            await self._change(f"persons/{person['id']}/age", {"years": 16})
            self._notes.done["somebody was a child"] += 1
        else:
            self._world.dangers.append(("person-1", time.time()))
            await self._post("dangers", {"person_id": person["id"]})
            self._notes.done["danger came to light"] += 1

    async def _record_own_consent(self) -> None:
        """A person of concern agrees for themselves, to the police."""
        person = self._person("person-1")
        if person is None:
            return
        self._world.own_consents.append(("person-1", "police", time.time()))
        for said in ({"privacy": "share"}, {"recipient": "police", "agrees": True}):
            await self._post(f"persons/{person['id']}/consents", {**said, "given_how": "phone"})
        self._notes.done["own consent recorded"] += 1

    async def _share(self) -> None:
        token = self._world.report.token(Part.SUMMARY)
        await self._change("summary", {"text": f"Several people are made to work there. {token}"})
        authorised = [await self._authorise(kind) for kind in self._plan.disclose_to]
        if self._plan.lead_shares_with:
            await self._lead_decides(self._plan.lead_shares_with)
        if not self._plan.withdraw:
            return
        if self._plan.withdraw == "after":
            await self._until_sent({leg for leg in authorised if leg})
        await self._withdraw()
        for kind in self._plan.disclose_to:
            await self._authorise(kind)

    async def _authorise(self, kind: str) -> str | None:
        """What was consented to leaves, or is refused with the reasons; the leg on which it goes."""
        mark = (kind, time.time())
        self._world.authorised.append(mark)
        try:
            answer = await self._post("disclosures", {"recipient": kind})
        except Refused as refused:
            if refused.code != "nothing-may-leave":
                raise
            self._world.authorised.remove(mark)
            whys = sorted({stay["why"] for stay in refused.problem.get("stays", [])} - TOO_GENERAL)
            self._notes.refused[", ".join(whys) or refused.code] += 1
            return None
        self._notes.done["disclosure authorised"] += 1
        return str(answer["leg_id"])

    async def _lead_decides(self, kind: str) -> None:
        person = self._person("person-1")
        if person is None:
            return
        self._world.decided_by_lead.append((kind, frozenset({"person-1"}), time.time()))
        decision = {"recipient": kind, "persons": [person["id"]], "reason": "duress"}
        await self._office.ask(
            "case", "POST", f"/v1/cases/{self._case['id']}/authorisations", decision, who=self._lead
        )
        self._notes.done["a lead decided"] += 1

    async def _until_sent(self, legs: set[str]) -> None:
        until = time.monotonic() + SENT_WITHIN
        while time.monotonic() < until:
            case = await self._office.case(self._case["id"], who=self._adviser)
            waiting = [leg for leg in case["legs"] if leg["id"] in legs and leg["sent_at"] is None]
            if not waiting:
                return
            await asyncio.sleep(0.3)

    async def _withdraw(self) -> None:
        reporter = next(one for one in self._case["persons"] if "reporter" in one["roles"])
        await self._post(f"persons/{reporter['id']}/withdrawal", {})
        self._world.withdrawn["reporter"] = time.time()
        self._notes.done[f"withdrawn {self._plan.withdraw} sending"] += 1

    def _person(self, who: str) -> Json | None:
        """Somebody on the case, known again by the mark in their name."""
        mark = f"KANARIE-{self._world.report.number:04d}-{who}-"
        people: list[Json] = self._case["persons"]
        return next((one for one in people if mark in f"{one['name']} {one['description']}"), None)

    async def _change(self, path: str, content: Json) -> None:
        answer = await self._office.change(self._case, path, content, who=self._adviser)
        self._case["version"] = answer.get("version", self._case["version"])

    async def _post(self, path: str, content: Json) -> Any:
        url = f"/v1/cases/{self._case['id']}/{path}"
        return await self._office.ask("case", "POST", url, content, who=self._adviser)
