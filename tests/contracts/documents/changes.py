"""Changes of a contract: those that break somebody who relies on it, and those that only add."""

import copy
from collections.abc import Callable
from typing import Any

from tools.contracts.contract_history import Documents

INTAKE = "contracts/openapi/intake.json"
STATS = "contracts/openapi/stats.json"
CLASSIFIED = "contracts/events/case.classified.v1.json"
ASYNC = "contracts/asyncapi.json"
Change = Callable[[Any], None]


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


def parameter(document: Any, name: str) -> Any:
    parameters = document["paths"]["/v1/statistics"]["get"]["parameters"]
    return next(one for one in parameters if one["name"] == name)


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
    "a sent field is newly required": (
        INTAKE,
        lambda d: newly_required(schema(d, "SubmitReport"), "surname"),
    ),
    "a sent field that was optional is required": (
        INTAKE,
        lambda d: schema(d, "SubmitReport").update(required=["what_happened"]),
    ),
    "a sent field is gone": (INTAKE, lambda d: without(schema(d, "SubmitReport"), "properties", "how_many")),
    "a sent field no longer takes null": (
        INTAKE,
        lambda d: schema(d, "SubmitReport")["properties"].update(how_many={"type": "integer"}),
    ),
    "a sent value is no longer taken": (INTAKE, lambda d: schema(d, "CallerType")["enum"].remove("faith")),
    "a longest length is shorter": (
        STATS,
        lambda d: parameter(d, "by")["schema"].update(maxItems=1),
    ),
    "a pattern is another": (
        STATS,
        lambda d: parameter(d, "from")["schema"].update(pattern="^2026-[0-9]{2}$"),
    ),
    "a smallest number is new": (
        STATS,
        lambda d: parameter(d, "by")["schema"].update(minItems=1),
    ),
    "a parameter is newly required": (STATS, lambda d: parameter(d, "by").update(required=True)),
    "a new parameter is required": (
        STATS,
        lambda d: d["paths"]["/v1/statistics"]["get"]["parameters"].append(
            {"name": "reason", "in": "query", "required": True, "schema": {"type": "string"}}
        ),
    ),
    "a parameter is gone": (STATS, lambda d: d["paths"]["/v1/statistics"]["get"]["parameters"].pop()),
    "a public operation needs signing in": (
        INTAKE,
        lambda d: d["paths"]["/v1/reports"]["post"].update(security=[{"HTTPBearer": []}]),
    ),
    "an event's field is gone": (CLASSIFIED, lambda d: without(d, "properties", "children")),
    "an event's field is newly required": (CLASSIFIED, lambda d: newly_required(d, "classified_by")),
    "an event's field has another type": (
        CLASSIFIED,
        lambda d: d["properties"]["children"].update(type="string"),
    ),
    "an event's value is gone": (CLASSIFIED, lambda d: d["$defs"]["Sector"]["enum"].remove("car_wash")),
    "an event's limit is lower": (CLASSIFIED, lambda d: d["properties"]["children"].update(maximum=10)),
    "an event goes to another topic": (CLASSIFIED, lambda d: d.update({"x-topic": "stats"})),
    "an event has another key": (CLASSIFIED, lambda d: d.update({"x-key": "contact_id"})),
    "a channel is gone": (ASYNC, lambda d: without(d, "channels", "referral")),
    "an event is gone from its channel": (
        ASYNC,
        lambda d: without(d, "channels", "case", "messages", "case.closed.v1"),
    ),
    "a channel's address is another": (ASYNC, lambda d: d["channels"]["case"].update(address="cases")),
    "a header is gone": (
        ASYNC,
        lambda d: without(d, "components", "messageTraits", "cloudevent", "headers", "properties", "ce_id"),
    ),
}
ADDING: dict[str, tuple[str, Change]] = {
    "a new path": (INTAKE, lambda d: d["paths"].update({"/v1/calls": {"get": {"responses": {}}}})),
    "a new operation": (INTAKE, lambda d: d["paths"]["/v1/reports"].update({"get": {"responses": {}}})),
    "a new field in an answer": (
        INTAKE,
        lambda d: schema(d, "ReportReceived")["properties"].update(language={"type": "string"}),
    ),
    "a new optional field in what is sent": (
        INTAKE,
        lambda d: schema(d, "SubmitReport")["properties"].update(weather={"type": "string"}),
    ),
    "a new optional parameter": (
        STATS,
        lambda d: d["paths"]["/v1/statistics"]["get"]["parameters"].append(
            {"name": "reason", "in": "query", "required": False, "schema": {"type": "string"}}
        ),
    ),
    "a required parameter becomes optional": (STATS, lambda d: parameter(d, "to").update(required=False)),
    "a longest length is longer": (STATS, lambda d: parameter(d, "by")["schema"].update(maxItems=4)),
    "a new value": (STATS, lambda d: schema(d, "MeasureName")["enum"].append("exploiters")),
    "a new optional field in an event": (
        CLASSIFIED,
        lambda d: d["properties"].update(exploiters={"type": "integer", "default": 0}),
    ),
    "a new value in an event": (CLASSIFIED, lambda d: d["$defs"]["Sector"]["enum"].append("circus")),
    "a new channel": (ASYNC, lambda d: d["channels"].update(weather={"address": "weather", "messages": {}})),
    "a description": (INTAKE, lambda d: d["info"].update(title="The helpline's front door")),
}
