"""`make run` with stand-ins for the services: the real start and stop, at a terminal of its own."""

import asyncio
import sys

from rich.console import Console

from deploy.local import run
from tests.shared.test_system import stand_in

sys.exit(asyncio.run(run(Console(width=120), command=stand_in)))
