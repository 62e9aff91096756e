"""Outcome of a simulation, read from the platform: cases, disclosures, referrals, statistics and logs."""

import asyncio
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tools.simulation.api_client import LEADS, ApiClient, Json
from tools.simulation.results.case_history import CaseHistory
from tools.simulation.results.findings import Addressee, tokens_in

MAX_CONCURRENT_READS = 4
READER = LEADS[0]


@dataclass
class Outcome:
    """All cases, disclosures and referrals at the end of a simulation."""

    cases: list[Json] = field(default_factory=list)
    disclosures: dict[str, list[Json]] = field(default_factory=dict)
    """Disclosures by the id of their case."""
    referrals: dict[str, Json] = field(default_factory=dict)

    @property
    def addressees(self) -> dict[str, Addressee]:
        return {key: Addressee(one["case_id"], one["recipient_kind"]) for key, one in self.referrals.items()}

    @property
    def all_disclosures(self) -> list[Json]:
        return [one for listed in self.disclosures.values() for one in listed]


async def read_outcome(client: ApiClient) -> Outcome:
    """Read every case, what was disclosed about it, and every referral, as a lead may."""
    outcome = Outcome()
    ids = [item["id"] async for item in client.items("case", "/v1/cases", user=READER)]
    at_once = asyncio.Semaphore(MAX_CONCURRENT_READS)

    async def read(case_id: str) -> None:
        async with at_once:
            case = await client.case(case_id, user=READER)
            outcome.cases.append(case)
            if case["recipients"]:
                path = f"/v1/cases/{case_id}/disclosures"
                listed = [one async for one in client.items("case", path, user=READER)]
                outcome.disclosures[case_id] = listed

    await asyncio.gather(*(read(case_id) for case_id in ids))
    async for referral in client.items("referral", "/v1/referrals", user=READER):
        outcome.referrals[referral["id"]] = referral
    return outcome


async def read_counts(
    client: ApiClient, expected: Mapping[str, int], *, since: datetime, within: float
) -> dict[str, int]:
    """Return the exact counts of these measures, as soon as they are as expected or else in the end."""
    until = time.monotonic() + within
    while True:
        counts = {measure: await _count(client, measure, since) for measure in expected}
        if counts == expected or time.monotonic() > until:
            return counts
        await asyncio.sleep(0.5)


async def _count(client: ApiClient, measure: str, since: datetime) -> int:
    months = f"from={since:%Y-%m}&to={datetime.now(UTC):%Y-%m}"
    path = f"/v1/statistics?measure={measure}&{months}"
    answer = await client.request("stats", "GET", path, user="analyst")
    return sum(figure["count"] for figure in answer["figures"])


def identities_of_anonymous_reporters(
    histories: Mapping[str, CaseHistory], cases: Iterable[Json]
) -> list[str]:
    """Return the words that an anonymous reporter gave by mistake, where a case holds them all the same."""
    found = []
    for case in cases:
        history = histories.get(case["id"])
        if history is not None and history.report.body.get("privacy") == "anonymous":
            own = {one.token.lower() for one in history.report.canaries if one.person == "reporter"}
            found += sorted(own & tokens_in(str(case)))
    return found


def words_in_logs(folder: Path) -> list[str]:
    """Return the marked words that a service wrote into its log: there must be none."""
    found: set[str] = set()
    for log in sorted(folder.glob("*.log")):
        found |= {f"{token} in {log.name}" for token in tokens_in(log.read_text(errors="replace"))}
    return sorted(found)
