"""Random worlds for the laws of the rules: a seed gives always the same world."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.case.rules.model.table.world_in_words import CHOSEN, NOON, ON, PLACES
from tools.simulation.rules_model.world import (
    CONCERN,
    EXPLOITER,
    HOUSEHOLD,
    REPORTER,
    AgeStatement,
    Choice,
    Danger,
    Person,
    Place,
    SourceDecision,
    Telling,
    World,
)

ROLES = (
    *((REPORTER,), (CONCERN,), (CONCERN,), (HOUSEHOLD,), (HOUSEHOLD,), (EXPLOITER,)),
    *((REPORTER, CONCERN), (REPORTER, HOUSEHOLD), (CONCERN, HOUSEHOLD), (EXPLOITER, CONCERN)),
)
ASKED_KINDS = ("police", "children_social_care", "health")
HERE = [*(PLACES[one] for one in ("leeds", "bradford", "york", "hull", "glasgow", "westminster"))]
ANYWHERE = [*HERE, *PLACES.values()]


def a_world(chance: random.Random, persons: int = 5) -> World:
    """Return a world of one to so many persons, the first of whom reported."""
    ids = [f"p{number}" for number in range(chance.randint(1, persons))]
    reporters = [ids[0], *(name for name in ids[1:] if chance.random() < 0.15)]
    people = tuple(a_person(chance, name, ids, reporters) for name in ids)
    return World(
        persons=people,
        dangers=tuple(
            a_danger(chance, f"d{n}", ids, reporters) for n in range(chance.choice((0, 0, 1, 1, 2)))
        ),
        choices=tuple(choices_of(chance, people)),
        premises=places(chance, 0.5),
        last_known=places(chance, 0.2),
        source_decisions=tuple(_decision(chance, one) for one in reporters if chance.random() < 0.2),
        premises_sources=frozenset(chance.sample(reporters, 1)),
        protection_summary=chance.random() < 0.3,
    )


def a_person(chance: random.Random, name: str, ids: Sequence[str], reporters: Sequence[str]) -> Person:
    others = [one for one in ids if one != name]
    roles = frozenset(chance.choice(ROLES)) - {REPORTER} or {HOUSEHOLD}
    if name in reporters:
        roles = frozenset({REPORTER, *(roles if chance.random() < 0.4 else ())})
    exploits = some(chance, others, 0.3)
    return Person(
        name,
        frozenset(roles),
        an_age(chance),
        home=places(chance, 0.45),
        found=places(chance, 0.25),
        last_known=places(chance, 0.15),
        lives_with=some(chance, others, 0.2),
        cares_for=some(chance, others, 0.15),
        exploits=exploits,
        nobodys_in_particular=not exploits,
        harmed=chance.random() < 0.1,
        missing=chance.random() < 0.1,
        identity_held=chance.random() < 0.8,
        made_report=name in reporters,
        sources=frozenset({reporters[0]}) | some(chance, reporters, 0.4),
        first_said=a_telling(chance),
    )


def a_danger(chance: random.Random, name: str, ids: Sequence[str], reporters: Sequence[str]) -> Danger:
    sources = some(chance, reporters, 0.5) or frozenset({reporters[0]})
    return Danger(name, chance.choice([None, *ids]), places(chance, 0.4), sources, a_telling(chance))


def a_telling(chance: random.Random) -> Telling:
    at = NOON + timedelta(minutes=chance.randrange(30))
    by_adviser = chance.random() < 0.4
    confirmed = not by_adviser and chance.random() < 0.2
    return Telling(at, by_adviser=by_adviser, complete=chance.random() < 0.5, confirmed=confirmed)


def places(chance: random.Random, likely: float) -> tuple[Place, ...]:
    if chance.random() >= likely:
        return ()
    return (chance.choice(HERE if chance.random() < 0.8 else ANYWHERE),)


def some(chance: random.Random, names: Sequence[str], likely: float) -> frozenset[str]:
    return frozenset(one for one in names if chance.random() < likely)


def an_age(chance: random.Random) -> tuple[AgeStatement, ...]:
    """Return what was said of an age: mostly an adult, often a child, sometimes nothing or two things."""
    said = chance.choice(("adult", "adult", "adult", "child", "child", "may-be-child", "no-indication", ""))
    chosen = [AgeStatement("chosen", ON, chosen=CHOSEN[said])] if said else []
    return (*chosen, *([a_number(chance)] if chance.random() < 0.15 else ()))


def a_number(chance: random.Random) -> AgeStatement:
    lowest = chance.randrange(12, 25)
    kind = chance.choice(("years", "about", "band"))
    return AgeStatement(kind, ON, lowest=lowest, highest=lowest + (2 if kind == "band" else 0))


def choices_of(chance: random.Random, people: Sequence[Person]) -> list[Choice]:
    """Return a ledger: privacy choices of reporters only, a yes or a no of anybody of concern."""
    ledger = list[Choice]()
    for one in people:
        if one.has(REPORTER) or one.has(CONCERN):
            ledger += [a_choice(chance, one) for _ in range(chance.randrange(4))]
    return ledger


def a_choice(chance: random.Random, person: Person) -> Choice:
    unsafe: dict[str, Any] = {"overheard": chance.random() < 0.1, "understood": chance.random() < 0.5}
    words = ["kind", "kind", "withdraws"]
    words += ["privacy", "privacy", "privacy", "situation"] if person.has(REPORTER) else []
    said = chance.choice(words)
    if said == "privacy":
        choice = chance.choice(("share", "share", "confidential", "anonymous"))
        return Choice(person.id, privacy=choice, **unsafe)
    if said == "situation":
        return Choice(person.id, situation=chance.random() < 0.5, **unsafe)
    if said == "withdraws":
        return Choice(person.id, withdraws=True)
    return Choice(person.id, kind=chance.choice(ASKED_KINDS), agrees=chance.random() < 0.8, **unsafe)


def _decision(chance: random.Random, source: str) -> SourceDecision:
    return SourceDecision(source, chance.choice(("added", "left_out", "words_left_out")))


# What may be added to a world without taking a choice away (property 5)


def gain(world: World, chance: random.Random) -> World:
    """Return the world with one more danger, person, age that may be a child's, place, relation or word."""
    ids = [one.id for one in world.persons]
    reporters = [one.id for one in world.persons if one.made_report]
    what = chance.choice(("danger", "danger", "person", "age", "place", "place", "relation", "source"))
    if what == "danger":
        more = a_danger(chance, f"d{len(world.dangers)}", ids, reporters)
        return replace(world, dangers=(*world.dangers, more))
    if what == "person":
        more_ids = [*ids, f"p{len(ids)}"]
        return replace(world, persons=(*world.persons, a_person(chance, more_ids[-1], more_ids, reporters)))
    if what == "source":
        return _with_source(world, chance, reporters)
    if what == "place" and chance.random() < 0.5:
        return _with_place_of_case(world, chance)
    number = chance.randrange(len(ids))
    changed = _gained(world.persons[number], what, chance, ids)
    return replace(world, persons=(*world.persons[:number], changed, *world.persons[number + 1 :]))


