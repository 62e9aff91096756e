"""Copies of the product's rule modules with a wrong rule planted in their text, asked as the product is asked."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import CodeType, ModuleType

from tests.case.rules.product.product_rules import ProductRules

RULES = "case_service.sharing"
ADAPTERS = "tests.case.rules.product"
PLANTED = "planted__"
IMPORT = re.compile(rf"^from ((?:{re.escape(RULES)}|{re.escape(ADAPTERS)})[\w.]*) import", re.MULTILINE)
WORLDS = ""
"""No row of the table notices it: random worlds must."""


@dataclass(frozen=True)
class WrongRule:
    """Wrong rule: the text that it replaces stands exactly once in its module. `row` must be answered wrongly."""

    module: str
    right: str
    wrong: str
    row: str = WORLDS


@contextmanager
def planted(wrong: WrongRule) -> Iterator[ProductRules]:
    """Run the rule modules and their adapters anew under names of their own, with the wrong rule in them."""
    try:
        rules: ProductRules = _loaded(f"{ADAPTERS}.product_rules", wrong).PRODUCT
        assert _copy_of(f"{RULES}.{wrong.module}") in sys.modules, f"{wrong.module} was never asked"
        yield rules
    finally:
        for name in [name for name in sys.modules if name.startswith(PLANTED)]:
            del sys.modules[name]


def _loaded(name: str, wrong: WrongRule) -> ModuleType:
    """Return the copy of a module, after the copies of what it imports."""
    if _copy_of(name) in sys.modules:
        return sys.modules[_copy_of(name)]
    text = _text(name)
    for imported in IMPORT.findall(text):
        _loaded(imported, wrong)
    code = _compiled(name)
    if name == f"{RULES}.{wrong.module}":
        assert text.count(wrong.right) == 1, f"{wrong.right!r} stands {text.count(wrong.right)} times"
        code = _as_copy(text.replace(wrong.right, wrong.wrong), name)
    module = sys.modules[_copy_of(name)] = ModuleType(_copy_of(name))
    exec(code, module.__dict__)
    return module


@cache
def _text(name: str) -> str:
    found = find_spec(name)
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).read_text(encoding="utf-8")


@cache
def _compiled(name: str) -> CodeType:
    return _as_copy(_text(name), name)


def _as_copy(text: str, name: str) -> CodeType:
    """Compile a text with its imports of rule modules turned to their copies."""
    return compile(IMPORT.sub(lambda found: f"from {_copy_of(found[1])} import", text), name, "exec")


def _copy_of(name: str) -> str:
    return PLANTED + name.replace(".", "_")
