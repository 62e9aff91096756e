"""Real matters to knock on doors with: each made the way it comes about, so that whoever is let in gets an answer."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2

from case_service.app import CASE
from deploy.issuer import LocalIssuer, create_app
from intake_service.app import INTAKE
from referral_service.agencies import agency_id
from referral_service.app import REFERRAL
from referral_service.reference import load_reference
from stats_service.app import STATS
from tests.builders import a_report, a_reporter
from tests.case.conftest import CaseWork, IntakeByHand
from tests.conftest import TestPostgres
from tests.contracts.access_table import COLUMNS, Route
from tests.referral.builders import authorised
from tests.referral.doubles import MANCHESTER_POLICE, CaseDouble
from tests.running import MovableClock, RunningService, running, signed_in

OWN = agency_id(MANCHESTER_POLICE)
ANOTHER = agency_id("police:E23000001")
Fill = dict[str, str]
CALLERS: dict[str, dict[str, str]] = {
    "nobody": {},
    "bad token": {"authorization": "Bearer forged"},
    "agency": signed_in("agency", "desk", OWN),
    "another agency": signed_in("agency", "desk", ANOTHER),
    **{f"service {name}": signed_in("service", name) for name in ("intake", "case", "referral", "stats")},
    **{role: signed_in(role) for role in COLUMNS[2:7]},
}


@dataclass
class Doors:
    """One service, and how a fresh matter for one of its routes is made."""

    http: httpx2.AsyncClient
    make: Callable[[Route], Awaitable[Fill]]
    service: RunningService | None = None
    work: CaseWork | None = None
    asks: dict[Route, dict[str, Any]] = field(default_factory=dict)

    async def knock(self, route: Route, who: str, fill: Fill) -> httpx2.Response:
        """Somebody asks for this route about this matter."""
        method, path = route
        asked = dict(self.asks.get(route, {}))
        headers = CALLERS[who] | ({"if-match": fill["etag"]} if "etag" in fill else {})
        if "json" in asked:
            asked["json"] = filled(asked["json"], fill)
        return await self.http.request(method, path.format(**fill), headers=headers, **asked)


def filled(body: Any, fill: Fill) -> Any:
    """The body with `{names}` replaced; anything else stays."""
    if isinstance(body, dict):
        return {key: filled(value, fill) for key, value in body.items()}
    if isinstance(body, list):
        return [filled(value, fill) for value in body]
    return fill.get(body[1:-1], body) if isinstance(body, str) else body


def _always(**fill: str) -> Callable[[Route], Awaitable[Fill]]:
    async def make(route: Route) -> Fill:
        return {"name": "swagger-ui.css", "service": "case", **fill}

    return make


CASE_ASKS: dict[Route, dict[str, Any]] = {
    ("PUT", "/v1/cases/{case_id}/place"): {"json": {"postcode": "M1 1AE"}},
    ("PUT", "/v1/cases/{case_id}/assessment"): {
        "json": {"classification": "modern_slavery"},
    },
    ("PUT", "/v1/cases/{case_id}/summary"): {"json": {"text": "Four people sleep there."}},
    ("PUT", "/v1/cases/{case_id}/protection-summary"): {"json": {"text": "A child sleeps there."}},
    ("PUT", "/v1/cases/{case_id}/source"): {"json": {"left_out_reason": None}},
    ("POST", "/v1/cases/{case_id}/dangers"): {"json": {}},
    ("POST", "/v1/cases/{case_id}/closing"): {"json": {"outcome": "advice_only"}},
    ("POST", "/v1/cases/{case_id}/persons"): {"json": {"name": "Sam"}},
    ("PUT", "/v1/cases/{case_id}/persons/{person_id}/age"): {"json": {"years": 30}},
    ("PUT", "/v1/cases/{case_id}/persons/{person_id}/name"): {"json": {"name": "Ion Ceban"}},
    ("PUT", "/v1/cases/{case_id}/persons/{person_id}/places"): {"json": {"found_at": None}},
    ("POST", "/v1/cases/{case_id}/persons/{person_id}/consents"): {"json": {"situation": True}},
    ("GET", "/v1/cases/{case_id}/explanation"): {"params": {"recipient": "police"}},
    ("POST", "/v1/cases/{case_id}/disclosures"): {"json": {"recipient": "police"}},
    ("POST", "/v1/cases/{case_id}/authorisations"): {
        "json": {"recipient": "police", "persons": ["{person_id}"], "reason": "serious_crime"}
    },
    ("POST", "/v1/disclosures/{disclosure_id}/release"): {"json": {"attempt": 1}},
    ("POST", "/v1/legs/{leg_id}/stand-down"): {"json": {"reason": "not_a_report"}},
    ("POST", "/v1/legs/{leg_id}/hand-over"): {"json": {"spoken_to": "Sgt Hale", "reference": "GMP-1"}},
    ("POST", "/v1/legs/{leg_id}/told"): {"json": {"person_id": "{person_id}", "told": True}},
    ("POST", "/v1/tasks/{task_id}/done"): {"json": {"outcome": "told"}},
    ("PUT", "/v1/duty"): {"json": {"holder": "noor"}},
}


@contextlib.asynccontextmanager
async def case_doors(server: TestPostgres, home: Path) -> AsyncIterator[Doors]:
    """A case in danger that has left to the police, with its tasks; or, for standing down, one that still waits."""
    clock, intake = MovableClock(), IntakeByHand()
    async with _service(CASE, server, home, clock=clock, client=intake) as service:
        work = CaseWork(service, intake, clock)

        async def make(route: Route) -> Fill:
            fill = await _always()(route)
            if "{" not in route[1] or "{service}" in route[1] or "{name}" in route[1]:
                return fill
            return fill | await _a_case(work, waits="stand-down" in route[1])

        yield Doors(service.http, make, service, work, dict(CASE_ASKS))


async def _a_case(work: CaseWork, *, waits: bool) -> Fill:
    told = {"persons": [{"name": "Ion", "age": {"years": 40}}], "reporter": a_reporter()}
    case_id = await work.report(danger_now="yes", privacy="share", share_with=["police"], **told)
    leg_id = (await work.read(case_id))["legs"][0]["id"]
    fill = {"case_id": str(case_id), "leg_id": leg_id}
    if waits:
        await work.do("POST", f"/v1/legs/{leg_id}/stand-down", {"reason": "not_a_report"}, name="ben")
    else:
        await work.do("POST", f"/v1/cases/{case_id}/confirmation")
        await work.service.run_loop("mind_clocks")
        disclosures = (await work.do("GET", f"/v1/cases/{case_id}/disclosures")).json()["disclosures"]
        fill["disclosure_id"] = disclosures[0]["id"]
        assert (await work.release(UUID(fill["disclosure_id"]))).status_code == 200
    page = await work.read(case_id)
    concerned = next(one for one in page["persons"] if one["name"] == "Ion")
    task = next((one for one in page["tasks"] if one["kind"] == "tell_person"), {"id": str(uuid4())})
    return fill | {"person_id": concerned["id"], "task_id": task["id"], "etag": f'"{page["version"]}"'}


@contextlib.asynccontextmanager
async def intake_doors(server: TestPostgres, home: Path) -> AsyncIterator[Doors]:
    async with _service(INTAKE, server, home) as service:

        async def make(route: Route) -> Fill:
            question = {"purpose": "training_and_information"} if "concern" in route[1] else a_report()
            made = await service.http.post("/v1/reports", json=question)
            return {"contact_id": made.json()["contact_id"], **await _always()(route)}

        yield Doors(service.http, make, service, asks={("POST", "/v1/reports"): {"json": a_report()}})


ANY_VERSION = ", ".join(f'"{number}"' for number in range(1, 200))
"""Several callers change the same agency, one after the other."""
REFERRAL_ASKS: dict[Route, dict[str, Any]] = {
    ("POST", "/v1/agencies"): {"json": {"body": "{new_body}", "name": "A charity", "serves": ["health"]}},
    ("PUT", "/v1/agencies/{agency_id}/contact-points"): {
        "json": {"contact_points": [{"channel": "phone", "phone": "101"}]}
    },
    ("POST", "/v1/routes"): {"json": {"postcode": "M1 1AE"}},
    ("POST", "/v1/referrals/{referral_id}/decline"): {"json": {"reason": "no_capacity"}},
    ("POST", "/v1/referrals/{referral_id}/outcomes"): {"json": {"outcome": "person_safeguarded"}},
    ("POST", "/v1/referrals/{referral_id}/recall-answer"): {"json": {"answer": "deleted"}},
    ("POST", "/v1/links/{token}/acknowledgement"): {"data": {"name": "PC Ash"}},
}


@contextlib.asynccontextmanager
async def referral_doors(server: TestPostgres, home: Path) -> AsyncIterator[Doors]:
    """A referral that one agency opened by its link, and a second link to it."""
    double = CaseDouble()
    async with _service(REFERRAL, server, home, client=lambda _: double, seed=load_reference) as service:

        async def make(route: Route) -> Fill:
            plain = {"agency_id": str(OWN), "new_body": f"charity:{uuid4().hex}", **await _always()(route)}
            if route[1].endswith("/contact-points"):
                plain["etag"] = ANY_VERSION
            return plain | (await a_referral(service) if {"referral_id", "token"} & _names(route) else {})

        yield Doors(service.http, make, service, asks=dict(REFERRAL_ASKS))


async def a_referral(service: RunningService) -> Fill:
    event = authorised()
    await service.given(event)
    row = (await service.fetch("SELECT id FROM referrals WHERE leg_id = $1", event.leg_id))[0]
    token = await a_link(service, str(row["id"]))
    assert (await service.http.post(f"/v1/links/{token}/open")).status_code == 200
    return {"referral_id": str(row["id"]), "token": token}


async def a_link(service: RunningService, referral_id: str) -> str:
    made = await service.http.post(f"/v1/referrals/{referral_id}/link", headers=signed_in("adviser"))
    return str(made.json()["url"].rpartition("/")[2])


def _names(route: Route) -> set[str]:
    return {part.strip("{}") for part in route[1].split("/") if part.startswith("{")}


@contextlib.asynccontextmanager
async def stats_doors(server: TestPostgres, home: Path) -> AsyncIterator[Doors]:
    query = {"params": {"measure": "contacts", "from": "2026-01", "to": "2026-01"}}
    async with _service(STATS, server, home) as service:
        yield Doors(service.http, _always(), service, asks={("GET", "/v1/statistics"): query})


@contextlib.asynccontextmanager
async def issuer_doors(server: TestPostgres, home: Path) -> AsyncIterator[Doors]:
    app = create_app(LocalIssuer(home / "issuer", "http://issuer"))
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://issuer") as http:
        yield Doors(http, _always())


@contextlib.asynccontextmanager
async def _service(
    service: Any, server: TestPostgres, home: Path, **more: Any
) -> AsyncIterator[RunningService]:
    async with running(service, server, home=home, **more) as started:
        yield started


DOORS = {
    "intake": intake_doors,
    "case": case_doors,
    "referral": referral_doors,
    "stats": stats_doors,
    "issuer": issuer_doors,
}
