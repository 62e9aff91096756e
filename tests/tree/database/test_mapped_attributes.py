"""Attributes of mapped classes are changed by methods of their own class, which guard the change.

A statement that updates rows in bulk goes past those methods, and is found too.
"""

import ast
import re
from collections.abc import Iterator, Mapping

import pytest
from sqlalchemy import inspect
from sqlalchemy.orm import DeclarativeBase, Mapper

from tests.tree.source_files import named, service_sources, tree_of
from tools.registry import specs

CHANGING = frozenset(
    {"add", "append", "clear", "discard", "extend", "insert", "pop", "remove", "update", "setdefault"}
)

UPDATES_BY_STATEMENT = {
    "services/referral-service/referral_service/directory/reference_agencies.py": "names and areas of all agencies "
    "from reference data, at once; nothing that an operator set",
    "services/stats-service/stats_service/facts/models.py": "facts are counted once whatever order events come in; "
    "the statement is their rule, and it stands with the class",
}
"""Modules that update rows of a mapped class by a statement, each with the reason."""
_UPDATE = re.compile(r"\bUPDATE\s+(?:ONLY\s+)?(\w+)(?:\s+(?:AS\s+)?\w+)?\s+SET\b", re.I)


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


def bulk_updates(tree: ast.AST, tables: Mapping[str, str]) -> list[str]:
    """Return the statements that update rows of mapped classes, given with their tables; each with its line."""
    return [
        f"{node.lineno} {ast.unparse(node)}"
        for node in ast.walk(tree)
        if (isinstance(node, ast.Call) and _is_bulk_update(node, tables))
        or (isinstance(node, ast.Constant) and _is_sql_update(node.value, tables))
    ]


def _is_bulk_update(call: ast.Call, tables: Mapping[str, str]) -> bool:
    """Return whether it is `update(Case)`, `Case.__table__.update()` or `insert(Case)….on_conflict_do_update()`."""
    function = ast.unparse(call.func)
    if function.endswith("on_conflict_do_update"):
        return True
    updated = ast.unparse(call.args[0]) if call.args else function.removesuffix(".update")
    return function.endswith("update") and updated.removesuffix(".__table__").split(".")[-1] in tables


def _is_sql_update(text: object, tables: Mapping[str, str]) -> bool:
    return isinstance(text, str) and any(found[1] in tables.values() for found in _UPDATE.finditer(text))


def test_no_attribute_of_a_mapped_class_is_assigned_outside_it() -> None:
    names = mapped_names()
    assert len(names) > 60
    found = {named(path): assigned_outside(tree_of(path), names) for path in service_sources()}
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_no_statement_updates_rows_of_a_mapped_class_past_its_methods() -> None:
    tables = {kind.__name__: str(inspect(kind).local_table) for kind in mapped_classes()}
    assert len(tables) > 12
    found = {named(path): bulk_updates(tree_of(path), tables) for path in service_sources()}
    assert {path: lines for path, lines in found.items() if lines and path not in UPDATES_BY_STATEMENT} == {}
    assert {path for path in UPDATES_BY_STATEMENT if not found[path]} == set(), (
        "an exception no longer needed"
    )


@pytest.mark.parametrize(
    "statement",
    [
        "await uow.session.execute(update(Case).where(Case.id == case_id).values(state=CaseState.CLOSED))",
        "closed = sa.update(models.Case)",
        "closed = update(Case.__table__).values(state=1)",
        "closed = Case.__table__.update().values(state=1)",
        "insert(Case).values(row).on_conflict_do_update(index_elements=['id'], set_={'state': 1})",
        "await pool.execute('UPDATE cases AS c SET state = $1')",
        "await pool.execute('WITH a AS (SELECT 1) update cases\\nset state = 1')",
    ],
)
def test_a_bulk_update_is_noticed(statement: str) -> None:
    assert bulk_updates(ast.parse(f"async def close(uow):\n    {statement}"), {"Case": "cases"})


@pytest.mark.parametrize(
    "statement",
    [
        "select(Case)",
        "update(data_keys)",
        "insert(Case)",
        "row.update(a=1)",
        "'SELECT 1 FROM cases FOR UPDATE'",
        "'UPDATE outbox SET refused = NULL'",
    ],
)
def test_a_statement_that_updates_no_mapped_row_is_not_called_a_bulk_update(statement: str) -> None:
    assert not bulk_updates(ast.parse(statement), {"Case": "cases"})


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