def _gained(person: Person, what: str, chance: random.Random, ids: Sequence[str]) -> Person:
    if what == "age":
        return replace(person, ages=(*person.ages, AgeStatement("years", ON, lowest=15, highest=15)))
    if what == "relation":
        relation = chance.choice(("lives_with", "cares_for", "exploits"))
        other = frozenset({chance.choice(ids)}) - {person.id}
        known: frozenset[str] = getattr(person, relation)
        learned: dict[str, Any] = {relation: known | other}
        return replace(person, **learned)
    slot = chance.choice(("home", "found", "last_known"))
    moved: dict[str, Any] = {slot: (*getattr(person, slot), *places(chance, 1))}
    return replace(person, **moved)


def _with_place_of_case(world: World, chance: random.Random) -> World:
    if world.dangers and chance.random() < 0.6:
        first = world.dangers[0]
        return replace(
            world, dangers=(replace(first, places=(*first.places, *places(chance, 1))), *world.dangers[1:])
        )
    slot = chance.choice(("premises", "last_known"))
    moved: dict[str, Any] = {slot: (*getattr(world, slot), *places(chance, 1))}
    return replace(world, **moved)


def _with_source(world: World, chance: random.Random, reporters: Sequence[str]) -> World:
    more = frozenset({chance.choice(list(reporters))})
    if world.dangers and chance.random() < 0.5:
        first = world.dangers[0]
        return replace(world, dangers=(replace(first, sources=first.sources | more), *world.dangers[1:]))
    first_person = world.persons[0]
    return replace(
        world, persons=(replace(first_person, sources=first_person.sources | more), *world.persons[1:])
    )
