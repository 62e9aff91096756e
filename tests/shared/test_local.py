"""`make run` from the outside: it says where to look, ends at once when asked to, and leaves nothing running."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from deploy import preconditions
from deploy.postgres import CannotStart
from deploy.wiring import PACKAGES, ROOT, ports_from

READY = "Ctrl-C"


@contextmanager
def running(home: Path, **environment: str) -> Iterator[tuple["subprocess.Popen[bytes]", Path]]:
    """`make run`, with its own PostgreSQL; what it says goes to the file."""
    said = home.with_suffix(".said")
    settings = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    settings |= {
        "PYTHONPATH": os.pathsep.join(map(str, PACKAGES)),
        "HELPLINE_HOME": str(home),
        "STAND_IN_DIARY": str(home.with_suffix(".diary")),
        **environment,
    }
    with said.open("w") as file:
        program = subprocess.Popen(
            [sys.executable, "-m", "tests.shared.run_stand_ins"],
            cwd=ROOT,
            env=settings,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield program, said
    finally:
        program.terminate()
        program.wait(30)


def wait_for(text: str, said: Path, program: "subprocess.Popen[bytes]", *, within: float = 60) -> str:
    until = time.monotonic() + within
    while time.monotonic() < until:
        if text in said.read_text():
            return said.read_text()
        if program.poll() is not None:
            break
        time.sleep(0.05)
    raise AssertionError(f"{text!r} was not said: {said.read_text()}")


def descendants(program: "subprocess.Popen[bytes]") -> list[psutil.Process]:
    return psutil.Process(program.pid).children(recursive=True)


@pytest.fixture
def first_port() -> str:
    """Where ten ports in a row are free, away from those of other tests."""
    for _ in range(50):
        first = preconditions.free_ports(["first"])["first"]
        try:
            preconditions.need_ports(ports_from(first))
        except CannotStart:
            continue
        return str(first)
    raise AssertionError("no ten free ports in a row")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_tells_where_to_look_and_ends_at_once_with_nothing_left(
    tmp_path: Path, first_port: str, how: signal.Signals
) -> None:
    home = tmp_path / "a folder with spaces"
    with running(home, HELPLINE_PORT_BASE=first_port) as (program, said):
        shown = wait_for(READY, said, program)
        assert f"http://127.0.0.1:{first_port}/docs" in shown
        assert "make token ROLE=adviser" in shown
        assert str(home) in shown
        family = descendants(program)
        assert {"postgres"} < {member.name() for member in family}
        asked = time.monotonic()
        program.send_signal(how)
        assert program.wait(30) == 0
        assert time.monotonic() - asked < 10
        _, alive = psutil.wait_procs(family, timeout=5)
        assert not alive
        assert "Traceback" not in said.read_text()


def test_it_can_be_stopped_in_the_middle_of_starting(tmp_path: Path, first_port: str) -> None:
    with running(tmp_path / "home", HELPLINE_PORT_BASE=first_port) as (program, said):
        wait_for("Starting PostgreSQL", said, program)
        family = descendants(program)
        program.send_signal(signal.SIGINT)
        assert program.wait(30) == 0
        _, alive = psutil.wait_procs(family, timeout=5)
        assert not alive
        assert "Traceback" not in said.read_text()


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        ("HELPLINE_PORT_BASE", "http", "HELPLINE_PORT_BASE is http: give a port number"),
        (
            "HELPLINE_PORT_BASE",
            "1023",
            "HELPLINE_PORT_BASE is 1023: give a port number between 1024 and 65000.",
        ),
        (
            "HELPLINE_POSTGRES_BIN",
            "/nowhere",
            "HELPLINE_POSTGRES_BIN is /nowhere, which holds no PostgreSQL 15 to 18.",
        ),
        ("HELPLINE_BUS", "rabbit://here", "HELPLINE_BUS is rabbit://here: give kafka://host:port"),
        ("HELPLINE_BUS", "kafka://127.0.0.1:1", "The bus at kafka://127.0.0.1:1 does not answer."),
        ("HELPLINE_HOME", "/proc/helpline", "/proc/helpline cannot be written"),
        (
            "DATABASE_URL",
            "postgresql://nobody@127.0.0.1:1/x",
            "PostgreSQL at 127.0.0.1:1 gives us no databases",
        ),
    ],
)
def test_what_stands_in_the_way_is_one_sentence(
    tmp_path: Path, first_port: str, setting: str, value: str, sentence: str
) -> None:
    with running(tmp_path / "home", **({"HELPLINE_PORT_BASE": first_port} | {setting: value})) as (
        program,
        said,
    ):
        assert program.wait(60) == 1
        assert sentence in said.read_text()
        assert "Traceback" not in said.read_text()


def test_after_a_kill_the_next_start_takes_over_what_was_left(tmp_path: Path, first_port: str) -> None:
    with running(tmp_path / "home", HELPLINE_PORT_BASE=first_port) as (program, said):
        wait_for(READY, said, program)
        left = descendants(program)
        program.kill()
        program.wait()
    with running(tmp_path / "home", HELPLINE_PORT_BASE=first_port) as (program, said):
        wait_for(READY, said, program)
        kept = {
            member.name()
            for member in left
            if member.is_running() and member.status() != psutil.STATUS_ZOMBIE
        }
        assert kept == {"postgres"}
    _, alive = psutil.wait_procs(left, timeout=5)
    assert not alive


def test_records_of_another_postgresql_are_left_alone_with_one_sentence(
    tmp_path: Path, first_port: str
) -> None:
    cluster = tmp_path / "home" / "postgres" / "cluster"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("12\n")
    with running(tmp_path / "home", HELPLINE_PORT_BASE=first_port) as (program, said):
        assert program.wait(60) == 1
        assert "were written by PostgreSQL 12, this is 18" in said.read_text()
    assert (cluster / "PG_VERSION").read_text() == "12\n"
