"""Ids: made in one place, so that they sort by time unless a reader may not learn the time."""

import ast

import pytest

from tests.tree.source_files import PRODUCT, named, sources, tree_of

MAKES_IDS = {"shared/shared/ids.py"}
RANDOM = frozenset({"uuid1", "uuid4", "uuid6", "uuid7", "uuid8"})


def ids_made(tree: ast.AST) -> list[int]:
    """Return the lines that make an id by themselves, in Python or in a statement for the database."""
    return [node.lineno for node in ast.walk(tree) if isinstance(node, ast.expr) and _makes_an_id(node)]


def _makes_an_id(node: ast.expr) -> bool:
    if isinstance(node, ast.Name):
        return node.id in RANDOM
    if isinstance(node, ast.Attribute):
        return node.attr in RANDOM
    text = node.value if isinstance(node, ast.Constant) else None
    return isinstance(text, str) and ("gen_random_uuid(" in text or "uuidv7(" in text)


def test_ids_are_made_in_one_place() -> None:
    assert {named(path) for path in sources(*PRODUCT) if ids_made(tree_of(path))} == MAKES_IDS


@pytest.mark.parametrize(
    "source",
    [
        "case.id = uuid4()",
        "row = uuid.uuid4()",
        "field(default_factory=uuid4)",
        "f'SELECT gen_random_uuid(), {a}'",
    ],
)
def test_an_id_that_is_made_elsewhere_is_noticed(source: str) -> None:
    assert ids_made(ast.parse(source))
    assert not ids_made(
        ast.parse("from shared.ids import new_id\nid = new_id()\nother = uuid5(NAMESPACE, 'a')")
    )
