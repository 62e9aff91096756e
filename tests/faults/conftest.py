"""Fixtures of the fault tests: the whole platform on databases and a bus of its own. Nobody waits to confirm."""

import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from uuid import uuid4

import pytest

from tests.conftest import TestPostgres
from tools.local.databases import remove
from tools.local.environment import CommandLine, module_command, ports_from
from tools.local.preflight import free_ports
from tools.local.system import LocalSystem

WITHOUT_WAITING = {"HELPLINE_CONFIRM_DANGER_SECONDS": "0", "HELPLINE_CONFIRM_CHILD_SECONDS": "0"}
StartSystem = Callable[..., AbstractAsyncContextManager[LocalSystem]]


@pytest.fixture
def start_system(postgres_server: TestPostgres, tmp_path: Path) -> StartSystem:
    @contextlib.asynccontextmanager
    async def started(
        bus: str = "embedded", command: CommandLine = module_command
    ) -> AsyncIterator[LocalSystem]:
        prefix = f"faults_{uuid4().hex[:12]}"
        system = LocalSystem(
            tmp_path / "home",
            ports=free_ports(ports_from()),
            environment=WITHOUT_WAITING,
            bus=bus,
            postgres=postgres_server.server,
            prefix=prefix,
            command=command,
        )
        try:
            await system.start()
            yield system
        finally:
            await system.stop()
            await remove(postgres_server.superuser_url(), prefix=prefix)

    return started
