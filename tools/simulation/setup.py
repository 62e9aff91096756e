"""Setup of a simulation: agencies entered by an operator, and reports sent as the public sends them."""

import asyncio
import time
from dataclasses import dataclass, field
from uuid import UUID

import httpx2
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from shared.domain.geography import NATIONAL_DESK, police_force_of, social_care_of
from tools.simulation.api_client import LEADS, ApiClient, Json
from tools.simulation.partners.partner_agencies import AgencyAnswer, PartnerAgencies, PartnerAgency
from tools.simulation.partners.partner_behaviour import (
    REACHED_BY_WEBHOOK,
    Behaviour,
    behaviour_of,
    has_key,
)
from tools.simulation.reports.planned_report import PlannedReport
from tools.simulation.reports.scenarios import DECLINING_PLACE
from tools.simulation.reports.spelling import spell
from tools.simulation.results.findings import is_forced
from tools.simulation.work.agency_tasks import CHOSEN_INSTEAD

MAX_CONCURRENT_REQUESTS = 4
CHECK_EVERY = 1.5
WELL = (NATIONAL_DESK, *CHOSEN_INSTEAD.values())
DECLINES = (police_force_of(DECLINING_PLACE), social_care_of(DECLINING_PLACE))
FIXED_BEHAVIOUR = {
    **dict.fromkeys(WELL, Behaviour.WELL),
    **dict.fromkeys(DECLINES, Behaviour.DECLINES),
}


@dataclass
class AnswerSender:
    """Gives the agencies' answers to the referral service, each with the token of its agency."""

    api: ApiClient
    client: httpx2.AsyncClient = field(
        default_factory=lambda: httpx2.AsyncClient(trust_env=False, timeout=20.0)
    )

    async def __call__(self, answer: AgencyAnswer) -> int:
        token = self.api.agency_token(answer.agency.agency_id)
        headers = {"authorization": f"Bearer {token}"}
        try:
            response = await self.client.post(answer.url, json=answer.body, headers=headers)
        except httpx2.TransportError:
            return 503
        return response.status_code

    async def aclose(self) -> None:
        await self.client.aclose()


async def enter_agencies(client: ApiClient, partners: PartnerAgencies, *, seed: int) -> int:
    """Enter how each agency is reached, as an operator does, and return the number of agencies."""
    rows = [row async for row in client.items("referral", "/v1/agencies", user="operator")]
    at_once = asyncio.Semaphore(MAX_CONCURRENT_REQUESTS)

    async def enter(row: Json) -> None:
        async with at_once:
            await _enter(client, partners, row, seed=seed)

    await asyncio.gather(*(enter(row) for row in rows))
    return len(rows)


async def _enter(client: ApiClient, partners: PartnerAgencies, row: Json, *, seed: int) -> None:
    agency_code = row["agency_code"]
    behaviour = FIXED_BEHAVIOUR.get(agency_code) or behaviour_of(agency_code, seed=seed)
    agency = PartnerAgency(agency_code, UUID(row["id"]), behaviour)
    if has_key(agency_code, seed=seed) and behaviour in REACHED_BY_WEBHOOK:
        agency.private_key = X25519PrivateKey.generate()
    partners.add(agency)
    if behaviour is Behaviour.NO_CONTACT_POINT:
        return
    points = [{"channel": "phone", "phone": "0300 123 4040"}]
    if behaviour in REACHED_BY_WEBHOOK:
        points.append({"channel": "webhook", "url": partners.address_of(agency)})
    await set_contact_points(client, agency, points, version=row["version"])


async def set_contact_points(
    client: ApiClient, agency: PartnerAgency, points: list[dict[str, str]], *, version: int
) -> None:
    """Set the contact points of an agency and keep the signing secret, which the service makes and shows once."""
    path = f"/v1/agencies/{agency.agency_id}/contact-points"
    body = {"contact_points": points, "encryption_key": agency.public_key}
    headers = {"if-match": f'"{version}"'}
    answer = await client.request("referral", "PUT", path, body, user="operator", headers=headers)
    agency.signing_secret = answer["signing_secret"] or agency.signing_secret


async def send_report(client: ApiClient, report: PlannedReport, *, seed: int) -> tuple[str, float]:
    """Return the id of the contact, and the time of sending. A repeated attempt is the same report."""
    spelled = spell(report)
    headers = {**spelled.headers, "idempotency-key": f"simulation-{seed}-report-{report.number:06d}"}
    at = time.time()
    answer = await client.send("intake", "/v1/reports", spelled.content, headers=headers)
    return str(answer["contact_id"]), at


async def wait_until_settled(
    client: ApiClient, partners: PartnerAgencies, contact_ids: set[str], *, within: float
) -> None:
    """Return once no agency is about to answer, and every duty of these contacts is answered or somebody's task."""
    until = time.monotonic() + within
    lead = LEADS[0]
    waiting: set[str] = set()
    while len(waiting) < len(contact_ids) and time.monotonic() < until:
        items = [item async for item in client.items("case", "/v1/cases", user=lead)]
        waiting = {
            item["id"] for item in items if item["contact_id"] in contact_ids and item["report_imported_at"]
        }
        await asyncio.sleep(CHECK_EVERY)
    while (waiting or partners.pending_answers) and time.monotonic() < until:
        for case_id in list(waiting):
            if _is_settled(await client.case(case_id, user=lead)):
                waiting.discard(case_id)
        await asyncio.sleep(CHECK_EVERY)


def _is_settled(case: Json) -> bool:
    with_task = {task["recipient_id"] for task in case["tasks"] if not task["completed_at"]}
    unanswered = [
        one
        for one in case["recipients"]
        if is_forced(one) and one["duty"]["state"] in ("waiting", "authorised", "sent", "declined")
    ]
    return all(one["duty"]["state"] != "waiting" and one["id"] in with_task for one in unanswered)
