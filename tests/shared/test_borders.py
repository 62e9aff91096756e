"""Inside a service, imports point one way: routes, then access, then what a feature is, then what all share."""

import ast
from pathlib import Path

import pytest

from deploy.wiring import ROOT, SERVICES

WEB = {"fastapi", "starlette", "uvicorn"}
OUTER = {"__main__", "app"}
FILES = sorted(
    path
    for service in SERVICES
    for path in (ROOT / "services" / f"{service}-service" / f"{service}_service").rglob("*.py")
    if "migrations" not in path.parts
)


def layer(name: str) -> int:
    """3 the service's map, 2 routes, 1 access, 0 a feature's table and rules."""
    if name in OUTER:
        return 3
    return 2 if name.endswith("_api") else int(name == "access")


def imported(source: str) -> set[str]:
    """Modules that are imported, by their whole names; `from a import b` may mean the module a.b."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def trespasses(name: str, source: str) -> list[str]:
    """What a module of this name may not import."""
    found = imported(source)
    upward = [other for other in found if "_service." in other and layer(other.rsplit(".")[1]) > layer(name)]
    web = [other for other in found if layer(name) == 0 and other.split(".")[0] in WEB]
    return sorted(upward + web)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_a_module_imports_nothing_from_a_layer_above_it(path: Path) -> None:
    assert trespasses(path.stem, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("reports", "from fastapi import Depends"),
        ("reports", "import starlette.requests"),
        ("reports", "def late():\n    from case_service.access import CaseToRead"),
        ("reports", "from case_service import reports_api"),
        ("access", "from case_service.cases_api import router"),
        ("cases_api", "from case_service import app"),
    ],
)
def test_a_trespass_is_noticed(name: str, source: str) -> None:
    assert trespasses(name, source)


def test_what_is_allowed_is_not_called_a_trespass() -> None:
    assert not trespasses("app", "from case_service.cases_api import router\nfrom fastapi import FastAPI")
    assert not trespasses(
        "cases_api", "from case_service.access import CaseToRead\nfrom fastapi import Depends"
    )
    assert not trespasses(
        "cases", "from case_service.tables import Row\nfrom shared.database import UnitOfWork"
    )
