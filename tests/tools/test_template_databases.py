"""Template databases of tests: each is filled once in a run, and all workers of the run copy it."""

import asyncio
import os
from pathlib import Path

import asyncpg

from tests.conftest import RunPostgres, TestPostgres, templates_of
from tools.local.postgres import PostgresServer


async def fill(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE made (number int); INSERT INTO made VALUES (1)")
    await connection.close()
    await asyncio.sleep(0.3)


async def rows(url: str) -> int:
    connection = await asyncpg.connect(url)
    found = await connection.fetchval("SELECT count(*) FROM made")
    await connection.close()
    return int(found)


async def test_workers_that_ask_at_once_share_one_template(postgres_server: TestPostgres) -> None:
    filled = []

    async def make(url: str) -> None:
        filled.append(url)
        await fill(url)

    workers = [TestPostgres(postgres_server.server) for _ in range(3)]
    name = f"planted_{os.getpid()}"
    copies = await asyncio.gather(*(worker.copy_of(name, make) for worker in workers))
    assert len(filled) == 1
    assert len(set(copies)) == 3
    assert [await rows(url) for url in copies] == [1, 1, 1]
    for worker, url in zip(workers, copies, strict=True):
        await worker.drop(url)


async def test_a_template_that_could_not_be_filled_is_tried_again(postgres_server: TestPostgres) -> None:
    async def fail(_: str) -> None:
        raise ConnectionError

    name = f"unfilled_{os.getpid()}"
    results = await asyncio.gather(postgres_server.copy_of(name, fail), return_exceptions=True)
    assert isinstance(results[0], ConnectionError)
    copy = await postgres_server.copy_of(name, fill)
    assert await rows(copy) == 1
    await postgres_server.drop(copy)


async def templates(url: str, server: PostgresServer) -> int:
    connection = await asyncpg.connect(url)
    found = await connection.fetchval(
        "SELECT count(*) FROM pg_database WHERE datname LIKE '%' || $1", templates_of(server)
    )
    await connection.close()
    return int(found)


async def test_a_run_leaves_no_template_on_a_server_that_was_given(
    postgres_server: TestPostgres, tmp_path: Path
) -> None:
    given = postgres_server.superuser_url()
    run = RunPostgres(tmp_path / "run", url=given)
    worker = TestPostgres(run)
    await worker.drop(await worker.copy_of("dropped", fill))
    assert await templates(given, run) == 1
    await asyncio.to_thread(run.stop)
    assert await templates(given, run) == 0
    assert await templates(given, postgres_server.server) > 0, "those of other runs stay"
