"""`make bench`: intake compared with a bare insert, and report to signed delivery; the last line is the figures."""

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
from tools.kafka.broker import KafkaBroker
from tools.local.postgres import CannotStart
from tools.registry import ROOT, SERVICES
from tools.simulation.runner import free_ports

RESULTS = ROOT / "benchmarks" / "results"
PROGRAMS = (*SERVICES, "issuer", "bare_insert")
GIVES_UP_AFTER = 600.0


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--bus", choices=("embedded", "kafka"), default=os.environ.get("BUS", "embedded"))
    parser.add_argument("--rounds", type=int, default=6, help="of each, one after the other")
    parser.add_argument("--seconds", type=float, default=3.0, help="of each round")
    parser.add_argument("--deliveries", type=int, default=200)
    parser.add_argument("--keep", action="store_true", help="write the result into benchmarks/results")
    return parser.parse_args()


async def run(options: argparse.Namespace, console: Console) -> dict[str, Any]:
    host = machine.description()
    console.print(
        f"{host['cpu']}, {host['cores']} cores, {host['memory_gb']} GB, {host['system']}", highlight=False
    )
    if host["load_before"] > 0.3 * (host["cores"] or 1):
        console.print(f"[yellow]This machine is busy (load {host['load_before']}): figures will be worse.[/]")
    home = Path(tempfile.mkdtemp(prefix="helpline-bench-"))
    try:
        async with asyncio.timeout(GIVES_UP_AFTER):
            return await _measure(options, console, home) | {"machine": host}
    finally:
        shutil.rmtree(home, ignore_errors=True)


async def _measure(options: argparse.Namespace, console: Console, home: Path) -> dict[str, Any]:
    rounds = await _measure_intake(options, console, home / "intake")
    console.print(f"Delivery: {options.deliveries} reports of danger, one at a time, bus {options.bus} …")
    with _bus(options.bus, home) as bus:
        took = sorted(await delivery.measure(home / "system", _ports(), bus, deliveries=options.deliveries))
    return {
        "figures": {
            **rounds.figures,
            "delivery_p50_ms": round(1000 * percentile(took, 0.50), 1),
            "delivery_p99_ms": round(1000 * percentile(took, 0.99), 1),
            "bus": options.bus,
            "commit": machine.commit(),
        },
        "rounds": {"intake": rounds.intake, "bare_insert": rounds.bare_insert},
        "delivery_ms": [round(1000 * one, 1) for one in took],
        "postgresql": await intake.durability(home / "intake"),
    }


async def _measure_intake(options: argparse.Namespace, console: Console, home: Path) -> intake.Rounds:
    each = f"{options.rounds} rounds of {options.seconds:g} s each way, {intake.CONCURRENCY} at a time"
    console.print(f"Intake: {each} …")
    rounds = await intake.measure(home, _ports(), rounds=options.rounds, seconds=options.seconds)
    for name, measured in (("intake", rounds.intake), ("bare insert", rounds.bare_insert)):
        per_second = ", ".join(f"{one['rps']:.0f}" for one in measured)
        slowest = max(one["p99_ms"] for one in measured)
        console.print(f"  {name:<11} {per_second} per second; p99 {slowest} ms", highlight=False)
    if rounds.refused:
        raise CannotStart(f"{rounds.refused:.0f} reports were refused: that is no measurement.")
    return rounds


@contextlib.contextmanager
def _bus(name: str, home: Path) -> Iterator[str]:
    if name == "embedded":
        yield "embedded"
        return
    with KafkaBroker(home / "kafka", port=0) as broker:
        yield f"kafka://{broker.address}"


def _ports() -> dict[str, int]:
    return dict(zip(PROGRAMS, free_ports(len(PROGRAMS)), strict=True))


def keep(result: dict[str, Any]) -> Path:
    """Write a result into benchmarks/results, under its day, commit and bus."""
    RESULTS.mkdir(exist_ok=True)
    figures = result["figures"]
    path = RESULTS / f"{datetime.now(UTC):%Y-%m-%d}-{figures['commit']}-{figures['bus']}.json"
    path.write_text(json.dumps(result, indent=1) + "\n")
    return path


async def _run_unless_stopped(options: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Run until the end or a signal; what was started is stopped all the same."""
    work = asyncio.create_task(run(options, console))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, work.cancel)
    return await work


def main() -> int:
    options, console = read_options(), Console()
    try:
        result = asyncio.run(_run_unless_stopped(options, console))
    except asyncio.CancelledError:
        console.print("Stopped.")
        return 1
    except (CannotStart, TimeoutError) as error:
        console.print(f"[bold red]{error or 'It did not end in time.'}[/]", soft_wrap=True)
        return 1
    if options.keep:
        console.print(f"Kept in {keep(result).relative_to(ROOT)}")
    print(json.dumps(result["figures"]), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
