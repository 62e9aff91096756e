"""Repeated requests without a key: an act that is its own retry answers the same again, and changes nothing more."""

from pathlib import Path

import pytest

from tests.conftest import TestPostgres
from tests.contracts.access.table import allowed_caller
from tests.contracts.documents.api_style import operations
from tests.contracts.documents.style_exceptions import OWN_RETRY, REFUSED_AGAIN
from tests.contracts.documents.test_api_style import DOCUMENTS
from tests.contracts.prepared.every_service import PREPARED
from tests.contracts.prepared.prepared_service import PreparedService, Route

SERVICE_OF = {str(one): service for service, document in DOCUMENTS.items() for one in operations(document)}


def route_of(operation: str) -> Route:
    method, path = operation.split(" ")
    return method, path


async def answers_twice(prepared: PreparedService, service: str, route: Route) -> list[tuple[int, str]]:
    """Send the same request twice, about one record."""
    ids = await prepared.prepare(route)
    caller = allowed_caller(service, route)
    answers = [await prepared.send(route, caller, ids) for _ in range(2)]
    return [(answer.status_code, answer.text) for answer in answers]


@pytest.mark.parametrize("operation", OWN_RETRY)
async def test_an_act_that_is_its_own_retry_answers_the_same_when_it_is_repeated(
    postgres_server: TestPostgres, tmp_path: Path, operation: str
) -> None:
    service = SERVICE_OF[operation]
    async with PREPARED[service](postgres_server, tmp_path) as prepared:
        first, second = await answers_twice(prepared, service, route_of(operation))
    assert first[0] == 200
    assert first == second


@pytest.mark.parametrize("operation", REFUSED_AGAIN)
async def test_an_act_that_has_no_effect_when_it_is_repeated_says_so(
    postgres_server: TestPostgres, tmp_path: Path, operation: str
) -> None:
    service = SERVICE_OF[operation]
    async with PREPARED[service](postgres_server, tmp_path) as prepared:
        first, second = await answers_twice(prepared, service, route_of(operation))
    assert (first[0], second[0]) == (200, 409), (first, second)
