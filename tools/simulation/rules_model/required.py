"""Required agencies of the model: who must be told of which fact, and what led there.

Facts 0, 7 and 10.
"""

from dataclasses import dataclass, field
from datetime import date

from tools.simulation.rules_model.households import counted, is_child, is_witness, named_or_concern
from tools.simulation.rules_model.places import (
    FALLBACK,
    FIND,
    Way,
    Whereabouts,
    care_ways,
    coastguard_ways,
    found_at,
    homes_abroad,
    is_found_abroad,
    is_here,
    last_known_of_child,
    last_known_of_danger,
    lives_at,
    places_of_danger,
    police_ways,
)
from tools.simulation.rules_model.world import (
    CHILD,
    CHILDREN_CARE,
    POLICE,
    AgencyBook,
    AgencyKey,
    Danger,
    Fact,
    Person,
    World,
)

WITNESS = "witness"
"""Task of an adviser within 60 minutes: the place of a witness is not known."""
OPEN = "open"
"""Word for what led to an agency whose duty is open already."""


@dataclass(frozen=True)
class RequiredDuty:
    """One agency that must be told, and everything that leads to it."""

    key: AgencyKey
    ways: frozenset[Way]

    @property
    def grounds(self) -> set[str]:
        return {way.fact[0] for way in self.ways}

    @property
    def children(self) -> set[str]:
        return {name for ground, name in self.facts if ground == CHILD}

    @property
    def facts(self) -> set[Fact]:
        return {way.fact for way in self.ways}

    @property
    def tasks(self) -> set[str]:
        return {way.task for way in self.ways if way.task}


@dataclass(frozen=True)
class RequiredSharing:
    """Every agency that must be told, and tasks of facts that lead to none."""

    ways: frozenset[Way] = frozenset()
    tasks: frozenset[tuple[Fact, str]] = frozenset()
    duties: dict[AgencyKey, RequiredDuty] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        keys = {way.key for way in self.ways}
        duties = {key: RequiredDuty(key, frozenset(w for w in self.ways if w.key == key)) for key in keys}
        object.__setattr__(self, "duties", duties)

    def searched(self) -> set[Fact]:
        """Return the facts whose place somebody must find."""
        return {way.fact for way in self.ways if way.task == FIND}


def required(world: World, on: date, book: AgencyBook | None = None) -> RequiredSharing:
    """Return who must be told, from what is known now."""
    agencies = book or AgencyBook()
    ways, tasks = set[Way](), set[tuple[Fact, str]]()
    for danger in world.danger_facts():
        ways |= ways_of_danger(world, danger, on, agencies)
    for child in world.persons:
        if is_child(world, child, on) and child.fact not in world.stood_down:
            found = ways_of_child(world, child, agencies)
            ways |= found
            no_council = not any(way.key[0] == CHILDREN_CARE for way in found)
            tasks |= {(child.fact, WITNESS)} if no_council and is_witness(child) else set()
    return RequiredSharing(frozenset(ways | _still_open(world, ways)), frozenset(tasks))


def _still_open(world: World, ways: set[Way]) -> set[Way]:
    """Return what was opened and is not led to any more: it stays until it ends."""
    led = {(way.fact, way.key) for way in ways}
    return {Way(fact, key, OPEN) for fact, key in world.open_duties if (fact, key) not in led}


# A danger


def ways_of_danger(world: World, danger: Danger, on: date, book: AgencyBook) -> set[Way]:
    """Return the forces of all places of the first rank that leads to one."""
    here = counted(world, danger, on)
    ways = set[Way]()
    for rank in places_of_danger(world, danger, here, named_or_concern(world, danger)):
        led = {way for at in rank for way in police_ways(danger.fact, at, book)}
        ways |= led | {way for at in rank for way in coastguard_ways(danger.fact, at, book)}
        if led:
            return ways
    last_known = last_known_of_danger(world, here)
    ways |= {way for at in last_known for way in coastguard_ways(danger.fact, at, book)}
    return ways | _police_fallback(danger.fact, last_known, homes_abroad(world, here), book)


def _police_fallback(
    fact: Fact, last_known: list[Whereabouts], abroad: list[Whereabouts], book: AgencyBook
) -> set[Way]:
    """Return the force of a last known place here; else that for abroad; else the desk."""
    here = [at for at in last_known if is_here(at.place)]
    not_here = [*abroad, *(at for at in last_known if not is_here(at.place))]
    for places in (here, not_here):
        led = {way for at in places for way in police_ways(fact, at, book)}
        if led:
            return led
    return {Way(fact, (POLICE, book.police_desk), "desk", FALLBACK, task=FIND)}


# A child


def ways_of_child(world: World, child: Person, book: AgencyBook) -> set[Way]:
    """Return the councils and forces of where it lives and where it is found."""
    places = lives_at(world, child) + found_at(world, child)
    police = {way for at in places for way in police_ways(child.fact, at, book)}
    care = {way for at in places for way in care_ways(child.fact, at)}
    if is_witness(child):
        return _ways_of_witness(child, police, care)
    last_known = last_known_of_child(world, child)
    police = police or _police_fallback(child.fact, last_known, homes_abroad(world, [child.id]), book)
    if not care and not is_found_abroad(world, child):
        care = {way for at in last_known for way in care_ways(child.fact, at)} or {_care_desk(child, book)}
    return police | care


def _ways_of_witness(child: Person, police: set[Way], care: set[Way]) -> set[Way]:
    """Return its council; its force only where it is harmed."""
    return care | (police if child.harmed else set())


def _care_desk(child: Person, book: AgencyBook) -> Way:
    """Return the desk that stands for children's social care: that of the police until a body has agreed."""
    key = (CHILDREN_CARE, book.care_desk) if book.care_desk else (POLICE, book.police_desk)
    return Way(child.fact, key, "desk", FALLBACK, task=FIND)
