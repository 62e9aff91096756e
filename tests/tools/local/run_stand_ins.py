"""`make run` with stand-ins for the services: the real start and stop, at a terminal of its own."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from tools.local.environment import module_command
from tools.local.run import run

STAND_IN = Path(__file__).with_name("stand_in.py")


def stand_in(name: str, verb: str) -> Sequence[str]:
    """Return the command of the stand-in for a service; the issuer is the real one."""
    return module_command(name, verb) if name == "issuer" else [sys.executable, str(STAND_IN), name, verb]


if __name__ == "__main__":
    sys.exit(asyncio.run(run(Console(width=120), command=stand_in)))
