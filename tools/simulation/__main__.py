"""`make demo`: a day of the helpline in two minutes, on real parts. It fails if anything was lost or leaked."""

import argparse
import asyncio
import os
import signal
import sys

from rich.console import Console

from tools.simulation.runner import Options, Simulation


def read_options(arguments: list[str]) -> Options:
    """Return the options of the command line, or of the environment (REPORTS, SEED, BUS)."""
    parser = argparse.ArgumentParser(prog="python -m tools.simulation", description=__doc__)
    parser.add_argument("--reports", type=int, default=int(os.environ.get("REPORTS", "300")))
    parser.add_argument("--seed", type=int, default=int(os.environ.get("SEED", "1")))
    parser.add_argument("--bus", choices=("embedded", "kafka"), default=os.environ.get("BUS", "embedded"))
    parser.add_argument("--within", type=float, default=0.0, help="seconds after which it gives up")
    parser.add_argument("--keep", action="store_true", help="keep the folder with databases and logs")
    chosen = parser.parse_args(arguments)
    if chosen.reports < 1:
        parser.error("--reports: at least one")
    within = chosen.within or 240 + 1.0 * chosen.reports
    return Options(chosen.reports, chosen.seed, chosen.bus, within=within, keep=chosen.keep)


async def run(options: Options, console: Console) -> int:
    """Return 0 where every duty is accounted for and nothing else was sent; otherwise keep the folder."""
    running = asyncio.create_task(Simulation(options, console).run())
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, running.cancel)
    try:
        return await running
    except asyncio.CancelledError:
        console.print("Stopped.")
    return 1


if __name__ == "__main__":
    width = None if sys.stdout.isatty() else 120  # a file has no width of its own
    sys.exit(asyncio.run(run(read_options(sys.argv[1:]), Console(width=width))))
