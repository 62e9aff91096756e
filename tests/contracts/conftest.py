"""The buses that the contract is tested on."""

from collections.abc import Iterator

import pytest

from shared.bus import prepare
from tests.conftest import TestPostgres
from tests.kafka import kafka_for_this_run, url_of_its_own


@pytest.fixture(scope="session")
def kafka_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with kafka_for_this_run(tmp_path_factory.getbasetemp()) as servers:
        yield servers


@pytest.fixture(params=["postgres", "kafka"])
async def bus_url(request: pytest.FixtureRequest) -> str:
    """A bus of its own for each test, on either adapter."""
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
