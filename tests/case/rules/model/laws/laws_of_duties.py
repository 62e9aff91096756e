"""Laws of what forces: properties 2, 3 and 5, and facts 1, 3, 4, 5 and 7."""

import random
from collections.abc import Iterator
from dataclasses import replace

from tests.case.rules.model.laws.random_worlds import a_choice, gain
from tests.case.rules.model.laws.worlds_asked import sent, sharing
from tests.case.rules.model.table.world_in_words import ON
from tools.simulation.rules_model import ages, consents, households
from tools.simulation.rules_model.duties import deadlines
from tools.simulation.rules_model.required import RequiredDuty
from tools.simulation.rules_model.world import (
    CHILD,
    CONCERN,
    DANGER,
    AgencyKey,
    Fact,
    World,
)


def opened(world: World) -> set[Fact]:
    found = sharing(world)
    return {way.fact for way in found.ways} | {fact for fact, _ in found.tasks}


def every_danger_and_every_child_opens_and_nothing_else(world: World, chance: random.Random) -> Iterator[str]:
    """Hold properties 2 and 3: each fact opens somewhere, and no other fact forces."""
    del chance
    kids = {one.fact for one in world.persons if ages.child_path(one, ON)}
    expected = kids | {one.fact for one in world.dangers}
    if opened(world) != expected:
        yield f"opened {opened(world) ^ expected}"


def a_gain_takes_nothing_away(world: World, chance: random.Random) -> Iterator[str]:
    """Hold property 5 over a few things more that are known, one after another."""
    for _ in range(3):
        more = gain(world, chance)
        yield from _taken_away(world, more)
        world = more


def _taken_away(world: World, more: World) -> Iterator[str]:
    before, now = sharing(world), sharing(more)
    if not opened(world) <= opened(more):
        yield "a fact lost its duty"
    ways_now = {(way.fact, way.key) for way in now.ways}
    lost = {way for way in before.ways if (way.fact, way.key) not in ways_now}
    if any(not way.stands_in for way in lost):
        yield "an agency of a place known in its own right was lost"
    kept = before.duties.keys() & now.duties.keys()
    for key in kept - {way.key for way in lost}:
        yield from _nothing_lost_there(world, more, before.duties[key], now.duties[key])
    yield from _no_time_later(world, more, ways_now & {(way.fact, way.key) for way in before.ways})


def _nothing_lost_there(world: World, more: World, before: RequiredDuty, now: RequiredDuty) -> Iterator[str]:
    one, other = sent(world, before), sent(more, now)
    if not one.full <= other.full or not one.limited <= other.limited | other.full:
        yield "a person in P was lost"
    searched_no_more = bool(_searched(before) - _searched(now))
    if not searched_no_more and not one.reporters <= other.reporters:
        yield "a source in R was lost"
    dangers = [danger for danger in world.dangers if danger.fact in before.facts]
    words = {name for danger in dangers for name in danger.sources} & one.accounts
    if not searched_no_more and not words <= other.accounts:
        yield "a word of a danger's source was lost"
    if DANGER in before.grounds and "whole" not in other.situation:
        yield "a situation that a danger sends whole was cut down"
    certain = {name for name, mark in one.danger if mark == "in_danger"}
    if not {name for name, _ in one.danger} <= {name for name, _ in other.danger}:
        yield "a mark of danger was lost"
    if any((name, "in_danger") not in other.danger for name in certain):
        yield "a mark of danger grew weaker"


def _searched(duty: RequiredDuty) -> set[Fact]:
    """Return the dangers whose place somebody must find: a source went along only for want of it."""
    return {way.fact for way in duty.ways if way.task == "find" and way.fact[0] == DANGER}


def _no_time_later(world: World, more: World, kept: set[tuple[Fact, AgencyKey]]) -> Iterator[str]:
    for fact, _ in kept:
        before, now = deadlines.fact_at(world, fact, ON), deadlines.fact_at(more, fact, ON)
        if before is not None and (now is None or now > before):
            yield "a time became later"


def an_override_heeds_no_choice(world: World, chance: random.Random) -> Iterator[str]:
    """Hold fact 1: agencies and the identity of those at risk are the same whatever anybody chose."""
    person = chance.choice(world.persons)
    chosen = replace(world, choices=(*world.choices, *(a_choice(chance, person) for _ in range(3))))
    before, now = sharing(world), sharing(chosen)
    if before.ways != now.ways or before.tasks != now.tasks:
        yield "a choice changed who is told"
    for key, duty in before.duties.items():
        one, other = sent(world, duty), sent(chosen, now.duties[key])
        if (one.full, one.limited, one.danger) != (other.full, other.limited, other.danger):
            yield "a choice changed whose P goes"


