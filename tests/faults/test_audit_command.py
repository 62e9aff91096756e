"""`verify-audit` asks the other services which heads they remember, and its exit code says what it found."""

import asyncio

import asyncpg
import httpx2
import pytest

from tests.faults.conftest import StartSystem
from tests.faults.patient_client import request_until_answered
from tests.support.builders import a_report
from tools.local.postgres import CannotStart
from tools.local.system import LocalSystem

REMEMBERED = "SELECT max(length) FROM remembered_audit_heads WHERE service = 'intake'"


async def remembered(system: LocalSystem) -> int:
    connection = await asyncpg.connect(system.databases["stats"])
    try:
        return int(await connection.fetchval(REMEMBERED) or 0)
    finally:
        await connection.close()


@pytest.mark.timeout(240)
async def test_a_change_of_the_past_is_found_and_a_service_that_was_not_asked_is_named(
    start_system: StartSystem,
) -> None:
    async with start_system() as system:
        async with httpx2.AsyncClient(trust_env=False, timeout=10) as client:
            for _ in range(3):
                reports = f"{system.urls['intake']}/v1/reports"
                await request_until_answered(client, "POST", reports, json=a_report())
        async with asyncio.timeout(60):
            while await remembered(system) < 3:  # noqa: ASYNC110  another program has no event for it
                await asyncio.sleep(0.5)
        assert "CHANGED" not in await system.run("intake", "verify-audit")

        await system.kill("case")
        with pytest.raises(CannotStart, match="not asked: case did not answer"):
            await system.run("intake", "verify-audit")
        await system.restart("case")
        await system.wait_ready(["case"])

        connection = await asyncpg.connect(system.databases["intake"])
        await connection.execute("ALTER TABLE audit_entries DISABLE TRIGGER USER")
        await connection.execute("UPDATE audit_entries SET actor = 'user:eve' WHERE number = 1")
        await connection.close()
        with pytest.raises(CannotStart, match="CHANGED: link-broken:1"):
            await system.run("intake", "verify-audit")
