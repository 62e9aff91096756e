"""The platform starts as a whole, comes back after a kill, keeps what it knows, and leaves nothing running."""

import asyncio
import json
import os
import socket
import stat
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from uuid import uuid4

import asyncpg
import psutil
import pytest

from deploy import preconditions
from deploy.databases import remove
from deploy.postgres import CannotStart
from deploy.system import LocalSystem
from deploy.watch import GaveUp, Problems, Watch
from deploy.wiring import module_command, ports_from
from tests.conftest import TestPostgres

STAND_IN = Path(__file__).with_name("stand_in.py")
Build = Callable[..., LocalSystem]


def stand_in(name: str, verb: str) -> Sequence[str]:
    if name == "issuer":
        return module_command(name, verb)
    return [sys.executable, str(STAND_IN), name, verb]


@pytest.fixture
async def build(tmp_path: Path, postgres_server: TestPostgres) -> AsyncIterator[Build]:
    built: list[LocalSystem] = []
    prefix = f"system_{uuid4().hex[:12]}"

    def make(*, fails: str = "", split: bool = False, ports: dict[str, int] | None = None) -> LocalSystem:
        diary = tmp_path / "diary"
        system = LocalSystem(
            tmp_path / "home",
            ports=ports or preconditions.free_ports(ports_from()),
            environment={"STAND_IN_DIARY": str(diary), "STAND_IN_FAILS": fails},
            postgres=postgres_server.server,
            prefix=prefix,
            split=split,
            command=stand_in,
        )
        built.append(system)
        return system

    yield make
    for system in built:
        await system.stop()
    await remove(postgres_server.superuser_url(), prefix=prefix)


async def test_a_start_migrates_loads_and_waits_until_every_service_is_ready(
    build: Build, tmp_path: Path
) -> None:
    system = build()
    steps: list[str] = []
    await system.start(steps.append)
    assert list(system.children) == ["issuer", "intake", "case", "referral", "stats"]
    assert all(child.running for child in system.children.values())
    done = (tmp_path / "diary").read_text().splitlines()
    assert sorted(done[:4]) == ["case migrate", "intake migrate", "referral migrate", "stats migrate"]
    assert done[4:] == ["referral load-reference"]
    assert len(steps) == 6


async def test_api_and_worker_can_be_programs_of_their_own(build: Build) -> None:
    system = build(split=True)
    await system.start()
    assert {"case-api", "case-worker"} < set(system.children)
    assert "case" not in system.children


async def test_a_service_is_given_its_own_records_and_nobody_elses(build: Build) -> None:
    system = build()
    await system.start()
    settings = system.environment("case")
    foreign = [url for name, url in system.databases.items() if name not in ("case", "bus")]
    assert settings["HELPLINE_DATABASE_URL"] == system.databases["case"]
    assert not [value for value in settings.values() if value in foreign]
    assert not [value for value in settings.values() if system.postgres.superuser_url() in value]
    assert "DATABASE_URL" not in settings


async def test_what_opens_records_is_readable_by_its_owner_alone(build: Build) -> None:
    system = build()
    await system.start()
    secret = [
        *(system.home / "keys").iterdir(),
        system.home / "credentials.json",
        *(system.home / "issuer").glob("*c*"),
    ]
    assert len(secret) >= 6
    assert {stat.S_IMODE(path.stat().st_mode) for path in secret} == {0o600}


async def test_a_second_start_keeps_keys_passwords_and_rows(build: Build) -> None:
    first = build()
    await first.start()
    connection = await asyncpg.connect(first.databases["case"])
    await connection.execute("CREATE TABLE memory AS SELECT 7 AS number")
    await connection.close()
    keys = {path.name: path.read_bytes() for path in (first.home / "keys").iterdir()}
    await first.stop()

    second = build()
    await second.start()
    assert second.databases == first.databases
    assert {path.name: path.read_bytes() for path in (second.home / "keys").iterdir()} == keys
    connection = await asyncpg.connect(second.databases["case"])
    assert await connection.fetchval("SELECT number FROM memory") == 7
    await connection.close()


