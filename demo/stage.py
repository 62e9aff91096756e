"""Setting the scene: agencies entered by an operator, reports sent as the public sends them, and what became of it."""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import httpx2
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from demo.findings import Addressed, is_forced, tokens_in
from demo.manners import REACHED_BY_WEBHOOK, Manner, manner_of, seals
from demo.office import LEADS, Json, Office
from demo.oracle import World
from demo.partners import Answer, Partner, Partners
from demo.told import Planned
from shared.geography import NATIONAL_DESK, SOCIAL_CARE_DESK

SENDERS = 4
SETTLED_CHECK_EVERY = 1.5
FIXED_MANNERS = {NATIONAL_DESK: Manner.WELL, SOCIAL_CARE_DESK: Manner.PHONE_ONLY}


@dataclass
class Outcome:
    """Everything there is to look at when the day is over."""

    cases: list[Json] = field(default_factory=list)
    disclosures: dict[str, list[Json]] = field(default_factory=dict)
    referrals: dict[str, Json] = field(default_factory=dict)
    statistics: dict[str, int] = field(default_factory=dict)

    @property
    def addressed(self) -> dict[str, Addressed]:
        return {key: Addressed(one["case_id"], one["recipient"]) for key, one in self.referrals.items()}


@dataclass
class AnswerSender:
    """Gives agencies' answers to the referral service, each with the token of that agency."""

    office: Office
    client: httpx2.AsyncClient = field(
        default_factory=lambda: httpx2.AsyncClient(trust_env=False, timeout=20.0)
    )

    async def __call__(self, answer: Answer) -> int:
        token = self.office.agency_token(answer.partner.agency)
        headers = {"authorization": f"Bearer {token}"}
        try:
            response = await self.client.post(answer.url, json=answer.content, headers=headers)
        except httpx2.TransportError:
            return 503
        return response.status_code

    async def aclose(self) -> None:
        await self.client.aclose()


async def enter_agencies(office: Office, partners: Partners, *, seed: int) -> int:
    """An operator says how each agency is reached; the service makes each one's signing secret."""
    rows = [row async for row in office.pages("referral", "/v1/agencies", "agencies", who="operator")]
    at_once = asyncio.Semaphore(SENDERS)
    await asyncio.gather(*(_enter(office, partners, row, at_once, seed=seed) for row in rows))
    return len(rows)


async def _enter(
    office: Office, partners: Partners, row: Json, at_once: asyncio.Semaphore, *, seed: int
) -> None:
    body = row["body"]
    manner = FIXED_MANNERS.get(body) or manner_of(body, seed=seed)
    key = X25519PrivateKey.generate() if seals(body, seed=seed) and manner in REACHED_BY_WEBHOOK else None
    partner = Partner(body, UUID(row["id"]), manner, key=key)
    partners.add(partner)
    if manner is Manner.NO_ENTRY:
        return
    points = [{"channel": "phone", "phone": "0300 123 4040"}]
    if manner in REACHED_BY_WEBHOOK:
        points.append({"channel": "webhook", "url": partners.address_of(partner)})
    path = f"/v1/agencies/{partner.agency}/contact-points"
    content = {"contact_points": points, "encryption_key": partner.public_key}
    read = {"if-match": f'"{row["version"]}"'}
    async with at_once:
        answer = await office.ask("referral", "PUT", path, content, who="operator", headers=read)
    partner.secret = answer["signing_secret"] or partner.secret


async def send_report(office: Office, report: Planned, *, seed: int) -> tuple[str, float]:
    """The contact's id and the moment at which it was sent. A repeated try is the same report."""
    headers = {"idempotency-key": f"demo-{seed}-report-{report.number:06d}"}
    at = time.time()
    answer = await office.ask("intake", "POST", "/v1/reports", report.body, headers=headers)
    return str(answer["contact_id"]), at


async def until_settled(office: Office, partners: Partners, contacts: set[str], *, within: float) -> None:
    """Until nobody is about to answer and every duty of these contacts was answered for or is somebody's task."""
    until = time.monotonic() + within
    lead = LEADS[0]
    waiting: set[str] = set()
    while len(waiting) < len(contacts) and time.monotonic() < until:
        lines = [line async for line in office.pages("case", "/v1/cases", "cases", who=lead)]
        waiting = {one["id"] for one in lines if one["contact_id"] in contacts and one["taken_over"]}
        await asyncio.sleep(SETTLED_CHECK_EVERY)
    while (waiting or partners.busy) and time.monotonic() < until:
        for case_id in list(waiting):
            if _at_rest(await office.case(case_id, who=lead)):
                waiting.discard(case_id)
        await asyncio.sleep(SETTLED_CHECK_EVERY)


def _at_rest(case: Json) -> bool:
    held = {task["leg_id"] for task in case["tasks"] if not task["done_at"]}
    unfinished = ("waiting", "authorised", "sent")
    return all(
        leg["state"] not in unfinished or (leg["state"] != "waiting" and leg["id"] in held)
        for leg in case["legs"]
        if is_forced(leg)
    )


async def look(office: Office) -> Outcome:
    """Reads every case, what left it, and every referral, as a lead may."""
    lead = LEADS[0]
    outcome = Outcome()
    ids = [line["id"] async for line in office.pages("case", "/v1/cases", "cases", who=lead)]
    at_once = asyncio.Semaphore(SENDERS)

    async def read(case_id: str) -> None:
        async with at_once:
            case = await office.case(case_id, who=lead)
            outcome.cases.append(case)
            if case["legs"]:
                listed = await office.ask("case", "GET", f"/v1/cases/{case_id}/disclosures", who=lead)
                outcome.disclosures[case_id] = listed["disclosures"]

    await asyncio.gather(*(read(case_id) for case_id in ids))
    async for referral in office.pages("referral", "/v1/referrals", "referrals", who=lead):
        outcome.referrals[referral["id"]] = referral
    return outcome


async def exact_count(office: Office, measure: str, *, since: datetime) -> int:
    """What an analyst is told, without protection."""
    months = f"from={since:%Y-%m}&to={datetime.now(UTC):%Y-%m}"
    path = f"/v1/statistics?measure={measure}&{months}"
    answer = await office.ask("stats", "GET", path, who="analyst")
    return sum(figure["count"] for figure in answer["figures"])


async def counted(
    office: Office, expected: dict[str, int], *, since: datetime, within: float
) -> dict[str, int]:
    """The analyst's counts, as soon as they agree with what is expected, or after so many seconds as they are."""
    until = time.monotonic() + within
    while True:
        got = {measure: await exact_count(office, measure, since=since) for measure in expected}
        if got == expected or time.monotonic() > until:
            return got
        await asyncio.sleep(0.5)


def identities_kept_of_the_anonymous(worlds: dict[str, World], cases: Iterable[Json]) -> list[str]:
    """Names that an anonymous reporter gave by mistake, where a case holds them all the same."""
    kept = []
    for case in cases:
        world = worlds.get(case["id"])
        if world is not None and world.report.body.get("privacy") == "anonymous":
            own = {one.token.lower() for one in world.report.canaries if one.part == "reporter"}
            kept += sorted(own & tokens_in(str(case)))
    return kept


def words_in_logs(folder: Path) -> list[str]:
    """Marked words that a service wrote into its log: there must be none."""
    found: set[str] = set()
    for log in sorted(folder.glob("*.log")):
        found |= {f"{token} in {log.name}" for token in tokens_in(log.read_text(errors="replace"))}
    return sorted(found)
