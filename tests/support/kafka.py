"""Kafka for tests: the one that is named, a container, or a broker of our own. One serves the whole run."""

import contextlib
import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.servers import one_for_the_run
from tools.kafka.broker import KafkaBroker
from tools.local.postgres import CannotStart

FOLDERS = "helpline-kafka-tests-"
IMAGE = (
    "confluentinc/cp-kafka:7.9.0"  # the only family of images that testcontainers starts without ZooKeeper
)


@contextlib.contextmanager
def kafka_for_this_run(run: Path) -> Iterator[str]:
    """Yield the brokers' addresses."""
    if named := os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        yield named
    elif docker_answers():
        with container() as address:
            yield address
    else:
        yield from _our_own(run)


def url_of_its_own(servers: str) -> str:
    """Return the address of a bus with topics and groups that no other test shares."""
    return f"kafka://{servers}/test-{uuid.uuid4().hex[:12]}"


def docker_answers() -> bool:
    """Return whether a container engine answers; the command alone proves nothing."""
    if shutil.which("docker") is None:
        return False
    try:
        asked = subprocess.run(["docker", "version"], check=False, capture_output=True, timeout=5)
    except subprocess.TimeoutExpired:
        return False
    return asked.returncode == 0


@contextlib.contextmanager
def container() -> Iterator[str]:
    from testcontainers.kafka import KafkaContainer

    with KafkaContainer(IMAGE).with_kraft() as kafka:
        yield kafka.get_bootstrap_server()


def _our_own(run: Path) -> Iterator[str]:
    with contextlib.ExitStack() as stack:
        place = Path(tempfile.gettempdir())
        ours = one_for_the_run(run, FOLDERS, place, lambda folder: KafkaBroker(folder, port=0))
        try:
            broker = stack.enter_context(ours)
        except CannotStart as reason:
            if os.environ.get("REQUIRE_KAFKA") == "1":
                pytest.fail(f"REQUIRE_KAFKA is set and there is no Kafka. {reason}")
            pytest.skip(f"NO KAFKA, SO THE KAFKA BUS IS UNTESTED HERE. {reason}")
        yield broker.address
