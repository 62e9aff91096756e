"""Prepared intake service: a contact with a report, or one that is a question."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from intake_service.app import SERVICE as INTAKE
from tests.conftest import TestPostgres
from tests.contracts.prepared.prepared_service import Ids, PreparedService, Route, ids_of_every_route
from tests.support.builders import a_report
from tests.support.services import running


@contextlib.asynccontextmanager
async def prepared_intake(server: TestPostgres, home: Path) -> AsyncIterator[PreparedService]:
    async with running(INTAKE, server, home=home) as service:

        async def prepare(route: Route) -> Ids:
            question = {"purpose": "training_and_information"} if "concern" in route[1] else a_report()
            made = await service.http.post("/v1/reports", json=question)
            return ids_of_every_route(contact_id=made.json()["contact_id"])

        arguments = {("POST", "/v1/reports"): {"json": a_report()}}
        yield PreparedService(service.http, prepare, service, arguments=arguments)
