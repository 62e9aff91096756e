"""Consent of the model: the entries of one person, in order, amount to an effective consent (sections 1 and 3)."""

from dataclasses import dataclass, replace
from datetime import date

from tools.simulation.rules_model.ages import child_path
from tools.simulation.rules_model.households import is_child
from tools.simulation.rules_model.world import CONCERN, REPORTER, Choice, Person, World

SHARE, ANONYMOUS = "share", "anonymous"


@dataclass(frozen=True)
class Effective:
    """Choices of one person as they stand."""

    privacy: str | None = None
    kinds: frozenset[str] = frozenset()
    situation: bool | None = None


def effective(world: World, name: str, on: date, *, vouched: bool = False) -> Effective:
    """Return what the entries of this person amount to.

    A child's yes counts once an adviser records that it understands; `vouched`: as if that were so for each.
    """
    person, now = world.person(name), Effective()
    for said in world.choices:
        if said.person == name:
            now = _after(now, said, person, counts=_counts(said, person, on, vouched=vouched))
    return now


def _counts(said: Choice, person: Person, on: date, *, vouched: bool) -> bool:
    """Return whether a yes counts: said by themselves, in safety, and understood."""
    own = said.by in (None, person.id)
    return own and not said.overheard and (vouched or said.understood or not child_path(person, on))


def _after(now: Effective, said: Choice, person: Person, *, counts: bool) -> Effective:
    if said.by not in (None, person.id):
        return now
    if said.withdraws:
        return Effective(None, frozenset(), situation=False)
    if said.privacy is not None:
        now = _with_privacy(now, said.privacy, counts=counts)
    if said.kind is not None:
        now = _with_kind(now, said, person, counts=counts)
    if said.situation is not None and (counts or not said.situation):
        now = replace(now, situation=said.situation)
    return now


def _with_privacy(now: Effective, privacy: str, *, counts: bool) -> Effective:
    """Take over a privacy choice; one that is not to share empties the kinds."""
    if privacy != SHARE:
        return replace(now, privacy=privacy, kinds=frozenset())
    return replace(now, privacy=privacy) if counts else now


def _with_kind(now: Effective, said: Choice, person: Person, *, counts: bool) -> Effective:
    one = frozenset({said.kind or ""})
    if not said.agrees:
        return replace(now, kinds=now.kinds - one)
    asked = person.has(REPORTER)
    binds = now.privacy not in (SHARE, None) or (asked and now.privacy is None)
    return replace(now, kinds=now.kinds | one) if counts and not binds else now


def agrees(world: World, name: str, kind: str, on: date, *, vouched: bool = False) -> bool:
    """Return whether this person's identity may go to this kind by their own yes.

    The yes of a source that an override sends is not lost when its age proves to be a child's: `vouched`.
    """
    return kind in effective(world, name, on, vouched=vouched).kinds


def passes_situation(world: World, name: str, kind: str, on: date) -> bool:
    """Return whether what this reporter told may go without identity, or goes with it."""
    if agrees(world, name, kind, on):
        return True
    chosen = effective(world, name, on).situation
    return not world.person(name).has(CONCERN) if chosen is None else chosen


def identity_is_deleted(world: World, name: str, on: date, *, duties_carrying_it: int) -> bool:
    """Return whether the identity of who chose to be anonymous goes: once no open duty carries it.

    A withdrawal after the choice is no other choice.
    """
    standing = replace(world, choices=tuple(one for one in world.choices if not one.withdraws))
    return effective(standing, name, on).privacy == ANONYMOUS and not duties_carrying_it


def withholding(world: World, kind: str, on: date) -> set[str]:
    """Return the adults of concern who have not agreed to this kind (fact 5)."""
    adults = [one for one in world.with_role(CONCERN) if not is_child(world, one, on)]
    return {one.id for one in adults if not agrees(world, one.id, kind, on)}
