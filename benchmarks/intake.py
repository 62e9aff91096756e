"""Taking a report in, sealed, announced, audited, idempotent and durable, against the bare insert of the same body."""

import asyncio
import contextlib
import json
import os
import statistics
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx2

from deploy.children import Child
from deploy.databases import provision
from deploy.postgres import CannotStart, PostgresServer
from deploy.wiring import ROOT, SERVICES, Wiring, inherited
from shared.bus import postgres as embedded_bus

CONCURRENCY = 16
READY_WITHIN = 30.0
REPORT: dict[str, Any] = {
    "channel": "app",
    "caller_type": "neighbour_or_community",
    "what_happened": "Several people are driven to the car wash before dawn and never seem to leave. " * 6,
    "place": {"postcode": "M1 1AE", "address": "4 Larch Row"},
    "exploitation_types": ["labour"],
    "sectors": ["car_wash"],
    "how_many": 5,
    "reporter": {"name": "Rowan Ashdown", "phone": "+44 7700 900123"},
    "persons": [{"name": "Ștefan", "age": {"years": 31}, "gender": "male", "languages": ["ro"]}],
    "privacy": "confidential",
    "situation_may_be_passed_on": True,
}


@dataclass
class Rounds:
    """Requests a second, round by round, first of one and then of the other."""

    intake: list[dict[str, float]] = field(default_factory=list)
    floor: list[dict[str, float]] = field(default_factory=list)

    @property
    def figures(self) -> dict[str, float]:
        intake = [one["rps"] for one in self.intake]
        floor = [one["rps"] for one in self.floor]
        ratios = [ours / theirs for ours, theirs in zip(intake, floor, strict=True)]
        return {
            "intake_ratio": round(statistics.median(ratios), 3),
            "intake_rps": round(statistics.median(intake), 1),
            "floor_rps": round(statistics.median(floor), 1),
        }

    @property
    def refused(self) -> float:
        return sum(one["refused"] for one in (*self.intake, *self.floor))


async def measure(home: Path, ports: dict[str, int], *, rounds: int, seconds: float) -> Rounds:
    """Round about: whatever else the machine does, it does to both."""
    async with _both(home, ports) as (intake, floor):
        for port in (intake, floor):
            await _load(port, seconds=1.0)
        result = Rounds()
        for _ in range(rounds):
            result.intake.append(await _load(intake, seconds=seconds))
            result.floor.append(await _load(floor, seconds=seconds))
        return result


async def durability(home: Path) -> dict[str, str]:
    """How the server that was measured keeps what it said it has."""
    server = PostgresServer(home / "postgres")
    server.start()
    connection = await asyncpg.connect(server.superuser_url())
    try:
        names = ("server_version", "fsync", "synchronous_commit", "full_page_writes")
        return {name: str(await connection.fetchval(f"SHOW {name}")) for name in names}
    finally:
        await connection.close()
        server.stop()


@contextlib.asynccontextmanager
async def _both(home: Path, ports: dict[str, int]) -> AsyncIterator[tuple[int, int]]:
    """Intake's front door, one process that only answers requests, and the bare application, on one PostgreSQL."""
    server = PostgresServer(home / "postgres")
    await asyncio.to_thread(server.start)
    try:
        names = (*SERVICES, "bus", "floor")
        credentials = home / "credentials.json"
        databases = await provision(server.superuser_url(), names, credentials=credentials, prefix="bench")
        await embedded_bus.prepare(databases["bus"])
        urls = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
        wiring = Wiring(home, urls, databases, databases["bus"])
        (home / "keys").mkdir(mode=0o700)
        await wiring.make_keys()
        environment = wiring.environment("intake")
        await _migrated(environment)
        floor = inherited() | {
            "FLOOR_DATABASE_URL": databases["floor"],
            "FLOOR_LISTEN": f"127.0.0.1:{ports['floor']}",
        }
        children = (
            Child(
                "intake",
                [sys.executable, "-m", "intake_service", "api"],
                environment,
                home / "intake.log",
                ROOT,
            ),
            Child("floor", [sys.executable, "-m", "benchmarks.floor"], floor, home / "floor.log", ROOT),
        )
        try:
            for child in children:
                child.start()
                await _ready(child, urls[child.name])
            yield ports["intake"], ports["floor"]
        finally:
            for child in children:
                await child.stop()
    finally:
        await asyncio.to_thread(server.stop)


async def _migrated(environment: dict[str, str]) -> None:
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "intake_service", "migrate", env=environment, cwd=ROOT
    )
    if await program.wait():
        raise CannotStart("intake's migrations failed")


async def _ready(child: Child, url: str) -> None:
    async with httpx2.AsyncClient(timeout=2.0, trust_env=False) as client:
        for _ in range(int(READY_WITHIN / 0.1)):
            with contextlib.suppress(httpx2.TransportError):
                if (await client.get(f"{url}/readyz")).is_success:
                    return
            if not child.running:
                break
            await asyncio.sleep(0.1)
    raise CannotStart(f"{child.name} does not become ready: {child.last_words()}")


async def _load(port: int, *, seconds: float) -> dict[str, float]:
    """One round of load, from a process of its own."""
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.load", "--port", str(port)),
        *("--concurrency", str(CONCURRENCY), "--seconds", str(seconds)),
        env=dict(os.environ) | inherited(),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await program.communicate(json.dumps(REPORT).encode())
    if program.returncode:
        raise CannotStart("the load program broke off")
    measured: dict[str, float] = json.loads(said)
    return measured