def identity_goes_only_where_something_covers_it(world: World, chance: random.Random) -> Iterator[str]:
    """Hold facts 3 and 4, said once more from the other side."""
    del chance
    for key, duty in sharing(world).duties.items():
        found = sent(world, duty)
        tellers = _tellers(world, duty)
        if not found.reporters <= tellers or not found.accounts <= tellers:
            yield "a reporter who did not tell of this is a source"
        if any(not world.person(name).identity_held for name in found.reporters):
            yield "what is not held was sent"
        for name in found.reporters:
            yield from _named_without_cause(world, duty, name)
        if not found.full | found.limited <= _may_be_known(world, duty):
            yield "an unrelated person goes"
        if key[0] != "police" and DANGER in duty.grounds:
            yield "danger leads to somebody else than the police"


def _tellers(world: World, duty: RequiredDuty) -> set[str]:
    dangers = [one.sources for one in world.dangers if one.fact in duty.facts]
    kids = [one.sources for one in world.persons if one.fact in duty.facts]
    return set().union(*dangers, *kids)


def _named_without_cause(world: World, duty: RequiredDuty, name: str) -> Iterator[str]:
    kids = duty.children
    dangers = [one for one in world.dangers if one.fact in duty.facts]
    at_risk = name in kids or any(
        one.person in (name, None) or _lives_near(world, one.person) for one in dangers
    )
    asked = "find" in duty.tasks and any(name in one.sources for one in dangers)
    cares = bool(world.person(name).cares_for & kids)
    yes = any(one.person == name and one.agrees and one.kind == duty.key[0] for one in world.choices)
    added = any(one.source == name and one.what == "added" for one in world.source_decisions)
    if not (at_risk or asked or cares or yes or added):
        yield "a source is named without a cause"


def _lives_near(world: World, name: str | None) -> bool:
    return name is not None and len(households.household(world, {name})) > 1


def _may_be_known(world: World, duty: RequiredDuty) -> set[str]:
    """Return who may be known of at all: at risk, their households, carers and exploiters."""
    dangers = [one for one in world.dangers if one.fact in duty.facts]
    first = set().union(duty.children, *(households.named_or_concern(world, one) for one in dangers))
    near = households.household(world, first & {one.id for one in world.persons})
    carers = {one.id for one in world.persons if one.cares_for & near}
    exploiters = {one.id for one in world.persons if one.has("alleged_exploiter") and duty.children}
    return near | carers | exploiters


def nobody_is_shown_as_not_in_danger(world: World, chance: random.Random) -> Iterator[str]:
    """Hold fact 4: a mark is `in_danger` or `may_be`, once for each person, and certain for who is named."""
    del chance
    for duty in sharing(world).duties.values():
        marks = sent(world, duty).danger
        if any(mark not in ("in_danger", "may_be") for _, mark in marks):
            yield "a mark says something else"
        if len({name for name, _ in marks}) != len(marks):
            yield "somebody has two marks"
        named = {one.person for one in world.dangers if one.fact in duty.facts}
        if any((name, "in_danger") not in marks for name in named & {one.id for one in world.persons}):
            yield "somebody named in a danger is not shown in danger"


def what_an_adult_withholds_stays(world: World, chance: random.Random) -> Iterator[str]:
    """Hold fact 5 for an agency that is told of children alone."""
    del chance
    for key, duty in sharing(world).duties.items():
        if duty.grounds != {CHILD}:
            continue
        adults = [one for one in world.persons if one.has(CONCERN) and not ages.child_path(one, ON)]
        withheld = any(not consents.agrees(world, one.id, key[0], ON) for one in adults)
        found = sent(world, duty)
        if withheld and ("whole" in found.situation or found.accounts or found.exploiters_named):
            yield "the situation goes whole although an adult withholds"
        if any(not any(name == who for who, _ in found.concern_codes) for name in duty.children):
            yield "a child has no coded concern"


def a_witness_sends_neither_words_nor_premises(world: World, chance: random.Random) -> Iterator[str]:
    """Hold fact 7 of a witness."""
    del chance
    for key, duty in sharing(world).duties.items():
        kids = [world.person(name) for name in duty.children]
        if not kids or duty.grounds != {CHILD} or any(one.roles != {"reporter"} for one in kids):
            continue
        found = sent(world, duty)
        if found.accounts or found.premises or "whole" in found.situation:
            yield "a witness sends too much"
        if key[0] == "police" and not any(one.harmed for one in kids):
            yield "the police are told of a witness who is not harmed"
        if any(way.known_as not in ("home", "found", "danger") for way in duty.ways):
            yield "a witness led to a desk"
