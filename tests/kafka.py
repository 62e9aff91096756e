"""A real Kafka for tests: the one that is named, a container, or a broker of our own; one for the whole run."""

import contextlib
import json
import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import fasteners
import psutil
import pytest

from deploy.kafka.broker import KafkaBroker
from deploy.postgres import CannotStart

FOLDERS = "helpline-kafka-tests-"
IMAGE = (
    "confluentinc/cp-kafka:7.9.0"  # the only family of images that testcontainers starts without ZooKeeper
)


@contextlib.contextmanager
def kafka_for_this_run(run: Path) -> Iterator[str]:
    """The brokers' addresses; pytest-xdist's workers share them, and the last one out ends what was started."""
    if named := os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        yield named
    elif docker_answers():
        with container() as address:
            yield address
    else:
        try:
            broker = _enter(meeting_place(run))
        except CannotStart as reason:
            if os.environ.get("REQUIRE_KAFKA") == "1":
                pytest.fail(f"REQUIRE_KAFKA is set and there is no Kafka. {reason}")
            pytest.skip(f"NO KAFKA, SO THE KAFKA BUS IS UNTESTED HERE. {reason}")
        try:
            yield broker.address
        finally:
            _leave(meeting_place(run), broker)


def url_of_its_own(servers: str) -> str:
    """The address of a bus with topics and groups that no other test shares."""
    return f"kafka://{servers}/test-{uuid.uuid4().hex[:12]}"


def meeting_place(run: Path) -> Path:
    return run.parent if "PYTEST_XDIST_WORKER" in os.environ else run


def docker_answers() -> bool:
    """Whether there is an engine: the command alone says nothing."""
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


def _enter(meeting: Path) -> KafkaBroker:
    with fasteners.InterProcessLock(meeting / "kafka.lock"):
        address = meeting / "kafka.folder"
        if not address.exists():
            _end_what_killed_runs_left()
            address.write_text(tempfile.mkdtemp(prefix=FOLDERS))
        broker = KafkaBroker(Path(address.read_text()), port=0)
        broker.start()
        _write_users(broker.folder, [*_users(broker.folder), os.getpid()])
        return broker


def _leave(meeting: Path, broker: KafkaBroker) -> None:
    with fasteners.InterProcessLock(meeting / "kafka.lock"):
        staying = [pid for pid in _users(broker.folder) if pid != os.getpid()]
        _write_users(broker.folder, staying)
        if not staying:
            (meeting / "kafka.folder").unlink()
            broker.stop()
            shutil.rmtree(broker.folder)


def _users(folder: Path) -> list[int]:
    with contextlib.suppress(FileNotFoundError):
        return [pid for pid in json.loads((folder / "users.json").read_text()) if psutil.pid_exists(pid)]
    return []


def _write_users(folder: Path, users: list[int]) -> None:
    (folder / "users.json").write_text(json.dumps(users))


def _end_what_killed_runs_left() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDERS}*"):
        if (folder / "users.json").exists() and not _users(folder):
            KafkaBroker(folder).stop()
            shutil.rmtree(folder, ignore_errors=True)
