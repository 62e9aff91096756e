"""Access: every route of every service is in one table, and each answers each caller as the table says."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from shared.http import health
from shared.http.app import create_app
from tests.conftest import TestPostgres
from tests.contracts.access.table import REFUSED, TABLE
from tests.contracts.prepared.callers import COLUMNS
from tests.contracts.prepared.database_rows import rows_of
from tests.contracts.prepared.every_service import PREPARED
from tests.contracts.prepared.prepared_service import PreparedService, Route
from tests.support.services import signed_in
from tools.local.issuer import LocalIssuer
from tools.local.issuer import create_app as create_issuer
from tools.registry import SERVICES, specs

OPENED_BY_FRAMEWORK = {"/openapi.json"}


def app_of(name: str, home: Path) -> FastAPI:
    if name == "issuer":
        return create_issuer(LocalIssuer(home, "http://issuer"))
    return create_app(specs()[name], contextlib.nullcontext)  # type: ignore[arg-type]  # it is never started


def routes_of(app: FastAPI) -> set[Route]:
    contexts = iter_route_contexts(app.routes)
    return {(method, str(one.path)) for one in contexts for method in one.methods or {"MOUNTED"}}


def unlisted(app: FastAPI, name: str) -> set[Route]:
    """Return the routes that only one of the two knows: the application or the table."""
    return routes_of(app) ^ set(TABLE[name])


def unguarded(app: FastAPI) -> set[str]:
    """Return the routes in whose whole tree of dependencies no guard says who may pass."""
    contexts = [one for one in iter_route_contexts(app.routes) if one.path not in OPENED_BY_FRAMEWORK]
    return {str(one.path) for one in contexts if not any(_grants(getattr(one, "dependant", None)))}


def _grants(dependant: Dependant | None) -> Iterator[object]:
    for each in dependant.dependencies if dependant else ():
        yield getattr(each.call, "grants", None)
        yield from _grants(each)


@pytest.mark.parametrize("name", TABLE)
def test_every_route_is_in_the_table_and_every_line_of_the_table_is_a_route(
    name: str, tmp_path: Path
) -> None:
    assert unlisted(app_of(name, tmp_path), name) == set()


@pytest.mark.parametrize("name", SERVICES)
def test_every_route_says_who_may_pass(name: str, tmp_path: Path) -> None:
    assert unguarded(app_of(name, tmp_path)) == set()


@pytest.mark.parametrize("name", TABLE)
def test_a_route_that_nobody_listed_or_guarded_is_noticed(name: str, tmp_path: Path) -> None:
    app = app_of(name, tmp_path)
    planted = APIRouter()
    planted.add_api_route("/v1/planted/{anything}", lambda anything: anything, methods=["GET"])
    app.include_router(planted)
    app.mount("/mounted", FastAPI())
    assert {("GET", "/v1/planted/{anything}"), ("MOUNTED", "/mounted")} <= unlisted(app, name)
    assert {"/v1/planted/{anything}", "/mounted"} <= unguarded(app)


def test_a_line_of_a_route_that_is_gone_is_noticed(tmp_path: Path) -> None:
    app = app_of("stats", tmp_path)
    app.router.routes.pop()
    assert unlisted(app, "stats")


@pytest.fixture(params=list(TABLE))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(autouse=True)
def patient_health(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give health checks time: a machine that runs other tests too says nothing about access."""
    monkeypatch.setattr(health, "ANSWER_LIMIT", 60.0)


async def tried_cells(prepared: PreparedService, name: str) -> list[tuple[Route, str, int, int]]:
    """Return every cell of one service: the status of the table, and that of a request over HTTP."""
    cells = []
    for route, row in TABLE[name].items():
        shared = await prepared.prepare(route)
        for who, expected in row.items():
            changes = route[0] in {"POST", "PUT"} and expected not in REFUSED
            ids = await prepared.prepare(route) if changes else shared
            answer = await prepared.send(route, who, ids)
            cells.append((route, who, expected, answer.status_code))
    return cells


async def test_every_cell_of_the_table_is_what_the_service_answers(
    name: str, postgres_server: TestPostgres, tmp_path: Path
) -> None:
    async with PREPARED[name](postgres_server, tmp_path) as prepared:
        cells = await tried_cells(prepared, name)
    print(f"{name}: {len(cells)} cells tried")  # noqa: T201  the count belongs to the result
    assert len(cells) == len(TABLE[name]) * len(COLUMNS)
    assert [cell for cell in cells if cell[2] != cell[3]] == []


@pytest.mark.parametrize("name", SERVICES)
async def test_a_refusal_changes_nothing_and_says_nothing_of_the_record(
    name: str, postgres_server: TestPostgres, tmp_path: Path
) -> None:
    """A refused caller gets the same answer for a record that exists and for one that does not.

    Every row of every table is as it was, the outbox's too; only the refusal itself is in the audit trail.
    """
    changed = []
    async with PREPARED[name](postgres_server, tmp_path) as prepared:
        assert prepared.service is not None
        for route, row in TABLE[name].items():
            real = await prepared.prepare(route)
            invented = {key: _invented(value) for key, value in real.items()}
            before = await rows_of(prepared.service)
            for who in (who for who, expected in row.items() if expected in REFUSED):
                answers = [await prepared.send(route, who, ids) for ids in (real, invented)]
                assert len({(one.status_code, one.text) for one in answers}) == 1, (route, who)
            assert await rows_of(prepared.service) == before, route
            for who in (who for who, expected in row.items() if expected not in REFUSED):
                await prepared.send(route, who, real)
            changed += [route] if await rows_of(prepared.service) != before else []
    assert changed, "what an allowed request changes is noticed"


def _invented(value: str) -> str:
    with contextlib.suppress(ValueError):
        return str(UUID(int=UUID(value).int ^ 1))
    return value


@pytest.mark.parametrize("name", SERVICES)
async def test_other_methods_than_the_listed_ones_are_refused(
    name: str, postgres_server: TestPostgres, tmp_path: Path
) -> None:
    async with PREPARED[name](postgres_server, tmp_path) as prepared:
        listed: dict[str, set[str]] = {}
        for method, path in TABLE[name]:
            listed.setdefault(path, set()).add(method)
        for path, methods in listed.items():
            ids = await prepared.prepare(("GET", path))
            for method in {"GET", "PUT", "POST", "PATCH", "DELETE", "OPTIONS", "TRACE", "SEARCH"} - methods:
                answer = await prepared.http.request(method, path.format(**ids), headers=signed_in("adviser"))
                assert answer.status_code == 405, (method, path)
