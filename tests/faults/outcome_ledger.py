"""Outcome ledger of a fault test: what became of every report that was accepted, and what is lost or doubled."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import asyncpg

from tests.faults.agencies import MessageEffect
from tests.faults.reporters import AcceptedReport
from tools.local.system import LocalSystem
from tools.registry import SERVICES

ANSWERED = ("acknowledged", "handed_over")


@dataclass(frozen=True)
class ToldAgency:
    """One case recipient: the contact of its case, the state of its duty, and its disclosures."""

    recipient_id: str
    contact_id: str
    agency_code: str
    state: str
    disclosures: tuple[str, ...]


@dataclass(frozen=True)
class SystemState:
    """State of the services and of the agencies when the system has come to rest."""

    contacts: Sequence[str]
    cases: Sequence[str]
    """The contact of each case."""
    recipients: Sequence[ToldAgency]
    effects: Sequence[MessageEffect]
    counted: Mapping[str, int]
    outbox: Mapping[str, int]
    dead_letters: Mapping[str, int]


@dataclass
class Findings:
    """Differences between what was accepted and what the system holds."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not (self.lost or self.doubled or self.unfinished)

    def __str__(self) -> str:
        return f"{len(self.lost)} lost, {len(self.doubled)} doubled"


def compare(accepted: Collection[AcceptedReport], state: SystemState) -> Findings:
    """Compare what was accepted with what the system holds."""
    findings = Findings()
    _compare("contact", [one.contact_id for one in accepted], state.contacts, findings)
    _compare("case of", [one.contact_id for one in accepted if one.opens_case], state.cases, findings)
    wanted = [f"{one.contact_id} to {agency}" for one in accepted for agency in one.must_be_told]
    found = [f"{one.contact_id} to {one.agency_code}" for one in state.recipients]
    _compare("duty of", wanted, found, findings)
    _compare_effects(state, findings)
    _compare_counts(accepted, state, findings)
    findings.unfinished += [
        f"duty of {one.recipient_id} is {one.state}" for one in state.recipients if one.state not in ANSWERED
    ]
    findings.unfinished += [f"outbox of {name}: {rows}" for name, rows in state.outbox.items() if rows]
    findings.unfinished += [
        f"dead letters of {name}: {rows}" for name, rows in state.dead_letters.items() if rows
    ]
    return findings


def _compare(what: str, wanted: Sequence[str], found: Sequence[str], findings: Findings) -> None:
    missing, beyond = Counter(wanted) - Counter(found), Counter(found) - Counter(wanted)
    findings.lost += [f"{what} {one}" for one in missing.elements()]
    findings.doubled += [f"{what} {one}" for one in beyond.elements()]


def _compare_effects(state: SystemState, findings: Findings) -> None:
    """Expect one message in effect for each case recipient, at its agency."""
    wanted = []
    for one in state.recipients:
        wanted += [f"{disclosure} at {one.agency_code}" for disclosure in one.disclosures[:1]]
        about = f"disclosure to {one.recipient_id}"
        findings.lost += [about] if not one.disclosures else []
        findings.doubled += [about] if len(one.disclosures) > 1 else []
    found = [f"{one.disclosure_id} at {one.agency_code}" for one in state.effects]
    _compare("message", wanted, found, findings)


def _compare_counts(accepted: Collection[AcceptedReport], state: SystemState, findings: Findings) -> None:
    duties = sum(len(one.must_be_told) for one in accepted)
    wanted = {
        "contacts": len(accepted),
        "cases": sum(one.opens_case for one in accepted),
        "overrides": duties,
        "referrals": duties,
        "referrals_acknowledged": duties,
    }
    for measure, number in wanted.items():
        found = state.counted.get(measure, 0)
        findings.lost += [f"count of {measure}"] * max(0, number - found)
        findings.doubled += [f"count of {measure}"] * max(0, found - number)


async def read_state(system: LocalSystem, effects: Collection[MessageEffect]) -> SystemState:
    return SystemState(
        contacts=[row["id"] for row in await _rows(system, "intake", "SELECT id::text FROM contacts")],
        cases=[row["id"] for row in await _rows(system, "case", "SELECT contact_id::text AS id FROM cases")],
        recipients=[_told_agency(row) for row in await _rows(system, "case", _RECIPIENTS)],
        effects=list(effects),
        counted={row["measure"]: row["n"] for row in await _rows(system, "stats", _COUNTED)},
        outbox={name: await _count(system, name, "outbox") for name in SERVICES},
        dead_letters={name: await _count(system, name, "dead_letters") for name in SERVICES},
    )


_RECIPIENTS = """
SELECT r.id::text, c.contact_id::text, r.agency_code, coalesce(s.state, 'without a duty') AS state,
       array(SELECT d.id::text FROM disclosures d WHERE d.recipient_id = r.id ORDER BY d.authorised_at) AS disclosures
FROM case_recipients r JOIN cases c ON c.id = r.case_id LEFT JOIN sharing_duties s ON s.recipient_id = r.id
ORDER BY r.id
"""
_COUNTED = """
SELECT measure, count(*) AS n FROM facts GROUP BY measure
UNION ALL SELECT 'cases', count(*) FROM counted_cases WHERE opened_at IS NOT NULL
"""


def _told_agency(row: asyncpg.Record) -> ToldAgency:
    disclosures = tuple(row["disclosures"])
    return ToldAgency(row["id"], row["contact_id"], row["agency_code"], row["state"], disclosures)


async def _count(system: LocalSystem, service: str, table: str) -> int:
    return int((await _rows(system, service, f"SELECT count(*) AS n FROM {table}"))[0]["n"])


async def _rows(system: LocalSystem, service: str, sql: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(system.databases[service])
    try:
        return list(await connection.fetch(sql))
    finally:
        await connection.close()
