"""Source files of the repository as the tree tests read them: paths, syntax trees, names and imports."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tools.registry import REGISTERED, ROOT, members

PRODUCT = ("shared", "services", "tools", "benchmarks")
TESTS = ("tests",)
EVERYTHING = (*PRODUCT, *TESTS)
GENERATED = ("build", "dist", "node_modules", "__pycache__", ".venv")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def sources(*folders: str) -> tuple[Path, ...]:
    """Return the Python files of these folders, in a stable order."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return tuple(sorted(path for path in found if not set(GENERATED) & set(path.parts)))


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def is_migration(path: Path) -> bool:
    return "migrations" in path.parts


def service_sources() -> list[Path]:
    """Return the modules of every service, without migrations."""
    folders = [service.folder / service.package for service in REGISTERED]
    return sorted(path for folder in folders for path in folder.rglob("*.py") if not is_migration(path))


def functions_of(tree: ast.AST) -> Iterator[Function]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def classes_of(tree: ast.AST) -> Iterator[ast.ClassDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield node


def lines_of(function: Function) -> int:
    """Return the lines of a function without its decorators, which hold the tables of tests."""
    assert function.end_lineno is not None
    return function.end_lineno - function.lineno + 1


def module_of(path: Path) -> str:
    """Return the whole name of a module, such as case_service.cases.api."""
    home = next(member for member in members() if path.is_relative_to(member))
    return ".".join(path.relative_to(home).with_suffix("").parts).removesuffix(".__init__")


def imported_by(tree: ast.AST) -> set[str]:
    """Return the modules that are imported, by their whole names; `from a import b` may mean the module a.b."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names
