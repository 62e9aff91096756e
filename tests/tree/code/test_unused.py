"""Unused code: every function and class of the product is used by the product, and not by tests alone."""

import ast
from collections.abc import Iterable, Iterator

from tests.tree.source_files import PRODUCT, is_migration, named, sources, tree_of
from tools.registry import ROOT

CALLED_BY_OTHERS = {
    "handle_async_request": "httpx2 calls it on its transports",
    "process_bind_param": "SQLAlchemy calls it on its column types",
    "process_result_value": "SQLAlchemy calls it on its column types",
    "write_data": "cloudevents calls it on its formats",
    "read_data": "cloudevents calls it on its formats",
    "get_content_type": "cloudevents calls it on its formats",
    "on_partitions_revoked": "aiokafka calls it on its rebalance listeners",
    "on_partitions_assigned": "aiokafka calls it on its rebalance listeners",
    "emit": "logging calls it on its handlers",
    "sql_of": "shows the SQL of a migration to a reviewer; the tests of migrations read it",
    "is_done": "tells a program that runs the example whether it has ended",
}
COMPARED_WITH = {"tools/simulation/rules_model": "tests/case/rules"}
"""Models that exist to be compared with, each with the tests that ask them."""
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def definitions(tree: ast.AST) -> Iterator[Definition]:
    """Yield what a module defines; a decorator may register a function, so that nobody need name it."""
    for node in ast.walk(tree):
        if isinstance(node, Definition) and not node.name.startswith("__") and not _is_registered(node):
            yield node


def _is_registered(node: Definition) -> bool:
    plain = {"property", "staticmethod", "classmethod", "cache", "dataclass"}
    names = {ast.unparse(one).split("(")[0].rsplit(".")[-1] for one in node.decorator_list}
    return bool(names - plain)


def names_used(trees: Iterable[ast.AST]) -> set[str]:
    used: set[str] = set()
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Name):
            used.add(node.id)
        elif isinstance(node, ast.Attribute):
            used.add(node.attr)
        elif isinstance(node, ast.keyword) and node.arg:
            used.add(node.arg)
    return used


def unused(trees: Iterable[ast.AST], *, elsewhere: str = "") -> set[str]:
    """Return the names that these modules define and never use; `elsewhere` is text that may name them too."""
    known = list(trees)
    defined = {node.name for tree in known for node in definitions(tree)}
    return {name for name in defined - names_used(known) if name not in elsewhere}


def test_everything_that_the_product_defines_is_used_by_it() -> None:
    templates = (path for folder in PRODUCT for path in (ROOT / folder).rglob("*.html"))
    trees = [tree_of(path) for path in sources(*PRODUCT) if not is_migration(path)]
    found = unused(trees, elsewhere=" ".join(path.read_text(encoding="utf-8") for path in templates))
    where = {node.name: named(path) for path in sources(*PRODUCT) for node in definitions(tree_of(path))}
    found -= asked_by_comparisons(where)
    assert {name: where[name] for name in found - CALLED_BY_OTHERS.keys()} == {}
    assert CALLED_BY_OTHERS.keys() - found == set(), "an exception that is no longer needed"


def asked_by_comparisons(where: dict[str, str]) -> set[str]:
    """Return the names of a model that the tests which compare with it use."""
    asked = set[str]()
    for model, tests in COMPARED_WITH.items():
        used = names_used([tree_of(path) for path in sources(tests)])
        asked |= {name for name, path in where.items() if path.startswith(model)} & used
    return asked


def test_what_nobody_uses_is_noticed() -> None:
    planted = """
class Case:
    @property
    def age(self): return 1
    def close(self): return self.reopen()
    def reopen(self): ...
async def unheard(): Case().age
@router.get("/cases")
async def list_cases(): ...
"""
    assert unused([ast.parse(planted)]) == {"close", "unheard"}
    assert unused([ast.parse(planted), ast.parse("case.close()\nrun(unheard)")]) == set()
