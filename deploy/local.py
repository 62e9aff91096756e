"""`make run`: the platform on this machine, from an empty folder to a table of what runs where."""

import asyncio
import contextlib
import functools
import os
import signal
import sys
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from deploy.postgres import CannotStart
from deploy.system import LocalSystem, together
from deploy.watch import GaveUp, Problems, Watch
from deploy.wiring import FIRST_PORT, ROOT, Command, module_command, ports_from
from shared.identity import Role

KEPT = {
    "intake": "reports, calls, the queue",
    "case": "persons, consent, overrides, disclosures",
    "referral": "agencies, referrals, deliveries",
    "stats": "counts without persons",
}


def home_folder() -> Path:
    return Path(os.environ.get("HELPLINE_HOME") or ROOT / ".helpline").absolute()


def first_port() -> int:
    wanted = os.environ.get("HELPLINE_PORT_BASE", str(FIRST_PORT))
    if not wanted.isdecimal() or not 1024 <= int(wanted) <= 65_000:
        raise CannotStart(f"HELPLINE_PORT_BASE is {wanted}: give a port number between 1024 and 65000.")
    return int(wanted)


def chosen_bus() -> str:
    bus = os.environ.get("HELPLINE_BUS") or "embedded"
    if bus != "embedded" and not bus.startswith("kafka://"):
        raise CannotStart(
            f"HELPLINE_BUS is {bus}: give kafka://host:port, or leave it out for the embedded bus."
        )
    return bus


async def run(console: Console, command: Command = module_command) -> int:
    """The program's exit code: 0 when it was asked to stop, 1 after a sentence that says what is wrong."""
    asked_to_stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, asked_to_stop.set)
    try:
        system = LocalSystem(home_folder(), ports=ports_from(first_port()), bus=chosen_bus(), command=command)
        await _until(asked_to_stop, _serve(system, console))
    except (CannotStart, GaveUp) as told:
        console.print(f"[bold red]{escape(str(told))}[/]", soft_wrap=True)
        return 1
    return 0


async def _until(asked_to_stop: asyncio.Event, work: Coroutine[None, None, None]) -> None:
    """Does the work; a signal ends it where it is, and its own tidying up still happens."""
    working, asked = asyncio.create_task(work), asyncio.create_task(asked_to_stop.wait())
    await asyncio.wait((working, asked), return_when=asyncio.FIRST_COMPLETED)
    asked.cancel()
    working.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await working


async def _serve(system: LocalSystem, console: Console) -> None:
    with Steps(console) as steps:
        await system.start(steps.begin)
    try:
        console.print(where_to_look(system), *how_to_use(system), sep="\n", soft_wrap=True)
        tell = functools.partial(_tell, console)
        await together(Watch(system, tell).run(), Problems(system, tell).run())
    finally:
        console.print("Stopping …")
        await system.stop()


def _tell(console: Console, problem: str) -> None:
    console.print(f"[yellow]{escape(problem)}[/]", soft_wrap=True)


class Steps:
    """What is being done, as it is being done: a moving line at a terminal, a line per step in a file."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status = console.status("")
        self._step = ""
        self._since = 0.0

    def __enter__(self) -> Self:
        self._status.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        self._status.stop()
        if kind is None:
            self._finish()

    def begin(self, step: str) -> None:
        self._finish()
        self._step, self._since = step, time.monotonic()
        self._status.update(step)

    def _finish(self) -> None:
        if self._step:
            seconds = time.monotonic() - self._since
            self._console.print(f"[green]✓[/] {self._step} [dim]{seconds:.1f} s[/]", highlight=False)


def where_to_look(system: LocalSystem) -> Table:
    table = Table(title="The helpline platform is running", title_justify="left")
    for heading in ("service", "address", "try it", "what it keeps"):
        table.add_column(heading, no_wrap=heading != "what it keeps")
    for name, kept in KEPT.items():
        url = system.urls[name]
        table.add_row(name, url, f"{url}/docs", kept)
    table.add_row("issuer", system.urls["issuer"], "", "who may sign in on this machine")
    return table


def how_to_use(system: LocalSystem) -> list[str]:
    bus = "in PostgreSQL" if system.bus == "embedded" else system.bus
    return [
        f"PostgreSQL  {system.postgres.address}; the bus is {bus}",
        f"Records     {system.home}  (kept for the next start; delete the folder to begin anew)",
        f"Logs        {system.home / 'logs'}",
        "Sign in     make token ROLE=adviser   prints a token; paste it under Authorize on a /docs page",
        "            roles: " + ", ".join(role for role in Role if role is not Role.SERVICE),
        "Stop        Ctrl-C",
    ]


if __name__ == "__main__":
    sys.exit(asyncio.run(run(Console())))
