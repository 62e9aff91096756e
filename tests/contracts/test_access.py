"""Access: every route of every service is in one table, and the table is what the doors do."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from case_service.app import CASE
from deploy.issuer import LocalIssuer
from deploy.issuer import create_app as create_issuer
from intake_service.app import INTAKE
from referral_service.app import REFERRAL
from shared.web import create_app
from stats_service.app import STATS
from tests.conftest import TestPostgres
from tests.contracts.access_matters import DOORS, Doors
from tests.contracts.access_table import COLUMNS, TABLE, Route
from tests.running import signed_in

SERVICES = {one.name: one for one in (INTAKE, CASE, REFERRAL, STATS)}
REFUSED = {401, 403, 404}
OPENED_BY_FRAMEWORK = {"/openapi.json"}


def app_of(name: str, home: Path) -> FastAPI:
    if name == "issuer":
        return create_issuer(LocalIssuer(home, "http://issuer"))
    return create_app(SERVICES[name], contextlib.nullcontext)  # type: ignore[arg-type]  # it is never started


def routes_of(app: FastAPI) -> set[Route]:
    contexts = iter_route_contexts(app.routes)
    return {(method, str(one.path)) for one in contexts for method in one.methods or {"MOUNTED"}}


def unlisted(app: FastAPI, name: str) -> set[Route]:
    """Routes that only one of the two knows: the application or the table."""
    return routes_of(app) ^ set(TABLE[name])


def unguarded(app: FastAPI) -> set[str]:
    """Routes in whose whole tree of dependencies nothing says who may pass."""
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


async def tried(doors: Doors, name: str) -> list[tuple[Route, str, int, int]]:
    """Every cell of one service: what the table says, and what was answered to a request over HTTP."""
    cells = []
    for route, row in TABLE[name].items():
        shared = await doors.make(route)
        for who, expected in row.items():
            changes = route[0] in {"POST", "PUT"} and expected not in REFUSED
            fill = await doors.make(route) if changes else shared
            answer = await doors.knock(route, who, fill)
            cells.append((route, who, expected, answer.status_code))
    return cells


async def test_every_cell_of_the_table_is_what_the_door_does(
    name: str, postgres_server: TestPostgres, tmp_path: Path
) -> None:
    async with DOORS[name](postgres_server, tmp_path) as doors:
        cells = await tried(doors, name)
    print(f"{name}: {len(cells)} cells tried")  # noqa: T201  the count belongs to the result
    assert len(cells) == len(TABLE[name]) * len(COLUMNS)
    assert [cell for cell in cells if cell[2] != cell[3]] == []


@pytest.mark.parametrize("name", SERVICES)
async def test_a_refusal_changes_nothing_and_says_nothing_of_the_matter(
    name: str, postgres_server: TestPostgres, tmp_path: Path
) -> None:
    """Whoever is refused is answered the same for a matter that exists and for one that does not, and every row of
    every table is as it was, the outbox's too; only the refusal itself is written into the audit trail."""
    changed = []
    async with DOORS[name](postgres_server, tmp_path) as doors:
        for route, row in TABLE[name].items():
            real = await doors.make(route)
            invented = {key: _invented(value) for key, value in real.items()}
            before = await kept(doors)
            for who in (who for who, expected in row.items() if expected in REFUSED):
                answers = [await doors.knock(route, who, fill) for fill in (real, invented)]
                assert len({(one.status_code, one.text) for one in answers}) == 1, (route, who)
            assert await kept(doors) == before, route
            for who in (who for who, expected in row.items() if expected not in REFUSED):
                await doors.knock(route, who, real)
            changed += [route] if await kept(doors) != before else []
    assert changed, "what an allowed request changes is noticed"


WRITTEN_OF_A_REFUSAL = {
    "audit_entries": "SELECT t::text AS row FROM audit_entries t WHERE action <> 'refused' ORDER BY 1",
    "audit_pending": "SELECT t::text AS row FROM audit_pending t JOIN audit_entries e ON e.id = t.entry_id"
    " WHERE e.action <> 'refused' ORDER BY 1",
}


async def kept(doors: Doors) -> dict[str, list[str]]:
    """Every row of every table of the service, as text."""
    assert doors.service is not None
    tables = await doors.service.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    every = "SELECT t::text AS row FROM {} t ORDER BY 1"
    return {
        name: [
            row["row"]
            for row in await doors.service.fetch(WRITTEN_OF_A_REFUSAL.get(name) or every.format(name))
        ]
        for name in sorted(row["tablename"] for row in tables)
    }


def _invented(value: str) -> str:
    with contextlib.suppress(ValueError):
        return str(UUID(int=UUID(value).int ^ 1))
    return value


@pytest.mark.parametrize("name", SERVICES)
async def test_other_methods_than_the_listed_ones_are_refused(
    name: str, postgres_server: TestPostgres, tmp_path: Path
) -> None:
    async with DOORS[name](postgres_server, tmp_path) as doors:
        listed: dict[str, set[str]] = {}
        for method, path in TABLE[name]:
            listed.setdefault(path, set()).add(method)
        for path, methods in listed.items():
            fill = await doors.make(("GET", path))
            for method in {"GET", "PUT", "POST", "PATCH", "DELETE", "OPTIONS", "TRACE", "SEARCH"} - methods:
                answer = await doors.http.request(method, path.format(**fill), headers=signed_in("adviser"))
                assert answer.status_code == 405, (method, path)
