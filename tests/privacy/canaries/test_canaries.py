"""Canaries: words sent through every flow are found in no file, log, table, topic, metric or page."""

import os
import random
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest

from tests.privacy.canaries.canaries import Canaries
from tests.privacy.canaries.canary_client import CanaryClient
from tests.privacy.canaries.canary_flows import live_through_a_day, open_pages
from tests.privacy.canaries.canary_sinks import Installation, installed
from tests.privacy.canaries.planted_words import PlantedWords, plant
from tools.kafka.broker import KafkaBroker
from tools.local.postgres import CannotStart

SENT_AT_LEAST = 2000
PLANTED_AT_LEAST = 200


@pytest.fixture(params=["embedded", "kafka"])
def bus(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    if request.param == "embedded":
        yield "embedded"
        return
    broker = KafkaBroker(folder / "kafka", port=0)
    try:
        broker.start()
    except CannotStart as reason:
        if os.environ.get("REQUIRE_KAFKA") == "1":
            pytest.fail(f"REQUIRE_KAFKA is set and there is no Kafka. {reason}")
        pytest.skip(f"NO KAFKA, SO ITS FILES ARE NOT SEARCHED HERE. {reason}")
    yield f"kafka://{broker.address}"
    broker.stop()


@pytest.fixture
async def installation(bus: str, folder: Path) -> AsyncIterator[Installation]:
    async with installed(folder, bus=bus) as running:
        yield running


def new_stem(first: str, last: str) -> str:
    return f"{first}{random.SystemRandom().randrange(36**6):x}{last}"


async def test_no_word_that_was_sent_is_found_anywhere(installation: Installation) -> None:
    canaries = Canaries(new_stem("zq", "k"))
    planted = PlantedWords(Canaries(new_stem("yj", "p")))
    async with httpx2.AsyncClient(timeout=30, trust_env=False) as http:
        client = CanaryClient(installation.system, http, canaries)
        await live_through_a_day(client)
        texts = {"pages": await open_pages(client)}
        await plant(installation, planted, texts)
        texts |= await installation.rows()
    assert await installation.setting("wal_compression") == "off"
    await installation.stop()
    statuses = dict(sorted(client.statuses.items()))
    print(f"{len(canaries.sent)} sent, answers {statuses}; {len(planted.expected)} planted")  # noqa: T201
    assert planted.missed(installation.search(planted.canaries.stem, texts)) == {}
    assert len(planted.expected) >= PLANTED_AT_LEAST
    found = installation.search(canaries.stem, texts)
    assert {(canaries.sent.get(hit.value, "?"), hit.encoding, hit.sink) for hit in found} == set()
    assert len(canaries.sent) >= SENT_AT_LEAST
    assert {0, 200, 201, 401, 404, 409, 413, 422} <= set(statuses)
