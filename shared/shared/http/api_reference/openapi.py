"""OpenAPI description of a service: documented problems, examples, tags, and headers as they really are required."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel

from shared.errors import ContentTooLarge, HelplineError, Invalid, RequestTimeout, Unavailable, Unreadable
from shared.http.admission import TooBusy
from shared.http.api_reference.examples import example_of
from shared.http.problems import PROBLEM_MEDIA_TYPE, InvalidField, Problem, examples_of
from shared.http.records import documented_headers

Document = dict[str, Any]
REQUIRED_HEADERS = {"if-match"}
"""Headers that a request must have, although a missing one is answered 428 and not 422."""
OPTIONAL_SIGN_IN = "anyone"
COMPONENTS = "#/components/schemas/"
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
PROBLEMS_OF_A_BODY = frozenset({Unreadable, RequestTimeout, ContentTooLarge})
"""Answers of admission control and of the framework to every request whose body is late, too large or broken."""


def takes_any_body(model: type[BaseModel]) -> Callable[[Endpoint], Endpoint]:
    """Declare that an endpoint reads its body itself and refuses none; the contract describes what a model holds."""

    def declare(endpoint: Endpoint) -> Endpoint:
        endpoint.body_model = model  # type: ignore[attr-defined]  # read below
        return endpoint

    return declare


def openapi_of(app: FastAPI, *, tags: dict[str, str]) -> Document:
    """Return the OpenAPI document of an application."""
    document = get_openapi(
        title=app.title,
        summary=app.summary,
        version=app.version,
        routes=app.routes,
        servers=[{"url": "/", "description": "The address of this service"}],
        tags=[{"name": name, "description": text} for name, text in tags.items()],
    )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for model in (InvalidField, Problem):
        schemas[model.__name__] = _component(model)
    for route in _routes(app):
        _describe_body(document, route)
        for method in route.methods or ():
            operation = document["paths"][route.path][method.lower()]
            _describe(document, operation, route)
    return document


def _describe_body(document: Document, route: Any) -> None:
    """Describe the body of a route that takes any; parts that other routes describe too are described once."""
    model = getattr(route.endpoint, "body_model", None)
    if model is None:
        return
    schema: Document = model.model_json_schema(ref_template=COMPONENTS + "{model}")
    parts = schema.pop("$defs", {})
    for name, part in {**parts, model.__name__: schema}.items():
        document["components"]["schemas"].setdefault(name, part)
    content = {"application/json": {"schema": {"$ref": COMPONENTS + model.__name__}}}
    for method in route.methods or ():
        operation = document["paths"][route.path][method.lower()]
        operation["requestBody"] = {"content": content, **operation.get("requestBody", {})}


def _routes(app: FastAPI) -> Iterator[Any]:
    for route in iter_route_contexts(app.routes):
        if getattr(route, "include_in_schema", False) and getattr(route, "dependant", None) is not None:
            yield route


def _component(model: Any) -> Document:
    schema: Document = model.model_json_schema(ref_template=COMPONENTS + "{model}")
    schema.pop("$defs", None)
    return schema


def _describe(document: Document, operation: Document, route: Any) -> None:
    for parameter in operation.get("parameters", ()):
        if parameter["name"] in REQUIRED_HEADERS:
            parameter["required"] = True
            parameter["schema"] = {"type": "string"}
    if operation.get("security") and _grants(route.dependant) & {OPTIONAL_SIGN_IN}:
        operation["security"] = [*operation["security"], {}]
    elif not _grants(route.dependant) - {OPTIONAL_SIGN_IN}:
        operation.pop("security", None)
    of_body = PROBLEMS_OF_A_BODY if "requestBody" in operation else frozenset()
    if hasattr(route.endpoint, "body_model"):
        of_body -= {Unreadable}
    _document_problems(operation, problems_of(route) | of_body)
    headers = documented_headers(route.original_route)
    for status, response in operation["responses"].items():
        _add_example(document, response)
        if status in headers:
            response["headers"] = headers[status]


def _add_example(document: Document, response: Document) -> None:
    content = response.get("content", {}).get("application/json")
    if content and "example" not in content and "examples" not in content:
        content["example"] = example_of(document, content["schema"])


def problems_of(route: Any) -> set[type[HelplineError]]:
    """Return the problems that a route answers with: those it declares, those of its guards, and the general ones."""
    found: set[type[HelplineError]] = {Unavailable, TooBusy, *getattr(route.endpoint, "problems", ())}
    for dependant in _all_dependants(route.dependant):
        found |= {*getattr(dependant.call, "problems", ())}
    if _takes_anything(route.dependant):
        found.add(Invalid)
    return found


def _document_problems(operation: Document, problems: Iterable[type[HelplineError]]) -> None:
    responses = operation["responses"]
    if "422" in responses and "HTTPValidationError" in str(responses["422"]):
        del responses["422"]
    by_status: dict[int, list[type[HelplineError]]] = {}
    for error in sorted(problems, key=lambda one: (one.status, one.code)):
        by_status.setdefault(error.status, []).append(error)
    for status, errors in by_status.items():
        response = responses.setdefault(
            str(status), {"description": "; ".join(f"`{error.code}`: {error.title}" for error in errors)}
        )
        response.setdefault("content", {})[PROBLEM_MEDIA_TYPE] = {
            "schema": {"$ref": "#/components/schemas/Problem"},
            "examples": examples_of(errors),
        }
    operation["responses"] = dict(sorted(responses.items()))


def _all_dependants(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for one in dependant.dependencies:
        yield from _all_dependants(one)


def _takes_anything(dependant: Dependant) -> bool:
    return any(
        one.path_params or one.query_params or one.body_params or one.header_params
        for one in _all_dependants(dependant)
    )


def _grants(dependant: Dependant) -> set[str]:
    return {str(grant) for one in _all_dependants(dependant) for grant in getattr(one.call, "grants", ())}
