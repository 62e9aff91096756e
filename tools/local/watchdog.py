"""Watchdog of one local system: starts again what ended, and shows the errors that services log."""

import asyncio
import json
import time
from collections import defaultdict, deque
from collections.abc import Callable
from pathlib import Path

from tools.local.processes import LocalProcess
from tools.local.system import LocalSystem

RESTARTS_PER_MINUTE = 5
LONGEST_PAUSE = 8.0

ShowLine = Callable[[str], None]
"""Shows one line to the person at the terminal."""


class RestartLimitReached(RuntimeError):
    """A service ends again and again; the sentence names it, its last log line and its log."""


class Watchdog:
    """Starts processes again that ended, after a pause that grows if one ends again and again."""

    def __init__(self, system: LocalSystem, show: ShowLine) -> None:
        self._system = system
        self._show = show
        self._ended: dict[str, deque[float]] = defaultdict(deque)

    async def run(self) -> None:
        """Watch until cancelled; RestartLimitReached where one process ended too often within a minute."""
        while True:
            for process in list(self._system.processes.values()):
                if not process.running:
                    await self._start_again(process)
            await asyncio.sleep(0.2)

    async def _start_again(self, process: LocalProcess) -> None:
        now, ended = time.monotonic(), self._ended[process.name]
        ended.append(now)
        while now - ended[0] > 60:
            ended.popleft()
        reason = process.last_log_line()
        if len(ended) > RESTARTS_PER_MINUTE:
            raise RestartLimitReached(
                f"{process.name} ended {len(ended)} times in a minute, last with: {reason} ({process.log})"
            )
        pause = min(LONGEST_PAUSE, 0.25 * 2 ** (len(ended) - 1))
        self._show(f"{process.name} ended ({process.exit_code}): {reason}. Starting it again.")
        await asyncio.sleep(pause)
        await self._system.restart(process.name)


class ErrorFollower:
    """Follows the logs and shows each error in them; everything else stays in the files."""

    def __init__(self, system: LocalSystem, show: ShowLine) -> None:
        self._system = system
        self._show = show
        self._read = {process.log: process.log.stat().st_size for process in system.processes.values()}

    async def run(self) -> None:
        """Follow the logs until cancelled."""
        while True:
            for process in self._system.processes.values():
                for line in self._new_lines(process.log):
                    if error := _error_in(line):
                        self._show(f"{process.name}: {error}")
            await asyncio.sleep(0.5)

    def _new_lines(self, log: Path) -> list[str]:
        size = log.stat().st_size
        # A log that was over the limit began again with the last start.
        start = self._read.get(log, 0) if size >= self._read.get(log, 0) else 0
        with log.open("rb") as file:
            file.seek(start)
            whole, _, _unfinished = file.read().rpartition(b"\n")
        self._read[log] = start + len(whole) + 1 if whole else start
        return whole.decode(errors="replace").splitlines()


def _error_in(line: str) -> str | None:
    """Return the event of a line that logs an error; None for any other line."""
    try:
        entry = json.loads(line)
    except ValueError:
        return line if line.startswith(("ERROR", "CRITICAL")) else None
    if not isinstance(entry, dict) or entry.get("level") not in ("error", "critical"):
        return None
    return str(entry.get("event", "an error without a name"))
