"""One case of the real service beside its model, and what must be the same of both after every step."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.events import DisclosureAuthorised, Event, read
from tests.case.conftest import CaseWork
from tests.case.histories.towns_and_ages import AGENCIES, CARE_DESK, CARE_OF, POLICE_DESK, POLICE_OF
from tests.support.duty_model import ModelCase, ModelDuty, ModelPermission
from tests.support.sharing_model import (
    ACKNOWLEDGE_DANGER_WITHIN,
    ACKNOWLEDGE_PERMITTED_WITHIN,
    AgencyKey,
    acknowledge_by,
    fields_sent,
)

OVERRIDES = {"override_danger", "override_child"}
UNSENT_OR_UNANSWERED = ("waiting", "authorised", "sent")
UNANSWERED = ("authorised", "issued")
ANNOUNCED = "SELECT number, key, type, body FROM outbox WHERE number > $1"
WORD = re.compile(r"[a-z-]+(?::p\d+)?/[^;\"]*;")
"""Words as `ComparedCase.word` makes them, on whichever case they were said."""


@dataclass
class Message:
    """One disclosure as the model follows it."""

    id: str
    recipient_id: str
    key: AgencyKey
    kind: str
    grounds: list[str]
    at: datetime
    state: str = "authorised"
    was_issued: bool = False
    items: frozenset[str] = frozenset()
    """Everything that this agency was told with it."""
    child_ids: frozenset[str] = frozenset()
    told_by_phone: bool = False

    @property
    def is_forced(self) -> bool:
        return bool(set(self.grounds) & OVERRIDES)

    @property
    def is_unanswered(self) -> bool:
        return self.state in UNANSWERED

    @property
    def has_ended(self) -> bool:
        return self.told_by_phone or self.state in ("withheld", "recalled")


def has_open_duty(recipient: Any) -> bool:
    """Return whether the case file says that this agency must still be told."""
    duty = recipient["duty"]
    return bool(duty and duty["grounds"] and duty["state"] in UNSENT_OR_UNANSWERED)


def grounds_of(recipient: Any) -> set[str]:
    return set(recipient["duty"]["grounds"]) if recipient["duty"] else set()


@dataclass
class ComparedCase:
    """Case and model. `marked` is in every word that is said on this case, so that no other case can hold it."""

    cases: CaseWork
    marked: str
    model: ModelCase = field(default_factory=lambda: ModelCase(AGENCIES))
    permissions: dict[AgencyKey, ModelPermission] = field(default_factory=dict)
    case_id: UUID = field(default_factory=lambda: UUID(int=0))
    ids: dict[str, str] = field(default_factory=dict)
    """Id of each person: p0 made the report; p1, p2, … are the others."""
    case_file: Any = None
    messages: list[Message] = field(default_factory=list)
    permitted: set[str] = field(default_factory=set)
    """Ids of the disclosures that somebody authorised."""
    told_first_by_phone: set[str] = field(default_factory=set)
    """Recipients whose next forced disclosure was told by telephone already."""
    corrections: list[AgencyKey] = field(default_factory=list)
    proposals: dict[str, list[tuple[str, set[Any]]]] = field(default_factory=dict)
    received: list[tuple[Message, int, Any]] = field(default_factory=list)
    fields_read: set[str] = field(default_factory=set)
    was_confirmed: bool = False
    adviser_recorded: bool = False
    versions: dict[str, int] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    """Word that was said last under each field, while it is held."""

    @property
    def now(self) -> datetime:
        return self.cases.clock()

    # Requests and words

    async def of_case(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        if method == "PUT":
            more["if_match"] = f'"{self.case_file["version"]}"'
        return await self.cases.do(method, f"/v1/cases/{self.case_id}/{path}", body, **more)

    def word(self, name: str) -> str:
        """Return a word that nobody else says, kept as what was said last under this field."""
        text = self.new_word(name)
        self.words[name] = text
        return text

    def new_word(self, name: str) -> str:
        self.versions[name] = self.versions.get(name, 0) + 1
        return f"{name}/{self.versions[name]}-{self.marked};"

    # What may go, by the model

    def agency_here(self, kind: str) -> str:
        """Return the agency of a kind that answers for the place of the case."""
        place = self.model.facts.place
        if kind == "health":
            return "trust-one"
        if place is None:
            return POLICE_DESK if kind == "police" else CARE_DESK
        return POLICE_OF[place] if kind == "police" else CARE_OF[place]

    def items_of(self, one: Message) -> set[str]:
        """Return the items that a message may carry now."""
        if one.has_ended:
            return set()
        forced_for = one.child_ids if one.is_unanswered else frozenset[str]()
        return self.model.items_for(one.key, one.grounds, self.now, forced_for=forced_for)

    def words_for(self, items: set[str]) -> set[str]:
        """Return the words that somebody who receives these items may read, and must find."""
        fields = fields_sent(items, self.model.facts)
        return {self.words[name] for name in fields if name in self.words}

    def unanswered(self, recipient_id: str, *, forced: bool) -> list[Message]:
        return [
            one
            for one in self.messages
            if one.recipient_id == recipient_id and one.is_forced is forced and one.is_unanswered
        ]

    def forced_recipient(self, number: int) -> Any:
        """Return a recipient that something forced once."""
        found = [one for one in self.case_file["recipients"] if _key(one) in self.model.duties]
        return found[number % len(found)] if found else None

    # What must hold after every step

    async def check(self) -> None:
        """Do what is due, and compare the case with the model."""
        await self.cases.run_scheduler()
        rows = await self.cases.service.fetch(ANNOUNCED + " AND key = $2", 0, self.case_id)
        before = len(self.messages)
        await self.look([read(row["type"], bytes(row["body"])) for row in rows])
        news = [one.key for one in self.messages[before:] if one.is_forced and one.kind != "correction"]
        assert len(news) == len(set(news)), f"the same news was sent twice: {news}"
        recipients = {_key(one): one for one in self.case_file["recipients"]}
        forced = {key for key, one in recipients.items() if grounds_of(one)}
        must = {key for key, duty in self.model.duties.items() if duty.forced}
        assert forced == must, (
            f"other duties than in the model; missing: {must - forced}, more: {forced - must}"
        )
        for key, duty in self.model.duties.items():
            if key in recipients:
                self._compare_duty(duty, recipients[key]["duty"])
        for key, one in recipients.items():
            self._compare_permission(key, one["permission"])
        await self._compare_disclosures()
        self._nothing_is_silent()
        assert not self.corrections, "a child who was none is corrected nowhere"

    def _compare_duty(self, mine: ModelDuty, duty: Any) -> None:
        if not mine.forced:
            assert duty["state"] in ("stood_down", "rerouted"), f"waits for nothing: {mine.key}"
            return
        children = {fact["subject_id"] for fact in duty["facts"] if fact["kind"] == "child"}
        assert children == {self.ids[name] for name in mine.child_ids}, f"about other children: {mine}"
        dangers = [fact for fact in duty["facts"] if fact["kind"] == "danger"]
        count = sum(1 for ground, _, _ in mine.facts if ground == "override_danger")
        assert len(dangers) == count, f"about other dangers: {mine}"
        assert set(duty["grounds"]) == mine.grounds, f"on other grounds: {mine}"
        self._compare_state(mine, duty["state"])
        mine.waiting = duty["state"] == "waiting"

    def _compare_state(self, mine: ModelDuty, state: str) -> None:
        if mine.acknowledged:
            assert state == "acknowledged", f"answered, and not ended: {mine.key}"
        elif mine.handed_over:
            assert state == "handed_over", f"told by telephone, and not ended: {mine.key}"
        elif state == "waiting":
            assert mine.waiting, f"waits again: {mine.key}"
            assert self.now < mine.send_by, f"not sent in time: {mine.key}"
        else:
            assert state in UNSENT_OR_UNANSWERED, f"ended without an answer: {mine.key} {state}"
            earliest = self.model.earliest
            assert not mine.waiting or (earliest and self.now >= earliest), f"sent too early: {mine.key}"

    def _compare_permission(self, key: AgencyKey, permission: Any) -> None:
        mine = self.permissions.get(key)
        state = permission["state"] if permission else None
        assert state == (mine.state if mine else None), f"another permission than in the model: {key}"

    async def _compare_disclosures(self) -> None:
        answer = await self.of_case("GET", "disclosures?limit=100")
        states = {one["id"]: one["state"] for one in answer.json()["items"]}
        expected = {one.id: one.state for one in self.messages}
        assert states == expected, "disclosures in other states than in the model"

    async def look(self, announced: Sequence[Event]) -> None:
        """Read the case file, and follow all that was announced about the case."""
        self.case_file = await self.cases.read(self.case_id)
        recipients = {one["id"]: one for one in self.case_file["recipients"]}
        authorised = [one for one in announced if isinstance(one, DisclosureAuthorised)]
        for event in authorised[len(self.messages) :]:
            self._follow(event, recipients[str(event.recipient_id)])
        for one in self.messages:
            mine = self.model.duties.get(one.key)
            if mine is not None and mine.rerouted and one.is_forced and one.state == "authorised":
                one.state = "withheld"

    def _follow(self, event: DisclosureAuthorised, recipient: Any) -> None:
        key = (str(event.recipient_kind), event.agency_code)
        one = Message(
            str(event.disclosure_id), str(event.recipient_id), key, event.kind,
            [str(ground) for ground in event.grounds], event.authorised_at,
        )  # fmt: skip
        assert key == _key(recipient), "announced for another agency than the recipient's"
        if not one.is_forced:
            assert one.id in self.permitted, "consent sends by itself"
        else:
            self._follow_forced(one)
        self.messages.append(one)

    def _follow_forced(self, one: Message) -> None:
        mine = self.model.duties.get(one.key)
        assert mine is not None, "sent to an agency that nothing forces"
        told_by_phone = one.recipient_id in self.told_first_by_phone
        if one.kind == "correction":
            assert mine.key in self.corrections, "a correction that nobody needs"
            self.corrections.remove(mine.key)
        else:
            assert mine.forced or mine.was_sent, "sent although nothing forces it"
            assert set(one.grounds) <= (mine.grounds or OVERRIDES), "sent on another ground"
            one.child_ids = frozenset(mine.child_ids)
        if told_by_phone and one.kind != "correction":
            self.told_first_by_phone.remove(one.recipient_id)
            one.state, one.was_issued, one.told_by_phone = "acknowledged", True, True
        else:
            mine.acknowledged = mine.handed_over = False

    def _nothing_is_silent(self) -> None:
        """Every agency that has not answered in time is a telephone task that somebody holds."""
        telephoning = [
            task
            for task in self.case_file["tasks"]
            if task["kind"].startswith("telephone") and task["holder"]
        ]
        called = {task["recipient_id"] for task in telephoning if not task["completed_at"]}
        for recipient in self.case_file["recipients"]:
            if has_open_duty(recipient) and recipient["duty"]["state"] != "waiting":
                silent = self.now >= self._answer_is_due(recipient)
                assert recipient["id"] in called or not silent, f"silent: {_key(recipient)}"
            late = self._unanswered_for_days(recipient["id"])
            telephoned = {
                task["recipient_id"] for task in telephoning if task["outcome"] not in ("acknowledged",)
            }
            assert recipient["id"] in telephoned or not late, f"permitted and silent: {_key(recipient)}"

    def _answer_is_due(self, recipient: Any) -> datetime:
        since = datetime.fromisoformat(recipient["duty"]["authorised_at"])
        due = acknowledge_by(grounds_of(recipient), since, at_once=False)
        at_once_since = self.model.duties[_key(recipient)].at_once_since
        if at_once_since is None:
            return due
        return min(due, max(since, at_once_since) + ACKNOWLEDGE_DANGER_WITHIN)

    def _unanswered_for_days(self, recipient_id: str) -> list[Message]:
        waiting = self.unanswered(recipient_id, forced=False)
        return [one for one in waiting if self.now >= one.at + ACKNOWLEDGE_PERMITTED_WITHIN]


def _key(recipient: Any) -> AgencyKey:
    return recipient["recipient_kind"], recipient["agency_code"]
