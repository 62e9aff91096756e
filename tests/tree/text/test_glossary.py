"""Glossary: words that were replaced occur nowhere any more, neither in code nor in contracts or documentation."""

import ast
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.tree.source_files import EVERYTHING, named, sources, tree_of
from tools.registry import ROOT

REPLACED = (
    *("leg", "legs", "leg_id", "told_by", "told_within", "was_told", "opened_for", "leaves_at", "told_of"),
    *("take_over", "takes_over", "takeover", "takeovers", "taken_over", "TakenOver", "minding", "forcing"),
    *("doorbell", "doorbells", "bell", "bells", "lane", "lanes", "courier", "couriers", "crowd", "crowds"),
    *("SealBroken", "failed_events", "witnessed_heads", "heads_witnessed", "fault_point", "fault_points"),
    *("handing_over", "standing_down", "under_way", "still_ours", "set_aside", "reaction", "reactions"),
    *("facts_changed", "Platform", "LETS_GO", "KILL_AT", "BODY_WITHIN", "REQUESTS_AT_ONCE"),
    *("HELPLINE_TOLD\\w*", "identity_keys", "outbound_addresses", "outbound_names", "routes_api"),
)
"""Words that are wrong in every file."""
REPLACED_NAMES = frozenset(
    {
        "told", "tells", "leaves", "goes", "stays", "why", "held", "holding", "leaving", "covered", "matter",
        "matters", "Matter", "Letter", "letter", "Tried", "tried", "Lane", "Courier", "job", "Job", "hand_over",
        "witness", "witnesses", "ring", "rings", "beat", "beats", "Standing", "Crowd", "Doorbell", "Leg", "Concern",
        "concerns", "release", "kept_up", "lets_go", "passes", "reached", "Told", "Kept", "PASSES", "Service",
        "platform", "situations", "windows", "clocks", "manners", "scenes", "happenings", "mistelling", "storm", "legs",
        "driven", "claiming", "recording", "releasing", "receiving", "counting", "ending", "starting", "lifecycle",
        "loading",
    }
)  # fmt: skip
"""Words that a sentence may use and a name may not: of a variable, function, class, attribute or module."""
REPLACED_MODULES = frozenset(
    {
        "account", "answers", "clocks", "contents", "counting", "cursors", "day", "delivering", "ending", "loading",
        "office", "plants", "publishing", "questions", "receiving", "recording", "releasing", "rewrapping", "scenes",
        "senders", "sending", "stage", "starting", "telling", "together", "waiting", "witnesses",
    }
)  # fmt: skip
"""Words that name no module or package: a noun of the field or of engineering stands in their place."""
REPLACED_PROPERTIES = frozenset(
    {
        "told", "told_by", "goes", "stays", "why", "leg", "leg_id", "legs", "taken_over", "body", "serves",
        "recipient", "leaves_at", "left", "released",
    }
)  # fmt: skip
"""Words that no property of an answer, a request or an event has."""
EVERYDAY: dict[str, dict[str, str]] = {
    "release": {"benchmarks/machine.py": "the version of the operating system"},
}
"""Places at which a word has its everyday meaning, each with the reason."""
TEXTS = ("*.py", "*.md", "*.json", "*.sql", "*.jinja", "*.html", "*.yml", "*.toml", "*.conf", "Makefile")
FOLDERS = ("shared", "services", "tools", "benchmarks", "tests", "docs", "contracts", "deploy", ".")
NOT_OURS = ("benchmarks/results", "shared/shared/domain/reference")
THIS = "tests/tree/text/test_glossary.py"
_REPLACED = re.compile(rf"\b(?:{'|'.join(REPLACED)})\b")


def texts() -> Iterator[Path]:
    for folder in FOLDERS:
        for pattern in TEXTS:
            found = (ROOT / folder).glob(pattern) if folder == "." else (ROOT / folder).rglob(pattern)
            yield from sorted(path for path in found if not named(path).startswith((*NOT_OURS, THIS)))


