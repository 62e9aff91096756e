"""One case of the real service beside its model, and what must be the same of both after every step."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.events import DisclosureAuthorised, ReferralUndeliverable
from tests.case.conftest import CaseWork
from tests.case.histories.modelled import ModelledCase, shown
from tests.case.histories.outbox import Outbox
from tests.case.rules.model.table.comparison import marks_alike
from tools.simulation.rules_model.places import Way
from tools.simulation.rules_model.world import CHILD, DANGER, AgencyKey, Fact

GROUNDS = {"danger": DANGER, "child": CHILD}
OPEN = ("waiting", "authorised", "sent", "declined")


def fact_of(said: Any) -> Fact:
    return GROUNDS[said["kind"]], said["subject_id"]


def key_of(recipient: Any) -> AgencyKey:
    return recipient["recipient_kind"], recipient["agency_code"]


def key_said(event: DisclosureAuthorised) -> AgencyKey:
    return str(event.recipient_kind), event.agency_code


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
    outbox: Outbox = field(default_factory=Outbox)
    waiting: list[DisclosureAuthorised] = field(default_factory=list)
    """Messages by force that were authorised, and that the agency was not handed."""
    routes: dict[AgencyKey, str] = field(default_factory=dict)
    """Agencies without a way to them now: `missing`, or `failing` after a message was handed out."""
    sent: list[DisclosureAuthorised] = field(default_factory=list)
    """Messages by force that agencies were handed."""
    undeliverable: set[str] = field(default_factory=set)
    """Messages about which it was said that nothing written can go."""
    redirected: list[tuple[AgencyKey, Way]] = field(default_factory=list)
    """Agencies that declined, each with what was chosen instead."""
    content_changed: bool = False
    """The step may have changed words that no item shows, such as a place."""
    changed_since_look: bool = False

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
        self.changed_since_look = False

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
        supplied = set[AgencyKey]()
        while await self._deliver(supplied):
            pass  # a message that leaves may be followed by a correction
        if self.changed_since_look:
            await self.look()
        for key in self.model.keys() - supplied - {key_said(one) for one in self.waiting}:
            self._compare_news(key)
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
            elif untold and key not in self.newest:  # what was told of something else reads news at once
                assert self.now >= self.model.due(key), f"sent too early: {key}"

    async def _deliver(self, supplied: set[AgencyKey]) -> bool:
        """Bring what was authorised to the agencies, as the referral service does at once where it can."""
        await self.outbox.read(self.cases, self.case_id)
        self.waiting += self.outbox.take_forced()
        went = [one for one in self.waiting if self.routes.get(key_said(one)) != "missing"]
        self.waiting = [one for one in self.waiting if one not in went]
        for event in went:
            await self._hand_out(event, supplied)
        unsaid = [one for one in self.waiting if str(one.disclosure_id) not in self.undeliverable]
        for event in unsaid:
            await self.say_undeliverable(event)
        self.changed_since_look = self.changed_since_look or bool(went or unsaid)
        return bool(went or unsaid)

    async def _hand_out(self, event: DisclosureAuthorised, supplied: set[AgencyKey]) -> None:
        """Ask for the content; where the agency's endpoint fails, say afterwards that nothing written can go."""
        name, key = str(event.disclosure_id), key_said(event)
        answer = await self.cases.issue(event.disclosure_id)
        if answer.status_code != 200:
            return
        if event.kind == "correction":
            self.model.hand_message(key, self.now, again=name not in self.undeliverable)
        else:
            message = json.loads(answer.json()["text"])
            self._read_message(key, message, event.kind, again=name not in self.undeliverable)
            supplied.add(key)
        self.newest[key] = name
        self.sent.append(event)
        if self.routes.get(key) == "failing":
            await self.say_undeliverable(event)

    async def say_undeliverable(self, event: DisclosureAuthorised) -> None:
        """Let the referral service say that nothing written can go to this agency."""
        self.undeliverable.add(str(event.disclosure_id))
        names = {"case_id", "disclosure_id", "recipient_id", "recipient_kind", "agency_code"}
        about = event.model_dump(include=names) | {"referral_id": event.recipient_id}
        about |= {"occurred_at": self.now, "reason": "no-endpoint"}
        await self.cases.service.given(ReferralUndeliverable.model_validate(about))
        if str(event.disclosure_id) != self.newest.get(key_said(event)):
            self.model.open_for_news(key_said(event), self.now)
        self.model.act(key_said(event), "undeliverable")
        self.changed_since_look = True

    def _read_message(self, key: AgencyKey, message: Any, kind: str, *, again: bool) -> None:
        found, may = shown(message, self.names), self.model.forced(key, self.now)
        world = self.model.with_households()
        alike = [set(marks_alike(world, " ".join(one)).split()) for one in (found, may)]
        assert alike[0] == alike[1], f"{key} read {sorted(found - may)}, and not {sorted(may - found)}"
        unsent = any(not life.sent for life in self.model.lives_at(key))
        news = found - self.read.get(key, set())
        waited = not again  # of several that waited for a way, the first carries everything
        assert unsent or news or waited or self.content_changed, f"sent again without news: {key} {kind}"
        self.read[key] = self.read.get(key, set()) | found
        self.model.hand_message(key, self.now, again=again)

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

    def open_at(self, *kinds: str) -> set[AgencyKey]:
        """Return the agencies about which a task of one of these kinds is open."""
        agencies = {one["id"]: key_of(one) for one in self.case_file["recipients"]}
        tasks = [one for one in self.case_file["tasks"] if one["kind"] in kinds and not one["completed_at"]]
        return {agencies[one["recipient_id"]] for one in tasks}

    def _compare_tasks(self) -> None:
        searched, expected = self.open_at("find_place"), self.model.searched(self.now)
        assert searched == expected, f"other searches than in the model: {searched}, not {expected}"
        called = self.open_at("telephone_agency", "telephone_agency_again")
        declined, signed = self.open_at("declined_by_agency"), self.open_at("countersign_call")
        for key in sorted(self.model.keys()):
            lives = [one for one in self.model.lives_at(key) if one.is_open]
            assert key in called or not self.model.must_telephone(key, self.now), f"nobody telephones: {key}"
            handed_back = any(one.declined for one in lives)
            assert not handed_back or key in declined, f"nobody looks for another agency: {key}"
            if all(one.waits_for_countersignature for one in lives):
                assert (key in signed) == bool(lives), (
                    f"countersigned or not, otherwise than in the model: {key}"
                )
