"""Model of one case through its history: its world, who must be told, and the life of each duty."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from tests.case.histories.towns import BOOK
from tests.case.rules.model.table.rules_under_test import contents_in_words
from tools.simulation.rules_model.ages import british_day
from tools.simulation.rules_model.duties.deadlines import TELEPHONE_DANGER_WITHIN, fact_at
from tools.simulation.rules_model.duties.duty_life import (
    ACKNOWLEDGED,
    HANDED_OVER,
    Act,
    DutyLife,
    after,
    lived,
)
from tools.simulation.rules_model.duties.history import followed
from tools.simulation.rules_model.forced import forced_contents
from tools.simulation.rules_model.permitted import contents_by_consent
from tools.simulation.rules_model.places import Way
from tools.simulation.rules_model.required import RequiredDuty, RequiredSharing, required
from tools.simulation.rules_model.world import (
    CONCERN,
    DANGER,
    HOUSEHOLD,
    AgencyKey,
    Danger,
    Fact,
    Person,
    World,
)

FactAtAgency = tuple[Fact, AgencyKey]
WITHIN = TELEPHONE_DANGER_WITHIN


@dataclass
class ModelledCase:
    """World of one case and the life of each of its duties, as the rules say they follow from it."""

    world: World = field(default_factory=World)
    ways: frozenset[Way] = frozenset()
    lives: dict[FactAtAgency, DutyLife] = field(default_factory=dict)
    times: dict[FactAtAgency, datetime] = field(default_factory=dict)
    """Earliest time at which each fact is sent to each agency."""
    open_again: dict[FactAtAgency, datetime] = field(default_factory=dict)
    """Time at which something more was sent about what was answered already."""
    chosen: set[Way] = field(default_factory=set)
    """Agencies that an adviser chose after another one declined."""

    def add_person(self, person: Person) -> None:
        self.world = replace(self.world, persons=(*self.world.persons, person))

    def change_person(self, name: str, **changes: Any) -> None:
        persons = tuple(replace(one, **changes) if one.id == name else one for one in self.world.persons)
        self.world = replace(self.world, persons=persons)

    def add_danger(self, danger: Danger) -> None:
        self.world = replace(self.world, dangers=(*self.world.dangers, danger))

    def with_households(self) -> World:
        """Return the world in which a household member of no recorded household lives with who is of concern."""
        concern = frozenset(one.id for one in self.world.with_role(CONCERN))
        persons = [
            replace(one, lives_with=concern - {one.id}) if one.has(HOUSEHOLD) and not one.lives_with else one
            for one in self.world.persons
        ]
        return replace(self.world, persons=tuple(persons))

    def settle(self, now: datetime) -> None:
        """Work out who must be told after something was recorded by an adviser or said in the first report."""
        informed = {pair for pair, life in self.lives.items() if life.sent or life.called_by}
        known = informed | {pair for pair in self.lives if self._waits_at_informed(pair, informed)}
        live = frozenset(pair for pair in known if pair[0] not in self.world.stood_down)
        self.world = replace(self.world, open_duties=live)
        case, today = self.with_households(), british_day(now)
        now_led = required(case, today, BOOK)
        chosen = {way for way in self.chosen if way.fact not in self.world.stood_down}
        now_led = RequiredSharing(now_led.ways | chosen, now_led.tasks)
        before = [way for way in self.ways if way.fact not in self.world.stood_down]
        self.ways = followed(before, now_led, by_adviser=True, already_sent=set(live))
        pairs = {(way.fact, way.key) for way in self.ways}
        cut_off = {pair[1] for pair, life in self.lives.items() if not life.can_be_sent}
        self.lives = {
            pair: self.lives.get(pair, DutyLife(pair[0][0], can_be_sent=pair[1] not in cut_off))
            for pair in pairs
        }
        for pair in pairs:
            at = fact_at(case, pair[0], today)
            assert at is not None
            self.times[pair] = min(self.times.get(pair, at), at)

    def _waits_at_informed(self, pair: FactAtAgency, informed: set[FactAtAgency]) -> bool:
        """Return whether a fact waits for a way to an agency that was told of another fact."""
        return not self.lives[pair].can_be_sent and any(key == pair[1] for _, key in informed)

    def act(self, key: AgencyKey, what: str, **values: Any) -> None:
        for pair in [pair for pair in self.lives if pair[1] == key]:
            self.lives[pair] = after(self.lives[pair], Act(what, **values))

    def act_on(self, pair: FactAtAgency, what: str) -> None:
        self.lives[pair] = after(self.lives[pair], Act(what))

    def stand_down(self, fact: Fact) -> None:
        self.world = replace(self.world, stood_down=self.world.stood_down | {fact})

    def hand_message(self, key: AgencyKey, now: datetime, *, again: bool = True) -> None:
        """Let a message be handed to an agency. `again`: what ended there is open again for its news."""
        if again:
            self.open_for_news(key, now)
        for pair in [pair for pair in self.lives if pair[1] == key]:
            self.lives[pair] = lived(self.lives[pair], [Act("route_found"), Act("sent")])

    def open_for_news(self, key: AgencyKey, now: datetime) -> None:
        """Open again what ended at an agency, because something more goes there."""
        for pair in [pair for pair in self.lives if pair[1] == key]:
            if self.lives[pair].state in (ACKNOWLEDGED, HANDED_OVER):
                self.lives[pair] = replace(
                    self.lives[pair], answered=False, called_by=None, countersigned=False
                )
                self.open_again[pair] = now

    def must_telephone(self, key: AgencyKey, now: datetime) -> bool:
        """Return whether somebody must telephone by now: in danger, or where nothing written can go."""
        silent = {
            pair: one
            for pair, one in self.lives.items()
            if pair[1] == key and one.telephone_task and not one.declined
        }
        if any(not one.can_be_sent and self.due(key) <= now for one in silent.values()):
            return True
        if not any(fact[0] == DANGER for fact in self.facts_at(key)):
            return False
        return any(now >= self.open_again.get(pair, now - WITHIN) + WITHIN for pair in silent)

    def keys(self) -> set[AgencyKey]:
        return {key for _, key in self.lives}

    def lives_at(self, key: AgencyKey) -> list[DutyLife]:
        return [life for (_, at), life in self.lives.items() if at == key]

    def facts_at(self, key: AgencyKey) -> set[Fact]:
        return {fact for fact, at in self.lives if at == key}

    def due(self, key: AgencyKey) -> datetime:
        return min(self.times[pair] for pair in self.lives if pair[1] == key)

    def is_known_to_anyone(self, fact: Fact) -> bool:
        """Return whether any agency was told of a fact, by message or by telephone."""
        return any(life.sent or life.called_by for (one, _), life in self.lives.items() if one == fact)

    def forced(self, key: AgencyKey, now: datetime) -> set[str]:
        """Return the items that an agency receives by force, in words."""
        ways = frozenset(way for way in self.ways if way.key == key)
        contents = forced_contents(self.with_households(), RequiredDuty(key, ways), british_day(now))
        return set(items_compared(contents_in_words(contents)))

    def permitted(self, kind: str, now: datetime) -> set[str]:
        words = contents_in_words(contents_by_consent(self.with_households(), kind, british_day(now)))
        return {one for one in items_compared(words) if not one.startswith("S(said_by")}

    def searched(self, now: datetime) -> set[AgencyKey]:
        """Return the agencies that only a stand-in, or a guess, leads to."""
        found = required(self.with_households(), british_day(now), BOOK)
        led = {(way.fact, way.key) for way in self.ways}
        return {way.key for way in found.ways if way.task and (way.fact, way.key) in led}


def items_compared(words: str) -> Iterator[str]:
    """Yield the items that a message shows: of handling and of a part of a place nothing is seen here."""
    for one in words.split():
        if not one.startswith("H:"):
            yield one.removesuffix("~") if one == "at~" else one


def shown(message: Any, names: dict[str, str]) -> set[str]:
    """Return the items that a message holds, in the words of the model. `names` tells the id of each name."""
    found = set[str]()
    situation, children = message.get("situation", {}), message.get("children", [])
    if "still_happening" in situation:
        found.add("S")
    elif children:
        found.add("S~")
    found |= {"at"} if "place" in situation else set()
    found |= {f"names:{names[one['name']]}" for one in situation.get("alleged_exploiters", [])}
    found |= {f"A:{names[one.split()[0]]}" for one in message.get("account", [])}
    found |= {f"R:{one['ref']}" for one in message.get("reporter", [])}
    found |= {f"{child['ref']}={code}" for child in children for code in child["concerns"]}
    found |= set(_persons_shown(message.get("persons", [])))
    return found | ({"protect"} if message["protect_source"] else set())


def _persons_shown(persons: Iterable[Any]) -> Iterator[str]:
    marks = {"yes": "!", "may_be": "?"}
    for one in persons:
        yield f"P:{one['ref']}~" if "relation" in one else f"P:{one['ref']}"
        if "in_danger" in one:
            yield f"{one['ref']}{marks[one['in_danger']]}"
