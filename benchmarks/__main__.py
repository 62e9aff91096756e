"""`make bench`: the front door against a bare insert, and report to signed delivery; the last line is the figures."""

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks import delivery, intake, machine
from benchmarks.load import percentile
from demo.day import free_ports
from deploy.kafka.broker import KafkaBroker
from deploy.postgres import CannotStart
from deploy.wiring import ROOT, SERVICES

RESULTS = ROOT / "benchmarks" / "results"
NAMES = (*SERVICES, "issuer", "floor")
GIVES_UP_AFTER = 600.0


def asked() -> argparse.Namespace:
    given = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    given.add_argument("--bus", choices=("embedded", "kafka"), default=os.environ.get("BUS", "embedded"))
    given.add_argument("--rounds", type=int, default=6, help="of each, one after the other")
    given.add_argument("--seconds", type=float, default=3.0, help="of each round")
    given.add_argument("--deliveries", type=int, default=200)
    given.add_argument("--keep", action="store_true", help="write the result into benchmarks/results")
    return given.parse_args()


async def run(wish: argparse.Namespace, console: Console) -> dict[str, Any]:
    host = machine.described()
    console.print(
        f"{host['cpu']}, {host['cores']} cores, {host['memory_gb']} GB, {host['system']}", highlight=False
    )
    if host["load_before"] > 0.3 * (host["cores"] or 1):
        console.print(f"[yellow]This machine is busy (load {host['load_before']}): figures will be worse.[/]")
    home = Path(tempfile.mkdtemp(prefix="helpline-bench-"))
    try:
        async with asyncio.timeout(GIVES_UP_AFTER):
            return await _measured(wish, console, home) | {"machine": host}
    finally:
        shutil.rmtree(home, ignore_errors=True)


async def _measured(wish: argparse.Namespace, console: Console, home: Path) -> dict[str, Any]:
    console.print(
        f"Intake: {wish.rounds} rounds of {wish.seconds:g} s each way, {intake.CONCURRENCY} at a time …"
    )
    rounds = await intake.measure(home / "intake", _ports(), rounds=wish.rounds, seconds=wish.seconds)
    for name, each in (("intake", rounds.intake), ("floor", rounds.floor)):
        told = ", ".join(f"{one['rps']:.0f}" for one in each)
        console.print(
            f"  {name:<7} {told} a second; p99 {max(one['p99_ms'] for one in each)} ms", highlight=False
        )
    if rounds.refused:
        raise CannotStart(f"{rounds.refused:.0f} reports were refused: that is no measurement.")
    console.print(f"Delivery: {wish.deliveries} reports of danger, one at a time, bus {wish.bus} …")
    with _bus(wish.bus, home) as bus:
        took = sorted(await delivery.measure(home / "system", _ports(), bus, deliveries=wish.deliveries))
    return {
        "figures": {
            **rounds.figures,
            "delivery_p50_ms": round(1000 * percentile(took, 0.50), 1),
            "delivery_p99_ms": round(1000 * percentile(took, 0.99), 1),
            "bus": wish.bus,
            "commit": machine.commit(),
        },
        "rounds": {"intake": rounds.intake, "floor": rounds.floor},
        "delivery_ms": [round(1000 * one, 1) for one in took],
        "postgresql": await intake.durability(home / "intake"),
    }


@contextlib.contextmanager
def _bus(name: str, home: Path) -> Iterator[str]:
    if name == "embedded":
        yield "embedded"
        return
    with KafkaBroker(home / "kafka", port=0) as broker:
        yield f"kafka://{broker.address}"


def _ports() -> dict[str, int]:
    return dict(zip(NAMES, free_ports(len(NAMES)), strict=True))


def keep(result: dict[str, Any]) -> Path:
    RESULTS.mkdir(exist_ok=True)
    figures = result["figures"]
    path = RESULTS / f"{datetime.now(UTC):%Y-%m-%d}-{figures['commit']}-{figures['bus']}.json"
    path.write_text(json.dumps(result, indent=1) + "\n")
    return path


async def _unless_stopped(wish: argparse.Namespace, console: Console) -> dict[str, Any]:
    """A signal ends it where it is, and what it started is stopped all the same."""
    work = asyncio.create_task(run(wish, console))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, work.cancel)
    return await work


def main() -> int:
    wish, console = asked(), Console()
    try:
        result = asyncio.run(_unless_stopped(wish, console))
    except asyncio.CancelledError:
        console.print("Stopped.")
        return 1
    except (CannotStart, TimeoutError) as told:
        console.print(f"[bold red]{told or 'It did not end in time.'}[/]", soft_wrap=True)
        return 1
    if wish.keep:
        console.print(f"Kept in {keep(result).relative_to(ROOT)}")
    print(json.dumps(result["figures"]), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
