"""Contracts: everything that others rely on is written down, is what the code gives, and only ever grows."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from shared.events import EVENTS
from tests.contracts.documents.changes import ADDING, ASYNC, BREAKING, CLASSIFIED, INTAKE, STATS, changed
from tools.contracts.contract_changes import breaking_changes
from tools.contracts.contract_history import Documents
from tools.contracts.documents import as_text, generated, out_of_date


@pytest.fixture(scope="module")
def now() -> Documents:
    return generated()


@pytest.mark.parametrize("kind", BREAKING)
def test_a_change_that_breaks_somebody_is_refused(now: Documents, kind: str) -> None:
    path, change = BREAKING[kind]
    found = breaking_changes(now, changed(now, path, change))
    assert found, kind
    assert all(sentence.startswith(path) for sentence in found)


@pytest.mark.parametrize("kind", ADDING)
def test_a_change_that_only_adds_is_allowed(now: Documents, kind: str) -> None:
    path, change = ADDING[kind]
    assert breaking_changes(now, changed(now, path, change)) == []


def test_an_event_that_is_gone_is_refused(now: Documents) -> None:
    new = {path: document for path, document in now.items() if path != CLASSIFIED}
    assert breaking_changes(now, new) == [f"{CLASSIFIED}: removed"]


def test_nothing_changed_breaks_nobody(now: Documents) -> None:
    assert breaking_changes(now, copy.deepcopy(now)) == []


def test_every_event_has_a_schema_and_a_channel_in_asyncapi(now: Documents) -> None:
    document = now[ASYNC]
    placed = {name: topic for topic, channel in document["channels"].items() for name in channel["messages"]}
    assert placed == {event.type: event.topic for event in EVENTS}
    for event in EVENTS:
        written = now[f"contracts/events/{event.type}.json"]
        assert (written["x-topic"], written["x-key"]) == (event.topic, event.subject_field)


@pytest.mark.parametrize("path", [ASYNC, INTAKE, STATS, CLASSIFIED])
def test_every_reference_in_a_contract_leads_somewhere(now: Documents, path: str) -> None:
    for reference in _references(now[path]):
        target: Any = now[path]
        for step in reference.removeprefix("#/").split("/"):
            target = target[step]


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        here = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return here + [one for member in value.values() for one in _references(member)]
    return [one for member in value for one in _references(member)] if isinstance(value, list) else []


def test_problems_are_described_as_they_are_answered(now: Documents) -> None:
    for path, document in now.items():
        if "/openapi/" in path:
            assert "HTTPValidationError" not in json.dumps(document)
            assert "application/problem+json" in json.dumps(document)


def written(documents: Documents, root: Path) -> None:
    for path, document in documents.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(as_text(document))


def test_a_file_that_differs_is_missing_or_was_left_over_is_named(now: Documents, tmp_path: Path) -> None:
    written(now, tmp_path)
    assert out_of_date(now, tmp_path) == []
    (tmp_path / INTAKE).write_text("{}")
    (tmp_path / CLASSIFIED).unlink()
    (tmp_path / "contracts/events/case.forgotten.v1.json").write_text("{}")
    assert out_of_date(now, tmp_path) == [CLASSIFIED, "contracts/events/case.forgotten.v1.json", INTAKE]
