"""Prose of the code: modules open with a sentence, docstrings begin with a verb or the thing itself."""

import ast
from collections.abc import Iterator
from itertools import pairwise

import pytest

from tests.tree.source_files import EVERYTHING, named, sources, tree_of

FIRST_WORDS = frozenset(
    {
        "What", "Who", "Whoever", "Whose", "Whether", "Where", "Wherever", "When", "Whenever", "Which", "How",
        "Nobody", "Somebody", "Everybody", "Anybody", "That",
    }
)  # fmt: skip
"""A reader looks up what a thing is or does; such a beginning makes a riddle of it."""
Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def docstrings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the line and text of each docstring: of modules, classes and functions, and those below a field."""
    for node in ast.walk(tree):
        if isinstance(node, Documented) and (text := ast.get_docstring(node)):
            yield node.body[0].lineno, text
        if isinstance(node, ast.Module | ast.ClassDef):
            for field, after in pairwise(node.body):
                if isinstance(field, ast.Assign | ast.AnnAssign) and (text := _text_of(after)):
                    yield after.lineno, text


def _text_of(statement: ast.stmt) -> str:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""


def riddles(tree: ast.AST) -> list[int]:
    """Return the lines of docstrings that begin with a word which says nothing of the thing."""
    return [line for line, text in docstrings(tree) if text.split()[0].strip(",:;") in FIRST_WORDS]


def test_a_docstring_begins_with_a_verb_or_the_thing_itself() -> None:
    found = [f"{named(path)}:{line}" for path in sources(*EVERYTHING) for line in riddles(tree_of(path))]
    assert found == []


def test_every_module_opens_with_a_sentence() -> None:
    mute = [path for path in sources(*EVERYTHING) if path.read_text(encoding="utf-8").strip()]
    assert [named(path) for path in mute if not ast.get_docstring(tree_of(path))] == []


@pytest.mark.parametrize(
    "source",
    [
        '"""What everybody may ask for."""',
        'def f():\n    """Whether it is there."""',
        'async def f():\n    """Whoever holds the key, opens."""',
        'class C:\n    """Nobody sees this."""',
        'class C:\n    x: int = 0\n    """How many there are."""',
        'LIMIT = 3\n"""When more come, they wait."""',
    ],
)
def test_a_docstring_that_is_a_riddle_is_noticed(source: str) -> None:
    assert riddles(ast.parse(source))


def test_a_plain_docstring_is_not_called_a_riddle() -> None:
    assert not riddles(ast.parse('"""Whole body: returns what was read."""\nX = 1\n"""Howells: a name."""'))
