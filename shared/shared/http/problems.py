"""Problems: every refusal and failure is answered as RFC 9457 problem details, with a page that explains each type."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, TypeVar

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.types import Scope

from shared.db.connections import CONNECTION_ERRORS, is_transient
from shared.errors import (
    HelplineError,
    Invalid,
    MethodNotAllowed,
    NotFound,
    NotPermitted,
    Unavailable,
    Unreadable,
)
from shared.ids import new_id
from shared.observability.structured_logs import where_raised
from shared.service.context import ServiceContext

PROBLEM_MEDIA_TYPE = "application/problem+json"
PROBLEM_PATH = "/problems/"
NO_PAGE = "about:blank"
"""Type of a problem of which no more is known than its HTTP status (RFC 9457, 4.2.1)."""
OF_FRAMEWORK: Mapping[int, type[HelplineError]] = {
    error.status: error for error in (Unreadable, NotFound, MethodNotAllowed)
}
"""Problems that the framework finds before a route is called, by their status."""
FIELD_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])

log = structlog.get_logger()


class InvalidField(BaseModel):
    """Field that breaks a rule; its value is never repeated."""

    field: str = Field(description="Path of the field, such as persons.0.age", examples=["persons.0.age"])
    rule: str = Field(description="Code of the rule that it breaks", examples=["extra_forbidden"])


class Problem(BaseModel):
    """Refusal or failure (RFC 9457). Further members are codes, ids and counts, named on the page of the type."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(
        description="Address of a page that explains this problem", examples=["/problems/not-found"]
    )
    title: str = Field(description="Sentence that is the same for every problem of this type")
    status: int = Field(description="HTTP status", examples=[404])
    code: str = Field(description="Last part of `type`, for programs", examples=["not-found"])
    detail: str | None = Field(None, description="Sentence about this request, where there is more to say")
    invalid: list[InvalidField] | None = Field(None, description="Fields that break a rule, and which")


def raises(*errors: type[HelplineError]) -> Callable[[Endpoint], Endpoint]:
    """Declare the problems that an endpoint or a dependency answers with, for the contract."""

    def declare(endpoint: Endpoint) -> Endpoint:
        endpoint.problems = errors  # type: ignore[attr-defined]  # read by shared.http.api_reference.openapi
        return endpoint

    return declare


def all_problems() -> dict[str, type[HelplineError]]:
    """Return every class of problem of this process by its code; of several with one code the most general."""
    found: dict[str, type[HelplineError]] = {}
    for error in _subclasses(HelplineError):
        found.setdefault(error.code, error)
    return found


def _subclasses(kind: type[HelplineError]) -> Iterator[type[HelplineError]]:
    yield kind
    for one in kind.__subclasses__():
        yield from _subclasses(one)


def problem(status: int, code: str, title: str, detail: str = "", **extra: Any) -> JSONResponse:
    """Return an RFC 9457 answer; `extra` members are codes, ids and field names."""
    body = {"type": PROBLEM_PATH + code, "title": title, "status": status, "code": code, **extra}
    if detail and detail != title:
        body["detail"] = detail
    return JSONResponse(body, status_code=status, media_type=PROBLEM_MEDIA_TYPE)


def add_problem_handlers(app: FastAPI) -> None:
    """Answer every error of the application as a problem."""
    app.add_exception_handler(HelplineError, _helpline_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    for lost in CONNECTION_ERRORS:
        app.add_exception_handler(lost, _connection_error)


async def _helpline_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HelplineError)
    if isinstance(error, NotPermitted):
        await _record_refusal(request)
    return problem_of(error)


def problem_of(error: HelplineError) -> JSONResponse:
    answer = problem(error.status, error.code, error.title, error.detail, **error.extra)
    if error.status == HTTPStatus.UNAUTHORIZED:
        answer.headers["www-authenticate"] = "Bearer"
    if error.status == HTTPStatus.REQUEST_TIMEOUT:
        answer.headers["connection"] = "close"
    if "retry_after" in error.extra:
        answer.headers["retry-after"] = str(error.extra["retry_after"])
    return answer


async def _record_refusal(request: Request) -> None:
    """Record a refusal in a transaction of its own, because the refused request rolls back."""
    context: ServiceContext = request.app.state.context
    actor = getattr(request.state, "actor", "public")
    async with context.database.unit_of_work(actor) as uow:
        uow.record("refused", new_id(), route=route_of(request.scope), method=request.method)


async def _validation_error(request: Request, error: Exception) -> JSONResponse:
    """Name the fields and the rules that they break; never what was sent."""
    assert isinstance(error, RequestValidationError)
    invalid = [{"field": _field_path(one), "rule": one["type"]} for one in error.errors()]
    return problem(Invalid.status, Invalid.code, Invalid.title, invalid=invalid)


def _field_path(error: Any) -> str:
    """Return the path of a field. A name is repeated only if a field could have it."""
    path = list(error["loc"])
    if error["type"] == "json_invalid":
        return "body"
    if error["type"] == "extra_forbidden" and not FIELD_NAME.fullmatch(str(path[-1])):
        path[-1] = "(a name that no field can have)"
    if path and path[0] == "body" and len(path) > 1:
        path = path[1:]
    return ".".join(str(part) for part in path)


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    """Answer a refusal of the framework: no such route or method, or a body that cannot be read."""
    assert isinstance(error, HTTPException)
    known = OF_FRAMEWORK.get(error.status_code)
    answer = problem_of(known()) if known else _problem_of_status(error.status_code)
    answer.headers.update(error.headers or {})
    return answer


def _problem_of_status(status: int) -> JSONResponse:
    title = HTTPStatus(status).phrase
    return problem(status, title.lower().replace(" ", "-"), title, type=NO_PAGE)


async def _connection_error(request: Request, error: Exception) -> JSONResponse:
    return problem_of_failure(request.scope, error)


def problem_of_failure(scope: Scope, error: Exception) -> JSONResponse:
    """Answer an error of the database or the network (503), or a fault of ours (500)."""
    log.error("request failed", route=route_of(scope), error=type(error).__name__, where=where_raised(error))
    if is_transient(error):
        return problem(Unavailable.status, Unavailable.code, Unavailable.title)
    return problem(HelplineError.status, HelplineError.code, HelplineError.title)


def route_of(scope: Scope) -> str:
    """Return the route's template: what was in the address stays out of logs and metrics."""
    route = scope.get("route")
    return getattr(route, "path", None) or "(no route)"


def examples_of(errors: Iterable[type[HelplineError]]) -> dict[str, Any]:
    """Return an example of each problem, for the contract."""
    return {
        error.code: {
            "summary": error.title,
            "value": {
                "type": PROBLEM_PATH + error.code,
                "title": error.title,
                "status": error.status,
                "code": error.code,
            },
        }
        for error in errors
    }
