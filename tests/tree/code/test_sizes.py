"""Sizes: folders, files and functions are short enough to be read at once (house style, shape)."""

import ast
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from statistics import median

import pytest

from tests.tree.source_files import (
    EVERYTHING,
    PRODUCT,
    functions_of,
    is_migration,
    lines_of,
    named,
    sources,
    tree_of,
)
from tools.registry import ROOT

MAX_MODULES = 12
MAX_LINES = 300
MAX_FUNCTION_LINES = 40
MAX_MEDIAN = 10
LONGER: dict[str, str] = {
    "shared/shared/domain/vocabulary.py": "the controlled lists that rules use, one after another",
}
"""Files that may be longer, each with the reason."""


def crowded(paths: Iterable[Path]) -> dict[str, int]:
    """Return the folders that hold more modules than a listing shows well, with their number."""
    counted = Counter(path.parent for path in paths if path.name != "__init__.py")
    return {named(folder): number for folder, number in counted.items() if number > MAX_MODULES}


def long_functions(tree: ast.AST) -> list[tuple[str, int]]:
    return [
        (function.name, lines_of(function))
        for function in functions_of(tree)
        if lines_of(function) > MAX_FUNCTION_LINES
    ]


def length(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def long_files(paths: Iterable[Path]) -> dict[str, int]:
    lengths = {path: length(path) for path in paths if not is_migration(path)}
    return {path.as_posix(): lines for path, lines in lengths.items() if lines > MAX_LINES}


def test_a_folder_holds_at_most_twelve_modules() -> None:
    assert crowded(sources(*EVERYTHING)) == {}


def test_a_crowded_folder_is_noticed() -> None:
    planted = [ROOT / "shared" / "planted" / f"module_{number}.py" for number in range(MAX_MODULES)]
    assert crowded([*planted, ROOT / "shared" / "planted" / "__init__.py"]) == {}
    assert crowded([*planted, ROOT / "shared" / "planted" / "one_more.py"]) == {"shared/planted": 13}


def test_files_are_short() -> None:
    long = {named(Path(path)): lines for path, lines in long_files(sources(*EVERYTHING)).items()}
    assert {name: lines for name, lines in long.items() if name not in LONGER} == {}
    assert LONGER.keys() <= long.keys(), "an exception that is no longer needed"


def test_a_long_file_is_noticed(tmp_path: Path) -> None:
    for name, lines in (("short.py", MAX_LINES), ("long.py", MAX_LINES + 1)):
        (tmp_path / name).write_text("x = 1\n" * lines)
    assert list(long_files(sorted(tmp_path.iterdir()))) == [(tmp_path / "long.py").as_posix()]


def test_functions_are_short() -> None:
    long = {
        f"{named(path)}:{name}": lines
        for path in sources(*EVERYTHING)
        if not is_migration(path)
        for name, lines in long_functions(tree_of(path))
    }
    assert long == {}


@pytest.mark.parametrize("folder", PRODUCT)
def test_most_functions_are_under_ten_lines(folder: str) -> None:
    found = [
        lines_of(function)
        for path in sources(folder)
        if not is_migration(path)
        for function in functions_of(tree_of(path))
    ]
    assert len(found) > 20
    assert median(found) <= MAX_MEDIAN


def test_a_long_function_is_noticed() -> None:
    body = "    x = 1\n" * (MAX_FUNCTION_LINES - 1)
    assert long_functions(ast.parse(f"def short():\n{body}")) == []
    assert long_functions(ast.parse(f"@decorated\nasync def long():\n{body}    y = 2")) == [("long", 41)]
