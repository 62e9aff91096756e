"""Prepared case service: cases in the state that each route needs."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

from case_service.app import SERVICE as CASE
from shared.domain.vocabulary import RecipientKind
from shared.events import AgencyRegistered
from tests.case.builders import person_of, reporter_of
from tests.case.conftest import START, CaseWork, FakeIntake
from tests.case.routes.route_cases import a_case
from tests.case.routes.route_table import ROWS
from tests.conftest import TestPostgres
from tests.contracts.prepared.prepared_service import Ids, PreparedService, Route, ids_of_every_route
from tests.support.builders import a_reporter
from tests.support.services import MovableClock, running

CASE_PATH, RECIPIENT = "/v1/cases/{case_id}", "/v1/case-recipients/{recipient_id}"
ARGUMENTS: dict[Route, dict[str, Any]] = {
    **{(row.method, row.path): {"json": row.body} for row in ROWS if row.body is not None},
    ("GET", f"{CASE_PATH}/explanation"): {"params": {"recipient_kind": "police"}},
}
PEOPLE: dict[str, Any] = {
    "persons": [{"name": "Ion", "age": {"years": 40}}],
    "reporter": a_reporter(age={"years": 40}),
    "what_happened": "My neighbour Jane says that they are driven there before dawn.",
}
SHELTER = AgencyRegistered(
    agency_id=uuid4(),
    agency_code="sample:shelter",
    recipient_kinds=(RecipientKind.SERVICE_PROVIDER,),
    registered_at=START,
)
STATES = {
    f"{CASE_PATH}/confirmation": "waiting",
    f"{CASE_PATH}/closure": "agreed",
    f"{CASE_PATH}/unknown-ages": "unasked",
    f"{CASE_PATH}/disclosures": "agreed",
    f"{CASE_PATH}/proposals": "waiting",
    f"{CASE_PATH}/proposals/{{proposal_id}}/signature": "proposed",
    f"{CASE_PATH}/persons/{{person_id}}/completed-entry": "half entered",
    f"{CASE_PATH}/consents/{{entry_id}}/check": "withdrawn in writing",
    f"{RECIPIENT}/phone-handover/countersignature": "called in vain",
    f"{RECIPIENT}/redirection": "declined",
    f"{RECIPIENT}/end-of-declined-duty": "declined",
    f"{RECIPIENT}/recall-answer": "recalled call",
    "/v1/tasks/{task_id}/completion": "agreed",
}
"""State of the case that a route needs; for all others the police were sent a disclosure about a danger."""
OF_A_REPORTER = f"{CASE_PATH}/persons/{{person_id}}/source-decision"


@contextlib.asynccontextmanager
async def prepared_case(server: TestPostgres, home: Path) -> AsyncIterator[PreparedService]:
    clock, intake = MovableClock(START), FakeIntake()
    async with running(CASE, server, home=home, clock=clock, client=intake) as service:
        work = CaseWork(service, intake, clock)
        await service.given(SHELTER)

        async def prepare(route: Route) -> Ids:
            ids = ids_of_every_route()
            if "_id}" not in route[1]:
                return ids
            return ids | await _a_case(work, route[1])

        yield PreparedService(service.http, prepare, service, work, dict(ARGUMENTS))


async def _a_case(work: CaseWork, path: str) -> Ids:
    """Make a case in the state that a route needs. Its person is one of concern, unless the route needs another."""
    state = STATES.get(path, "sent")
    unasked = {"persons": [{"name": "Ion"}]} if state == "unasked" else {}
    ids = await a_case(work, state, **{**PEOPLE, **unasked})
    ids["reporter_id"] = await reporter_of(work, ids["case_id"])
    if state != "half entered":
        concerned = await person_of(work, ids["case_id"])
        ids["person_id"] = ids["reporter_id"] if path == OF_A_REPORTER else concerned
    if "other_case_id" in path:
        ids["other_case_id"] = str(await work.report(**PEOPLE))
    return ids
