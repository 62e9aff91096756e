"""Prepared referral service: a referral that one agency opened by its access link, and a second link to it."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

from referral_service.app import SERVICE as REFERRAL
from referral_service.directory.reference_agencies import load_reference
from tests.conftest import TestPostgres
from tests.contracts.prepared.callers import OWN
from tests.contracts.prepared.prepared_service import Ids, PreparedService, Route, ids_of_every_route
from tests.referral.case_double import CaseDouble
from tests.referral.event_builders import authorised, recalled
from tests.support.services import RunningService, running, signed_in

ANY_VERSION = ", ".join(f'"{number}"' for number in range(1, 200))
"""Several callers change the same agency, one after the other."""
REFERRAL_PATH = "/v1/referrals/{referral_id}"
ARGUMENTS: dict[Route, dict[str, Any]] = {
    ("POST", "/v1/agencies"): {
        "json": {"agency_code": "{new_code}", "name": "A charity", "recipient_kinds": ["health"]}
    },
    ("PUT", "/v1/agencies/{agency_id}/contact-points"): {
        "json": {"contact_points": [{"channel": "phone", "phone": "101"}]}
    },
    ("POST", "/v1/responsible-agencies"): {"json": {"postcode": "M1 1AE"}},
    ("POST", f"{REFERRAL_PATH}/decline"): {"json": {"reason": "no_capacity"}},
    ("POST", f"{REFERRAL_PATH}/outcomes"): {"json": {"outcome": "person_safeguarded"}},
    ("POST", f"{REFERRAL_PATH}/recall-answer"): {"json": {"answer": "destroyed"}},
    ("POST", f"{REFERRAL_PATH}/phone-recall-answer"): {
        "json": {"answer": "destroyed", "spoken_to": "PC Ash"}
    },
    ("POST", "/v1/access-links/{token}/acknowledgement"): {"data": {"name": "PC Ash"}},
}


@contextlib.asynccontextmanager
async def prepared_referral(server: TestPostgres, home: Path) -> AsyncIterator[PreparedService]:
    double = CaseDouble()
    more: dict[str, Any] = {"client": lambda _: double, "seed": load_reference}
    async with running(REFERRAL, server, home=home, **more) as service:

        async def prepare(route: Route) -> Ids:
            ids = ids_of_every_route(agency_id=str(OWN), new_code=f"charity:{uuid4().hex}")
            if route[1].endswith("/contact-points"):
                ids["etag"] = ANY_VERSION
            if "{referral_id}" in route[1] or "{token}" in route[1]:
                ids |= await a_referral(service, is_recalled=route[1].endswith("recall-answer"))
            return ids

        yield PreparedService(service.http, prepare, service, arguments=dict(ARGUMENTS))


async def a_referral(service: RunningService, *, is_recalled: bool = False) -> Ids:
    event = authorised()
    await service.given(event)
    referral_id = await referral_of(service, event.recipient_id)
    token = await an_access_link(service, referral_id)
    assert (await service.http.post(f"/v1/access-links/{token}/open")).status_code == 200
    if is_recalled:
        await service.given(recalled(event))
    return {"referral_id": referral_id, "token": token, "disclosure_id": str(event.disclosure_id)}


async def referral_of(service: RunningService, recipient_id: object) -> str:
    (row,) = await service.fetch("SELECT id FROM referrals WHERE recipient_id = $1", recipient_id)
    return str(row["id"])


async def an_access_link(service: RunningService, referral_id: str) -> str:
    made = await service.http.post(f"/v1/referrals/{referral_id}/access-link", headers=signed_in("adviser"))
    return str(made.json()["url"].rpartition("/")[2])
