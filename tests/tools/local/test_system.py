"""Local system: starts as a whole, keeps what it knows, refuses in one sentence, and leaves nothing running."""

import os
import socket
import stat
from pathlib import Path

import asyncpg
import psutil
import pytest

from tests.tools.local.conftest import Build
from tools.local.environment import ports_from
from tools.local.postgres import CannotStart
from tools.local.preflight import check_space, free_ports
from tools.registry import SERVICES


async def test_a_start_migrates_loads_and_waits_until_every_service_is_ready(
    build: Build, tmp_path: Path
) -> None:
    system = build()
    steps: list[str] = []
    await system.start(steps.append)
    assert list(system.processes) == ["issuer", *SERVICES]
    assert all(process.running for process in system.processes.values())
    commands = (tmp_path / "commands").read_text().splitlines()
    assert sorted(commands[:4]) == ["case migrate", "intake migrate", "referral migrate", "stats migrate"]
    assert commands[4:] == ["referral load-reference"]
    assert len(steps) == 6


async def test_api_and_worker_can_be_programs_of_their_own(build: Build) -> None:
    system = build(split=True)
    await system.start()
    assert {"case-api", "case-worker"} < set(system.processes)
    assert "case" not in system.processes


async def test_a_service_is_given_the_address_of_its_own_records_only(build: Build) -> None:
    system = build()
    await system.start()
    settings = system.environment("case")
    foreign = [url for name, url in system.databases.items() if name not in ("case", "bus")]
    assert settings["HELPLINE_DATABASE_URL"] == system.databases["case"]
    assert not [value for value in settings.values() if value in foreign]
    assert not [value for value in settings.values() if system.postgres.superuser_url() in value]
    assert "DATABASE_URL" not in settings


async def test_keys_and_passwords_are_readable_by_their_owner_alone(build: Build) -> None:
    system = build()
    await system.start()
    secret_files = [
        *(system.home / "keys").iterdir(),
        system.home / "credentials.json",
        *(system.home / "issuer").glob("*c*"),
    ]
    assert len(secret_files) >= 6
    assert {stat.S_IMODE(path.stat().st_mode) for path in secret_files} == {0o600}


async def test_a_second_start_keeps_keys_passwords_and_rows(build: Build) -> None:
    first = build()
    await first.start()
    connection = await asyncpg.connect(first.databases["case"])
    await connection.execute("CREATE TABLE own_records AS SELECT 7 AS number")
    await connection.close()
    keys = {path.name: path.read_bytes() for path in (first.home / "keys").iterdir()}
    await first.stop()

    second = build()
    await second.start()
    assert second.databases == first.databases
    assert {path.name: path.read_bytes() for path in (second.home / "keys").iterdir()} == keys
    connection = await asyncpg.connect(second.databases["case"])
    assert await connection.fetchval("SELECT number FROM own_records") == 7
    await connection.close()


async def test_a_start_without_the_keyring_of_its_records_says_so_and_makes_none(build: Build) -> None:
    first = build()
    await first.start()
    connection = await asyncpg.connect(first.databases["case"])
    await connection.execute("CREATE TABLE own_records AS SELECT 7 AS number")
    await connection.close()
    await first.stop()
    keyring = first.home / "keys" / "case.json"
    keyring.rename(first.home / "case.json")
    second = build()
    with pytest.raises(CannotStart, match="case: its database holds records"):
        await second.start()
    assert not keyring.exists()


async def test_stopping_leaves_no_process_behind(build: Build) -> None:
    system = build()
    await system.start()
    pids = [process.pid for process in system.processes.values()]
    await system.stop()
    assert all(pid and not psutil.pid_exists(pid) for pid in pids)
    assert not (system.home / "running.json").exists()


async def test_the_next_start_ends_what_a_killed_start_left_running(build: Build) -> None:
    killed = build()
    await killed.start()
    leftover = [process.pid for process in killed.processes.values()]
    assert killed._lock
    killed._lock.close()  # as when its process ends: the services run on, the lock is free
    following = build(ports=killed.ports)
    await following.start()
    assert all(
        pid and process.exit_code is not None
        for pid, process in zip(leftover, killed.processes.values(), strict=True)
    )
    killed._lock = None


async def test_a_failing_migration_is_one_sentence_and_nothing_stays_running(build: Build) -> None:
    system = build(fails="case migrate")
    with pytest.raises(CannotStart, match="case migrate failed: case cannot migrate today"):
        await system.start()
    assert not system.processes


async def test_a_service_that_ends_while_starting_is_one_sentence(build: Build) -> None:
    system = build(fails="referral all")
    with pytest.raises(CannotStart, match="referral ended while starting: referral cannot all today"):
        await system.start()
    assert not any(process.running for process in system.processes.values())


async def test_a_port_in_use_is_one_sentence(build: Build) -> None:
    ports = free_ports(ports_from())
    with socket.create_server(("127.0.0.1", ports["case"])), pytest.raises(CannotStart) as refusal:
        await build(ports=ports).start()
    assert str(refusal.value).startswith(f"Port {ports['case']} (case) is used by another program")


async def test_a_second_instance_is_one_sentence_and_does_not_disturb_the_first(build: Build) -> None:
    first, second = build(), build()
    await first.start()
    with pytest.raises(CannotStart, match=rf"already runs from .* \(process {os.getpid()}\)"):
        await second.start()
    await second.stop()
    assert all(process.running for process in first.processes.values())


def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match=r"is full: .* MB are free and .* MB are needed"):
        check_space(tmp_path, needed=1 << 60)
