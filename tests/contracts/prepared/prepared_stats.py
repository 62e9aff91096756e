"""Prepared stats service: a question about one month."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from stats_service.app import SERVICE as STATS
from tests.conftest import TestPostgres
from tests.contracts.prepared.prepared_service import Ids, PreparedService, Route, ids_of_every_route
from tests.support.services import running

QUERY = {"measure": "contacts", "from": "2026-01", "to": "2026-01"}


@contextlib.asynccontextmanager
async def prepared_stats(server: TestPostgres, home: Path) -> AsyncIterator[PreparedService]:
    async with running(STATS, server, home=home) as service:

        async def prepare(route: Route) -> Ids:
            return ids_of_every_route()

        arguments = {("GET", "/v1/statistics"): {"params": QUERY}}
        yield PreparedService(service.http, prepare, service, arguments=arguments)
