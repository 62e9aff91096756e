"""Buses that the contract is tested on."""

import pytest

from shared.messaging.bus.adapters import prepare
from tests.conftest import TestPostgres
from tests.support.kafka import url_of_its_own


@pytest.fixture(params=["postgres", "kafka"])
async def bus_url(request: pytest.FixtureRequest) -> str:
    """Return a bus of its own for each test, on either adapter."""
    if request.param == "kafka":
        url = url_of_its_own(request.getfixturevalue("kafka_servers"))
    else:
        server: TestPostgres = request.getfixturevalue("postgres_server")
        url = await server.create_database("bus")
    await prepare(url)
    return url


@pytest.fixture
async def postgres_bus_url(postgres_server: TestPostgres) -> str:
    url = await postgres_server.create_database("bus")
    await prepare(url)
    return url
