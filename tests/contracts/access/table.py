"""Access table: every route of every service with the status that each caller is answered, written a second time.

401 and 403 refuse; 404 hides a record of another agency; any other status is an answer of the record itself.
"""

from importlib import import_module

from tests.contracts.access import every_service
from tests.contracts.prepared.callers import COLUMNS
from tests.contracts.prepared.every_service import WITH_ISSUER
from tests.contracts.prepared.prepared_service import Route
from tools.registry import SERVICES

Row = dict[str, int]


def read(*tables: str) -> dict[Route, Row]:
    """Return the lines as (method, path) with each caller's status; a line that is there twice is a mistake."""
    rows: dict[Route, Row] = {}
    for line in (line for table in tables for line in table.splitlines()[2:]):
        method, path, *cells = line.split()
        assert (method, path) not in rows, line
        rows[method, path] = dict(zip(COLUMNS, map(int, cells), strict=True))
    return rows


def _rows_of(name: str) -> str:
    """Return the lines of a service, which stand in the module of its name."""
    rows: str = import_module(f"tests.contracts.access.{name}").ROWS
    return rows


TABLE = {
    name: read(_rows_of(name), *([every_service.ROWS] if name in SERVICES else [])) for name in WITH_ISSUER
}
REFUSED = {401, 403, 404}


def allowed_caller(service: str, route: Route) -> str:
    """Return a caller who is let in, so that a request reaches the work behind the guard."""
    return next((who for who, status in TABLE[service][route].items() if status not in REFUSED), COLUMNS[0])