def is_everyday(word: str, path: Path) -> bool:
    return named(path) in EVERYDAY.get(word, {})


def replaced_words(text: str) -> set[str]:
    return set(_REPLACED.findall(text))


def names_in(tree: ast.AST) -> Iterator[str]:
    """Yield every name that a module gives: definitions, parameters, variables, keywords and its own imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg | ast.keyword) and node.arg:
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr


def replaced_names(tree: ast.AST) -> set[str]:
    return {name for name in names_in(tree) if name.strip("_") in REPLACED_NAMES}


def properties_of(schema: Any) -> Iterator[str]:
    """Yield the name of every property of a JSON Schema, of whatever depth."""
    if isinstance(schema, dict):
        properties = schema.get("properties")
        if isinstance(properties, dict):
            yield from properties
        for part in schema.values():
            yield from properties_of(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from properties_of(part)


def test_no_text_uses_a_word_that_was_replaced() -> None:
    found = {named(path): replaced_words(path.read_text(encoding="utf-8")) for path in texts()}
    assert len(found) > 300
    assert {name: sorted(words) for name, words in found.items() if words} == {}


def test_no_name_is_a_word_that_was_replaced() -> None:
    found = {
        named(path): sorted(name for name in replaced_names(tree_of(path)) if not is_everyday(name, path))
        for path in sources(*EVERYTHING)
    }
    assert {name: words for name, words in found.items() if words} == {}


def replaced_modules(names: Iterable[str]) -> list[str]:
    """Return the files of which a folder or the file itself has a name that was replaced."""
    replaced = {*REPLACED, *REPLACED_NAMES, *REPLACED_MODULES}
    return [name for name in names if replaced & {*name.removesuffix(".py").split("/")}]


def test_no_module_is_named_by_a_word_that_was_replaced() -> None:
    assert replaced_modules(named(path) for path in sources(*EVERYTHING)) == []


def test_a_module_that_is_named_by_a_replaced_word_is_noticed() -> None:
    planted = [
        "services/case-service/case_service/minding/api.py",
        "tests/faults/storm.py",
        "tools/office.py",
    ]
    assert replaced_modules([*planted, "shared/shared/db/leases.py", "tools/daylight.py"]) == planted


@pytest.mark.parametrize("path", sorted((ROOT / "contracts").rglob("*.json")), ids=named)
def test_no_property_of_a_contract_is_a_word_that_was_replaced(path: Path) -> None:
    contract = json.loads(path.read_text(encoding="utf-8"))
    assert set(properties_of(contract)) & REPLACED_PROPERTIES == set()


@pytest.mark.parametrize(
    "text",
    [
        "the leg of a case",
        "DELETE FROM legs",
        "case.told_by = x",
        "rings the doorbell",
        "leg_id: UUID",
        "HELPLINE_TOLD_WITHIN_SECONDS=5",
        "from shared.identity_keys import x",
    ],
)
def test_a_replaced_word_is_noticed(text: str) -> None:
    assert replaced_words(text)


@pytest.mark.parametrize(
    "text", ["a legal duty", "told_by_phone", "the others take over", "a legacy", "belle"]
)
def test_another_word_is_not_called_a_replaced_one(text: str) -> None:
    assert not replaced_words(text)


@pytest.mark.parametrize(
    "source",
    [
        "def close(told): ...",
        "class Letter: ...",
        "async def witness(): ...",
        "for held in rows: ...",
        "change(matter=1)",
        "self._told = 1",
    ],
)
def test_a_replaced_name_is_noticed(source: str) -> None:
    assert replaced_names(ast.parse(source))
    assert not replaced_names(
        ast.parse('"""Whoever was told leaves."""\nletters = recall(told_by_phone=True)')
    )


def test_a_replaced_property_is_noticed() -> None:
    schema: dict[str, Any] = {"anyOf": [{"properties": {"items": {"items": {"properties": {"goes": {}}}}}}]}
    assert set(properties_of(schema)) & REPLACED_PROPERTIES == {"goes"}
