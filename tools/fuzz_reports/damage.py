"""Damage to the values of a report: other spellings, wrong types, unknown codes, nulls, and keys that come twice."""

import copy
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tools.fuzz_reports import meanings
from tools.fuzz_reports.spellings import SPELLINGS
from tools.fuzz_reports.trees import Node, Path, add, node_of, put, scalars
from tools.fuzz_reports.whole_reports import Tree

JUNK: tuple[Any, ...] = (
    *(
        "zzqx",
        "!!!",
        "zz 42",
        "maybe so",
        "ja genau",
        "\u0000\u0007",
        "share it all",
        "no idea about it",
        "💥",
    ),
    *(-3.75, -7.5, [["zzqx"]], {"zzqx": 1}, "x" * 700, "anonymousish", "yes and no", 10**30),
)
BLANK: tuple[Any, ...] = (None, "", "  ", "\u200b", [], "unknown")
NOTHING: tuple[Any, ...] = (None, "", " \t", "\u200b")
UNKNOWN_FIELDS: tuple[tuple[str, Any], ...] = (
    *(
        ("app_version", "2.1.0"),
        ("utm_source", "poster"),
        ("Ihre Nachricht", "hallo"),
        ("", "noname"),
        ("x" * 90, 1),
    ),
    *(("device", {"os": "ios", "id": 7}), ("tags", ["a", "b"])),
)
DANGER_FIELDS: tuple[tuple[str, Any], ...] = (
    ("emergency", True),
    ("isUrgent", "yes"),
    ("in_immediate_danger", 1),
)
CHILD_FIELDS: tuple[tuple[str, Any], ...] = (("is_minor", True), ("dob", "2015-05-05"), ("age_years", 9))
TEXTS = frozenset(
    {
        *(
            "what_happened",
            "when_happened",
            "risk_to_approach",
            "name",
            "phone",
            "email",
            "household",
            "address",
        ),
        *(
            "description",
            "relation_to_child",
            "relation_to_reporter",
            "when",
            "say_to_others",
            "code_word",
            "never",
        ),
        *("country", "postcode", "channels"),
    }
)
LISTS = frozenset({"exploitation_types", "sectors", "share_with", "languages", "channels"})


@dataclass
class Damaged:
    """Report that is being damaged, with what it still means. `damage` names what was done to it."""

    tree: Any
    meaning: Tree
    damage: list[str] = field(default_factory=list)
    unreadable: list[Any] = field(default_factory=list)

    @classmethod
    def of(cls, report: Tree) -> "Damaged":
        return cls(node_of(report), copy.deepcopy(report))


def name_of(path: Path) -> str:
    """Return the name of the field to which a leaf belongs; an item belongs to its list."""
    return str(next(step for step in reversed(path) if isinstance(step, str)))


def respell(random: Random, report: Damaged, path: Path, value: Any) -> bool:
    """Write a value in another spelling that means the same."""
    name = name_of(path)
    if name in TEXTS or (isinstance(value, str) and name == "council"):
        return False
    for kind, spell in SPELLINGS:
        if kind(name, value):
            put(report.tree, path, random.choice(spell(value)))
            return True
    return False


def spoil(random: Random, report: Damaged, path: Path, value: Any) -> bool:
    """Put something in the place of a coded value that nobody can understand."""
    name = name_of(path)
    if name in TEXTS:
        return False
    junk = random.choice(JUNK)
    is_item = isinstance(path[-1], int)
    put(report.tree, path, node_of(junk))
    if is_item:
        meanings.without(report.meaning, path)
    else:
        meanings.unreadable(report.meaning, path, junk)
    report.unreadable.append(junk)
    return True


def leave_blank(random: Random, report: Damaged, path: Path, value: Any) -> bool:
    """Say nothing in a field, in one of the ways in which programs say nothing."""
    name = name_of(path)
    put(report.tree, path, random.choice(NOTHING if name in TEXTS else BLANK))
    meanings.without(report.meaning, path)
    return True


