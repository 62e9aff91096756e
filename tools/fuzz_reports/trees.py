"""Trees: a report as nested lists of members, so that a key may come twice, and its text as JSON."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Path = tuple[str | int, ...]


@dataclass
class Node:
    """Object of a body: its members in order."""

    members: list[tuple[str, Any]] = field(default_factory=list)


def node_of(value: Any) -> Any:
    if isinstance(value, dict):
        return Node([(name, node_of(one)) for name, one in value.items()])
    return [node_of(one) for one in value] if isinstance(value, list) else value


def as_json(value: Any, *, spaced: bool, ascii_only: bool) -> str:
    """Return a tree as JSON, duplicates included."""
    comma, colon = (", ", ": ") if spaced else (",", ":")
    if isinstance(value, Node):
        pairs = (
            json.dumps(name, ensure_ascii=ascii_only)
            + colon
            + as_json(one, spaced=spaced, ascii_only=ascii_only)
            for name, one in value.members
        )
        return "{" + comma.join(pairs) + "}"
    if isinstance(value, list):
        return "[" + comma.join(as_json(one, spaced=spaced, ascii_only=ascii_only) for one in value) + "]"
    return json.dumps(value, ensure_ascii=ascii_only)


def scalars(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield every scalar with its path."""
    if isinstance(value, Node):
        for name, one in value.members:
            yield from scalars(one, (*path, name))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from scalars(one, (*path, number))
    else:
        yield path, value


def put(tree: Any, path: Path, value: Any) -> None:
    """Replace the first value at a path of a tree of nodes."""
    inner = tree
    for step in path[:-1]:
        inner = inner[int(step)] if isinstance(inner, list) else _member(inner, str(step))
    last = path[-1]
    if isinstance(inner, list):
        inner[int(last)] = value
    else:
        number = next(n for n, (name, _) in enumerate(inner.members) if name == last)
        inner.members[number] = (str(last), value)


def add(tree: Any, path: Path, value: Any, *, at: int | None = None) -> None:
    """Add a member; one with the same name may be there already."""
    inner = tree
    for step in path[:-1]:
        inner = inner[int(step)] if isinstance(inner, list) else _member(inner, str(step))
    inner.members.insert(len(inner.members) if at is None else at, (str(path[-1]), value))


def _member(node: Node, name: str) -> Any:
    return next(one for known, one in node.members if known == name)
