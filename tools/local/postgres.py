"""Local PostgreSQL server: keeps the helpline's records on one machine, for laptops and tests."""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit, urlunsplit

import psutil

from tools.local.postgres_programs import CannotStart, find_programs, major_version
from tools.local.processes import last_line

__all__ = ["CannotStart", "PostgresServer", "at_database"]

UNPRIVILEGED_USER = "helpline-postgres"
STARTS_WITHIN = 60.0
STOPS_WITHIN = 20.0


class _Running(NamedTuple):
    """A running server, as it describes itself."""

    pid: int
    port: int
    ready: bool


class PostgresServer:
    """Server with its records under `folder`, or the existing server at `url` (DATABASE_URL).

    It goes on running only where the program that started it is killed; the next `start` uses it again.
    `for_tests` switches durability off for speed.
    """

    def __init__(self, folder: Path, *, url: str | None = None, for_tests: bool = False) -> None:
        self.folder = folder.absolute()
        self.cluster = self.folder / "cluster"
        self.log = self.folder / "postgres.log"
        self._url = url.replace("postgresql+asyncpg://", "postgresql://") if url else None
        self._for_tests = for_tests
        self._port = 0
        # Kept although only its id is used: Python warns about a child process that is forgotten.
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def external(self) -> bool:
        return self._url is not None

    @property
    def address(self) -> str:
        """Host and port without a password, to be shown to people."""
        return urlsplit(self.superuser_url()).netloc.rpartition("@")[2]

    def superuser_url(self, database: str = "postgres") -> str:
        if self._url:
            return at_database(self._url, database)
        password = (self.folder / "superuser.password").read_text()
        return f"postgresql://postgres:{quote(password)}@127.0.0.1:{self._port}/{database}"

    def start(self) -> None:
        """Create the server at the first start, and return once it is ready; CannotStart where that fails."""
        if self.external:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        programs = find_programs()
        user = _user_to_run_as()
        if user:
            for folder in (self.folder, programs):
                _make_reachable(folder)
        self._refuse_other_version(programs)
        if not (self.cluster / "PG_VERSION").exists():
            self._create(programs, user)
        running = self._running()
        if running is None:
            running = self._launch(programs, user)
        self._port = running.port

    def stop(self) -> None:
        """End all sessions and write everything to disk; a server given by its address is left alone."""
        running = None if self.external else self._running()
        if running is None:
            self._reap()
            return
        for number, seconds in ((signal.SIGINT, STOPS_WITHIN), (signal.SIGQUIT, 5.0)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(running.pid, number)
            if _ends_within(running.pid, seconds):
                self._reap()
                return
        raise CannotStart(f"PostgreSQL (process {running.pid}) does not stop; its log is {self.log}.")

    def _reap(self) -> None:
        if self._process:
            self._process.wait()
            self._process = None

    def _create(self, programs: Path, user: str | None) -> None:
        shutil.rmtree(self.cluster, ignore_errors=True)
        self.cluster.mkdir(mode=0o700)
        password = _private_file(self.folder / "superuser.password", secrets.token_urlsafe(24))
        for_initdb = _private_file(self.folder / "initdb.password", password.read_text())
        if user:
            owner = pwd.getpwnam(user)
            for path in (self.cluster, for_initdb):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        command = [
            str(programs / "initdb"),
            "-D",
            str(self.cluster),
            "-U",
            "postgres",
            f"--pwfile={for_initdb}",
        ]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--data-checksums"]
        command += ["--no-sync"] if self._for_tests else []
        try:
            done = subprocess.run(command, check=False, capture_output=True, text=True, **_run_as(user))
        finally:
            for_initdb.unlink()
        if done.returncode:
            shutil.rmtree(self.cluster, ignore_errors=True)
            raise CannotStart(f"PostgreSQL could not create {self.cluster}: {last_line(done.stderr)}")

    def _launch(self, programs: Path, user: str | None) -> _Running:
        for _attempt in range(3):  # a port that was free may be taken between looking and binding
            port = _free_port(preferred=self._remembered_port())
            with self.log.open("ab") as log:
                self._process = subprocess.Popen(
                    [programs / "postgres", "-D", self.cluster, *self._settings(port)],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,  # Ctrl-C must not reach it: the services are stopped first
                    **_run_as(user),
                )
            if running := self._wait_until_ready(self._process):
                (self.folder / "port").write_text(str(running.port))
                return running
        raise CannotStart(f"PostgreSQL did not start: {last_line(self.log.read_text(errors='replace'))}")

    def _settings(self, port: int) -> list[str]:
        chosen = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": "",  # a socket's path may not be long; ours may be
            "max_connections": "200",
            "timezone": "UTC",
            "log_timezone": "UTC",
            # DETAIL quotes the refused row and a statement may carry a person's words: log neither.
            "log_error_verbosity": "terse",
            "log_min_error_statement": "panic",
        }
        if self._for_tests:
            chosen |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        return [word for name, value in chosen.items() for word in ("-c", f"{name}={value}")]

    def _wait_until_ready(self, process: "subprocess.Popen[bytes]") -> _Running | None:
        until = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < until and process.poll() is None:
            running = self._running()
            if running and running.pid == process.pid and running.ready:
                return running
            time.sleep(0.02)
        if process.poll() is None:
            process.kill()
            process.wait()
        return None

    def _running(self) -> _Running | None:
        """Return the running server of this folder, as its file postmaster.pid describes it."""
        try:
            lines = (self.cluster / "postmaster.pid").read_text().splitlines()
            pid, port, status = int(lines[0]), int(lines[3]), lines[7].strip()
            # The id may belong to another server by now: only one that runs in this folder may be stopped.
            alive = str(self.cluster) in psutil.Process(pid).cmdline()
        except (OSError, IndexError, ValueError, psutil.Error):
            return None
        return _Running(pid, port, status == "ready") if alive else None

    def _remembered_port(self) -> int:
        try:
            return int((self.folder / "port").read_text())
        except (OSError, ValueError):
            return 0

    def _refuse_other_version(self, programs: Path) -> None:
        try:
            version = (self.cluster / "PG_VERSION").read_text().strip()
        except FileNotFoundError:
            return
        ours = major_version(programs)
        if version != str(ours):
            raise CannotStart(
                f"The records in {self.cluster} were written by PostgreSQL {version}, this is {ours}: set "
                f"HELPLINE_POSTGRES_BIN to the programs of {version}, or HELPLINE_HOME to another folder."
            )


