"""One case once more, as plainly as it can be said: what must be told to whom and by when, and which words may go.

The rules of who receives what are the plain model of `tests/shared/sharing_model.py`; here are the legs: the facts each
rests on, what two people signed away, what a corrected place moved, and when each must have left.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from tests.shared import sharing_model
from tests.shared.sharing_model import Plain, Someone, british

TOWNS = {
    "leeds": "E08000035",
    "bradford": "E08000032",
    "york": "E06000014",
    "selby": "E06000065",
    "hull": "E06000010",
}
BODIES = {
    "police:west-yorkshire": "police:E23000010",
    "police:north-yorkshire": "police:E23000009",
    "police:humberside": "police:E23000012",
    "police:desk": "police:nca",
    "care:leeds": "social_care:E08000035",
    "care:bradford": "social_care:E08000032",
    "care:york": "social_care:E06000014",
    "care:north-yorkshire": "social_care:E06000065",
    "care:hull": "social_care:E06000010",
    "care:desk": "desk:social_care",
}
AGES: dict[str, tuple[dict[str, object], bool]] = {
    "grown": ({"years": 40}, False),
    "said to be grown": ({"surely_adult": True}, False),
    "no indication": ({"chosen": "unknown_no_indication"}, False),
    "unasked": ({}, False),
    "fifteen": ({"years": 15}, True),
    "about eighteen": ({"years": 18, "about": True}, True),
    "sixteen to twenty": ({"lowest": 16, "highest": 20}, True),
    "born in 2010": ({"date_of_birth": "2010-01-31"}, True),
}
"""How an age is told, and whether the child path is taken for it."""
ADULT = {"grown", "said to be grown"}
"""The ages by which somebody is an adult, and not only of unknown age."""
CONFIRM = {"danger": timedelta(minutes=10), "child": timedelta(minutes=60)}


@dataclass
class PlainLeg:
    """A body that must be told: while `duty`, something forces it; `due` is when it must have left."""

    body: str
    due: datetime
    facts: set[str] = field(default_factory=set)
    covered: set[str] = field(default_factory=set)
    children: set[str] = field(default_factory=set)
    grounds: set[str] = field(default_factory=set)
    duty: bool = False
    waits: bool = True
    sent: bool = False
    acknowledged: bool = False
    handed_over: bool = False
    telephoned: bool = False
    moved: bool = False

    @property
    def told(self) -> bool:
        return self.sent or self.telephoned

    @property
    def kind(self) -> str:
        return self.body.partition(":")[0]

    def end(self) -> None:
        """Nothing forces it any more: two people signed, or another body is told instead."""
        self.facts, self.children, self.grounds = set(), set(), set()
        self.duty, self.waits = False, False


def about(facts: set[str]) -> set[str]:
    return {":".join(fact.split(":")[:2]) for fact in facts}


class PlainCase:
    """Everything recorded on one case, in plain values; persons are p0 (who reported), p1, p2, …"""

    def __init__(self, start: datetime) -> None:
        self.world = Plain()
        self.legs: dict[str, PlainLeg] = {}
        self.dangers: dict[str, tuple[str | None, str | None]] = {}
        self.ages: dict[str, tuple[str, date]] = {}
        self.statements: dict[str, int] = {}
        self.due: dict[str, datetime] = {}
        self.told_at = start
        self.earliest: datetime | None = None
        self.words: dict[str, str] = {}
        self.every_word: set[str] = set()
        self.homes: set[str] = set()
        self.in_the_report: set[str] = set()
        self.world.told_by = {"p0"}

    # What is recorded

    def say(self, key: str, text: str | None) -> None:
        """Words that were told, under what they are; None: no longer held."""
        if text is None:
            self.words.pop(key, None)
        else:
            self.words[key] = text
            self.every_word.add(text)

    def add(self, name: str, roles: set[str], age: str, now: datetime, *, report: bool, carer: bool,
            lives: str | None, found: str | None) -> None:  # fmt: skip
        self.in_the_report |= {name} if report else set()
        self.world.people[name] = Someone(roles, AGES[age][1], carer, None, lives, found)
        self.ages[name], self.statements[name] = (age, british(now)), 0
        self.due[self.child_fact(name)] = now + (CONFIRM["child"] if report else timedelta(0))

    def endanger(self, who: str | None, place: str | None, now: datetime, *, report: bool) -> None:
        fact = f"danger:{len(self.due)}"
        self.due[fact] = now + (CONFIRM["danger"] if report else timedelta(0))
        self.dangers[fact] = (who, place)

    def age(self, name: str, age: str, now: datetime) -> list[str]:
        """Another age is said; answers the bodies that must be told that it is no child after all."""
        one, said = self.world.people[name], (age, british(now))
        if said != self.ages[name] or any(self.child_fact(name) in leg.covered for leg in self.legs.values()):
            self.statements[name] += 1
            self.due[self.child_fact(name)] = now
        self.ages[name], one.child = said, AGES[age][1]
        told = [leg for leg in self.legs.values() if leg.duty and leg.told]
        return [body for leg in told for body in self.correct(leg)]

    def correct(self, leg: PlainLeg) -> list[str]:
        """Whoever is known to be an adult, by what was said since the leg opened for them, is none of its children."""
        grown = {name for name in leg.children if self.ages[name][0] in ADULT}
        grown = {name for name in grown if self.child_fact(name) not in leg.facts}
        mistaken = {fact for fact in leg.facts for name in grown if fact.startswith(f"child:{name}:")}
        leg.children -= grown
        leg.facts, leg.covered = leg.facts - mistaken, leg.covered | mistaken
        return [leg.body for _ in grown]

    def confirm(self, now: datetime) -> None:
        self.due = {fact: min(due, now) for fact, due in self.due.items()}
        for leg in self.legs.values():
            leg.due = min(leg.due, now)
        self.earliest = min(self.earliest or now, now)

    def stand_down(self, leg: PlainLeg) -> None:
        """Both have signed: the facts known now count no longer here, and a danger that only led here, nowhere."""
        leg.covered |= leg.facts
        leg.end()
        elsewhere = {fact for other in self.legs.values() for fact in other.facts}
        for fact in leg.covered - elsewhere:
            self.dangers.pop(fact, None)

    # What must be told

    def child_fact(self, name: str) -> str:
        return f"child:{name}:{self.statements[name]}"

    def seen(self, opened_for: set[str]) -> Plain:
        return replace(self.world, dangers=list(self.dangers.values()), opened_for=opened_for)

    def whole(self) -> Plain:
        return self.seen({child for leg in self.legs.values() for child in leg.children})

    def facts(self, now: datetime) -> dict[str, set[str]]:
        """Every fact that forces something, with the bodies that it alone would force."""
        grown = {name: replace(one, child=False) for name, one in self.world.people.items()}
        found: dict[str, set[str]] = {}
        for fact, danger in self.dangers.items():
            alone = replace(self.world, people=grown, dangers=[danger])
            found[fact] = set(sharing_model.told(alone, now))
        for child in self.whole().children(now):
            alone = replace(self.world, people=grown, dangers=[], opened_for={child})
            for fact in self._facts_of(child):
                found[fact] = set(sharing_model.told(alone, now))
        return found

    def _facts_of(self, child: str) -> set[str]:
        """Of somebody who was found to be grown: what the legs that stay open for them rest on."""
        if self.world.people[child].child:
            return {self.child_fact(child)}
        known = {fact for leg in self.legs.values() for fact in leg.facts | leg.covered}
        return {fact for fact in known if fact.startswith(f"child:{child}:")} or {self.child_fact(child)}

    def facts_changed(self, now: datetime) -> None:
        told, facts = sharing_model.told(self.whole(), now), self.facts(now)
        assert set(told) == {body for bodies in facts.values() for body in bodies}
        facts = {fact: bodies & self._who_may_know(fact, set(told)) for fact, bodies in facts.items()}
        for body, (_, _, at_once) in told.items():
            leg = self.legs.get(body)
            known = leg.facts | leg.covered if leg and not leg.moved else self._signed_away(body)
            new = {fact for fact, bodies in facts.items() if body in bodies} - known
            if new:
                leg = self._take_on(body, new)
            if leg is not None and at_once:
                theirs = [
                    fact for fact, (who, _) in self.dangers.items() if who is None or who in leg.children
                ]
                leg.due = min([leg.due, *(self.due[fact] for fact in theirs)])
        self.earliest = min([self.due[fact] for fact in facts] + ([self.earliest] if self.earliest else []),
                            default=None)  # fmt: skip
        self._move(set(told))

    def _who_may_know(self, fact: str, forced: set[str]) -> set[str]:
        """Of somebody who is no child any more, those whose legs are open for them, and nobody new; only where a leg
        that has not left was at the wrong place, those of the right one."""
        what, child = fact.split(":")[:2]
        if what == "danger" or self.world.people[child].child:
            return forced
        named = [leg for leg in self.legs.values() if child in leg.children]
        moving = {leg.kind for leg in named if leg.duty and not leg.told and leg.body not in forced}
        return {leg.body for leg in named} | {body for body in forced if body.partition(":")[0] in moving}

    def _signed_away(self, body: str) -> set[str]:
        same = [leg for leg in self.legs.values() if leg.kind == body.partition(":")[0]]
        alive = {fact for leg in same for fact in leg.facts}
        return {fact for leg in same for fact in leg.covered} - alive

    def _take_on(self, body: str, new: set[str]) -> PlainLeg:
        due = min(self.due[fact] for fact in new)
        leg = self.legs.setdefault(body, PlainLeg(body, due))
        if not leg.duty:
            leg.waits, leg.moved, leg.due = True, False, due
            leg.sent = False
        leg.duty, leg.due = True, min(leg.due, due)
        leg.acknowledged = leg.handed_over = False
        leg.facts |= new
        leg.grounds |= {fact.partition(":")[0] for fact in new}
        leg.children |= {fact.split(":")[1] for fact in new if fact.startswith("child:")}
        return leg

    def _move(self, forced: set[str]) -> None:
        for leg in self.legs.values():
            if leg.duty and not leg.told and leg.body not in forced:
                others = [one for one in self.legs.values() if one.kind == leg.kind and one.body in forced]
                if about(leg.facts) <= about({fact for one in others for fact in one.facts}):
                    leg.end()
                    leg.moved = True

    # What may go

    def leaving(self, leg: PlainLeg | None, kind: str, grounds: list[str], now: datetime,
                body: str | None = None, forced_for: frozenset[str] = frozenset()) -> set[str]:  # fmt: skip
        """The items of the sharing rules that a body may receive on these grounds now. `forced_for`: the children for
        whom it was forced, while the body has not answered."""
        world = self.seen((leg.children if leg else set()) | forced_for)
        if body is not None:
            here = [(to, names) for to, names in world.authorised if to.partition("@")[2] == body]
            world = replace(world, authorised=[(to.partition("@")[0], names) for to, names in here])
        return sharing_model.leaves(world, kind, grounds, now)

    def may_read(self, going: set[str]) -> set[str]:
        """The words that somebody who receives these items may read, and must find."""
        return {self.words[key] for key in self.keys_read(going) if key in self.words}

    def keys_read(self, going: set[str]) -> set[str]:
        """What these items are about, whether or not it was told."""
        keys: set[str] = set()
        whole = {word.partition(":")[2] for word in going if word[:2] == "P:" and not word.endswith("~")}
        for name, one in self.world.people.items():
            if f"R:{name}" in going:
                keys |= {f"name:{name}", f"phone:{name}", f"email:{name}"}
            if name in whole:
                keys |= {f"name:{name}", f"home:{name}", f"found:{name}"}
                keys |= {f"description:{name}"} if "A" in going or name not in self.in_the_report else set()
            if f"P:{name}~" in going:
                keys |= {f"name:{name}", f"relation:{name}"}
                keys.add(f"home:{name}" if name in self.homes else f"found:{name}")
            if "S" in going and one.roles == {"exploiter"} and not one.child:
                keys |= {f"name:{name}"} | ({f"description:{name}"} if "A" in going else set())
        keys |= {"summary", "premises"} if "S" in going else set()
        keys |= {"when", "described"} if {"S", "A"} <= going else set()
        keys |= {"account"} if "A" in going else set()
        if "S~" in going:
            elsewhere = all(self.world.people[name].found for name in whole)
            keys |= {"protection-summary"} | (set() if elsewhere else {"premises"})
        if "H" in going:
            keys |= {"risk"} | ({"safe"} if "R:p0" in going else set())
        return keys
