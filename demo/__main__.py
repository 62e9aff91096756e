"""`make demo`: a day of the helpline in two minutes, on real parts; it fails if anything was lost or leaked."""

import argparse
import asyncio
import os
import signal
import sys

from rich.console import Console

from demo.day import Day, Wish


def wish(arguments: list[str]) -> Wish:
    """What was asked for, by options or by the environment (REPORTS, SEED, BUS)."""
    given = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    given.add_argument("--reports", type=int, default=int(os.environ.get("REPORTS", "300")))
    given.add_argument("--seed", type=int, default=int(os.environ.get("SEED", "1")))
    given.add_argument("--bus", choices=("embedded", "kafka"), default=os.environ.get("BUS", "embedded"))
    given.add_argument("--within", type=float, default=0.0, help="seconds after which it gives up")
    given.add_argument("--keep", action="store_true", help="keep the folder with databases and logs")
    asked = given.parse_args(arguments)
    if asked.reports < 1:
        given.error("--reports: at least one")
    within = asked.within or 240 + 1.0 * asked.reports
    return Wish(asked.reports, asked.seed, asked.bus, within=within, keep=asked.keep)


async def run(asked: Wish, console: Console) -> int:
    """0 when everything forced is accounted for and nothing else left; the folder is kept otherwise."""
    day = asyncio.create_task(Day(asked, console).lived())
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, day.cancel)
    try:
        return await day
    except asyncio.CancelledError:
        console.print("Stopped.")
    return 1


if __name__ == "__main__":
    width = None if sys.stdout.isatty() else 120  # a file has no width of its own
    sys.exit(asyncio.run(run(wish(sys.argv[1:]), Console(width=width))))
