"""Connection settings, time limits in seconds, and which database errors are transient."""

import asyncpg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolExhausted

ANSWER_TIMEOUT = 30.0
CONNECT_TIMEOUT = 10.0
CLOSE_TIMEOUT = 5.0
CONNECTION_SETTINGS = {
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "20000",
    "idle_in_transaction_session_timeout": "60000",
}
"""The server releases the locks of a machine that vanished or of a process that hangs. Its own default is two hours."""
TRANSIENT_SQLSTATES = ("08", "25006", "25P03", "40", "53", "55P03", "57")
"""SQLSTATE prefixes that say nothing about the statement: connection, conflicts, resources, operator."""
CONNECTION_ERRORS = (
    OSError,
    SQLAlchemyError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
"""Errors by which a database, or a bus on one, may be lost. `is_transient` tells these from faults of a statement."""


def is_transient(error: BaseException | None) -> bool:
    """Return whether the same call may succeed later: the database is away, or a transaction was in the way.

    An unreachable bus counts too, because it is a `ConnectionError`.
    """
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or is_transient(error.orig.__cause__ if error.orig else None)
    if isinstance(error, asyncpg.PostgresError):
        return str(error.sqlstate or "").startswith(TRANSIENT_SQLSTATES)
    if isinstance(error, asyncpg.InterfaceError):
        # A ValueError is a value that does not fit its column, or an address that is none.
        return not isinstance(error, ValueError)
    # The driver raises InternalClientError where the server ended the connection in the middle of a call.
    return isinstance(error, OSError | PoolExhausted | asyncpg.InternalClientError)
