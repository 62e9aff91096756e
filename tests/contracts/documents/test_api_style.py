"""API style: every operation of every service is shaped, named and described in the one agreed way."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.contracts.documents import api_style
from tests.contracts.documents.api_style import RULES, Document
from tests.contracts.documents.style_exceptions import OF_OPERATIONS
from tools.contracts.documents import openapi
from tools.registry import SERVICES, specs

Rule = Callable[[Document], list[str]]
Plant = Callable[[Any], object]
DOCUMENTS = {name: openapi(spec) for name, spec in specs().items()}


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_api_of_a_service_keeps_the_style(rule: Rule, service: str) -> None:
    assert rule(DOCUMENTS[service]) == []


def operation(document: Any, path: str, method: str) -> Any:
    return document["paths"][path][method]


def answer(document: Any, path: str, method: str) -> Any:
    return operation(document, path, method)["responses"]["200"]["content"]["application/json"]


def without_parameter(document: Any, path: str, method: str, name: str) -> None:
    parameters = operation(document, path, method)["parameters"]
    parameters[:] = [one for one in parameters if one["name"].lower() != name]


def planted_schema(document: Any, name: str, properties: dict[str, Any]) -> None:
    document["components"]["schemas"][name] = {"type": "object", "properties": properties}


PLACE = "/v1/cases/{case_id}/place"
PERSONS = "/v1/cases/{case_id}/persons"
PLANTED: dict[str, tuple[Rule, Plant]] = {
    "an operationId in camel case": (
        api_style.unreadable_operation_ids,
        lambda d: operation(d, "/v1/cases", "get").update(operationId="listCases"),
    ),
    "an operationId without a verb": (
        api_style.unreadable_operation_ids,
        lambda d: operation(d, "/v1/cases", "get").update(operationId="case_list"),
    ),
    "an operationId of another operation": (
        api_style.unreadable_operation_ids,
        lambda d: operation(d, "/v1/cases", "get").update(operationId="list_tasks"),
    ),
    "no summary": (
        api_style.undescribed_operations,
        lambda d: operation(d, "/v1/cases", "get").pop("summary"),
    ),
    "no tag": (api_style.undescribed_operations, lambda d: operation(d, "/v1/cases", "get").update(tags=[])),
    "a tag that nothing describes": (
        api_style.undescribed_operations,
        lambda d: operation(d, "/v1/cases", "get").update(tags=["planted"]),
    ),
    "a parameter without description": (
        api_style.undescribed_parameters,
        lambda d: operation(d, "/v1/cases", "get")["parameters"].append(
            {"name": "q", "in": "query", "schema": {}}
        ),
    ),
    "no 401 where a token is needed": (
        api_style.undocumented_problems,
        lambda d: operation(d, "/v1/cases", "get")["responses"].pop("401"),
    ),
    "no 404 of a record": (
        api_style.undocumented_problems,
        lambda d: operation(d, PLACE, "put")["responses"].pop("404"),
    ),
    "no 422 of a body": (
        api_style.undocumented_problems,
        lambda d: operation(d, PLACE, "put")["responses"].pop("422"),
    ),
    "no 413 of a body": (
        api_style.undocumented_problems,
        lambda d: operation(d, PLACE, "put")["responses"].pop("413"),
    ),
    "a problem without example": (
        api_style.undocumented_problems,
        lambda d: operation(d, PLACE, "put")["responses"]["409"]["content"][api_style.PROBLEM].pop(
            "examples"
        ),
    ),
    "a problem that is plain JSON": (
        api_style.undocumented_problems,
        lambda d: operation(d, PLACE, "put")["responses"]["409"].update(content={"application/json": {}}),
    ),
    "a property without description": (
        api_style.undescribed_properties,
        lambda d: planted_schema(d, "Planted", {"number": {"type": "integer"}}),
    ),
    "a state that any text fits": (
        api_style.open_codes,
        lambda d: planted_schema(d, "Planted", {"state": {"type": "string", "pattern": "^[a-z]+$"}}),
    ),
    "a list of kinds that any text fits": (
        api_style.open_codes,
        lambda d: planted_schema(
            d,
            "Planted",
            {
                "recipient_kinds": {
                    "anyOf": [{"items": {"type": "string"}, "type": "array"}, {"type": "null"}]
                }
            },
        ),
    ),
    "a bare list": (
        api_style.lists_of_another_shape,
        lambda d: answer(d, "/v1/tasks", "get").update(schema={"type": "array", "items": {}}),
    ),
    "a list under another name": (
        api_style.lists_of_another_shape,
        lambda d: answer(d, "/v1/tasks", "get").update(
            schema={"type": "object", "properties": {"tasks": {}}}
        ),
    ),
    "a list without cursor": (
        api_style.lists_without_pages,
        lambda d: without_parameter(d, "/v1/tasks", "get", "cursor"),
    ),
    "a list without limit": (
        api_style.lists_without_pages,
        lambda d: without_parameter(d, "/v1/tasks", "get", "limit"),
    ),
    "a creation that cannot be repeated": (
        api_style.creations_without_idempotency,
        lambda d: without_parameter(d, PERSONS, "post", "idempotency-key"),
    ),
    "a creation that answers 200": (
        api_style.creations_without_idempotency,
        lambda d: d["paths"].update({"/v1/planted": {"post": {"responses": {"200": {}}}}}),
    ),
    "a PUT that overwrites": (
        api_style.changes_without_precondition,
        lambda d: without_parameter(d, PLACE, "put", "if-match"),
    ),
    "a PUT without its 428": (
        api_style.changes_without_precondition,
        lambda d: operation(d, PLACE, "put")["responses"].pop("428"),
    ),
    "a version without ETag": (
        api_style.answers_without_their_headers,
        lambda d: operation(d, PLACE, "put")["responses"]["200"].pop("headers"),
    ),
    "a creation without Location": (
        api_style.answers_without_their_headers,
        lambda d: operation(d, PERSONS, "post")["responses"]["201"]["headers"].pop("Location"),
    ),
    "a body that takes any field": (
        api_style.loose_bodies,
        lambda d: d["components"]["schemas"]["PlaceCommand"].pop("additionalProperties"),
    ),
    "a body without example": (
        api_style.bodies_without_example,
        lambda d: d["components"]["schemas"]["PlaceCommand"].pop("examples"),
    ),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_of_style_is_noticed(fault: str) -> None:
    rule, plant = PLANTED[fault]
    document = copy.deepcopy(DOCUMENTS["case"])
    before = rule(document)
    plant(document)
    assert len(rule(document)) > len(before)


def test_every_rule_has_a_planted_fault() -> None:
    assert {rule for rule, _ in PLANTED.values()} == set(RULES)


@pytest.mark.parametrize("exceptions", OF_OPERATIONS, ids=lambda exceptions: next(iter(exceptions)))
def test_every_exception_of_style_names_an_operation(exceptions: dict[str, str]) -> None:
    known = {str(one) for document in DOCUMENTS.values() for one in api_style.operations(document)}
    assert exceptions.keys() - known == set(), "an exception that is no longer needed"
    assert all(exceptions.values()), "an exception without a reason"
