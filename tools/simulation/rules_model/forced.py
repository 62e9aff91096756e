"""Contents of the model: which items go to one agency by an override.

Section 4, facts 3 to 5 and 7.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import reduce

from tools.simulation.rules_model.consents import agrees, withholding
from tools.simulation.rules_model.households import (
    carers,
    children,
    counted,
    danger_marks,
    found_at_premises,
    household,
    is_witness,
)
from tools.simulation.rules_model.places import FIND, found_at
from tools.simulation.rules_model.required import OPEN, RequiredDuty, required
from tools.simulation.rules_model.world import (
    CONCERN,
    EXPLOITER,
    REPORTER,
    Danger,
    Person,
    World,
    names,
)

WHOLE, TO_PROTECT, COUNCIL_ONLY = "whole", "to_protect_child", "council_only"
FULL, LIMITED = "full", "limited"
Words = frozenset[str]
Marks = frozenset[tuple[str, str]]
NONE: Words = frozenset()
NO_MARKS: Marks = frozenset()


@dataclass(frozen=True)
class Contents:
    """Items of one message. The union of two grounds is the union of their items."""

    situation: Words = NONE
    """`whole`, `to_protect_child`, `own:<person>`, `said_by:<reporter>`."""
    accounts: Words = NONE
    full: Words = NONE
    """Persons whose identity goes in full."""
    limited: Words = NONE
    """Persons of whom name, relation and place go."""
    reporters: Words = NONE
    premises: Words = NONE
    """`whole`, `council_only`."""
    danger: Marks = NO_MARKS
    concern_codes: Marks = NO_MARKS
    exploiters_named: Words = NONE
    protection_summary: bool = False
    number: bool = False
    place_risk: bool = False

    @property
    def handling(self) -> Words:
        """Return the persons whose handling goes: exactly those whose identity goes in full."""
        return self.full | self.reporters

    @property
    def protect_source(self) -> bool:
        return bool(self.reporters or self.accounts)

    @property
    def is_nothing(self) -> bool:
        return self == Contents()


def joined(parts: Iterable[Contents]) -> Contents:
    return reduce(_join, parts, Contents())


def _join(one: Contents, other: Contents) -> Contents:
    situation, full = one.situation | other.situation, one.full | other.full
    premises, danger = one.premises | other.premises, one.danger | other.danger
    certain = {(name, mark) for name, mark in danger if mark == "in_danger"}
    return Contents(
        frozenset({WHOLE}) if WHOLE in situation else situation,
        one.accounts | other.accounts,
        full,
        (one.limited | other.limited) - full,
        one.reporters | other.reporters,
        frozenset({WHOLE}) if WHOLE in premises else premises,
        frozenset(certain | {(name, mark) for name, mark in danger if (name, "in_danger") not in certain}),
        one.concern_codes | other.concern_codes,
        one.exploiters_named | other.exploiters_named,
        one.protection_summary or other.protection_summary,
        one.number or other.number,
        one.place_risk or other.place_risk,
    )


def forced_contents(world: World, duty: RequiredDuty, on: date) -> Contents:
    """Return what goes by the overrides that led to this agency."""
    dangers = [one for one in world.danger_facts() if one.fact in duty.facts]
    kids = [one for one in world.persons if one.fact in duty.facts]
    sources = Sources(world, duty, on)
    parts = [_by_danger(sources, dangers)] if dangers else []
    return joined([*parts, *(_by_child(sources, child) for child in kids)])


# Sources (fact 3)


@dataclass(frozen=True)
class Sources:
    """Reporters who told of the facts on which the duty of one agency rests."""

    world: World
    duty: RequiredDuty
    on: date

    def named(self, tellers: Iterable[str]) -> Words:
        """Return the sources among these whose identity goes, where it is held at all."""
        known_by_name = {one.id for one in self.world.with_role(REPORTER) if one.identity_held}
        return frozenset(name for name in tellers if name in known_by_name and self._is_named(name))

    def words_of(self, tellers: Iterable[str]) -> Words:
        """Return the sources among these whose words go; of an unnamed one unless an adviser left them out."""
        reported = {one.id for one in self.world.persons if one.made_report}
        kept_back = {name for name in reported if "words_left_out" in self._decided(name)}
        return frozenset(n for n in tellers if n in reported and (n not in kept_back or self._is_named(n)))

    def _is_named(self, name: str) -> bool:
        """Return whether a source is named: for sure, as an adviser added, or by their yes unless left out."""
        decided = self._decided(name)
        if name in self._named_for_sure() or "added" in decided:
            return True
        shares = agrees(self.world, name, self.duty.key[0], self.on, vouched=True)
        return shares and "left_out" not in decided

    def _named_for_sure(self) -> set[str]:
        """Return who is in danger here, a child of this duty, its carer, or must be asked where."""
        kids = self.duty.children
        dangers = [one for one in self.world.danger_facts() if one.fact in self.duty.facts]
        at_risk = set().union(*(counted(self.world, one, self.on) for one in dangers))
        ways = required(self.world, self.on).ways
        found = {way.fact for way in ways if way.task != FIND and way.known_as != OPEN}
        asked = set().union(*(one.sources for one in dangers if one.fact not in found))
        return at_risk | kids | carers(self.world, kids) | asked

    def _decided(self, source: str) -> set[str]:
        """Return what advisers decided about this source, for this agency or for each."""
        about = [
            one.what
            for one in self.world.source_decisions
            if one.source == source and one.agency in (None, self.duty.key)
        ]
        naming = [what for what in about if what in ("added", "left_out")][-1:]
        return {*naming, *(what for what in about if what == "words_left_out")}


# Danger


def _by_danger(sources: Sources, dangers: list[Danger]) -> Contents:
    world, on = sources.world, sources.on
    tellers = set().union(*(one.sources for one in dangers))
    return Contents(
        situation=frozenset({WHOLE}),
        accounts=sources.words_of(tellers),
        full=frozenset().union(*(counted(world, one, on) for one in dangers)),
        reporters=sources.named(tellers),
        premises=frozenset({WHOLE} if world.premises else ()),
        danger=frozenset(danger_marks(world, dangers, on).items()),
        exploiters_named=exploiters_named(world, on),
        number=True,
        place_risk=True,
    )


def exploiters_named(world: World, on: date) -> Words:
    """Return the exploiters whom a whole situation names: adults who are no persons of concern.

    A reporter is not among them: their identity follows their own choice, and fact 3.
    """
    kids = children(world, on)
    exploiters = [one for one in world.with_role(EXPLOITER) if not (one.has(CONCERN) or one.has(REPORTER))]
    return frozenset(names(exploiters) - kids)


# Child


def _by_child(sources: Sources, child: Person) -> Contents:
    """Return what goes for one child whose place led here."""
    world, on = sources.world, sources.on
    cut_down = is_witness(child) or bool(withholding(world, sources.duty.key[0], on))
    full, limited = _persons_for(world, child, on)
    shown = _premises_shown(world, child) if cut_down else bool(world.premises)
    marks = danger_marks(world, world.danger_facts(), on)
    return Contents(
        situation=frozenset({TO_PROTECT if cut_down else WHOLE}),
        accounts=NONE if cut_down else sources.words_of(child.sources),
        full=full,
        limited=limited - full,
        reporters=sources.named(child.sources),
        premises=frozenset({WHOLE} if shown else ()),
        danger=frozenset((name, mark) for name, mark in marks.items() if name in full & children(world, on)),
        concern_codes=frozenset((child.id, code) for code in concern_codes(world, child)),
        exploiters_named=NONE if cut_down else exploiters_named(world, on),
        protection_summary=world.protection_summary and not is_witness(child),
        number=shown or not cut_down,
        place_risk=True,
    )


def _persons_for(world: World, child: Person, on: date) -> tuple[Words, Words]:
    """Return whose identity goes in full, and of whom name, relation and place (fact 4)."""
    at_home = household(world, {child.id})
    kids = (at_home & children(world, on)) | {child.id}
    theirs = {one.id for one in world.with_role(EXPLOITER) if _exploits(one, kids, child)}
    return frozenset(kids | theirs), frozenset((at_home | carers(world, kids)) - kids)


def _exploits(one: Person, kids: set[str], child: Person) -> bool:
    return bool(one.exploits & kids) or (one.nobodys_in_particular and child.has(CONCERN))


def _premises_shown(world: World, child: Person) -> bool:
    """Return whether the premises are this child's place: nothing of its own stands before them."""
    return any(at.known_as == "premises" for at in found_at(world, child))


def concern_codes(world: World, child: Person) -> set[str]:
    """Return the coded concern_codes of a child; there is always one (fact 5)."""
    at_home = household(world, {child.id}) - {child.id}
    in_danger = {one.person for one in world.danger_facts()}
    holds = {
        "missing": child.missing,
        "harmed_or_exploited": child.harmed or found_at_premises(child),
        "witness": is_witness(child) and not child.harmed,
        "lives_with_somebody_in_danger": bool(at_home & in_danger),
        "carer_may_be_controlled": any(world.person(n).has(CONCERN) for n in carers(world, {child.id})),
    }
    return {code for code, is_so in holds.items() if is_so} or {"lives_where_people_may_be_exploited"}
