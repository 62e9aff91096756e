"""A service of the platform as a running program: started, asked to stop, killed, and its last words."""

import asyncio
import json
import os
import signal
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

LOG_LIMIT = 10 * 1024 * 1024


@dataclass
class Child:
    """One program in a session of its own, so that Ctrl-C reaches us alone and we stop it in order."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(repr=False)  # it carries passwords
    log: Path
    folder: Path
    _program: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    @property
    def pid(self) -> int | None:
        return self._program.pid if self._program and self.running else None

    @property
    def running(self) -> bool:
        return self._program is not None and self._program.poll() is None

    @property
    def exit_code(self) -> int | None:
        return self._program.poll() if self._program else None

    def start(self, extra: Mapping[str, str] | None = None) -> None:
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self._program = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env={**self.environment, **(extra or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    async def stop(self, *, within: float = 10.0) -> None:
        """Asks first; after `within` seconds it is no longer a question."""
        if self._program and self.running:
            self._program.terminate()
            if not await self._ended(within):
                self.signal_all(signal.SIGKILL)
                await self._ended(5.0)

    async def kill(self) -> None:
        """As a power cut would: no farewell."""
        if self.running:
            self.signal_all(signal.SIGKILL)
            await self._ended(5.0)

    def signal_all(self, number: signal.Signals) -> None:
        """To the program and whatever it has started itself."""
        if self._program and self.running:
            os.killpg(self._program.pid, number)

    async def _ended(self, within: float) -> bool:
        if self._program is None:
            return True
        try:
            await asyncio.to_thread(self._program.wait, within)
        except subprocess.TimeoutExpired:
            return False
        return True

    def last_words(self) -> str:
        """The last line of its log that says something; of a JSON line, what happened."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        last = next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
        try:
            return str(json.loads(last)["event"])
        except (ValueError, KeyError, TypeError):
            return last


def remember(children: Iterable[Child], notes: Path) -> None:
    """Writes down what runs, so that the next start can end it if this one is killed."""
    alive = [psutil.Process(child.pid) for child in children if child.pid]
    notes.write_text(json.dumps([[program.pid, program.create_time()] for program in alive]))


def stop_what_was_left(notes: Path) -> int:
    """Ends the programs of a start that was killed; a number that another program has since got is spared."""
    try:
        left = json.loads(notes.read_text())
    except (OSError, ValueError):
        return 0
    found = [program for pid, started in left if (program := _same_program(pid, started))]
    for program in found:
        program.terminate()
    _, stubborn = psutil.wait_procs(found, timeout=10)
    for program in stubborn:
        program.kill()
    notes.unlink()
    return len(found)


def _same_program(pid: int, started: float) -> psutil.Process | None:
    try:
        program = psutil.Process(pid)
        return program if abs(program.create_time() - started) < 1 else None
    except psutil.NoSuchProcess:
        return None
