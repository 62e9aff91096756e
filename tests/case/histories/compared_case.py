"""One case of the real service beside its model, and what must be the same of both after every step."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from tests.case.conftest import CaseWork
from tests.case.histories.modelled import ModelledCase, shown
from tests.case.rules.model.table.comparison import marks_alike
from tools.simulation.rules_model.places import Way
from tools.simulation.rules_model.world import CHILD, DANGER, AgencyKey, Fact

GROUNDS = {"danger": DANGER, "child": CHILD}
OPEN = ("waiting", "authorised", "sent", "declined")


def fact_of(said: Any) -> Fact:
    return GROUNDS[said["kind"]], said["subject_id"]


def key_of(recipient: Any) -> AgencyKey:
    return recipient["recipient_kind"], recipient["agency_code"]


def facts_in(recipient: Any) -> set[Fact]:
    return {fact_of(one) for one in recipient["duty"]["facts"]} if recipient["duty"] else set()


@dataclass
class ComparedCase:
    """Case and model: `compare` reads the case file, delivers what was authorised, and asserts."""

    cases: CaseWork
    model: ModelledCase = field(default_factory=ModelledCase)
    case_id: UUID = field(default_factory=lambda: UUID(int=0))
    names: dict[str, str] = field(default_factory=dict)
    """Id of the person with a name."""
    case_file: Any = None
    read: dict[AgencyKey, set[str]] = field(default_factory=dict)
    """Items that each agency was sent by force."""
    newest: dict[AgencyKey, str] = field(default_factory=dict)
    """Newest message by force that each agency was handed."""
    handled: set[str] = field(default_factory=set)
    redirected: list[tuple[AgencyKey, Way]] = field(default_factory=list)
    """Agencies that declined, each with what was chosen instead."""
    content_changed: bool = False
    """The step may have changed words that no item shows, such as a place."""

    @property
    def now(self) -> datetime:
        return self.cases.clock()

    async def of_case(self, method: str, path: str, body: Any = None, **who: str) -> Any:
        """Send a request about the case, a second later."""
        self.cases.clock.forward(seconds=1)
        more = {"if_match": f'"{self.case_file["version"]}"'} if method == "PUT" else {}
        return await self.cases.do(method, f"/v1/cases/{self.case_id}/{path}", body, **more, **who)

    def recipients(self) -> dict[AgencyKey, Any]:
        """Return the agencies that some fact forces to be told, as the case file says."""
        return {key_of(one): one for one in self.case_file["recipients"] if facts_in(one)}

    async def look(self) -> None:
        self.case_file = await self.cases.read(self.case_id)

    async def compare(self) -> None:
        """Do what is due, deliver it, and compare the case with the model."""
        await self.cases.run_scheduler()
        await self.look()
        found, expected = self.recipients(), self.model.keys()
        assert found.keys() == expected, (
            f"other agencies than in the model; missing {expected - found.keys()}, more {found.keys() - expected}"
        )
        for key, one in found.items():
            facts = self.model.facts_at(key)
            assert facts_in(one) == facts, (
                f"on other facts than in the model: {key} {facts_in(one)}, not {facts}"
            )
        self._compare_times(found)
        while await self._deliver():
            pass  # a message that leaves may be followed by a correction
        await self.look()
        for key, one in self.recipients().items():
            self._compare_state(key, one["duty"]["state"])
        self._compare_tasks()
        self.content_changed = False

    def _compare_times(self, found: dict[AgencyKey, Any]) -> None:
        for key, one in found.items():
            untold = not any(life.sent or life.called_by for life in self.model.lives_at(key))
            waits = one["duty"]["state"] == "waiting"
            if waits:
                assert self.now < self.model.due(key), f"not sent in time: {key}"
                assert untold, f"waits again: {key}"
            elif untold:
                assert self.now >= self.model.due(key), f"sent too early: {key}"

    async def _deliver(self) -> bool:
        """Ask for the content of everything that was authorised, as the referral service does at once."""
        supplied, before = set[AgencyKey](), len(self.handled)
        for event in await self.cases.authorised():
            name = str(event.disclosure_id)
            if event.case_id != self.case_id or name in self.handled:
                continue
            self.handled.add(name)
            answer = await self.cases.issue(event.disclosure_id)
            forced = any(ground.startswith("override") for ground in event.grounds)
            key = (str(event.recipient_kind), event.agency_code)
            if answer.status_code == 200 and event.kind == "correction":
                self.model.hand_message(key, self.now)
                self.newest[key] = name
            elif answer.status_code == 200 and forced:
                self._read_message(key, json.loads(answer.json()["text"]), event.kind)
                self.newest[key] = name
                supplied.add(key)
        for key in self.model.keys() - supplied:
            self._compare_news(key)
        return len(self.handled) > before

    def _read_message(self, key: AgencyKey, message: Any, kind: str) -> None:
        found, may = shown(message, self.names), self.model.forced(key, self.now)
        world = self.model.with_households()
        alike = [set(marks_alike(world, " ".join(one)).split()) for one in (found, may)]
        assert alike[0] == alike[1], f"{key} read {sorted(found - may)}, and not {sorted(may - found)}"
        unsent = any(not life.sent for life in self.model.lives_at(key))
        news = found - self.read.get(key, set())
        assert unsent or news or self.content_changed, f"sent again without news: {key} {kind}"
        self.read[key] = self.read.get(key, set()) | found
        self.model.hand_message(key, self.now)

    def _compare_news(self, key: AgencyKey) -> None:
        """An agency that was told by message reads what was added since."""
        if key in self.read:
            world, may = self.model.with_households(), self.model.forced(key, self.now)
            had = set(marks_alike(world, " ".join(self.read[key])).split())
            news = set(marks_alike(world, " ".join(may)).split()) - had - {"S~"}
            assert not news, f"{key} was not told the news: {sorted(news)}"

    def _compare_state(self, key: AgencyKey, state: str) -> None:
        lives = self.model.lives_at(key)
        states = sorted({life.state for life in lives})
        is_open = any(life.is_open for life in lives)
        assert (state in OPEN) == is_open, (
            f"open, or ended, otherwise than in the model: {key} {state}, {states}"
        )
        if not is_open:
            assert state in states, f"ended otherwise than in the model: {key} {state}, {states}"

    def _compare_tasks(self) -> None:
        agencies = {one["id"]: key_of(one) for one in self.case_file["recipients"]}
        open_tasks = [one for one in self.case_file["tasks"] if not one["completed_at"]]
        searched = {agencies[one["recipient_id"]] for one in open_tasks if one["kind"] == "find_place"}
        expected = self.model.searched(self.now)
        assert searched == expected, f"other searches than in the model: {searched}, not {expected}"
        called = {agencies[one["recipient_id"]] for one in open_tasks if "telephone_agency" in one["kind"]}
        for key in sorted(self.model.keys()):
            assert key in called or not self.model.must_telephone(key, self.now), f"nobody telephones: {key}"
        declined = {
            agencies[one["recipient_id"]] for one in open_tasks if one["kind"] == "declined_by_agency"
        }
        for key in sorted(self.model.keys()):
            handed_back = any(life.declined and life.is_open for life in self.model.lives_at(key))
            assert not handed_back or key in declined, f"nobody looks for another agency: {key}"
