"""Request bodies out of an OpenAPI document: the examples as they stand, and one unknown field at each level."""

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from shared.http.api_reference.examples import example_of
from tests.contracts.documents.api_style import Document, Operation, operations, resolved
from tests.contracts.prepared.prepared_service import Ids

UNKNOWN = "planted_field"
EXAMPLE_IDS = {"person_ids": "person_id", "person_id": "person_id", "source_reporter_id": "reporter_id"}
"""Fields of an example that name a record; the prepared one takes its place."""
FACT_IDS = {"danger": "danger_id", "child": "person_id"}
"""Records that a fact of each kind is about."""
NEEDED_IDS = re.compile(r"{(\w+)}")
"""Ids that the path of a route names."""
Step = str | int


@dataclass(frozen=True)
class ExampleBody:
    operation: Operation
    schema: Document
    body: dict[str, Any]


def json_schema_of(document: Document, operation: Operation) -> Document | None:
    """Return the schema of a JSON body, without the alternative that there is none; None where it takes no JSON."""
    content = operation.described.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return None
    schema = resolved(document, content["schema"])
    return next(
        one
        for one in (resolved(document, part) for part in schema.get("anyOf", [schema]))
        if one.get("type") != "null"
    )


def examples(document: Document) -> Iterator[ExampleBody]:
    for operation in operations(document):
        schema = json_schema_of(document, operation)
        for body in schema.get("examples", ()) if schema else ():
            assert schema is not None
            yield ExampleBody(operation, schema, body)


def with_prepared_ids(body: dict[str, Any], ids: Ids) -> dict[str, Any]:
    """Return the example with the ids of the prepared records; anything else stays as the contract shows it."""
    found = dict(body)
    for field, prepared in EXAMPLE_IDS.items():
        if field in found:
            found[field] = [ids[prepared]] if isinstance(found[field], list) else ids[prepared]
    if "facts" in found:
        found["facts"] = [{**one, "subject_id": ids[FACT_IDS[one["kind"]]]} for one in found["facts"]]
    return found


def levels(document: Document, schema: Document) -> Iterator[tuple[Step, ...]]:
    """Yield the path of every object in a body, the whole first. 0 stands for the first item of a list."""
    yield ()
    for name, described in schema.get("properties", {}).items():
        for steps, inner in _objects_in(document, described):
            yield from ((name, *steps, *path) for path in levels(document, inner))


def _objects_in(document: Document, schema: Document) -> Iterator[tuple[tuple[Step, ...], Document]]:
    schema = resolved(document, schema)
    for part in schema.get("anyOf", [schema]):
        inner = resolved(document, part)
        if inner.get("type") == "object" and "properties" in inner:
            yield (), inner
        elif inner.get("type") == "array":
            yield from (((0, *steps), found) for steps, found in _objects_in(document, inner["items"]))


def with_unknown_field(
    document: Document, one: ExampleBody, level: tuple[Step, ...]
) -> tuple[dict[str, Any], str]:
    """Return the example with one more field in the object at this level, and the path of that field."""
    body = copy.deepcopy(one.body)
    target: Any = body
    schema = one.schema
    for step in level:
        schema = _inner(document, schema, step)
        target = _entered(target, step, document, schema)
    target[UNKNOWN] = "surplus"
    return body, ".".join(map(str, (*level, UNKNOWN)))


def _inner(document: Document, schema: Document, step: Step) -> Document:
    """Return the schema of a property, or of a list's items; alternatives without structure are passed over."""
    inner = schema["items"] if isinstance(step, int) else schema["properties"][step]
    inner = resolved(document, inner)
    parts = [resolved(document, part) for part in inner.get("anyOf", [inner])]
    return next(part for part in parts if part.get("type") in {"object", "array"})


def _entered(target: Any, step: Step, document: Document, schema: Document) -> Any:
    """Return what stands at a step of a body. Where the example has nothing there, its least form is put in."""
    missing = step >= len(target) if isinstance(step, int) else step not in target
    if missing:
        least: Any = [] if schema.get("type") == "array" else _least(document, schema)
        if isinstance(step, int):
            target.append(least)
        else:
            target[step] = least
    return target[step]


def _least(document: Document, schema: Document) -> dict[str, Any]:
    """Return an object with its required fields alone."""
    return {name: example_of(document, schema["properties"][name]) for name in schema.get("required", ())}
