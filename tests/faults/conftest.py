"""The whole platform, on a database server and a bus of its own, with its clocks tightened."""

import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from uuid import uuid4

import pytest

from deploy import preconditions
from deploy.databases import remove
from deploy.system import LocalSystem
from deploy.wiring import Command, module_command, ports_from
from tests.conftest import TestPostgres

AT_ONCE = {"HELPLINE_CONFIRM_DANGER_SECONDS": "0", "HELPLINE_CONFIRM_CHILD_SECONDS": "0"}
StartSystem = Callable[..., AbstractAsyncContextManager[LocalSystem]]


@pytest.fixture
def start_system(postgres_server: TestPostgres, tmp_path: Path) -> StartSystem:
    @contextlib.asynccontextmanager
    async def started(bus: str = "embedded", command: Command = module_command) -> AsyncIterator[LocalSystem]:
        prefix = f"faults_{uuid4().hex[:12]}"
        system = LocalSystem(
            tmp_path / "home",
            ports=preconditions.free_ports(ports_from()),
            environment=AT_ONCE,
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
