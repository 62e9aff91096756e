"""Recalls of the model: what an agency holds on consent, and what of it is called back (section 3).

A copy holds what the rules let go when it left. A withdrawal recalls what would not have left had it come before.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from tools.simulation.rules_model.consents import SHARE
from tools.simulation.rules_model.forced import WHOLE, Contents
from tools.simulation.rules_model.permitted import contents_by_consent
from tools.simulation.rules_model.world import Choice, World

Part = tuple[str, str | None]
"""Group, and the person whose data it is; nobody's for the situation as a whole."""
Parts = frozenset[Part]


@dataclass(frozen=True)
class Copy:
    """Copy that an agency was sent on consent, with the world as it was when it left."""

    kind: str
    world: World
    on: date
    recalled: Parts = frozenset()

    @property
    def parts(self) -> Parts:
        return permitted_parts(self.world, self.kind, self.on)


def parts_of(contents: Contents) -> Parts:
    """Return groups and persons of a message; what one reporter of several told is no part that can be named."""
    own = {word[4:] for word in contents.situation if word.startswith("own:")}
    situation: set[Part] = {("S", None)} if WHOLE in contents.situation else {("S", name) for name in own}
    named = (
        ("A", contents.accounts),
        ("P", contents.full),
        ("R", contents.reporters),
        ("H", contents.handling),
    )
    return frozenset(situation | {(group, name) for group, persons in named for name in persons})


def permitted_parts(world: World, kind: str, on: date) -> Parts:
    return parts_of(contents_by_consent(world, kind, on))


def takes_back(choice: Choice) -> bool:
    """Return whether a choice can only end sharing: a withdrawal, a no, or a more private choice."""
    said_no = choice.kind is not None and not choice.agrees
    private = choice.privacy is not None and choice.privacy != SHARE
    return choice.withdraws or said_no or private or choice.situation is False


def rested_on(copy: Copy, taken: Iterable[int], others: Iterable[int], now: World) -> Parts:
    """Return what of a copy rested on choices that were taken back, beside others taken back already.

    Choices are named by their places in the ledger of the world now. What was made before the copy left is in it.
    """
    first = len(copy.world.choices)
    before = {number for number in others if number >= first}
    after = before | {number for number in taken if number >= first}
    return (copy.parts & _parts_after(copy, before, now)) - _parts_after(copy, after, now)


def _parts_after(copy: Copy, numbers: set[int], now: World) -> Parts:
    """Return what would have left, had these choices been made before."""
    said = tuple(now.choices[number] for number in sorted(numbers))
    world = replace(copy.world, choices=(*copy.world.choices, *said))
    return permitted_parts(world, copy.kind, copy.on)


@dataclass(frozen=True)
class Doubt:
    """Choices that were not made in a call: those nobody checked yet, and those that were not the person's wish."""

    unchecked: frozenset[int] = frozenset()
    not_own_wish: frozenset[int] = frozenset()

    def heard(self, number: int, *, own_wish: bool) -> "Doubt":
        """Return the doubt after an adviser has checked a choice."""
        not_own = frozenset() if own_wish else frozenset({number})
        return Doubt(self.unchecked - {number}, self.not_own_wish | not_own)

    def sure(self, world: World) -> set[int]:
        """Return the choices that take something back and are surely the person's own."""
        doubtful = self.unchecked | self.not_own_wish
        found = (number for number, one in enumerate(world.choices) if takes_back(one))
        return {number for number in found if number not in doubtful}

    def world(self, world: World, *, heard: Iterable[int] = ()) -> World:
        """Return the world without the choices in doubt: whoever holds a telephone takes nothing back for good."""
        doubtful = (self.unchecked | self.not_own_wish) - set(heard)
        kept = (one for number, one in enumerate(world.choices) if number not in doubtful)
        return replace(world, choices=tuple(kept))


def recalled(copy: Copy, number: int, now: World, doubt: Doubt, on: date) -> Parts:
    """Return what of a copy is called back once a choice is surely the person's own.

    What may go all the same, because the person has agreed again, is not called back.
    """
    lost = rested_on(copy, {number}, doubt.sure(now) - {number}, now)
    return lost - permitted_parts(doubt.world(now), copy.kind, on) - copy.recalled


def waits_for_check(copy: Copy, now: World, doubt: Doubt, on: date) -> bool:
    """Return whether a choice that nobody checked would call something of a copy back."""
    lost = rested_on(copy, doubt.unchecked, doubt.sure(now), now)
    still = permitted_parts(doubt.world(now, heard=doubt.unchecked), copy.kind, on)
    return bool(lost - still - copy.recalled)
