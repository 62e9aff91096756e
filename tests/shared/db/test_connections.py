"""Errors of connections: one list of them for the whole project, and one judge of which may pass."""

import ast

import asyncpg
import pytest
from sqlalchemy.exc import OperationalError

from shared.db.connections import CONNECTION_ERRORS, is_transient
from shared.messaging.bus.port import BusUnavailable
from shared.messaging.bus.postgres_session import connection_errors_as_unavailable
from tests.tree.source_files import PRODUCT, named, sources, tree_of

LOST = [
    ConnectionResetError(),
    TimeoutError(),
    asyncpg.InterfaceError("connection is closed"),
    asyncpg.InternalClientError("got result for unknown protocol state"),
    asyncpg.AdminShutdownError(),
    asyncpg.TooManyConnectionsError(),
    asyncpg.ConnectionDoesNotExistError(),
]
FAULTS = [asyncpg.UniqueViolationError(), asyncpg.UndefinedTableError(), asyncpg.DataError("not a number")]


@pytest.mark.parametrize("error", LOST, ids=lambda error: type(error).__name__)
def test_every_way_to_lose_a_connection_is_known_and_may_pass(error: Exception) -> None:
    assert isinstance(error, CONNECTION_ERRORS)
    assert is_transient(error)
    with pytest.raises(BusUnavailable), connection_errors_as_unavailable():
        raise error


@pytest.mark.parametrize("error", FAULTS, ids=lambda error: type(error).__name__)
def test_a_fault_of_a_statement_does_not_pass_for_a_lost_connection(error: Exception) -> None:
    assert not is_transient(error)
    with pytest.raises(type(error)), connection_errors_as_unavailable():
        raise error


def test_a_connection_that_the_orm_lost_is_known_too() -> None:
    lost = OperationalError("SELECT 1", {}, Exception(), connection_invalidated=True)
    assert isinstance(lost, CONNECTION_ERRORS)
    assert is_transient(lost)


def lists_of_driver_errors(tree: ast.Module) -> list[str]:
    """Return the names of a module that hold several errors of the database's driver."""
    return [
        ast.unparse(node.targets[0])
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Tuple)
        and sum("asyncpg." in ast.unparse(one) for one in node.value.elts) > 1
    ]


def test_there_is_one_list_of_them() -> None:
    found = {named(path): lists_of_driver_errors(tree_of(path)) for path in sources(*PRODUCT)}
    assert {path: names for path, names in found.items() if names} == {
        "shared/shared/db/connections.py": ["CONNECTION_ERRORS"]
    }


def test_a_second_list_is_noticed() -> None:
    planted = "LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)\nONE = (asyncpg.DataError,)"
    assert lists_of_driver_errors(ast.parse(planted)) == ["LOST"]
