"""Local Kafka broker: starts where it can, and says in one sentence why where it cannot."""

from pathlib import Path

import pytest

from tools.kafka.broker import KafkaBroker, fetch_jars
from tools.local.postgres import CannotStart


@pytest.mark.parametrize(("missing", "package"), [("java", "default-jre-headless"), ("mvn", "maven")])
def test_a_missing_program_is_named_with_its_package(
    missing: str, package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for program in {"java", "mvn"} - {missing}:
        (tmp_path / program).write_text("#!/bin/sh\n")
        (tmp_path / program).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotStart, match=f"needs {missing}: install the Debian package {package}"):
        fetch_jars(tmp_path / "jars")


def test_the_error_of_maven_becomes_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for program in ("java", "mvn"):
        (tmp_path / program).write_text(
            "#!/bin/sh\necho '[ERROR] no network'\necho '[ERROR] again'\nexit 1\n"
        )
        (tmp_path / program).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotStart, match=r"^Maven could not fetch Kafka: \[ERROR\] no network$"):
        fetch_jars(tmp_path / "jars")
    assert not (tmp_path / "jars").exists()


def test_stopping_a_broker_that_was_never_started_does_nothing(tmp_path: Path) -> None:
    broker = KafkaBroker(tmp_path, port=0)
    assert broker.running is None
    broker.stop()


def test_a_process_that_has_the_id_of_a_dead_broker_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "pid").write_text("1")
    assert KafkaBroker(tmp_path, port=0).running is None
