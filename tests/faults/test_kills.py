"""Nothing that was accepted is lost or doubled, whichever process dies at whichever point (short form)."""

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from shared.crash_points import CRASH_POINTS
from tests.faults.conftest import StartSystem
from tests.faults.crash_load import CrashLoad, run_crash_load
from tests.faults.outcome_ledger import Findings
from tests.support.kafka import url_of_its_own
from tools.local.environment import module_command
from tools.registry import SERVICES

FAULTY_SERVICE = Path(__file__).with_name("faulty_service.py")


def summary(load: CrashLoad, reports: int, findings: Findings) -> str:
    return f"{load.kills.total()} kills, {reports} reports, {findings}"


@pytest.mark.timeout(1800)  # a hang, not a slow machine: it takes two to three minutes on two free cores
async def test_sixty_kills_lose_nothing_and_double_nothing(start_system: StartSystem) -> None:
    async with start_system() as system:
        load, reporters, findings = await run_crash_load(system, kills=60, every_point=True)
        line = summary(load, len(reporters.accepted), findings)
        print(line)  # noqa: T201  the count is the result
        assert findings.clean, (line, findings)
        assert len(reporters.receipts) == len(reporters.accepted)
        assert {point for _, point in load.kills} == set(CRASH_POINTS)
        assert {service for service, _ in load.kills} == set(SERVICES)
        for service in SERVICES:
            await system.run(service, "verify-audit")


@pytest.mark.timeout(600)  # a hang, not a slow machine: it takes two to three minutes on two free cores
async def test_kills_on_kafka_lose_nothing_and_double_nothing(
    start_system: StartSystem, kafka_servers: str
) -> None:
    async with start_system(bus=url_of_its_own(kafka_servers)) as system:
        load, reporters, findings = await run_crash_load(system, kills=12, seed=2, rests_within=150)
        line = summary(load, len(reporters.accepted), findings)
        print(line)  # noqa: T201
        assert findings.clean, (line, findings)
        assert len(reporters.receipts) == len(reporters.accepted)


def faulty_command(name: str, verb: str) -> Sequence[str]:
    if name in ("intake", "referral") and verb == "all":
        return [sys.executable, str(FAULTY_SERVICE), name, verb]
    return module_command(name, verb)


@pytest.mark.timeout(300)
async def test_a_relay_that_deletes_first_and_a_worker_that_renames_messages_are_caught(
    start_system: StartSystem,
) -> None:
    points = {"intake": ("relay.published",), "referral": ("referral.posted",)}
    async with start_system(command=faulty_command) as system:
        load, reporters, findings = await run_crash_load(
            system, kills=6, seed=3, pause=0.6, rests_within=25, points=points
        )
        print(summary(load, len(reporters.accepted), findings))  # noqa: T201
        assert any(one.startswith("case of") for one in findings.lost)
        assert any(one.startswith("message") for one in findings.doubled)
