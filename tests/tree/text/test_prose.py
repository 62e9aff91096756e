"""Prose of the code: modules open with a sentence, docstrings begin plainly and in short."""

import ast
import re
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
MAX_WORDS = 20
_END_OF_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9`\"'(])|:\s+(?=[A-Z])")
"""A colon with a capital letter behind it ends a sentence too; one with a small letter goes on."""
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


def first_sentence(text: str) -> str:
    whole = " ".join(text.strip().split("\n\n")[0].split())
    return _END_OF_SENTENCE.split(whole)[0]


def long_beginnings(tree: ast.AST) -> list[tuple[int, int]]:
    """Return the lines of docstrings whose first sentence is too long, with its number of words."""
    counted = [(line, len(re.findall(r"\S*\w\S*", first_sentence(text)))) for line, text in docstrings(tree)]
    return [(line, words) for line, words in counted if words > MAX_WORDS]


def test_the_first_sentence_of_a_docstring_is_short() -> None:
    found = {named(path): long_beginnings(tree_of(path)) for path in sources(*EVERYTHING)}
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "text",
    [
        "Word " * 21,
        "Return " + "one " * 20 + "of them.\n\nMore.",
        "First: " + "and " * 20 + "last. Second.",
        "Return\n" + "a\nb " * 10 + "c.",
    ],
)
def test_a_long_first_sentence_is_noticed(text: str) -> None:
    assert long_beginnings(ast.parse(f'def f():\n    """{text}"""'))
    assert long_beginnings(ast.parse(f'LIMIT = 1\n"""{text}"""'))


@pytest.mark.parametrize(
    "text",
    ["Word " * 20, "Word " * 12 + "end. " + "Word " * 12, "Short.\n\n" + "Word " * 40, "- , ; " * 30 + "a"],
)
def test_a_short_first_sentence_is_not_called_long(text: str) -> None:
    assert not long_beginnings(ast.parse(f'def f():\n    """{text}"""'))


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
