"""Attributes of mapped classes are assigned by methods of their own class, which guard the change."""

import ast
from collections.abc import Iterator

import pytest
from sqlalchemy import inspect
from sqlalchemy.orm import DeclarativeBase, Mapper

from tests.tree.source_files import named, service_sources, tree_of
from tools.registry import specs

CHANGING = frozenset(
    {"add", "append", "clear", "discard", "extend", "insert", "pop", "remove", "update", "setdefault"}
)


def mapped_classes() -> set[type]:
    assert specs()  # their modules are imported
    found: set[type] = set()
    waiting: list[type] = [DeclarativeBase]
    while waiting:
        subclasses: list[type] = waiting.pop().__subclasses__()
        waiting += subclasses
        found |= {kind for kind in subclasses if hasattr(kind, "__tablename__")}
    return {kind for kind in found if kind.__module__.split(".")[0].endswith("_service")}


def mapped_names() -> set[str]:
    """Return the names of all columns and relationships of mapped classes."""
    mappers: list[Mapper[object]] = [inspect(kind) for kind in mapped_classes()]
    return {attribute.key for mapper in mappers for attribute in mapper.attrs}


def assigned(statement: ast.AST) -> Iterator[ast.Attribute]:
    """Yield the attributes that a statement assigns, deletes or changes in place."""
    if isinstance(statement, ast.Attribute) and isinstance(statement.ctx, ast.Store | ast.Del):
        yield statement
    if isinstance(statement, ast.Subscript) and isinstance(statement.ctx, ast.Store | ast.Del):
        yield from _attribute_of_a_name(statement.value)
    call = statement.func if isinstance(statement, ast.Call) else None
    if isinstance(call, ast.Attribute) and call.attr in CHANGING:
        yield from _attribute_of_a_name(call.value)


def _attribute_of_a_name(node: ast.expr) -> Iterator[ast.Attribute]:
    """Yield `case.persons`; not `found[key].persons`, which only values of the pure rules have."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        yield node


def assigned_outside(tree: ast.AST, names: set[str]) -> list[str]:
    """Return the attributes of other objects than `self` (or `cls`) that a module assigns, with their lines."""
    return [
        f"{attribute.lineno} {ast.unparse(attribute)}"
        for node in ast.walk(tree)
        for attribute in assigned(node)
        if attribute.attr in names and not _is_own(attribute)
    ]


def _is_own(attribute: ast.Attribute) -> bool:
    return isinstance(attribute.value, ast.Name) and attribute.value.id in {"self", "cls"}


def test_no_attribute_of_a_mapped_class_is_assigned_outside_it() -> None:
    names = mapped_names()
    assert len(names) > 60
    found = {named(path): assigned_outside(tree_of(path), names) for path in service_sources()}
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "statement",
    [
        "case.state = CaseState.CLOSED",
        "case.version += 1",
        "del case.place_gss",
        "recipient.duty.state, other = state, None",
        "case.facts['a'] = 1",
        "case.persons.append(person)",
        "for case.state in states: ...",
    ],
)
def test_an_assignment_from_outside_is_noticed(statement: str) -> None:
    names = {"state", "version", "place_gss", "facts", "persons"}
    assert assigned_outside(ast.parse(f"def close(case, recipient):\n    {statement}"), names)


def test_a_method_may_change_its_own_object() -> None:
    own = "class Case:\n    def close(self):\n        self.state = 1\n        self.persons.append(2)"
    assert not assigned_outside(ast.parse(own), {"state", "persons"})
