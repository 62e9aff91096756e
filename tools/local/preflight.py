"""Preflight checks of a local start: folder, disk and ports; CannotStart names what is missing."""

import fcntl
import os
import secrets
import shutil
import socket
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TextIO

from tools.local.postgres import CannotStart

NEEDED_SPACE = 200 * 1024 * 1024


def lock_home(home: Path) -> TextIO:
    """Create the folder and lock it for one start at a time, until the returned file is closed."""
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o711)
        (home / "logs").mkdir(exist_ok=True, mode=0o700)
        (home / "keys").mkdir(exist_ok=True, mode=0o700)
        lock = (home / "lock").open("a+")
    except OSError as error:
        raise CannotStart(f"{home} cannot be written ({error.strerror}): set HELPLINE_HOME.") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        other = lock.read().strip() or "unknown"
        lock.close()
        raise CannotStart(
            f"The platform already runs from {home} (process {other}): stop that one first."
        ) from None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def check_space(home: Path, needed: int = NEEDED_SPACE) -> None:
    free = shutil.disk_usage(home).free
    if free < needed:
        have, want = free // 2**20, needed // 2**20
        raise CannotStart(f"The disk of {home} is full: {have} MB are free and {want} MB are needed.")


def check_ports(ports: Mapping[str, int]) -> None:
    for name, port in ports.items():
        if not is_free(port):
            raise CannotStart(
                f"Port {port} ({name}) is used by another program: stop it, or set HELPLINE_PORT_BASE."
            )


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # ended connections do not count
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_ports(names: Iterable[str]) -> dict[str, int]:
    """Return a free port for each name, below the range that the system gives to outgoing connections.

    For tests; a program that starts meanwhile may take one of them.
    """
    ports: dict[str, int] = {}
    for name in names:
        while name not in ports:
            port = 10_000 + secrets.randbelow(22_000)
            if port not in ports.values() and is_free(port):
                ports[name] = port
    return ports
