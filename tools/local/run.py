"""`make run`: starts the platform on this machine and shows where each service answers."""

import asyncio
import contextlib
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

from shared.identity.principals import Role
from tools.local.environment import FIRST_PORT, CommandLine, module_command, ports_from
from tools.local.postgres import CannotStart
from tools.local.system import LocalSystem, run_together
from tools.local.watchdog import ErrorFollower, RestartLimitReached, Watchdog
from tools.registry import REGISTERED, ROOT


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


async def run(console: Console, command: CommandLine = module_command) -> int:
    """Run the platform; return 0 once it was asked to stop, 1 after a sentence that says what is wrong."""
    stop_asked = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop_asked.set)
    try:
        system = LocalSystem(home_folder(), ports=ports_from(first_port()), bus=chosen_bus(), command=command)
        await _until(stop_asked, _serve(system, console))
    except (CannotStart, RestartLimitReached) as error:
        console.print(f"[bold red]{escape(str(error))}[/]", soft_wrap=True)
        return 1
    return 0


async def _until(stop_asked: asyncio.Event, work: Coroutine[None, None, None]) -> None:
    """Do the work until it ends or a stop is asked; its own clean-up still happens."""
    working, asked = asyncio.create_task(work), asyncio.create_task(stop_asked.wait())
    await asyncio.wait((working, asked), return_when=asyncio.FIRST_COMPLETED)
    asked.cancel()
    working.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await working


async def _serve(system: LocalSystem, console: Console) -> None:
    def show_problem(line: str) -> None:
        console.print(f"[yellow]{escape(line)}[/]", soft_wrap=True)

    with StepDisplay(console) as steps:
        await system.start(steps.begin)
    try:
        console.print(service_table(system), *usage_lines(system), sep="\n", soft_wrap=True)
        await run_together(Watchdog(system, show_problem).run(), ErrorFollower(system, show_problem).run())
    finally:
        console.print("Stopping …")
        await system.stop()


class StepDisplay:
    """Shows each step of the start: a moving line at a terminal, a line for each step in a file."""

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
        """Show the end of the step before, and the beginning of this one."""
        self._finish()
        self._step, self._since = step, time.monotonic()
        self._status.update(step)

    def _finish(self) -> None:
        if self._step:
            seconds = time.monotonic() - self._since
            self._console.print(f"[green]✓[/] {self._step} [dim]{seconds:.1f} s[/]", highlight=False)


def service_table(system: LocalSystem) -> Table:
    """Return a table of the services: address, and the records that each keeps."""
    table = Table(title="The helpline platform is running", title_justify="left")
    for heading in ("service", "address", "what it keeps"):
        table.add_column(heading, no_wrap=heading != "what it keeps")
    for service in REGISTERED:
        table.add_row(service.name, system.urls[service.name], service.keeps)
    table.add_row("issuer", system.urls["issuer"], "who may sign in on this machine")
    return table


def usage_lines(system: LocalSystem) -> list[str]:
    """Return the lines below the table: records, logs, signing in, stopping."""
    bus = "in PostgreSQL" if system.bus == "embedded" else system.bus
    return [
        f"PostgreSQL  {system.postgres.address}; the bus is {bus}",
        f"Records     {system.home}  (kept for the next start; delete the folder to begin anew)",
        f"Logs        {system.home / 'logs'}",
        "Try it      add /docs to the address of a service",
        "Sign in     make token ROLE=adviser   prints a token; paste it under Authorize on a /docs page",
        "            roles: " + ", ".join(role for role in Role if role is not Role.SERVICE),
        "Stop        Ctrl-C",
    ]


if __name__ == "__main__":
    sys.exit(asyncio.run(run(Console())))
