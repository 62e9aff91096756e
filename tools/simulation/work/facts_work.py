"""Work on the facts of one case: places, dangers, ages, further reporters, and facts that prove wrong."""

import asyncio
import time
from random import Random

from tools.simulation.api_client import Json, RequestRefused
from tools.simulation.reports import figures
from tools.simulation.reports.planned_report import SECOND_REPORTER, PlannedPerson
from tools.simulation.results.case_history import KnownDanger
from tools.simulation.work.case_desk import CaseDesk

TOO_LATE_TO_STAND_DOWN = ("already-sent", "new-fact-since-first-signature", "not-found")
SENT_WITHIN = 15.0


class FactsWork:
    """Records what becomes known about one case, and what the plan says of its duties."""

    def __init__(self, desk: CaseDesk, random: Random) -> None:
        self._desk, self._history = desk, desk.history
        self._plan = desk.history.report.plan
        self._done = desk.log.done
        self._random = random

    async def find_place(self) -> None:
        gss = figures.place(self._random).gss
        self._history.places.append(gss)
        await self._desk.change("place", {"council": gss})
        self._done["place found"] += 1

    async def lose_place(self) -> None:
        """Record that the place was wrong and that nobody knows the right one: the search opens again."""
        self._history.places.append(None)
        await self._desk.change("place", {"council": None})
        self._done["place lost"] += 1

    async def answer_duty(self) -> None:
        if self._plan.duty_answer == "stand_down":
            await self._stand_down()
        elif self._plan.duty_answer == "confirm":
            await self._confirm()

    async def _confirm(self) -> None:
        try:
            await self._desk.post("confirmation")
        except RequestRefused as refused:
            self._desk.too_late(refused, "nothing-to-confirm")
        else:
            self._done["confirmed"] += 1

    async def _stand_down(self) -> None:
        """Let two people sign before anything was sent; where a clock or a call was faster, it is too late."""
        dangers = [{"kind": "danger", "subject_id": one["id"]} for one in self._desk.case["dangers"]]
        children = [
            {"kind": "child", "subject_id": one["id"]}
            for one in self._desk.case["persons"]
            if any(said["says_child"] for said in one["statements"])
        ]
        both = "no_person_at_risk"
        reason = "age_mistaken" if not dangers else both if children else "no_danger"
        try:
            await self._two_sign("stand_down", reason, [*dangers, *children])
        except RequestRefused as refused:
            self._desk.too_late(refused, *TOO_LATE_TO_STAND_DOWN)
            return
        self._history.stood_down_at = time.time()
        self._done["stood down by two"] += 1

    async def _two_sign(self, act: str, reason: str, facts: list[Json]) -> None:
        proposal = await self._desk.post("proposals", {"act": act, "reason": reason, "facts": facts})
        await self._desk.post(f"proposals/{proposal['id']}/signature", as_lead=True)

    async def write_protection_summary(self) -> None:
        token = self._history.report.token("protection-summary")
        await self._desk.change(
            "protection-summary", {"text": f"The child is seen at night in the yard. {token}"}
        )
        self._done["protection summary written"] += 1

    # What becomes known on a call-back: it must be shared, and takes effect now

    async def learn(self) -> None:
        learn = {
            "child": self._learn_child,
            "danger": self._learn_danger,
            "adult": self._learn_adult,
            "second_reporter": self._learn_from_second_reporter,
        }
        if self._plan.learn:
            await learn[self._plan.learn]()

    async def _learn_child(self) -> None:
        if person := self._desk.person("person-1"):
            self._history.add_child("person-1", time.time())
            await self._desk.change(f"persons/{person['id']}/age", {"years": 16})
            self._done["somebody was a child"] += 1

    async def _learn_danger(self) -> None:
        if person := self._desk.person("person-1"):
            self._history.dangers.append(KnownDanger("person-1", time.time()))
            await self._desk.post("dangers", {"person_id": person["id"]})
            self._done["danger became known"] += 1

    async def _learn_adult(self) -> None:
        """Record that a child was an adult, once agencies were told: a second person signs, and a correction goes."""
        person = self._desk.person("person-1")
        if person is None or not await self._until_told():
            return
        await self._desk.change(f"persons/{person['id']}/age", {"years": 34})
        await self._desk.read_again()
        waiting = [one["id"] for one in self._desk.case["proposals"] if one["second_signed_by"] is None]
        for proposal_id in waiting:
            await self._desk.post(f"proposals/{proposal_id}/signature", as_lead=True)
        self._history.proved_adult.add("person-1")
        self._done["somebody was an adult, and it was corrected"] += 1

    async def _until_told(self) -> bool:
        """Wait until every agency with a duty was told; return False where that takes too long."""
        until = time.monotonic() + SENT_WITHIN
        while time.monotonic() < until:
            await self._desk.read_again()
            duties = [one["duty"] for one in self._desk.case["recipients"] if one["duty"]]
            if duties and all(one["sent_at"] or one["handed_over_at"] for one in duties):
                return True
            await asyncio.sleep(0.5)
        return False

    async def _learn_from_second_reporter(self) -> None:
        """Record a second reporter, who tells of a danger and lets the police have their name."""
        history, desk = self._history, self._desk
        name = f"Robin Ellery {history.report.token(f'name:{SECOND_REPORTER}')}"
        history.joined.append((PlannedPerson(SECOND_REPORTER, reporter=True), time.time()))
        added = await desk.post(
            "persons", {"roles": ["reporter"], "name": name, "age": {"surely_adult": True}}
        )
        history.consents.append((SECOND_REPORTER, "police", time.time()))
        for choice in ({"privacy": "share"}, {"recipient_kind": "police", "agrees": True}):
            await desk.post(f"persons/{added['id']}/consents", {**choice, "given_how": "phone"})
        history.dangers.append(KnownDanger(None, time.time(), source=SECOND_REPORTER))
        await desk.post("dangers", {"source_reporter_id": added["id"]})
        self._done["a second reporter told of a danger"] += 1
