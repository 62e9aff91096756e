"""Places of the model: agencies that one place leads to, and places that are known of somebody.

Facts 0 and 10.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from tools.simulation.rules_model.households import carers_at_home, found_at_premises, is_witness
from tools.simulation.rules_model.world import (
    ABROAD,
    CHILDREN_CARE,
    POLICE,
    RAILWAY,
    SEA,
    AgencyBook,
    AgencyKey,
    Danger,
    Fact,
    Person,
    Place,
    World,
)

FIND, CHECK = "find", "check"
OWN, SECOND, THIRD, FALLBACK = 1, 2, 3, 4
"""Ranks of fact 0; the last is that of fact 10."""


@dataclass(frozen=True)
class Whereabouts:
    """Place that is known of a fact: as what it is known, and at which rank."""

    place: Place
    known_as: str
    rank: int = OWN


@dataclass(frozen=True)
class Way:
    """One fact that leads to one agency, by what, and the task that opens with it."""

    fact: Fact
    key: AgencyKey
    known_as: str
    rank: int = OWN
    candidate: bool = False
    task: str | None = None
    place: str | None = None

    @property
    def stands_in(self) -> bool:
        """Return whether it gives way to a better place."""
        return self.rank > OWN or self.candidate


def is_here(place: Place) -> bool:
    return place.setting != ABROAD


def leads(place: Place) -> bool:
    """Return whether a place leads anywhere at all."""
    return bool(place.police or place.councils or place.setting in (ABROAD, RAILWAY))


def police_ways(fact: Fact, at: Whereabouts, book: AgencyBook) -> list[Way]:
    """Return the forces of a place; none where it leads to no force."""
    place, found = at.place, list[Way]()
    if place.setting == ABROAD:
        task = None if at.known_as in ("found", "danger") else FIND
        return [Way(fact, (POLICE, book.abroad), at.known_as, at.rank, task=task, place=place.name)]
    if place.police:
        found.append(_likeliest(fact, (POLICE, place.police[0]), at, place.police))
    if place.setting == RAILWAY:
        task = None if place.police and at.rank < FALLBACK else FIND
        found.append(Way(fact, (POLICE, book.railway), at.known_as, at.rank, task=task, place=place.name))
    return found


def care_ways(fact: Fact, at: Whereabouts) -> list[Way]:
    councils = at.place.councils
    if at.place.setting == ABROAD or not councils:
        return []
    return [_likeliest(fact, (CHILDREN_CARE, councils[0]), at, councils)]


def _likeliest(fact: Fact, key: AgencyKey, at: Whereabouts, candidates: tuple[str, ...]) -> Way:
    unsure = len(candidates) > 1 or not at.place.sure
    task = FIND if at.rank == FALLBACK else CHECK if unsure else None
    return Way(fact, key, at.known_as, at.rank, unsure, task, at.place.name)


def coastguard_ways(fact: Fact, at: Whereabouts, book: AgencyBook) -> list[Way]:
    """Return the coastguard for a danger at sea."""
    if at.place.setting != SEA:
        return []
    task = None if at.place.police and at.rank < FALLBACK else FIND
    return [Way(fact, (POLICE, book.coastguard), at.known_as, at.rank, task=task, place=at.place.name)]


def known_at(places: Iterable[Place], known_as: str, rank: int = OWN) -> list[Whereabouts]:
    return [Whereabouts(place, known_as, rank) for place in places]


# The places of a child


def lives_at(world: World, child: Person) -> list[Whereabouts]:
    """Return its homes here, or those of the carers it lives with."""
    own = [place for place in child.home if is_here(place) and leads(place)]
    if own:
        return known_at(own, "home")
    at_carers = [
        place for name in sorted(carers_at_home(world, child.id)) for place in world.person(name).home
    ]
    return known_at([place for place in at_carers if is_here(place) and leads(place)], "home", SECOND)


def own_found_places(world: World, child: Person) -> list[Whereabouts]:
    """Return the places where it is found, with those of each danger that names it."""
    dangers: list[Danger] = [one for one in world.danger_facts() if one.person == child.id]
    in_danger = [place for one in dangers for place in one.places if leads(place)]
    found = [place for place in child.found if leads(place)]
    return known_at(found, "found") + known_at(in_danger, "danger")


def found_at(world: World, child: Person) -> list[Whereabouts]:
    """Return where it is found; the premises stand for it as fact 0 says."""
    own = own_found_places(world, child)
    if own or is_witness(child):
        return own
    nothing_else = not lives_at(world, child)
    if found_at_premises(child) or nothing_else:
        return known_at([place for place in world.premises if leads(place)], "premises", SECOND)
    return []


def last_known_of_child(world: World, child: Person) -> list[Whereabouts]:
    """Return its last known places; the case's too where the premises might stand for it."""
    if is_witness(child):
        return []
    own = list(child.last_known)
    of_case = list(world.last_known) if found_at_premises(child) or not own else []
    return known_at([*own, *of_case], "last_known", FALLBACK)


# The places of a danger, by rank


def places_of_danger(
    world: World, danger: Danger, counted_here: set[str], concern: set[str]
) -> list[list[Whereabouts]]:
    """Return the places by rank: its own, premises and found places, homes of those counted."""
    named = (
        [world.person(danger.person)] if danger.person in counted_here and danger.person is not None else []
    )
    found_named = [place for one in named for place in one.found]
    found_concern = [p for name in sorted(concern) for p in world.person(name).found]
    homes = [p for name in sorted(counted_here) for p in world.person(name).home if is_here(p)]
    names_nobody = danger.person is None
    return [
        known_at(danger.places, "danger") + known_at(found_named, "found"),
        known_at(world.premises, "premises", SECOND)
        + (known_at(found_concern, "found", SECOND) if names_nobody else []),
        known_at(homes, "home", THIRD),
    ]


def last_known_of_danger(world: World, counted_here: set[str]) -> list[Whereabouts]:
    of_persons = [p for name in sorted(counted_here) for p in world.person(name).last_known]
    return known_at([*of_persons, *world.last_known], "last_known", FALLBACK)


def homes_abroad(world: World, names: Iterable[str]) -> list[Whereabouts]:
    found = [place for name in sorted(names) for place in world.person(name).home if not is_here(place)]
    return known_at(found, "home", FALLBACK)


def is_found_abroad(world: World, child: Person) -> bool:
    """Return whether a child is known to be found abroad, so that nobody here searches for it."""
    return any(not is_here(one.place) for one in own_found_places(world, child))
