"""Contracts: what others rely on is written down, is what the code gives, and only ever grows."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deploy.contract_history import Documents
from deploy.contracts import as_text, broken, generated, out_of_date
from shared.events import EVENTS

INTAKE = "contracts/openapi/intake.json"
STATS = "contracts/openapi/stats.json"
ASSESSED = "contracts/events/case.assessed.v1.json"
ASYNC = "contracts/asyncapi.json"
Change = Callable[[Any], None]


@pytest.fixture(scope="module")
def now() -> Documents:
    return generated()


def changed(now: Documents, path: str, change: Change) -> Documents:
    new = copy.deepcopy(now)
    change(new[path])
    assert new != now
    return new


def schema(document: Any, name: str) -> Any:
    return document["components"]["schemas"][name]


def without(document: Any, *steps: str) -> None:
    for step in steps[:-1]:
        document = document[step]
    del document[steps[-1]]


def newly_required(where: Any, name: str) -> None:
    where["properties"][name] = {"type": "string"}
    where["required"] = [*where.get("required", []), name]


BREAKING: dict[str, tuple[str, Change]] = {
    "a path is gone": (INTAKE, lambda d: without(d, "paths", "/v1/reports")),
    "an operation is gone": (INTAKE, lambda d: without(d, "paths", "/v1/contacts", "get")),
    "an answer's field is gone": (
        INTAKE,
        lambda d: without(schema(d, "ReportReceived"), "properties", "receipt"),
    ),
    "an answer's field may be missing": (
        INTAKE,
        lambda d: schema(d, "ReportReceived")["required"].remove("receipt"),
    ),
    "an answer's field may be null": (
        INTAKE,
        lambda d: schema(d, "ReportReceived")["properties"].update(
            receipt={"anyOf": [{"type": "string"}, {"type": "null"}]}
        ),
    ),
    "an answer's field has another type": (
        STATS,
        lambda d: schema(d, "FigureOut")["properties"]["period"].update(type="integer"),
    ),
    "an answer's field has another format": (
        INTAKE,
        lambda d: schema(d, "ReportReceived")["properties"]["received_at"].update(format="date"),
    ),
    "an answer's value is gone": (STATS, lambda d: schema(d, "MeasureName")["enum"].remove("children")),
    "a list's members have another type": (
        INTAKE,
        lambda d: schema(d, "ReportReceived")["properties"]["not_kept"]["items"].update(type="integer"),
    ),
    "a kind of answer is gone": (
        INTAKE,
        lambda d: without(d, "paths", "/v1/reports", "post", "responses", "201"),
    ),
    "a sent field is newly required": (INTAKE, lambda d: newly_required(schema(d, "SendReport"), "surname")),
    "a sent field that was optional is required": (
        INTAKE,
        lambda d: schema(d, "SendReport").update(required=["what_happened"]),
    ),
    "a sent field is gone": (INTAKE, lambda d: without(schema(d, "SendReport"), "properties", "how_many")),
    "a sent field no longer takes null": (
        INTAKE,
        lambda d: schema(d, "SendReport")["properties"].update(how_many={"type": "integer"}),
    ),
    "a sent value is no longer taken": (INTAKE, lambda d: schema(d, "CallerType")["enum"].remove("faith")),
    "a longest length is shorter": (
        STATS,
        lambda d: parameter(d, "by")["schema"].update(maxLength=10),
    ),
    "a pattern is another": (
        STATS,
        lambda d: parameter(d, "from")["schema"].update(pattern="^2026-[0-9]{2}$"),
    ),
    "a smallest number is new": (
        STATS,
        lambda d: parameter(d, "by")["schema"].update(minLength=1),
    ),
    "a parameter is newly required": (STATS, lambda d: parameter(d, "by").update(required=True)),
    "a new parameter is required": (
        STATS,
        lambda d: d["paths"]["/v1/statistics"]["get"]["parameters"].append(
            {"name": "why", "in": "query", "required": True, "schema": {"type": "string"}}
        ),
    ),
    "a parameter is gone": (STATS, lambda d: d["paths"]["/v1/statistics"]["get"]["parameters"].pop()),
    "a public door needs signing in": (
        INTAKE,
        lambda d: d["paths"]["/v1/reports"]["post"].update(security=[{"HTTPBearer": []}]),
    ),
    "an event's field is gone": (ASSESSED, lambda d: without(d, "properties", "children")),
    "an event's field is newly required": (ASSESSED, lambda d: newly_required(d, "assessor")),
    "an event's field has another type": (
        ASSESSED,
        lambda d: d["properties"]["children"].update(type="string"),
    ),
    "an event's value is gone": (ASSESSED, lambda d: d["$defs"]["Sector"]["enum"].remove("car_wash")),
    "an event's limit is lower": (ASSESSED, lambda d: d["properties"]["children"].update(maximum=10)),
    "an event goes to another topic": (ASSESSED, lambda d: d.update({"x-topic": "stats"})),
    "an event has another key": (ASSESSED, lambda d: d.update({"x-key": "contact_id"})),
    "a channel is gone": (ASYNC, lambda d: without(d, "channels", "referral")),
    "a message is gone from its channel": (
        ASYNC,
        lambda d: without(d, "channels", "case", "messages", "case.closed.v1"),
    ),
    "a channel's address is another": (ASYNC, lambda d: d["channels"]["case"].update(address="cases")),
    "a header is gone": (
        ASYNC,
        lambda d: without(d, "components", "messageTraits", "cloudevent", "headers", "properties", "ce_id"),
    ),
}


def parameter(document: Any, name: str) -> Any:
    parameters = document["paths"]["/v1/statistics"]["get"]["parameters"]
    return next(one for one in parameters if one["name"] == name)


ADDING: dict[str, tuple[str, Change]] = {
    "a new path": (INTAKE, lambda d: d["paths"].update({"/v1/calls": {"get": {"responses": {}}}})),
    "a new operation": (INTAKE, lambda d: d["paths"]["/v1/reports"].update({"get": {"responses": {}}})),
    "a new field in an answer": (
        INTAKE,
        lambda d: schema(d, "ReportReceived")["properties"].update(language={"type": "string"}),
    ),
    "a new optional field in what is sent": (
        INTAKE,
        lambda d: schema(d, "SendReport")["properties"].update(weather={"type": "string"}),
    ),
    "a new optional parameter": (
        STATS,
        lambda d: d["paths"]["/v1/statistics"]["get"]["parameters"].append(
            {"name": "why", "in": "query", "required": False, "schema": {"type": "string"}}
        ),
    ),
    "a required parameter becomes optional": (STATS, lambda d: parameter(d, "to").update(required=False)),
    "a longest length is longer": (STATS, lambda d: parameter(d, "by")["schema"].update(maxLength=400)),
    "a new value": (STATS, lambda d: schema(d, "MeasureName")["enum"].append("exploiters")),
    "a new optional field in an event": (
        ASSESSED,
        lambda d: d["properties"].update(exploiters={"type": "integer", "default": 0}),
    ),
    "a new value in an event": (ASSESSED, lambda d: d["$defs"]["Sector"]["enum"].append("circus")),
    "a new channel": (ASYNC, lambda d: d["channels"].update(weather={"address": "weather", "messages": {}})),
    "a description": (INTAKE, lambda d: d["info"].update(title="The helpline's front door")),
}


@pytest.mark.parametrize("kind", BREAKING)
def test_a_change_that_breaks_somebody_is_refused(now: Documents, kind: str) -> None:
    path, change = BREAKING[kind]
    found = broken(now, changed(now, path, change))
    assert found, kind
    assert all(sentence.startswith(path) for sentence in found)


@pytest.mark.parametrize("kind", ADDING)
def test_a_change_that_only_adds_is_allowed(now: Documents, kind: str) -> None:
    path, change = ADDING[kind]
    assert broken(now, changed(now, path, change)) == []


def test_an_event_that_is_gone_is_refused(now: Documents) -> None:
    new = {path: document for path, document in now.items() if path != ASSESSED}
    assert broken(now, new) == [f"{ASSESSED}: removed"]


def test_nothing_changed_breaks_nobody(now: Documents) -> None:
    assert broken(now, copy.deepcopy(now)) == []


def test_every_event_has_a_schema_and_a_place_in_asyncapi(now: Documents) -> None:
    document = now[ASYNC]
    placed = {name: topic for topic, channel in document["channels"].items() for name in channel["messages"]}
    assert placed == {event.type: event.topic for event in EVENTS}
    for event in EVENTS:
        written = now[f"contracts/events/{event.type}.json"]
        assert (written["x-topic"], written["x-key"]) == (event.topic, event.subject_field)


@pytest.mark.parametrize("path", [ASYNC, INTAKE, STATS, ASSESSED])
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
    (tmp_path / ASSESSED).unlink()
    (tmp_path / "contracts/events/case.forgotten.v1.json").write_text("{}")
    assert out_of_date(now, tmp_path) == [ASSESSED, "contracts/events/case.forgotten.v1.json", INTAKE]
