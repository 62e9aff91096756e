"""Transactions: only the boundary commits, and data is kept in PostgreSQL alone."""

import ast
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.tree.source_files import PRODUCT, imported_by, named, sources, tree_of


def calls_of(tree: ast.AST, *names: str) -> list[str]:
    return [
        node.func.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names
    ]


BOUNDARIES = ("commit", "rollback", "begin", "begin_nested", "transaction")
COMMITS = {
    "shared/shared/db/database.py": "the unit of work of a request or an event",
    "shared/shared/db/migrations/env.py": "a migration",
    "shared/shared/messaging/consumer.py": "the offset on the bus, after the unit of work",
    "shared/shared/messaging/bus/kafka_subscription.py": "the offset on the bus",
    "shared/shared/messaging/bus/postgres.py": "the bus's own tables, when they are made",
    "shared/shared/domain/postcodes.py": "the postcode table, when it is built",
    "shared/shared/audit/chain.py": "links entries that are committed, one linker at a time; reads the chain as one",
}
WRITES_ALONE = {
    "shared/shared/audit/chain.py": "links entries that are committed already (decision 2)",
    "shared/shared/messaging/outbox_relay.py": "deletes outbox rows that the bus has, or marks those that it refused",
    "shared/shared/http/idempotency.py": "deletes expired stored responses; each stands alone",
    "shared/shared/messaging/bus/postgres.py": "the bus's own log",
    "shared/shared/messaging/bus/postgres_subscription.py": "the offset on the bus",
    "services/intake-service/intake_service/reports/submit_report.py": "a whole report as one statement (decision 1)",
}
"""Statements that stand alone on a plain connection, each with the reason. Each commits itself, with no audit entry and
no event but its own. Everything else is written in a unit of work."""
WRITING = re.compile(
    r"\b(INSERT\s+INTO|DELETE\s+FROM|TRUNCATE|MERGE\s+INTO|UPDATE\s+\w+\s+(\w+\s+)?SET)\b", re.I
)
ASKING = {"execute", "executemany", "fetch", "fetchrow", "fetchval", "cursor", "copy_records_to_table"}


def asks_a_plain_connection(tree: ast.AST) -> bool:
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ASKING
        and re.search(r"(pool|connection|connected\(\))$", ast.unparse(node.func.value))
        for node in ast.walk(tree)
    )


def writes_alone(source: str) -> bool:
    tree = ast.parse(source)
    texts = (
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    return asks_a_plain_connection(tree) and any(map(WRITING.search, texts))


def places(found: Callable[[str], Any]) -> set[str]:
    return {named(path) for path in sources("shared", "services") if found(path.read_text(encoding="utf-8"))}


def test_only_the_boundary_commits() -> None:
    assert places(lambda source: calls_of(ast.parse(source), *BOUNDARIES)) == COMMITS.keys()


def test_only_the_listed_statements_are_written_outside_a_unit_of_work() -> None:
    assert places(writes_alone) == WRITES_ALONE.keys()


def test_a_commit_elsewhere_is_noticed() -> None:
    planted = ast.parse("async def close(case, session):\n    await session.commit()\n    session.begin()")
    assert sorted(calls_of(planted, *BOUNDARIES)) == ["begin", "commit"]
    assert calls_of(ast.parse("async with connection.transaction(): ..."), *BOUNDARIES) == ["transaction"]


@pytest.mark.parametrize(
    "statement",
    [
        'await context.database.pool.execute("DELETE FROM cases WHERE id = $1", case_id)',
        'await self._pool.fetchval("update cases set state = 1 returning 1")',
        'await connection.executemany("INSERT  INTO cases VALUES ($1)", rows)',
        '_MOVE = """\nUPDATE tasks t\nSET state = 1\n"""\nawait uow.connection.fetch(_MOVE)',
    ],
)
def test_a_statement_that_commits_itself_elsewhere_is_noticed(statement: str) -> None:
    assert writes_alone(statement)
    assert not writes_alone(statement.replace("pool", "session").replace("connection", "session"))


KEEPS_A_FILE = {
    "shared/shared/domain/postcodes.py": "public reference data, read-only after the build; no record of ours"
}
OTHER_STORES = {"sqlite3", "shelve", "dbm", "pickle", "redis", "aiosqlite"}


def other_stores(tree: ast.AST) -> set[str]:
    return {name.split(".")[0] for name in imported_by(tree)} & OTHER_STORES


def test_records_are_kept_in_postgresql_and_nowhere_else() -> None:
    assert {named(path) for path in sources(*PRODUCT) if other_stores(tree_of(path))} == KEEPS_A_FILE.keys()


@pytest.mark.parametrize(
    "source", ["import sqlite3", "from sqlite3 import connect", "def late(): import shelve"]
)
def test_another_store_is_noticed(source: str) -> None:
    assert other_stores(ast.parse(source))
    assert not other_stores(ast.parse("import asyncpg"))
