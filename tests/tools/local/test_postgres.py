"""Embedded PostgreSQL: found again by the next start, closed without the password, silent about rows."""

import os
import pwd
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from tools.local.postgres import PostgresServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PostgresServer]:
    server = PostgresServer(tmp_path / ("a long name " * 12) / "postgres", for_tests=True)
    server.start()
    yield server
    server.stop()


def again(server: PostgresServer) -> PostgresServer:
    return PostgresServer(server.folder, for_tests=True)


def postmaster(server: PostgresServer) -> psutil.Process:
    return psutil.Process(int((server.cluster / "postmaster.pid").read_text().split()[0]))


def test_the_next_start_uses_a_server_that_a_killed_start_left(server: PostgresServer) -> None:
    before = postmaster(server).pid
    other = again(server)
    other.start()
    assert other.superuser_url() == server.superuser_url()
    assert postmaster(other).pid == before
    other.stop()
    assert not (server.cluster / "postmaster.pid").exists()


def test_the_port_stays_the_same_unless_another_program_took_it(server: PostgresServer) -> None:
    address = server.address
    server.stop()
    server.start()
    assert server.address == address
    server.stop()
    host, _, port = address.partition(":")
    with socket.create_server((host, int(port))):
        server.start()
        assert server.address != address


async def test_nobody_enters_without_the_password(server: PostgresServer) -> None:
    for wrong in ("", "guessed"):
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(f"postgresql://postgres@{server.address}/postgres", password=wrong)
    password = server.folder / "superuser.password"
    assert stat.S_IMODE(password.stat().st_mode) == 0o600


async def test_a_refused_row_is_not_quoted_in_the_log(server: PostgresServer) -> None:
    connection = await asyncpg.connect(server.superuser_url())
    await connection.execute("CREATE TABLE persons (name text PRIMARY KEY CHECK (name <> 'canary-one'))")
    with pytest.raises(asyncpg.CheckViolationError):
        await connection.execute("INSERT INTO persons VALUES ('canary-one')")
    await connection.execute("INSERT INTO persons VALUES ('canary-two')")
    with pytest.raises(asyncpg.UniqueViolationError):
        await connection.execute("INSERT INTO persons VALUES ($1)", "canary-two")
    await connection.close()
    log = server.log.read_text()
    assert "persons_name_check" in log
    assert "canary" not in log


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user for PostgreSQL")
def test_started_by_root_it_runs_as_a_user_who_may_not_log_in(server: PostgresServer) -> None:
    user = postmaster(server).username()
    assert user == "helpline-postgres"
    assert pwd.getpwnam(user).pw_shell == "/bin/false"
    assert stat.S_IMODE(server.cluster.stat().st_mode) == 0o700


async def test_outside_of_tests_a_commit_is_on_disk_before_it_is_confirmed(tmp_path: Path) -> None:
    server = PostgresServer(tmp_path / "postgres")
    server.start()
    try:
        connection = await asyncpg.connect(server.superuser_url())
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums"):
            assert await connection.fetchval(f"SHOW {setting}") == "on"
        await connection.close()
    finally:
        server.stop()
