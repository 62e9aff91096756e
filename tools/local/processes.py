"""Processes of one local system: a service or the issuer as a program that is started, stopped and killed."""

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
class LocalProcess:
    """One program in a session of its own, which Ctrl-C does not reach: all are stopped in the right order."""

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
        """Start the program, this once with the extra variables; a log over the limit is set aside first."""
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
        """Ask the program to end; kill it after `within` seconds."""
        if self._program and self.running:
            self._program.terminate()
            if not await self._ends_within(within):
                await self.kill()

    async def kill(self) -> None:
        """End the program with SIGKILL, as a power cut would."""
        if self.running:
            self.signal_all(signal.SIGKILL)
            await self._ends_within(5.0)

    def signal_all(self, number: signal.Signals) -> None:
        """Send a signal to the program and to every process that it started."""
        if self._program and self.running:
            os.killpg(self._program.pid, number)

    async def _ends_within(self, seconds: float) -> bool:
        if self._program is None:
            return True
        try:
            await asyncio.to_thread(self._program.wait, seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def last_log_line(self) -> str:
        """Return the last line of the log that is not empty; of a JSON line its event."""
        line = last_line(self.log.read_text(errors="replace") if self.log.exists() else "")
        try:
            return str(json.loads(line)["event"])
        except (ValueError, KeyError, TypeError):
            return line


def last_line(text: str) -> str:
    """Return the last line that is not empty, for a sentence about a program that failed."""
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "no message")


def write_process_list(processes: Iterable[LocalProcess], path: Path) -> None:
    """Write down which processes run, so that the next start can end them if this one is killed."""
    alive = [psutil.Process(process.pid) for process in processes if process.pid]
    path.write_text(json.dumps([[process.pid, process.create_time()] for process in alive]))


def stop_leftover_processes(path: Path) -> int:
    """End the processes of a start that was killed, and return their number.

    A process id that belongs to another program by now is left alone.
    """
    try:
        listed = json.loads(path.read_text())
    except (OSError, ValueError):
        return 0
    found = [process for pid, started in listed if (process := _same_process(pid, started))]
    for process in found:
        process.terminate()
    _, alive = psutil.wait_procs(found, timeout=10)
    for process in alive:
        process.kill()
    path.unlink()
    return len(found)


def _same_process(pid: int, started: float) -> psutil.Process | None:
    try:
        process = psutil.Process(pid)
        return process if abs(process.create_time() - started) < 1 else None
    except psutil.NoSuchProcess:
        return None
