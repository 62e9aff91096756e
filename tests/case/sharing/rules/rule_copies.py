"""Copies of the rule modules with a wrong rule planted in them."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType

from tests.case.sharing.rules.case_in_words import Rules

MODULES = {
    "age": "shared.domain.age",
    "facts": "case_service.sharing.facts",
    "decision": "case_service.sharing.decisions.decision",
    "rules": "case_service.sharing.decisions.decide",
    "duties": "case_service.sharing.duties",
    "deadlines": "case_service.sharing.duties.deadlines",
}
"""Modules that are copied, in the order in which they import each other."""
PACKAGE = "planted_rules"


@dataclass(frozen=True)
class RuleMutant:
    """Wrong rule: the text that it replaces stands exactly once in its module. `row` must be answered wrongly."""

    module: str
    right: str
    wrong: str
    row: str


@contextmanager
def planted(*mutants: RuleMutant) -> Iterator[Rules]:
    """Compile the rule modules anew under names of their own, with the wrong rules in them."""
    package = ModuleType(PACKAGE)
    package.__path__ = []
    sys.modules[PACKAGE] = package
    try:
        copies = {name: _compiled(name, [one for one in mutants if one.module == name]) for name in MODULES}
        yield Rules(copies["age"], copies["facts"], copies["rules"], copies["duties"], copies["deadlines"])
    finally:
        for name in [name for name in sys.modules if name.split(".")[0] == PACKAGE]:
            del sys.modules[name]


def _compiled(name: str, mutants: list[RuleMutant]) -> ModuleType:
    file = import_module(MODULES[name]).__file__
    assert file is not None
    text = Path(file).read_text(encoding="utf-8")
    for one in mutants:
        assert text.count(one.right) == 1, f"{one.right!r} stands {text.count(one.right)} times in {name}"
        text = text.replace(one.right, one.wrong)
    for other, path in MODULES.items():
        text = text.replace(f"from {path} import", f"from {PACKAGE}.{other} import")
    module = ModuleType(f"{PACKAGE}.{name}")
    sys.modules[module.__name__] = module
    exec(compile(text, f"{name} with a wrong rule", "exec"), module.__dict__)
    return module
