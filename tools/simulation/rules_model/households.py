"""Households of the model: whoever lives together, carers, witnesses and persons counted in a danger."""

from datetime import date

from tools.simulation.rules_model.ages import child_path, known_adult
from tools.simulation.rules_model.world import (
    CONCERN,
    EXPLOITER,
    REPORTER,
    Danger,
    Person,
    World,
)


def household(world: World, members: set[str]) -> set[str]:
    """Return these persons and whoever is recorded to live with any of them, or with one of those."""
    found = set(members)
    while more := {one.id for one in world.persons if _lives_with(world, one, found)} - found:
        found |= more
    return found


def _lives_with(world: World, one: Person, others: set[str]) -> bool:
    return bool(one.lives_with & others) or any(one.id in world.person(name).lives_with for name in others)


def is_child(world: World, person: Person, on: date) -> bool:
    """Return whether somebody may be a child, or was told of as one and is no known adult."""
    once_opened = person.fact in world.facts_opened()
    return child_path(person, on) or (once_opened and not known_adult(person, on))


def children(world: World, on: date) -> set[str]:
    return {one.id for one in world.persons if is_child(world, one, on)}


def is_witness(person: Person) -> bool:
    """Return whether a child is only a reporter."""
    return person.roles == {REPORTER}


def found_at_premises(person: Person) -> bool:
    """Return whether the premises stand for the place where this child is found: of concern, or an exploiter."""
    return person.has(CONCERN) or person.has(EXPLOITER)


def carers(world: World, kids: set[str]) -> set[str]:
    return {one.id for one in world.persons if one.cares_for & kids}


def carers_at_home(world: World, child: str) -> set[str]:
    """Return the carers with whom this child is recorded to live."""
    return carers(world, {child}) & household(world, {child}) - {child}


def named_or_concern(world: World, danger: Danger) -> set[str]:
    """Return the person whom a danger names, or each person of concern."""
    if danger.person is not None:
        return {danger.person} & {one.id for one in world.persons}
    return {one.id for one in world.with_role(CONCERN)}


def counted(world: World, danger: Danger, on: date) -> set[str]:
    """Return those counted in a danger: with the children of their households (fact 4)."""
    first = named_or_concern(world, danger)
    return first | (household(world, first) & children(world, on))


def counts_as_in_danger(world: World, on: date) -> set[str]:
    return set().union(*(counted(world, one, on) for one in world.danger_facts()))


def danger_marks(world: World, dangers: list[Danger], on: date) -> dict[str, str]:
    """Return how each person is shown: named ones in danger, the others counted perhaps, nobody as not in danger."""
    marks = {name: "may_be" for one in dangers for name in counted(world, one, on)}
    known = {one.id for one in world.persons}
    return marks | {
        one.person: "in_danger" for one in dangers if one.person is not None and one.person in known
    }
