"""Server for the whole run: pytest-xdist's workers share it, and the last one to end stops it."""

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol, TypeVar

import fasteners
import psutil


class Server(Protocol):
    folder: Path

    def start(self) -> None: ...

    def stop(self) -> None: ...


S = TypeVar("S", bound=Server)
STARTED_HERE: list[Server] = []
"""Kept to the end of the worker: it may have started the server that others still use."""


@contextlib.contextmanager
def one_for_the_run(run: Path, prefix: str, place: Path, server_in: Callable[[Path], S]) -> Iterator[S]:
    """Yield the server of this run (`run` is pytest's folder), in a folder of `place` that begins with `prefix`.

    The first worker makes the folder, and removes the folders of runs that were killed.
    """
    meeting = run.parent if "PYTEST_XDIST_WORKER" in os.environ else run
    with fasteners.InterProcessLock(meeting / f"{prefix}lock"):
        server = _join(meeting / f"{prefix}folder", prefix, place, server_in)
    STARTED_HERE.append(server)
    try:
        yield server
    finally:
        with fasteners.InterProcessLock(meeting / f"{prefix}lock"):
            _leave(meeting / f"{prefix}folder", server)


def _join(address: Path, prefix: str, place: Path, server_in: Callable[[Path], S]) -> S:
    if not address.exists():
        _remove_folders_of_killed_runs(prefix, place, server_in)
        address.write_text(tempfile.mkdtemp(prefix=prefix, dir=place))
    server = server_in(Path(address.read_text()))
    server.start()
    _write_users(server.folder, [*_users(server.folder), os.getpid()])
    return server


def _leave(address: Path, server: Server) -> None:
    remaining = [pid for pid in _users(server.folder) if pid != os.getpid()]
    _write_users(server.folder, remaining)
    if not remaining:
        address.unlink()
        server.stop()
        shutil.rmtree(server.folder)


def _remove_folders_of_killed_runs(prefix: str, place: Path, server_in: Callable[[Path], Server]) -> None:
    for folder in place.glob(f"{prefix}*"):
        ours = folder.stat().st_uid == os.geteuid() and (folder / "users.json").exists()
        if ours and not _users(folder):
            server_in(folder).stop()
            shutil.rmtree(folder)


def _users(folder: Path) -> list[int]:
    with contextlib.suppress(FileNotFoundError):
        return [pid for pid in json.loads((folder / "users.json").read_text()) if psutil.pid_exists(pid)]
    return []


def _write_users(folder: Path, users: list[int]) -> None:
    (folder / "users.json").write_text(json.dumps(users))
