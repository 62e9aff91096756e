"""Borders inside a service: imports go one way, from routes to access to a feature's tables and rules."""

import ast
from pathlib import Path

import pytest

from tests.tree.source_files import imported_by, module_of, service_sources

WEB = {"fastapi", "starlette", "uvicorn", "jinja2"}
OUTER = {"__main__", "app"}
RULES, ACCESS, ROUTES, MAP = range(4)


def layer(module: str) -> int:
    """Return the layer of a module of a service by its whole name, such as case_service.cases.api."""
    package, *parts = module.split(".")
    if not package.endswith("_service") or not parts:
        return RULES
    if parts[0] in OUTER:
        return MAP
    if any(part in {"api", "pages"} or part.endswith("_api") for part in parts):
        return ROUTES
    return ACCESS if parts[0] == "access" else RULES


def trespasses(module: str, source: str) -> list[str]:
    """Return the modules that a module of this name imports and may not."""
    found = imported_by(ast.parse(source))
    upward = [other for other in found if layer(other) > layer(module)]
    web = [other for other in found if layer(module) == RULES and other.split(".")[0] in WEB]
    return sorted(upward + web)


@pytest.mark.parametrize("path", service_sources(), ids=module_of)
def test_a_module_imports_nothing_from_a_layer_above_it(path: Path) -> None:
    assert trespasses(module_of(path), path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("intake_service.reports.schemas", "from fastapi import Depends"),
        ("intake_service.reports.models", "import starlette.requests"),
        ("case_service.cases.models", "def late():\n    from case_service.access import CaseToRead"),
        ("case_service.cases.models", "from case_service.cases import api"),
        ("case_service.cases.models", "from case_service.disclosures import issue_api"),
        ("case_service.access", "from case_service.cases.api import router"),
        ("case_service.cases.api", "from case_service import app"),
    ],
)
def test_a_trespass_is_noticed(module: str, source: str) -> None:
    assert trespasses(module, source)


def test_an_allowed_import_is_not_called_a_trespass() -> None:
    for module, source in (
        ("case_service.app", "from case_service.cases.api import router\nfrom fastapi import FastAPI"),
        (
            "case_service.cases.api",
            "from case_service.access import CaseToRead\nfrom fastapi import Depends",
        ),
        (
            "case_service.cases.models",
            "from case_service.db import Base\nfrom shared.db.database import Database",
        ),
    ):
        assert not trespasses(module, source)
