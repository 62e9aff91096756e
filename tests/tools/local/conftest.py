"""Fixtures: a folder that PostgreSQL can reach, and local systems of stand-ins on the run's PostgreSQL."""

import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.conftest import TestPostgres
from tests.tools.local.run_stand_ins import stand_in
from tools.local.databases import remove
from tools.local.environment import ports_from
from tools.local.preflight import free_ports
from tools.local.system import LocalSystem

Build = Callable[..., LocalSystem]


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder outside of pytest's own, which every start of pytest closes to the user of the database server."""
    with tempfile.TemporaryDirectory(prefix="helpline-local-") as name:
        yield Path(name)


@pytest.fixture
async def build(tmp_path: Path, postgres_server: TestPostgres) -> AsyncIterator[Build]:
    built: list[LocalSystem] = []
    prefix = f"system_{uuid4().hex[:12]}"

    def make(*, fails: str = "", split: bool = False, ports: dict[str, int] | None = None) -> LocalSystem:
        commands = tmp_path / "commands"
        system = LocalSystem(
            tmp_path / "home",
            ports=ports or free_ports(ports_from()),
            environment={"STAND_IN_COMMANDS": str(commands), "STAND_IN_FAILS": fails},
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
