"""Prepared local issuer, which has no database and no records."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2

from tests.conftest import TestPostgres
from tests.contracts.prepared.prepared_service import Ids, PreparedService, Route
from tools.local.issuer import LocalIssuer, create_app


@contextlib.asynccontextmanager
async def prepared_issuer(server: TestPostgres, home: Path) -> AsyncIterator[PreparedService]:
    async def prepare(route: Route) -> Ids:
        return {}

    app = create_app(LocalIssuer(home / "issuer", "http://issuer"))
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://issuer") as http:
        yield PreparedService(http, prepare)
