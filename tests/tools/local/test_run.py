"""`make run` from outside: shows where services answer, stops at once when asked, leaves no process."""

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

from tools.local.environment import ports_from
from tools.local.postgres import CannotStart
from tools.local.preflight import check_ports, free_ports
from tools.registry import ROOT

READY = "Ctrl-C"


@contextmanager
def running(home: Path, **environment: str) -> Iterator[tuple["subprocess.Popen[bytes]", Path]]:
    """Run `make run` with a PostgreSQL of its own; its output goes to the file."""
    output = home.with_suffix(".output")
    settings = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    settings |= {
        "HELPLINE_HOME": str(home),
        "STAND_IN_COMMANDS": str(home.with_suffix(".commands")),
        **environment,
    }
    with output.open("w") as file:
        program = subprocess.Popen(
            [sys.executable, "-m", "tests.tools.local.run_stand_ins"],
            cwd=ROOT,
            env=settings,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield program, output
    finally:
        program.terminate()
        program.wait(30)


def wait_for(text: str, output: Path, program: "subprocess.Popen[bytes]", *, within: float = 60) -> str:
    until = time.monotonic() + within
    while time.monotonic() < until:
        if text in output.read_text():
            return output.read_text()
        if program.poll() is not None:
            break
        time.sleep(0.05)
    raise AssertionError(f"{text!r} was not shown: {output.read_text()}")


def descendants(program: "subprocess.Popen[bytes]") -> list[psutil.Process]:
    return psutil.Process(program.pid).children(recursive=True)


@pytest.fixture
def first_port() -> str:
    """Return the first of ten free ports in a row, away from those of other tests."""
    for _ in range(50):
        first = free_ports(["first"])["first"]
        try:
            check_ports(ports_from(first))
        except CannotStart:
            continue
        return str(first)
    raise AssertionError("no ten free ports in a row")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_shows_where_services_answer_and_stops_at_once_with_no_process_left(
    tmp_path: Path, first_port: str, number: signal.Signals
) -> None:
    home = tmp_path / "a folder with spaces"
    with running(home, HELPLINE_PORT_BASE=first_port) as (program, output):
        shown = wait_for(READY, output, program)
        assert f"http://127.0.0.1:{first_port}" in shown
        assert "add /docs to the address" in shown
        assert "make token ROLE=adviser" in shown
        assert str(home) in shown
        family = descendants(program)
        assert {"postgres"} < {member.name() for member in family}
        stop_asked = time.monotonic()
        program.send_signal(number)
        assert program.wait(30) == 0
        assert time.monotonic() - stop_asked < 10
        _, alive = psutil.wait_procs(family, timeout=5)
        assert not alive
        assert "Traceback" not in output.read_text()


def test_it_can_be_stopped_in_the_middle_of_starting(tmp_path: Path, first_port: str) -> None:
    with running(tmp_path / "home", HELPLINE_PORT_BASE=first_port) as (program, output):
        wait_for("Starting PostgreSQL", output, program)
        family = descendants(program)
        program.send_signal(signal.SIGINT)
        assert program.wait(30) == 0
        _, alive = psutil.wait_procs(family, timeout=5)
        assert not alive
        assert "Traceback" not in output.read_text()


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
def test_a_start_that_is_not_possible_says_why_in_one_sentence(
    tmp_path: Path, first_port: str, setting: str, value: str, sentence: str
) -> None:
    with running(tmp_path / "home", **({"HELPLINE_PORT_BASE": first_port} | {setting: value})) as (
        program,
        output,
    ):
        assert program.wait(60) == 1
        assert sentence in output.read_text()
        assert "Traceback" not in output.read_text()


def test_after_a_kill_the_next_start_ends_the_services_and_keeps_postgresql(
    tmp_path: Path, first_port: str
) -> None:
    with running(tmp_path / "home", HELPLINE_PORT_BASE=first_port) as (program, output):
        wait_for(READY, output, program)
        leftover = descendants(program)
        program.kill()
        program.wait()
    with running(tmp_path / "home", HELPLINE_PORT_BASE=first_port) as (program, output):
        wait_for(READY, output, program)
        still_running = {
            member.name()
            for member in leftover
            if member.is_running() and member.status() != psutil.STATUS_ZOMBIE
        }
        assert still_running == {"postgres"}
    _, alive = psutil.wait_procs(leftover, timeout=5)
    assert not alive


def test_records_of_another_postgresql_version_are_refused_and_not_changed(
    tmp_path: Path, first_port: str
) -> None:
    cluster = tmp_path / "home" / "postgres" / "cluster"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("12\n")
    with running(tmp_path / "home", HELPLINE_PORT_BASE=first_port) as (program, output):
        assert program.wait(60) == 1
        assert "were written by PostgreSQL 12, this is 18" in output.read_text()
    assert (cluster / "PG_VERSION").read_text() == "12\n"
