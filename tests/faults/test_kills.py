"""Nothing that was acknowledged is lost or doubled, whichever process dies at whichever point (Q3, short form)."""

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from deploy.wiring import SERVICES, module_command
from shared.fault_points import POINTS
from tests.faults.conftest import StartSystem
from tests.faults.storm import Storm, weather
from tests.kafka import url_of_its_own

PLANTED = Path(__file__).with_name("planted.py")


def told(storm: Storm, reports: int, findings: object) -> str:
    return f"{storm.kills.total()} kills, {reports} reports, {findings}"


@pytest.mark.timeout(600)  # a hang, not a slow machine: it takes two to three minutes on two free cores
async def test_sixty_kills_lose_nothing_and_double_nothing(start_system: StartSystem) -> None:
    async with start_system() as system:
        storm, reporters, findings = await weather(system, kills=60)
        line = told(storm, len(reporters.accepted), findings)
        print(line)  # noqa: T201  the count is the result
        assert findings.clean, (line, findings)
        assert len(reporters.receipts) == len(reporters.accepted)
        assert {point for _, point in storm.kills} == set(POINTS)
        assert {service for service, _ in storm.kills} == set(SERVICES)
        for service in SERVICES:
            await system.run(service, "verify-audit")


@pytest.mark.timeout(600)  # a hang, not a slow machine: it takes two to three minutes on two free cores
async def test_kills_on_kafka_lose_nothing_and_double_nothing(
    start_system: StartSystem, kafka_servers: str
) -> None:
    async with start_system(bus=url_of_its_own(kafka_servers)) as system:
        storm, reporters, findings = await weather(system, kills=12, seed=2, rests_within=150)
        line = told(storm, len(reporters.accepted), findings)
        print(line)  # noqa: T201
        assert findings.clean, (line, findings)
        assert len(reporters.receipts) == len(reporters.accepted)


def planted(name: str, verb: str) -> Sequence[str]:
    if name in ("intake", "referral") and verb == "all":
        return [sys.executable, str(PLANTED), name, verb]
    return module_command(name, verb)


@pytest.mark.timeout(300)
async def test_a_relay_that_forgets_first_and_a_courier_that_renames_are_caught(
    start_system: StartSystem,
) -> None:
    points = {"intake": ("relay.published",), "referral": ("referral.posted",)}
    async with start_system(command=planted) as system:
        storm, reporters, findings = await weather(
            system, kills=6, seed=3, pause=0.6, rests_within=25, points=points
        )
        print(told(storm, len(reporters.accepted), findings))  # noqa: T201
        assert any(one.startswith("case of") for one in findings.lost)
        assert any(one.startswith("message") for one in findings.doubled)
