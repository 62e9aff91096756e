"""One case of the real service and its plain model, told the same in the same breath and compared after every step."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from shared.events import DisclosureAuthorised, Event, ReferralAcknowledged, read
from tests.case.conftest import CaseWork
from tests.case.plain_case import AGES, BODIES, TOWNS, PlainCase, PlainLeg
from tests.shared.sharing_model import british
from tests.shared.sharing_worlds import CARE_OF, POLICE_OF

ROLES = {
    "reporter": "reporter",
    "concern": "person_of_concern",
    "household": "household_member",
    "exploiter": "alleged_exploiter",
}
KINDS = {"police": "police", "children_social_care": "care", "health": "health"}
OVERRIDES = {"override_danger": "danger", "override_child": "child"}
TOY = {body: toy for toy, body in BODIES.items()}
TOLD_WITHIN = timedelta(seconds=60)
OPEN = ("authorised", "sent")
NAMING = ("name", "phone", "email", "description", "home", "found")
ANNOUNCED = "SELECT number, key, type, body FROM outbox WHERE number > $1"
WORD = re.compile(r"[a-z-]+(?::p\d+)?/[^;\"]*;")
"""Words as `Driven.word` makes them, whichever case they were told on."""


@dataclass
class Message:
    """One disclosure as the plain model follows it."""

    id: str
    leg_id: str
    body: str
    kind: str
    grounds: list[str]
    at: datetime
    state: str = "authorised"
    has_left: bool = False
    named: frozenset[str] = frozenset()
    children: frozenset[str] = frozenset()
    spoken: bool = False
    """Told by telephone: it is not sent as well."""

    @property
    def forced(self) -> bool:
        return bool(set(self.grounds) & set(OVERRIDES))


class Driven:
    """Hands on one case. Every method is one step of a history; `check` compares what came of it."""

    def __init__(self, cases: CaseWork, *, marked: str) -> None:
        self.cases, self.marked = cases, marked
        self.plain = PlainCase(cases.clock())
        self.case_id = UUID(int=0)
        self.ids: dict[str, str] = {}
        self.page: Any = None
        self.messages: list[Message] = []
        self.permitted: set[str] = set()
        self.spoken_of: set[str] = set()
        self.corrections: list[str] = []
        self.proposals: dict[str, list[tuple[str, set[str]]]] = {}
        self.received: list[tuple[Message, int, Any]] = []
        self.read_by_somebody: set[str] = set()
        self.ever_confirmed = self.adviser_spoke = False
        self.versions: dict[str, int] = {}

    @property
    def now(self) -> datetime:
        return self.cases.clock()

    # How the service is spoken to

    async def ask(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        return await self.cases.do(method, path, body, **more)

    async def of_case(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        if method == "PUT":
            more["if_match"] = f'"{self.page["version"]}"'
        return await self.ask(method, f"/v1/cases/{self.case_id}/{path}", body, **more)

    def word(self, key: str) -> str:
        """Words that nobody else says, kept as what was told last under this key."""
        text = self.new_word(key)
        self.plain.say(key, text)
        return text

    def new_word(self, key: str) -> str:
        self.versions[key] = self.versions.get(key, 0) + 1
        return f"{key}/{self.versions[key]}-{self.marked};"

    def identity(self, name: str, age: str, lives: str | None, found: str | None) -> dict[str, Any]:
        told: dict[str, Any] = {
            key: self.word(f"{key}:{name}") for key in ("name", "phone", "email", "description")
        }
        told |= {"relation_to_child": self.word(f"relation:{name}"), "relation_to_reporter": name}
        told["age"] = AGES[age][0]
        for key, what, town in (("lives_at", "home", lives), ("found_at", "found", found)):
            if town is not None:
                told[key] = {"council": TOWNS[town], "address": self.word(f"{what}:{name}")}
        if lives is not None:
            self.plain.homes.add(name)
        return told

    # Steps

    async def report(self, *, privacy: str | None, share_with: list[str], situation: bool | None, self_report: bool,
                     danger: str, people: list[dict[str, Any]], place: str | None, age: str) -> None:  # fmt: skip
        """`danger`: no, yes, or the name of somebody in danger."""
        plain, now = self.plain, self.now
        plain.world.place = plain.world.last_known = None
        plain.world.place = place
        roles = {"reporter", "concern"} if self_report else {"reporter"}
        told = self.reporter_told(privacy, age)
        plain.add("p0", roles, age, now, report=True, carer=False, lives=None, found=None)
        persons = []
        for number, one in enumerate(people, start=1):
            name = f"p{number}"
            persons.append(self._told(name, one) | {"in_danger": "yes" if danger == name else "unknown"})
            plain.add(name, {one["role"]}, one["age"], now, report=True, carer=one["carer"],
                      lives=one["lives"], found=one["found"])  # fmt: skip
        someone = danger in plain.world.people
        if danger != "no":
            plain.endanger(danger if someone else None, None, now, report=True)
        premises = {"council": TOWNS[place]} if place else {}
        body: dict[str, Any] = {
            "what_happened": self.word("account"),
            "when_happened": self.word("when"),
            "risk_to_approach": self.word("risk"),
            "place": {**premises, "address": self.word("premises"), "description": self.word("described")},
            "reporter": told | {"is_person_of_concern": self_report,
                                "in_danger": "yes" if danger == "p0" else "unknown"},
            "persons": persons,
            "danger_now": "yes" if danger != "no" else "unknown",
            "share_with": share_with,
        }  # fmt: skip
        if privacy != "anonymous":
            body["safe_contact"] = {"code_word": self.word("safe")}
        if privacy is not None:
            body["privacy"] = privacy
            plain.world.said.append((now, "p0", privacy))
        plain.world.said += [(now, "p0", f"+{kind}") for kind in share_with]
        if situation is not None:
            body["situation_may_be_passed_on"] = situation
            plain.world.said.append((now, "p0", f"situation={'yes' if situation else 'no'}"))
        self.case_id = await self.cases.report(**body)
        plain.facts_changed(now)
        self.page = await self.cases.read(self.case_id)
        self.ids = {one["relation_to_reporter"]: one["id"] for one in self.page["persons"]}

    def reporter_told(self, privacy: str | None, age: str) -> dict[str, Any]:
        """As intake hands it over: of an anonymous reporter, no name and no way to reach them."""
        told: dict[str, Any] = {"relation_to_reporter": "p0", "age": AGES[age][0]}
        if privacy != "anonymous":
            told |= {key: self.word(f"{key}:p0") for key in ("name", "phone", "email")}
        return told

    def _told(self, name: str, one: dict[str, Any]) -> dict[str, Any]:
        told = self.identity(name, one["age"], one["lives"], one["found"])
        return told | {"role": ROLES[one["role"]], "cares_for_child": one["carer"]}

    async def add_person(self, *, roles: list[str], age: str, carer: bool, lives: str | None,
                         found: str | None) -> None:  # fmt: skip
        name = f"p{len(self.plain.world.people)}"
        told = self.identity(name, age, lives, found)
        body = told | {"roles": [ROLES[role] for role in roles], "cares_for_child": carer}
        answer = await self.of_case("POST", "persons", body)
        assert answer.status_code == 201, answer.text
        self.ids[name] = answer.json()["id"]
        self.plain.add(name, set(roles), age, self.now, report=False, carer=carer, lives=lives, found=found)
        self.plain.facts_changed(self.now)
        self.adviser_spoke = True

    async def danger(self, *, who: str | None, place: str | None) -> None:
        told = {"person_id": self.ids[who] if who else None, "council": TOWNS[place] if place else None}
        assert (await self.of_case("POST", "dangers", told)).status_code == 201
        self.plain.endanger(who, place, self.now, report=False)
        self.plain.facts_changed(self.now)
        self.adviser_spoke = True

    async def age(self, *, who: str, age: str) -> None:
        answer = await self.of_case("PUT", f"persons/{self.ids[who]}/age", AGES[age][0])
        assert answer.status_code == 200, answer.text
        self.corrections += self.plain.age(who, age, self.now)
        self.plain.facts_changed(self.now)
        self.adviser_spoke = True

    def _is_anonymous(self, who: str) -> bool:
        choices = [word for _, name, word in self.plain.world.said if name == who]
        choices = [word for word in choices if word in ("share", "confidential", "anonymous")]
        return "reporter" in self.plain.world.people[who].roles and choices[-1:] == ["anonymous"]

    async def places(self, *, who: str, lives: str | None, found: str | None) -> None:
        """Where somebody lives and is found is set right, or is not known after all."""
        plain, number = self.plain, len(self.plain.every_word)
        told: dict[str, Any] = {"lives_at": None, "found_at": None}
        words: dict[str, str | None] = {"home": None, "found": None}
        for at, what, town in (("lives_at", "home", lives), ("found_at", "found", found)):
            if town is not None:
                words[what] = f"{what}:{who}/new{number}-{self.marked};"
                told[at] = {"council": TOWNS[town], "address": words[what]}
        refused = self._is_anonymous(who) and any(words.values())
        answer = await self.of_case("PUT", f"persons/{self.ids[who]}/places", told)
        assert answer.status_code == (409 if refused else 200), answer.text
        if refused:
            return
        for what, word in words.items():
            plain.say(f"{what}:{who}", word)
        plain.homes = (plain.homes - {who}) | ({who} if lives else set())
        plain.world.people[who].lives, plain.world.people[who].found = lives, found
        plain.facts_changed(self.now)
        self.adviser_spoke = True

    async def name(self, *, who: str) -> None:
        refused = self._is_anonymous(who)
        new = self.new_word(f"name:{who}")
        answer = await self.of_case("PUT", f"persons/{self.ids[who]}/name", {"name": new})
        assert answer.status_code == (409 if refused else 200), "a name held of somebody anonymous"
        if not refused:
            self.plain.say(f"name:{who}", new)

    async def consent(self, *, who: str, word: str) -> None:
        refused = word == "anonymous" and self._still_needed(who)
        before = {one.id: self._on_consent(one) for one in self._copies()}
        answer = await self.of_case("POST", f"persons/{self.ids[who]}/consents", _as_body(word))
        assert answer.status_code == (409 if refused else 201), f"{word}: {answer.text}"
        if refused:
            return
        self.plain.world.said.append((self.now, who, word))
        lost = [one for one in self._copies() if one.named & (before[one.id] - self._on_consent(one))]
        self._called_back(answer, lost)
        if word == "anonymous" and "reporter" in self.plain.world.people[who].roles:
            for key in NAMING:
                self.plain.say(f"{key}:{who}", None)
            if who == "p0":
                self.plain.say("safe", None)

    def _still_needed(self, who: str) -> bool:
        """While a body must still be told, nothing held of a reporter is taken away."""
        held = [f"{key}:{who}" for key in NAMING] + ["safe"] * (who == "p0")
        reporter = "reporter" in self.plain.world.people[who].roles
        waiting = any(leg["state"] in ("waiting", *OPEN) and _grounds(leg) for leg in self.page["legs"])
        return reporter and waiting and any(key in self.plain.words for key in held)

    async def withdraw(self, *, who: str) -> None:
        answer = await self.of_case("POST", f"persons/{self.ids[who]}/withdrawal")
        assert answer.status_code == 201
        self.plain.world.said.append((self.now, who, "withdraws"))
        everything = "reporter" in self.plain.world.people[who].roles
        self._called_back(answer, [one for one in self._copies() if everything or f"P:{who}" in one.named])

    def _copies(self) -> list[Message]:
        """What left on consent and was not called back."""
        left = [one for one in self.messages if one.has_left and one.state != "recalled"]
        return [one for one in left if "consent" in one.grounds and not one.forced]

    def _on_consent(self, one: Message) -> frozenset[str]:
        leg = self.plain.legs.get(TOY.get(one.body, ""))
        return frozenset(self.plain.leaving(leg, self._kind(one), ["consent"], self.now, body=one.body))

    def _kind(self, one: Message) -> str:
        return str(next(leg["recipient"] for leg in self.page["legs"] if leg["id"] == one.leg_id))

    def _called_back(self, answer: Any, recalled: list[Message]) -> None:
        assert set(answer.json()["recalled"]) == {one.id for one in recalled}, "a copy that nobody calls back"
        for one in recalled:
            one.state = "recalled"

    async def summary(self, *, protection: bool) -> None:
        key = "protection-summary" if protection else "summary"
        assert (await self.of_case("PUT", key, {"text": self.word(key)})).status_code == 200

    async def source(self, *, left_out: bool) -> None:
        reason = "source_at_risk_if_identified" if left_out else None
        assert (await self.of_case("PUT", "source", {"left_out_reason": reason})).status_code == 200
        self.plain.world.left_out = left_out

    async def confirm(self) -> None:
        assert (await self.of_case("POST", "confirmation")).status_code == 200
        self.plain.confirm(self.now)
        self.ever_confirmed = True

    async def place(self, *, town: str | None) -> None:
        body = {"council": TOWNS[town]} if town else {}
        told = body | {"address": self.word("premises"), "description": self.word("described")}
        assert (await self.of_case("PUT", "place", told)).status_code == 200
        world = self.plain.world
        world.place, world.last_known = town, town or world.place or world.last_known
        self.plain.facts_changed(self.now)

    async def stand_down(self, *, leg: int, by: str) -> None:
        if (one := self._leg(leg)) is None:
            return
        answer = await self.ask(
            "POST", f"/v1/legs/{one['id']}/stand-down", {"reason": "not_a_report"}, name=by
        )
        expected = 201 if one["state"] == "waiting" else 409
        assert answer.status_code == expected, "signed away what is not waiting"
        if expected == 201:
            facts = self.plain.legs[TOY[one["body"]]].facts
            self.proposals.setdefault(one["id"], []).append((by, set(facts)))

    async def sign(self, *, leg: int, by: str) -> None:
        if (one := self._leg(leg)) is None:
            return
        both = "adviser,safeguarding_lead"
        answer = await self.ask("POST", f"/v1/legs/{one['id']}/stand-down/signature", role=both, name=by)
        mine = TOY.get(one["body"])
        others = [facts for first, facts in self.proposals.get(one["id"], []) if first != by]
        signed = mine is not None and one["state"] == "waiting" and bool(others)
        signed = signed and self.plain.legs[mine or ""].facts <= (others or [set()])[-1]
        assert (answer.status_code == 200) == signed, f"one person, or too late: {answer.text}"
        if signed and mine is not None:
            self.plain.stand_down(self.plain.legs[mine])
            self.proposals[one["id"]] = []

    async def hand_over(self, *, leg: int) -> None:
        if (one := self._leg(leg)) is None:
            return
        told = {"spoken_to": "Sgt Hale", "reference": "GMP-1"}
        answer = await self.ask("POST", f"/v1/legs/{one['id']}/hand-over", told)
        mine = self.plain.legs[TOY[one["body"]]]
        duty = bool(_grounds(one)) and one["state"] in ("waiting", *OPEN)
        meant = self._meant_by_telephone(one["id"], mine, duty=duty)
        assert answer.status_code == (200 if duty or meant else 409), answer.text
        for each in meant:
            each.named |= self._may_leave(each, mine)
            each.state, each.has_left, each.spoken = "acknowledged", True, True
        if duty:
            self.spoken_of |= set() if meant else {one["id"]}
            mine.handed_over, mine.telephoned, mine.waits = True, True, False
            self.corrections += self.plain.correct(mine)

    def _meant_by_telephone(self, leg_id: str, mine: PlainLeg, *, duty: bool) -> list[Message]:
        """All that was forced and not answered, or else all that was permitted and still is; a correction of what is
        told goes in writing."""
        here = [one for one in self.messages if one.leg_id == leg_id and one.forced == duty]
        open_ones = [one for one in here if one.state in ("authorised", "left")]
        if not duty:
            return [one for one in open_ones if self._may_leave(one, mine)]
        return [one for one in open_ones if one.kind != "correction"] or open_ones

    async def permit(self, *, kind: str) -> None:
        """An adviser lets leave what somebody consented to."""
        told = {"recipient": kind, **({"body": "trust-one"} if kind == "health" else {})}
        may = self.plain.leaving(None, kind, ["consent"], self.now)
        self._permitted(await self.of_case("POST", "disclosures", told), bool(may))

    async def authorise(self, *, kind: str, who: str) -> None:
        told = {"recipient": kind, "persons": [self.ids[who]], "reason": "serious_crime",
                **({"body": "trust-one"} if kind == "health" else {})}  # fmt: skip
        answer = await self.of_case("POST", "authorisations", told, role="safeguarding_lead", name="lin")
        self._permitted(answer, True)
        body = "trust-one" if kind == "health" else self._body_here(kind)
        self.plain.world.authorised.append((f"{kind}@{body}", frozenset({who})))

    def _body_here(self, kind: str) -> str:
        place = self.plain.world.place
        if place is None:
            return BODIES["police:desk" if kind == "police" else "care:desk"]
        return BODIES[POLICE_OF[place] if kind == "police" else CARE_OF[place]]

    def _permitted(self, answer: Any, may: bool) -> None:
        assert answer.status_code == (201 if may else 409), f"permitted or refused wrongly: {answer.text}"
        if may:
            self.permitted.add(answer.json()["id"])

    async def release(self, *, number: int) -> None:
        """The referral service asks, at whatever moment: first time, again, or long after."""
        if not self.messages:
            return
        known = sorted(self.messages, key=lambda one: (one.at, one.body, one.kind, one.grounds))
        one = known[number % len(known)]
        answer = await self.cases.release(UUID(one.id))
        leg = self.plain.legs.get(TOY.get(one.body, ""))
        if one.kind == "correction" and one.state not in ("withheld", "recalled") and not one.spoken:
            assert answer.status_code == 200
            going: set[str] = set()
        else:
            going = self._may_leave(one, leg)
            assert answer.status_code == (200 if going else 409), f"{one}: {sorted(going)} {answer.text}"
        self.read_by_somebody |= self.plain.keys_read(going)
        self.received.append((one, answer.status_code, answer.json()))
        if answer.status_code != 200:
            one.state = "withheld" if one.state in ("authorised", "left") else one.state
            return
        self._read(json.loads(answer.json()["text"]), answer.json()["text"], going, one)
        if one.state == "authorised":
            one.state, one.has_left = "left", True
            if leg is not None and (one.forced or not leg.duty):
                leg.sent = True
            if leg is not None and one.forced and one.kind != "correction":
                self.corrections += self.plain.correct(leg)
        one.named |= going

    def _may_leave(self, one: Message, leg: PlainLeg | None) -> set[str]:
        if one.state in ("withheld", "recalled") or one.spoken:
            return set()
        grounds = [OVERRIDES.get(ground, ground) for ground in one.grounds]
        children = one.children if one.state in ("authorised", "left") else frozenset[str]()
        return self.plain.leaving(leg, self._kind(one), grounds, self.now, body=one.body, forced_for=children)

    def _read(self, content: Any, text: str, going: set[str], one: Message) -> None:
        """Whoever receives it finds all that they may read and nothing else that was ever told."""
        may = self.plain.may_read(going)
        found = set(WORD.findall(text))
        assert found - may == set(), f"{one.body} read {found - may} of {sorted(going)}"
        assert may - found == set(), f"{one.body} was not told {may - found} of {sorted(going)}"
        persons = {person["ref"] for person in content.get("persons", [])}
        assert persons == {self.ids[word[2:].rstrip("~")] for word in going if word[0] == "P"}
        forced = any(ground.startswith("override") for ground in content["grounds"])
        reporter = any(word[0] == "R" for word in going)
        assert content["protect_source"] == (forced and reporter and one.kind != "correction")
        if one.forced and not self.ever_confirmed and not self.adviser_spoke:
            assert content["verified"] is False

    async def acknowledge(self, *, number: int) -> None:
        left = [one for one in self.messages if one.state == "left"]
        left.sort(key=lambda one: (one.at, one.body, one.kind, one.grounds))
        if not left:
            return
        one = left[number % len(left)]
        answer = ReferralAcknowledged(
            case_id=self.case_id, referral_id=UUID(one.leg_id), disclosure_id=UUID(one.id),
            leg_id=UUID(one.leg_id), recipient=self._kind(one), body=one.body, occurred_at=self.now,
            forced=one.forced, by="api",
        )  # fmt: skip
        await self.cases.service.given(answer)
        for other in self.messages:
            same = other.leg_id == one.leg_id and other.state == "left"
            if same and (other is one or (other.at <= one.at and (one.forced or not other.forced))):
                other.state = "acknowledged"
        if (leg := self.plain.legs.get(TOY.get(one.body, ""))) is not None:
            leg.acknowledged = True

    async def close(self) -> None:
        """A case that still has to tell somebody, or where an age is unasked, is not closed."""
        unasked = any(age == "unasked" for age, _ in self.plain.ages.values())
        duty = any(leg["state"] in ("waiting", *OPEN) and _grounds(leg) for leg in self.page["legs"])
        if unasked or duty:
            answer = await self.of_case("POST", "closing", {"outcome": "advice_only"})
            assert answer.status_code == 409, "closed with something open"

    def _leg(self, number: int) -> Any:
        """A leg that something forced once."""
        legs = [
            leg for leg in self.page["legs"] if leg["body"] in TOY and TOY[leg["body"]] in self.plain.legs
        ]
        return legs[number % len(legs)] if legs else None

    # What must hold after every step

    async def check(self) -> None:
        """Clocks are minded, and the case is what the plain model says."""
        await self.cases.service.run_loop("mind_clocks")
        rows = await self.cases.service.fetch(ANNOUNCED + " AND key = $2", 0, self.case_id)
        await self.look([read(row["type"], bytes(row["body"])) for row in rows])
        legs = {TOY.get(leg["body"], leg["body"]): leg for leg in self.page["legs"]}
        forced = {body for body, leg in legs.items() if _grounds(leg)}
        must = {body for body, leg in self.plain.legs.items() if leg.duty}
        assert forced == must, f"not told: {must - forced}, told: {forced - must}"
        for body, mine in self.plain.legs.items():
            if body in legs:
                self._compare(mine, legs[body])
        self._nothing_is_silent()
        assert not self.corrections, "nobody was told that it was no child"

    def _compare(self, mine: PlainLeg, leg: Any) -> None:
        if not mine.duty:
            assert leg["state"] != "waiting", f"{mine.body} waits for nothing"
            return
        children = {fact.split(":")[1] for fact in leg["facts"] if fact.startswith("child:")}
        assert children == {self.ids[f.split(":")[1]] for f in mine.facts if f.startswith("child:")}, mine
        dangers = [fact for fact in leg["facts"] if fact.startswith("danger:")]
        assert len(dangers) == sum(1 for fact in mine.facts if fact.startswith("danger:")), mine
        assert _grounds(leg) == mine.grounds, mine
        self._compare_state(mine, leg["state"])
        mine.waits = leg["state"] == "waiting"

    def _compare_state(self, mine: PlainLeg, state: str) -> None:
        if state == "waiting":
            assert mine.waits, f"{mine.body} waits again"
            assert self.now < mine.due, f"{mine.body} should have left"
        elif state in OPEN:
            assert not mine.waits or (self.plain.earliest and self.now >= self.plain.earliest), (
                "left too early"
            )
        elif state == "acknowledged":
            assert mine.acknowledged, f"{mine.body} answered nothing"
        else:
            assert (state, mine.handed_over) == ("handed_over", True), f"{mine.body} was dropped: {state}"

    async def look(self, announced: Sequence[Event]) -> None:
        """The case's page, and all that was announced of it, as they are now."""
        self.page = await self.cases.read(self.case_id)
        legs = {leg["id"]: leg for leg in self.page["legs"]}
        authorised = [one for one in announced if isinstance(one, DisclosureAuthorised)]
        for event in authorised[len(self.messages) :]:
            self._heard(event, legs[str(event.leg_id)])
        for one in self.messages:
            mine = self.plain.legs.get(TOY.get(one.body, ""))
            if mine is not None and mine.moved and one.forced and one.state == "authorised":
                one.state = "withheld"

    def _heard(self, event: DisclosureAuthorised, leg: Any) -> None:
        one = Message(str(event.disclosure_id), str(event.leg_id), event.body, event.kind,
                      [str(ground) for ground in event.grounds], event.authorised_at)  # fmt: skip
        assert (leg["recipient"], leg["body"]) == (event.recipient, event.body), (
            "sent to another than the leg's"
        )
        mine = self.plain.legs.get(TOY.get(event.body, ""))
        if not one.forced:
            assert one.id in self.permitted, "consent permits, it does not send"
        elif one.kind == "correction":
            assert mine is not None
            assert mine.body in self.corrections, "a correction that nobody needs"
            self.corrections.remove(mine.body)
        else:
            assert mine is not None
            assert mine.duty or mine.told, "nothing forces this"
            assert {OVERRIDES.get(g, g) for g in one.grounds} <= (mine.grounds or {"danger", "child"})
            one.children = frozenset(mine.children)
            if one.leg_id in self.spoken_of:
                self.spoken_of.remove(one.leg_id)
                one.state, one.has_left, one.spoken = "acknowledged", True, True
        self.messages.append(one)

    def _nothing_is_silent(self) -> None:
        """Whoever has not answered in time is a telephone task that somebody holds."""
        calls = {task["leg_id"] for task in self.page["tasks"]
                 if task["kind"].startswith("telephone_agency") and not task["done_at"] and task["holder"]}  # fmt: skip
        for leg in self.page["legs"]:
            if leg["state"] in OPEN and _grounds(leg):
                since = datetime.fromisoformat(leg["authorised_at"])
                urgent = "danger" in _grounds(leg) and self.now >= since + TOLD_WITHIN
                late = british(self.now) > british(since)
                assert leg["id"] in calls or not (urgent or late), f"{leg['body']} is silent"


def _grounds(leg: Any) -> set[str]:
    return {OVERRIDES[ground] for ground in leg["grounds"] if ground in OVERRIDES}


def _as_body(word: str) -> dict[str, Any]:
    if word.startswith("situation="):
        return {"situation": word == "situation=yes"}
    if word[0] in "+-":
        return {"recipient": word[1:], "agrees": word[0] == "+"}
    return {"privacy": word}
