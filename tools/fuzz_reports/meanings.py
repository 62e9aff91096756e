"""Meanings: what a damaged report still says at the least, worked out beside the damage and not by the salvage."""

from typing import Any

from tools.fuzz_reports.trees import Path
from tools.fuzz_reports.whole_reports import Tree

DANGER = ("danger_now", "in_danger")
PRIVACY = ("share", "confidential", "anonymous")
AGE = ("date_of_birth", "years", "lowest", "highest")


def part(meaning: Tree, path: Path) -> Any:
    inner: Any = meaning
    for step in path[:-1]:
        inner = inner[step]
    return inner


def without(meaning: Tree, path: Path) -> None:
    """Take a value away: nothing is said there any more."""
    inner = part(meaning, path)
    if isinstance(inner, list):
        inner[int(path[-1])] = None
    else:
        inner.pop(path[-1], None)


def unreadable(meaning: Tree, path: Path, junk: Any) -> None:
    """Put what an unreadable value means at the least in its place. A number that is nobody's age is none."""
    name, inner = path[-1], part(meaning, path)
    without(meaning, path)
    if name in DANGER:
        inner[name] = "yes"
    elif (name in AGE and not isinstance(junk, int | float)) or name == "may_be_under_18":
        inner["may_be_under_18"] = True
    elif name == "about":
        inner["about"] = True
    elif name == "privacy":
        inner[name] = "anonymous" if "anonym" in str(junk) else "confidential"
    elif name == "situation_may_be_passed_on":
        inner[name] = False


def twice(meaning: Tree, path: Path, other: Any) -> None:
    """Let the value that protects count where a key comes twice."""
    name, inner = path[-1], part(meaning, path)
    first = inner[name]
    if name in DANGER and "yes" in (first, other):
        inner[name] = "yes"
    elif name == "privacy":
        inner[name] = max(first, other, key=PRIVACY.index)
    elif name == "years":
        inner[name] = min(first, other)
    elif name in ("may_be_under_18", "cares_for_child"):
        inner[name] = bool(first or other)
    elif name == "situation_may_be_passed_on":
        inner[name] = bool(first and other)
    elif name == "share_with":
        inner[name] = [kind for kind in first if kind in other]