def say_twice(random: Random, report: Damaged, path: Path, value: Any) -> bool:
    """Let a key come twice with different values, in either order and perhaps under another spelling."""
    name = path[-1]
    others = {
        **dict.fromkeys(("danger_now", "in_danger"), ("yes", "no", "unknown")),
        "privacy": meanings.PRIVACY,
        "years": (9, 17, 18, 44),
        **dict.fromkeys(("may_be_under_18", "situation_may_be_passed_on", "cares_for_child"), (True, False)),
    }
    if name not in others or not isinstance(name, str):
        return False
    other = random.choice(others[name])
    spelling = random.choice(
        (name, name, name.upper(), name.replace("_", "-"), name.title().replace("_", ""))
    )
    add(report.tree, (*path[:-1], spelling), other, at=random.choice((0, None)))
    meanings.twice(report.meaning, path, other)
    return True


def say_more(random: Random, report: Damaged, path: Path, value: Any) -> bool:
    """Add a field that nobody knows; some mean a danger or a child."""
    outer = tuple(path[:2]) if path[0] == "persons" and len(path) > 2 else ()
    kind, fields = random.choice((("", UNKNOWN_FIELDS), ("danger", DANGER_FIELDS), ("child", CHILD_FIELDS)))
    name, said = random.choice(fields)
    add(report.tree, (*outer, name), node_of(said))
    if kind == "danger":
        report.meaning["danger_now"] = "yes" if not outer else report.meaning.get("danger_now", "unknown")
        if outer:
            meanings.part(report.meaning, (*outer, ""))["in_danger"] = "yes"
    if kind == "child":
        _mean_child(report.meaning, outer)
    return True


def _mean_child(meaning: Tree, outer: Path) -> None:
    somebody = {"age": {"may_be_under_18": True}}
    if not outer:
        persons = meaning.setdefault("persons", [])
        if somebody not in persons[-1:]:
            persons.append(somebody)
        return
    person = meanings.part(meaning, (*outer, ""))
    person["age"] = {**(person.get("age") or {}), "may_be_under_18": True}


def flatten(random: Random, report: Damaged, path: Path, value: Any) -> bool:
    """Write an age as a number alone, or a list of one as its item."""
    if path[-1] == "years" and isinstance(value, int):
        age = meanings.part(report.meaning, path)
        if list(age) == ["years"]:
            put(report.tree, path[:-1], random.choice((value, str(value))))
            return True
    if isinstance(path[-1], int) and len(meanings.part(report.meaning, path)) == 1 and name_of(path) in LISTS:
        put(report.tree, path[:-1], value)
        return True
    return False


DAMAGES = (respell, respell, spoil, spoil, leave_blank, say_twice, say_twice, say_more, flatten)


def damage(random: Random, report: Damaged) -> None:
    """Do one kind of damage to a value drawn at random, where that kind is possible there."""
    at = [(path, value) for path, value in scalars(report.tree) if path and _is_intact(report, path, value)]
    if not at:
        return
    path, value = random.choice(at)
    kind = random.choice(DAMAGES)
    if kind(random, report, path, value):
        report.damage.append(f"{kind.__name__} {'.'.join(map(str, path))}")


def _is_intact(report: Damaged, path: Path, value: Any) -> bool:
    """Return whether a value is as it was: what was damaged once is not damaged again."""
    inner: Any = report.meaning
    for step in path:
        try:
            inner = inner[step]
        except (KeyError, IndexError, TypeError):
            return False
    node: Any = report.tree
    for step in path[:-1]:
        if isinstance(node, Node):
            if [name for name, _ in node.members].count(str(step)) != 1:
                return False
            node = next(one for name, one in node.members if name == step)
        else:
            node = node[step]
    is_twice = (
        isinstance(node, Node) and [_plain(name) for name, _ in node.members].count(_plain(str(path[-1]))) > 1
    )
    return bool(inner == value and type(inner) is type(value) and not is_twice)


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")
