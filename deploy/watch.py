"""Keeps the services of one machine alive, and says what goes wrong with them, and nothing else."""

import asyncio
import json
import time
from collections import defaultdict, deque
from collections.abc import Callable
from pathlib import Path

from deploy.children import Child
from deploy.system import LocalSystem

RESTARTS_A_MINUTE = 5
LONGEST_PAUSE = 8.0

Tell = Callable[[str], None]


class GaveUp(RuntimeError):
    """A service does not stay up; the sentence says which, and where to read why."""


class Watch:
    """Brings back a service that ended, sooner at first and later if it ends again and again."""

    def __init__(self, system: LocalSystem, tell: Tell) -> None:
        self._system = system
        self._tell = tell
        self._ended: dict[str, deque[float]] = defaultdict(deque)

    async def run(self) -> None:
        """Until cancelled; GaveUp when one ended more often in a minute than can be an accident."""
        while True:
            for child in list(self._system.children.values()):
                if not child.running:
                    await self._bring_back(child)
            await asyncio.sleep(0.2)

    async def _bring_back(self, child: Child) -> None:
        now, ended = time.monotonic(), self._ended[child.name]
        ended.append(now)
        while now - ended[0] > 60:
            ended.popleft()
        if len(ended) > RESTARTS_A_MINUTE:
            raise GaveUp(
                f"{child.name} ended {len(ended)} times in a minute, last with: {child.last_words()} ({child.log})"
            )
        pause = min(LONGEST_PAUSE, 0.25 * 2 ** (len(ended) - 1))
        self._tell(f"{child.name} ended ({child.exit_code}): {child.last_words()}. Starting it again.")
        await asyncio.sleep(pause)
        await self._system.restart(child.name)


class Problems:
    """Follows the logs and tells what is an error in them; the rest stays in the files."""

    def __init__(self, system: LocalSystem, tell: Tell) -> None:
        self._system = system
        self._tell = tell
        self._read = {child.log: child.log.stat().st_size for child in system.children.values()}

    async def run(self) -> None:
        while True:
            for child in self._system.children.values():
                for line in self._new_lines(child.log):
                    if problem := _problem(line):
                        self._tell(f"{child.name}: {problem}")
            await asyncio.sleep(0.5)

    def _new_lines(self, log: Path) -> list[str]:
        size = log.stat().st_size
        start = self._read.get(log, 0) if size >= self._read.get(log, 0) else 0  # a full log begins again
        with log.open("rb") as file:
            file.seek(start)
            whole, _, _unfinished = file.read().rpartition(b"\n")
        self._read[log] = start + len(whole) + 1 if whole else start
        return whole.decode(errors="replace").splitlines()


def _problem(line: str) -> str | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return line if line.startswith(("ERROR", "CRITICAL")) else None
    if not isinstance(entry, dict) or entry.get("level") not in ("error", "critical"):
        return None
    return str(entry.get("event", "an error without a name"))
