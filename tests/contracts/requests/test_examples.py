"""Examples of the contract: each is sent to a running service and answered as documented, or fits its schema."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from tests.conftest import TestPostgres
from tests.contracts.access.table import allowed_caller
from tests.contracts.documents.api_style import Document, Operation, operations, resolved
from tests.contracts.prepared.every_service import PREPARED
from tests.contracts.prepared.prepared_service import Route
from tests.contracts.requests.bodies import examples, json_schema_of, with_prepared_ids
from tools.contracts.documents import openapi
from tools.registry import SERVICES, specs

DOCUMENTS = {name: openapi(spec) for name, spec in specs().items()}


def route_of(operation: Operation) -> Route:
    return operation.method.upper(), operation.path


def success_of(operation: Operation) -> set[int]:
    return {int(status) for status in operation.statuses if status < "300"}


def query_examples(operation: Operation) -> dict[str, Any]:
    """Return the example of every parameter of the query that has one; a list is sent as several parameters."""
    parameters = operation.parameters("query").items()
    return {name: one["schema"]["examples"][0] for name, one in parameters if one["schema"].get("examples")}


@pytest.mark.parametrize("service", SERVICES)
async def test_every_example_of_a_body_is_answered_with_success(
    service: str, postgres_server: TestPostgres, tmp_path: Path
) -> None:
    """The transport of the tests holds the answer against the contract; here its status is the good one."""
    document = DOCUMENTS[service]
    wrong, sent = [], set()
    async with PREPARED[service](postgres_server, tmp_path) as prepared:
        for one in examples(document):
            route = route_of(one.operation)
            ids = await prepared.prepare(route)
            body = with_prepared_ids(one.body, ids)
            answer = await prepared.send(route, allowed_caller(service, route), ids, json=body)
            if answer.status_code not in success_of(one.operation):
                wrong.append(f"{one.operation} {body}: {answer.status_code} {answer.text[:300]}")
            sent.add(one.operation.id)
    assert wrong == []
    assert sent == {one.id for one in operations(document) if json_schema_of(document, one)}


@pytest.mark.parametrize("service", SERVICES)
async def test_every_other_request_is_answered_with_success_as_its_parameters_show_it(
    service: str, postgres_server: TestPostgres, tmp_path: Path
) -> None:
    document = DOCUMENTS[service]
    wrong = []
    async with PREPARED[service](postgres_server, tmp_path) as prepared:
        for operation in (one for one in operations(document) if json_schema_of(document, one) is None):
            route = route_of(operation)
            ids = await prepared.prepare(route)
            query = {"params": query_examples(operation)} if query_examples(operation) else {}
            answer = await prepared.send(route, allowed_caller(service, route), ids, **query)
            if answer.status_code not in success_of(operation):
                wrong.append(f"{operation}: {answer.status_code} {answer.text[:300]}")
    assert wrong == []


def examples_in(document: Document) -> Iterator[tuple[str, Document, Any]]:
    """Yield every example with the schema that it is of: of answers, problems, schemas and properties."""
    for operation in operations(document):
        for status, response in operation.described["responses"].items():
            for content in response.get("content", {}).values():
                for value in _values(content):
                    yield f"{operation} {status}", content["schema"], value
    for name, schema in document["components"]["schemas"].items():
        for value in schema.get("examples", ()):
            yield name, schema, value
        for field, described in schema.get("properties", {}).items():
            for value in described.get("examples", ()):
                yield f"{name}.{field}", described, value


def _values(content: Document) -> list[Any]:
    several = [one["value"] for one in content.get("examples", {}).values()]
    return [content["example"], *several] if "example" in content else several


def unfitting(document: Document) -> list[str]:
    wrong = []
    for place, schema, value in examples_in(document):
        whole = {**schema, "components": document["components"]}
        wrong += [
            f"{place}: {error.message}"
            for error in jsonschema_rs.Draft202012Validator(whole, validate_formats=True).iter_errors(value)
        ]
    return wrong


@pytest.mark.parametrize("service", SERVICES)
def test_every_example_fits_its_schema(service: str) -> None:
    assert len(list(examples_in(DOCUMENTS[service]))) > 20
    assert unfitting(DOCUMENTS[service]) == []


@pytest.mark.parametrize("service", SERVICES)
def test_every_answer_has_an_example(service: str) -> None:
    missing = [
        f"{operation} {status}"
        for operation in operations(DOCUMENTS[service])
        for status, response in operation.described["responses"].items()
        for media_type, content in response.get("content", {}).items()
        if "json" in media_type and not _values(content) and resolved(DOCUMENTS[service], content["schema"])
    ]
    assert missing == []


def test_an_example_that_does_not_fit_is_noticed() -> None:
    schemas = {
        "Planted": {"type": "object", "properties": {"age": {"type": "integer", "examples": ["young"]}}}
    }
    assert unfitting({"paths": {}, "components": {"schemas": schemas}}) == [
        'Planted.age: "young" is not of type "integer"'
    ]
