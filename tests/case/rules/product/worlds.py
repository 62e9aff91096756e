"""Random worlds as the product can hold them, with what the worlds of the laws leave out."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from tests.case.rules.model.laws.random_worlds import a_world
from tests.case.rules.model.table.rules_under_test import BOOK, MODEL
from tests.case.rules.model.table.world_in_words import NOON, ON, PLACES
from tools.simulation.rules_model.world import (
    CHILD,
    AgeStatement,
    Authorisation,
    Choice,
    Person,
    SourceDecision,
    Telling,
    World,
)

LAST_YEARS = date(2024, 11, 5), date(2025, 11, 4), date(2025, 11, 5)
GROUPS = ("S", "A", "P", "R")


def a_comparable_world(number: int) -> World:
    """Return the world of a seed; the same seed gives always the same world."""
    chance = random.Random(f"more {number}")
    world = comparable(a_world(random.Random(number)))
    world = replace(world, persons=tuple(_with_more_ages(one, chance) for one in world.persons))
    world = replace(
        world,
        choices=tuple(_perhaps_relayed(one, world, chance) for one in world.choices),
        known_by_number=chance.choice((0, 0, 0, 3)),
        authorisations=tuple(_authorisations(world, chance)),
    )
    if chance.random() < 0.2:
        world = replace(world, open_duties=_opened_before(world, chance))
        world = replace(world, persons=tuple(_told_of_otherwise(one, chance) for one in world.persons))
    facts = [*(one.fact for one in world.dangers), *(one.fact for one in world.persons)]
    unopened = [one for one in facts if one not in world.facts_opened()]
    return replace(world, stood_down=frozenset(one for one in unopened if chance.random() < 0.08))


def comparable(world: World) -> World:
    """Return the world as the product holds it.

    Words are left out together with the name, and everything that one report says was said at its submission.
    """
    silent = [one.source for one in world.source_decisions if one.what == "words_left_out"]
    named = [SourceDecision(source, "left_out") for source in silent]
    return replace(
        world,
        source_decisions=(*world.source_decisions, *named),
        persons=tuple(replace(one, first_said=_at_noon(one.first_said)) for one in world.persons),
        dangers=tuple(replace(one, first_said=_at_noon(one.first_said)) for one in world.dangers),
    )


def _at_noon(said: Telling | None) -> Telling | None:
    return None if said is None else replace(said, at=NOON)


def _with_more_ages(person: Person, chance: random.Random) -> Person:
    """Return the person with what was said earlier, or surely, of the age."""
    more = list[AgeStatement]()
    if chance.random() < 0.1:
        lowest = chance.randrange(12, 20)
        kind, said_on = chance.choice(("years", "about", "band")), chance.choice(LAST_YEARS)
        highest = lowest + (2 if kind == "band" else 0)
        more.append(AgeStatement(kind, said_on, lowest=lowest, highest=highest))
    if chance.random() < 0.1:
        more.append(AgeStatement("chosen", ON, chosen=chance.choice(("adult_confirmed", "child_confirmed"))))
    if chance.random() < 0.1:
        born = chance.choice((date(2008, 11, 4), date(2008, 11, 5), date(1970, 1, 1), date(1999, 5, 1)))
        more.append(AgeStatement("born", ON, born=born))
    return replace(person, ages=(*person.ages, *more))


def _perhaps_relayed(choice: Choice, world: World, chance: random.Random) -> Choice:
    others = [one.id for one in world.persons if one.id != choice.person]
    return replace(choice, by=chance.choice(others)) if others and chance.random() < 0.1 else choice


def _authorisations(world: World, chance: random.Random) -> Iterator[Authorisation]:
    for _ in range(chance.choice((0, 0, 1, 2))):
        code = chance.choice(("police:met", "police:west-yorkshire"))
        yield Authorisation(
            ("police", code), _some(GROUPS, chance), _some([p.id for p in world.persons], chance)
        )


def _some(names: Sequence[str], chance: random.Random) -> frozenset[str]:
    return frozenset(one for one in names if chance.random() < 0.5)


def _opened_before(world: World, chance: random.Random) -> frozenset[Any]:
    """Return what of this world's children was told before, at agencies of one place."""
    ways = sorted((way.fact, way.key) for way in MODEL.required(world).ways if way.fact[0] == CHILD)
    return frozenset(one for one in ways if one[1][1] != BOOK.abroad and chance.random() < 0.7)


def _told_of_otherwise(person: Person, chance: random.Random) -> Person:
    """Return the person with another age, or found elsewhere, than when a duty was opened."""
    if chance.random() < 0.5:
        return person
    said = chance.choice(("", "adult_stated", "unknown_no_indication"))
    ages = (AgeStatement("chosen", ON, chosen=said),) if said else ()
    return replace(person, ages=ages, found=(PLACES[chance.choice(("york", "hull", "glasgow"))],))