async def test_a_start_without_the_keyring_of_its_records_says_so_and_makes_none(build: Build) -> None:
    first = build()
    await first.start()
    connection = await asyncpg.connect(first.databases["case"])
    await connection.execute("CREATE TABLE memory AS SELECT 7 AS number")
    await connection.close()
    await first.stop()
    lost = first.home / "keys" / "case.json"
    lost.rename(first.home / "case.json")
    second = build()
    with pytest.raises(CannotStart, match="case: its database holds records"):
        await second.start()
    assert not lost.exists()


async def test_stopping_leaves_no_program_behind(build: Build) -> None:
    system = build()
    await system.start()
    pids = [child.pid for child in system.children.values()]
    await system.stop()
    assert all(pid and not psutil.pid_exists(pid) for pid in pids)
    assert not (system.home / "running.json").exists()


async def test_what_a_killed_start_left_running_is_ended_by_the_next(build: Build) -> None:
    killed = build()
    await killed.start()
    left = [child.pid for child in killed.children.values()]
    assert killed._lock
    killed._lock.close()  # as when its process ends: the programs go on, the lock is free
    following = build(ports=killed.ports)
    await following.start()
    assert all(
        pid and child.exit_code is not None for pid, child in zip(left, killed.children.values(), strict=True)
    )
    killed._lock = None


async def test_a_killed_service_is_brought_back_with_a_message(build: Build) -> None:
    system = build()
    await system.start()
    told: list[str] = []
    watching = asyncio.create_task(Watch(system, told.append).run())
    before = system.children["case"].pid
    await system.kill("case")
    await eventually(lambda: bool(told) and system.children["case"].running)
    await system.wait_ready(["case"])
    watching.cancel()
    assert system.children["case"].pid != before
    assert told == ["case ended (-9): it said nothing. Starting it again."]


async def test_a_service_that_does_not_stay_up_is_given_up_loudly(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.watch.LONGEST_PAUSE", 0.01)
    system = build()
    await system.start()
    await system.restart("stats", environment={"STAND_IN_FAILS": "stats all"})
    program = system.children["stats"]
    program.environment = {**program.environment, "STAND_IN_FAILS": "stats all"}
    with pytest.raises(GaveUp, match="stats ended 6 times in a minute, last with: stats cannot all today"):
        async with asyncio.timeout(30):
            await Watch(system, lambda _told: None).run()


async def test_only_errors_of_a_log_are_told(build: Build) -> None:
    system = build()
    await system.start()
    told: list[str] = []
    following = asyncio.create_task(Problems(system, told.append).run())
    await asyncio.sleep(0.1)
    with system.children["case"].log.open("a") as log:
        for level in ("info", "warning", "error"):
            log.write(json.dumps({"level": level, "event": f"an {level}"}) + "\n")
        log.write("INFO: nothing\nnot a problem")
    await eventually(lambda: bool(told))
    following.cancel()
    assert told == ["case: an error"]


async def test_a_failing_migration_is_one_sentence_and_nothing_stays_running(build: Build) -> None:
    system = build(fails="case migrate")
    with pytest.raises(CannotStart, match="case migrate failed: case cannot migrate today"):
        await system.start()
    assert not system.children


async def test_a_service_that_ends_while_starting_is_one_sentence(build: Build) -> None:
    system = build(fails="referral all")
    with pytest.raises(CannotStart, match="referral ended while starting: referral cannot all today"):
        await system.start()
    assert not any(child.running for child in system.children.values())


async def test_a_port_in_use_is_one_sentence(build: Build) -> None:
    ports = preconditions.free_ports(ports_from())
    with socket.create_server(("127.0.0.1", ports["case"])), pytest.raises(CannotStart) as told:
        await build(ports=ports).start()
    assert str(told.value).startswith(f"Port {ports['case']} (case) is used by another program")


async def test_a_second_instance_is_one_sentence_and_does_not_disturb_the_first(build: Build) -> None:
    first, second = build(), build()
    await first.start()
    with pytest.raises(CannotStart, match=rf"already runs from .* \(process {os.getpid()}\)"):
        await second.start()
    await second.stop()
    assert all(child.running for child in first.children.values())


def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match=r"is full: .* MB are free and .* MB are needed"):
        preconditions.need_space(tmp_path, needed=1 << 60)


async def eventually(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110  other programs have no event to wait for
            await asyncio.sleep(0.05)
