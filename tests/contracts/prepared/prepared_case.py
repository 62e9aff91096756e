"""Prepared case service: cases in the state that each route needs."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from case_service.app import SERVICE as CASE
from tests.case.conftest import START, CaseWork, FakeIntake
from tests.case.routes.route_table import ROWS
from tests.conftest import TestPostgres
from tests.contracts.prepared.prepared_service import Ids, PreparedService, Route, ids_of_every_route
from tests.support.builders import a_reporter
from tests.support.services import MovableClock, running

RECIPIENT = "/v1/case-recipients/{recipient_id}"
ARGUMENTS: dict[Route, dict[str, Any]] = {
    **{(row.method, row.path): {"json": row.body} for row in ROWS if row.body is not None},
    ("GET", "/v1/cases/{case_id}/explanation"): {"params": {"recipient_kind": "police"}},
}
ADULT = {"name": "Ion", "age": {"years": 40}}
STATES = {
    f"{RECIPIENT}/stand-down": "waiting",
    f"{RECIPIENT}/stand-down/signature": "proposed",
    "/v1/cases/{case_id}/closure": "agreed",
    "/v1/cases/{case_id}/unknown-ages": "unasked",
    "/v1/cases/{case_id}/disclosures": "agreed",
    "/v1/tasks/{task_id}/completion": "agreed",
}
"""State of the case that a route needs; for all others the police were sent a disclosure about a danger."""


@contextlib.asynccontextmanager
async def prepared_case(server: TestPostgres, home: Path) -> AsyncIterator[PreparedService]:
    clock, intake = MovableClock(START), FakeIntake()
    async with running(CASE, server, home=home, clock=clock, client=intake) as service:
        work = CaseWork(service, intake, clock)

        async def prepare(route: Route) -> Ids:
            ids = ids_of_every_route()
            if "_id}" not in route[1]:
                return ids
            return ids | await _a_case(work, STATES.get(route[1], "sent"))

        yield PreparedService(service.http, prepare, service, work, dict(ARGUMENTS))


async def _a_case(work: CaseWork, state: str) -> Ids:
    danger = {} if state == "agreed" else {"danger_now": "yes"}
    people = {
        "persons": [{"name": "Ion"} if state == "unasked" else ADULT],
        "reporter": a_reporter(age={"years": 40}),
    }
    case_id = await work.report(
        privacy="share", share_with=["police", "service_provider"], **people, **danger
    )
    ids = {"case_id": str(case_id)}
    if recipients := (await work.read(case_id))["recipients"]:
        ids["recipient_id"] = recipients[0]["id"]
    if state == "proposed":
        path = f"{RECIPIENT.format(**ids)}/stand-down"
        await work.do("POST", path, {"reason": "not_a_report"}, name="ben")
    if state == "sent":
        ids["disclosure_id"] = await _sent(work, ids["case_id"])
    return ids | await _details(work, ids["case_id"])


async def _sent(work: CaseWork, case_id: str) -> str:
    """Confirm the case, let the scheduler authorise, and issue the content; return the disclosure's id."""
    await work.do("POST", f"/v1/cases/{case_id}/confirmation")
    await work.run_scheduler()
    disclosures = (await work.do("GET", f"/v1/cases/{case_id}/disclosures")).json()["items"]
    assert (await work.issue(disclosures[0]["id"])).status_code == 200
    return str(disclosures[0]["id"])


async def _details(work: CaseWork, case_id: str) -> Ids:
    """Return the ids of a person of concern, a reporter and an open task, and the ETag of the case."""
    case_file = await work.read(case_id)
    concerned, reporter = (
        next(one["id"] for one in case_file["persons"] if role in one["roles"])
        for role in ("person_of_concern", "reporter")
    )
    tasks = [one["id"] for one in case_file["tasks"] if one["completed_at"] is None]
    task = {"task_id": tasks[-1]} if tasks else {}
    return {"person_id": concerned, "reporter_id": reporter, "etag": f'"{case_file["version"]}"', **task}
