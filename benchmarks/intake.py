"""Intake benchmark: reports per second at intake, as a ratio to a bare insert of the same body.

Intake seals, announces, audits and makes idempotent what it takes; both keep it on the same PostgreSQL server.
"""

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

from benchmarks.load import NUMBER
from shared.messaging.bus.adapters import prepare
from tools.local.databases import provision
from tools.local.environment import Environment, inherited_variables
from tools.local.postgres import CannotStart, PostgresServer
from tools.local.processes import LocalProcess
from tools.registry import ROOT, SERVICES

CONCURRENCY = 16
READY_WITHIN = 30.0
STORY = "Several people are driven to the car wash before dawn and never seem to leave. "
REPORT: dict[str, Any] = {
    "channel": "app",
    "caller_type": "neighbour_or_community",
    "what_happened": f"{STORY * 6}Report {NUMBER.decode()}.",
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
    """Requests per second, round by round, first of intake and then of the bare insert."""

    intake: list[dict[str, float]] = field(default_factory=list)
    bare_insert: list[dict[str, float]] = field(default_factory=list)

    @property
    def figures(self) -> dict[str, float]:
        intake = [one["rps"] for one in self.intake]
        bare_insert = [one["rps"] for one in self.bare_insert]
        ratios = [ours / theirs for ours, theirs in zip(intake, bare_insert, strict=True)]
        return {
            "intake_ratio": round(statistics.median(ratios), 3),
            "intake_rps": round(statistics.median(intake), 1),
            "bare_insert_rps": round(statistics.median(bare_insert), 1),
        }

    @property
    def refused(self) -> float:
        return sum(one["refused"] for one in (*self.intake, *self.bare_insert))


async def measure(home: Path, ports: dict[str, int], *, rounds: int, seconds: float) -> Rounds:
    """Measure both in turn, round by round: whatever else the machine does then slows both."""
    async with _both(home, ports) as (intake, bare_insert):
        for port in (intake, bare_insert):
            await _load(port, seconds=1.0)
        result = Rounds()
        for _ in range(rounds):
            result.intake.append(await _load(intake, seconds=seconds))
            result.bare_insert.append(await _load(bare_insert, seconds=seconds))
        return result


async def durability(home: Path) -> dict[str, str]:
    """Return the settings by which the measured server keeps what it has committed."""
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
    """Run intake, as one process that only answers requests, and the bare insert, on one PostgreSQL server."""
    server = PostgresServer(home / "postgres")
    await asyncio.to_thread(server.start)
    try:
        processes = await _processes(home, ports, server)
        try:
            for process in processes:
                process.start()
                await _wait_ready(process, ports[process.name])
            yield ports["intake"], ports["bare_insert"]
        finally:
            for process in processes:
                await process.stop()
    finally:
        await asyncio.to_thread(server.stop)


async def _processes(home: Path, ports: dict[str, int], server: PostgresServer) -> list[LocalProcess]:
    """Make the databases, keys and tables, and return both programs, not started yet."""
    names = (*SERVICES, "bus", "bare_insert")
    credentials = home / "credentials.json"
    databases = await provision(server.superuser_url(), names, credentials=credentials, prefix="bench")
    await prepare(databases["bus"])
    urls = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    environment = Environment(home, urls, databases, databases["bus"])
    (home / "keys").mkdir(mode=0o700)
    await environment.make_keys()
    intake = environment.variables("intake")
    await _migrate(intake)
    bare_insert = inherited_variables() | {
        "BARE_INSERT_DATABASE_URL": databases["bare_insert"],
        "BARE_INSERT_LISTEN": f"127.0.0.1:{ports['bare_insert']}",
    }
    commands = {
        "intake": ([sys.executable, "-m", "intake_service", "api"], intake),
        "bare_insert": ([sys.executable, "-m", "benchmarks.bare_insert"], bare_insert),
    }
    return [
        LocalProcess(name, command, variables, home / f"{name}.log", ROOT)
        for name, (command, variables) in commands.items()
    ]


async def _migrate(variables: dict[str, str]) -> None:
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "intake_service", "migrate", env=variables, cwd=ROOT
    )
    if await program.wait():
        raise CannotStart("The migrations of intake failed.")


async def _wait_ready(process: LocalProcess, port: int) -> None:
    async with httpx2.AsyncClient(timeout=2.0, trust_env=False) as client:
        for _ in range(int(READY_WITHIN / 0.1)):
            with contextlib.suppress(httpx2.TransportError):
                if (await client.get(f"http://127.0.0.1:{port}/readyz")).is_success:
                    return
            if not process.running:
                break
            await asyncio.sleep(0.1)
    raise CannotStart(f"{process.name} does not become ready: {process.last_log_line()}")


async def _load(port: int, *, seconds: float) -> dict[str, float]:
    """Run one round of load, from a process of its own."""
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.load", "--port", str(port)),
        *("--concurrency", str(CONCURRENCY), "--seconds", str(seconds)),
        env=dict(os.environ) | inherited_variables(),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    printed, _ = await program.communicate(json.dumps(REPORT).encode())
    if program.returncode:
        raise CannotStart("The load program broke off.")
    measured: dict[str, float] = json.loads(printed)
    return measured