def at_database(url: str, database: str) -> str:
    """Return the address of another database on the same server, with the same credentials."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def _user_to_run_as() -> str | None:
    """Return the user for PostgreSQL, which refuses to run as root; None where this process is not root.

    The user is created where it is missing, and cannot log in.
    """
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(UNPRIVILEGED_USER)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--shell", "/bin/false", UNPRIVILEGED_USER]
        try:
            subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as error:
            if not _user_exists():  # another start may have created it meanwhile
                raise CannotStart(
                    f"PostgreSQL does not run as root and the user {UNPRIVILEGED_USER} cannot be created: "
                    "start as an ordinary user, or set DATABASE_URL."
                ) from error
    return UNPRIVILEGED_USER


def _user_exists() -> bool:
    with contextlib.suppress(KeyError):
        return bool(pwd.getpwnam(UNPRIVILEGED_USER))
    return False


def _make_reachable(path: Path) -> None:
    """Let PostgreSQL's user pass through the folders above `path`, without letting it list them."""
    for folder in (path, *path.parents):
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o001)


def _run_as(user: str | None) -> dict[str, Any]:
    """Return the arguments of `subprocess` for a program of PostgreSQL."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))}
    arguments: dict[str, Any] = {"cwd": "/", "env": kept | {"LC_ALL": "C"}}
    return arguments | (
        {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}
    )


def _private_file(path: Path, text: str) -> Path:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    return path


def _free_port(*, preferred: int) -> int:
    for port in (preferred, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # ended connections do not count
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise CannotStart("No port is free on 127.0.0.1.")


def _ends_within(pid: int, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:  # ended; its parent has not noticed yet
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.02)
    return False
