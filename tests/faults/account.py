"""The account of a fault test: what became of every report that was accepted, and what is lost or doubled."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import asyncpg

from deploy.system import LocalSystem
from deploy.wiring import SERVICES
from tests.faults.agency import Effect
from tests.faults.reporters import Accepted

ANSWERED = ("acknowledged", "handed_over")


@dataclass(frozen=True)
class Leg:
    id: str
    contact_id: str
    body: str
    state: str
    disclosures: tuple[str, ...]


@dataclass(frozen=True)
class State:
    """What the services and the agencies hold when everything has come to rest."""

    contacts: Sequence[str]
    cases: Sequence[str]
    """The contact of each case."""
    legs: Sequence[Leg]
    effects: Sequence[Effect]
    counted: Mapping[str, int]
    outbox: Mapping[str, int]
    failed: Mapping[str, int]


@dataclass
class Findings:
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not (self.lost or self.doubled or self.unfinished)

    def __str__(self) -> str:
        return f"{len(self.lost)} lost, {len(self.doubled)} doubled"


def judge(accepted: Collection[Accepted], state: State) -> Findings:
    findings = Findings()
    _compare("contact", [one.contact_id for one in accepted], state.contacts, findings)
    _compare("case of", [one.contact_id for one in accepted if one.opens_case], state.cases, findings)
    wanted = [f"{one.contact_id} to {body}" for one in accepted for body in one.must_be_told]
    _compare("leg of", wanted, [f"{leg.contact_id} to {leg.body}" for leg in state.legs], findings)
    _compare_effects(state, findings)
    _compare_counts(accepted, state, findings)
    findings.unfinished += [f"leg {leg.id} is {leg.state}" for leg in state.legs if leg.state not in ANSWERED]
    findings.unfinished += [f"outbox of {name}: {rows}" for name, rows in state.outbox.items() if rows]
    findings.unfinished += [f"failed events of {name}: {rows}" for name, rows in state.failed.items() if rows]
    return findings


def _compare(what: str, wanted: Sequence[str], found: Sequence[str], findings: Findings) -> None:
    missing, beyond = Counter(wanted) - Counter(found), Counter(found) - Counter(wanted)
    findings.lost += [f"{what} {one}" for one in missing.elements()]
    findings.doubled += [f"{what} {one}" for one in beyond.elements()]


def _compare_effects(state: State, findings: Findings) -> None:
    """One message in effect for each leg, at the body of the leg."""
    wanted = [f"{leg.disclosures[0]} at {leg.body}" for leg in state.legs if leg.disclosures]
    findings.lost += [f"disclosure of leg {leg.id}" for leg in state.legs if not leg.disclosures]
    findings.doubled += [f"disclosure of leg {leg.id}" for leg in state.legs if len(leg.disclosures) > 1]
    _compare("message", wanted, [f"{one.disclosure_id} at {one.body}" for one in state.effects], findings)


def _compare_counts(accepted: Collection[Accepted], state: State, findings: Findings) -> None:
    forced = sum(len(one.must_be_told) for one in accepted)
    wanted = {
        "contacts": len(accepted),
        "cases": sum(one.opens_case for one in accepted),
        "overrides": forced,
        "referrals": forced,
        "referrals_acknowledged": forced,
    }
    for measure, number in wanted.items():
        found = state.counted.get(measure, 0)
        findings.lost += [f"count of {measure}"] * max(0, number - found)
        findings.doubled += [f"count of {measure}"] * max(0, found - number)


async def read_state(system: LocalSystem, effects: Collection[Effect]) -> State:
    return State(
        contacts=[row["id"] for row in await _rows(system, "intake", "SELECT id::text FROM contacts")],
        cases=[row["id"] for row in await _rows(system, "case", "SELECT contact_id::text AS id FROM cases")],
        legs=[_leg(row) for row in await _rows(system, "case", _LEGS)],
        effects=list(effects),
        counted={row["measure"]: row["n"] for row in await _rows(system, "stats", _COUNTED)},
        outbox={name: await _count(system, name, "outbox") for name in SERVICES},
        failed={name: await _count(system, name, "failed_events") for name in SERVICES},
    )


_LEGS = """
SELECT l.id::text, c.contact_id::text, l.body, l.state,
       array(SELECT d.id::text FROM disclosures d WHERE d.leg_id = l.id ORDER BY d.authorised_at) AS disclosures
FROM legs l JOIN cases c ON c.id = l.case_id ORDER BY l.id
"""
_COUNTED = """
SELECT measure, count(*) AS n FROM facts GROUP BY measure
UNION ALL SELECT 'cases', count(*) FROM counted_cases WHERE opened_at IS NOT NULL
"""


def _leg(row: asyncpg.Record) -> Leg:
    return Leg(row["id"], row["contact_id"], row["body"], row["state"], tuple(row["disclosures"]))


async def _count(system: LocalSystem, service: str, table: str) -> int:
    return int((await _rows(system, service, f"SELECT count(*) AS n FROM {table}"))[0]["n"])


async def _rows(system: LocalSystem, service: str, sql: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(system.databases[service])
    try:
        return list(await connection.fetch(sql))
    finally:
        await connection.close()
