"""The web side of a service: problems instead of stack traces, health, metrics, and nothing personal in any of them."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import asyncpg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import docs, health
from shared.crowd import Crowd, Full, Limits
from shared.database import passes
from shared.errors import HelplineError, NotPermitted
from shared.logs import where
from shared.metrics import REQUESTS, SECONDS
from shared.platform import Platform, Service

PROBLEM = "application/problem+json"
PROBLEM_TYPE = "urn:helpline:problem:"
HEADERS = {
    b"cache-control": b"no-store",
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
}

TITLES = {413: "Content Too Large"}
"""Where the name of a status depends on the version of Python."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

PROBLEM_ANSWER: dict[str, Any] = {
    "description": "A problem (RFC 9457): a code and a sentence of ours, and with `invalid` the fields and their rules",
    "content": {
        PROBLEM: {
            "schema": {
                "type": "object",
                "properties": {
                    "type": {"type": "string"},
                    "title": {"type": "string"},
                    "status": {"type": "integer"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                    "fields": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {"field": {"type": "string"}, "rule": {"type": "string"}},
                            "required": ["field", "rule"],
                        },
                    },
                },
                "required": ["type", "title", "status", "code"],
            }
        }
    },
}


class Cut(Exception):
    """An answer that had begun could not be finished; the server hangs up."""


log = structlog.get_logger()
OpenPlatform = Callable[[], AbstractAsyncContextManager[Platform]]


def create_app(service: Service, open_platform: OpenPlatform, *, limits: Limits = Limits()) -> FastAPI:
    """The application of one service, over whatever platform it is given when it starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_platform() as platform:
            app.state.platform = platform
            yield

    app = FastAPI(
        title=service.title,
        summary=service.summary,
        version="1",
        lifespan=lifespan,
        # FastAPI's own records would carry exception text and query strings.
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        responses={"default": PROBLEM_ANSWER},
    )
    for router in (*service.routers, health.router, docs.router):
        app.include_router(router)
    app.add_middleware(RequestLine, service=service.name, crowd=Crowd(limits, service.bodies_at_most))
    _add_problems(app)
    return app


def problem(status: int, code: str, title: str, detail: str = "", **extra: Any) -> JSONResponse:
    """An RFC 9457 answer; `extra` members are codes, ids and field names."""
    body = {"type": PROBLEM_TYPE + code, "title": title, "status": status, "code": code, **extra}
    if detail and detail != title:
        body["detail"] = detail
    return JSONResponse(body, status_code=status, media_type=PROBLEM)


def _add_problems(app: FastAPI) -> None:
    app.add_exception_handler(HelplineError, _told)
    app.add_exception_handler(RequestValidationError, _fields)
    app.add_exception_handler(HTTPException, _http)
    for lost in (OSError, SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError):
        app.add_exception_handler(lost, _lost)


async def _told(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HelplineError)
    if isinstance(error, NotPermitted):
        await _record_refusal(request)
    return _problem_of(error)


def _problem_of(error: HelplineError) -> JSONResponse:
    answer = problem(error.status, error.code, error.title, error.detail, **error.extra)
    if error.status == HTTPStatus.UNAUTHORIZED:
        answer.headers["www-authenticate"] = "Bearer"
    if "retry_after" in error.extra:
        answer.headers["retry-after"] = str(error.extra["retry_after"])
    return answer


async def _record_refusal(request: Request) -> None:
    """A refused request rolls its own audit entry back, so the refusal is written down by itself."""
    platform: Platform = request.app.state.platform
    actor = getattr(request.state, "actor", "public")
    async with platform.database.unit_of_work(actor) as uow:
        uow.record("refused", uuid4(), route=route_of(request.scope), method=request.method)


async def _fields(request: Request, error: Exception) -> JSONResponse:
    """Which fields break which rules; never what was sent, not even the name of a field that we do not have."""
    assert isinstance(error, RequestValidationError)
    fields = [{"field": _field_name(one), "rule": one["type"]} for one in error.errors()]
    return problem(422, "invalid", "Some fields need another look", fields=fields)


def _field_name(one: Any) -> str:
    path = list(one["loc"])
    if one["type"] == "extra_forbidden":
        path[-1] = "(a field that does not exist here)"
    if one["type"] == "json_invalid":
        path = ["body"]
    return ".".join(str(part) for part in path)


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return _refusal(error)


def _refusal(error: HTTPException) -> JSONResponse:
    title = TITLES.get(error.status_code) or HTTPStatus(error.status_code).phrase
    answer = problem(error.status_code, title.lower().replace(" ", "-"), title)
    answer.headers.update(error.headers or {})
    return answer


async def _lost(request: Request, error: Exception) -> JSONResponse:
    """What the database or the network did: to be tried again, or a fault of ours."""
    return _failed(request.scope, error)


def _failed(scope: Scope, error: Exception) -> JSONResponse:
    log.error("request failed", route=route_of(scope), error=type(error).__name__, where=where(error))
    if passes(error):
        return problem(503, "unavailable", "A part we need does not answer; try again shortly")
    return problem(500, "internal-error", "Something went wrong here")


def route_of(scope: Scope) -> str:
    """The route's template: what was in its place in the address stays out of logs and metrics."""
    route = scope.get("route")
    return getattr(route, "path", None) or "(no route)"


class RequestLine:
    """A place for each request, one measurement, a log line for those that fail, and the headers of every answer."""

    def __init__(self, app: ASGIApp, service: str, crowd: Crowd) -> None:
        self._app = app
        self._service = service
        self._crowd = crowd

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status, turned_away = 0, False
        request_id = uuid4().hex

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                said = {name for name, _ in message["headers"]}
                ours = [(name, value) for name, value in HEADERS.items() if name not in said]
                message["headers"] = [*message["headers"], *ours, (b"x-request-id", request_id.encode())]
            await send(message)

        structlog.contextvars.bind_contextvars(request_id=request_id)
        places = self._crowd.places_for(scope)
        try:
            with places.place():
                await self._app(scope, places.reading(scope, receive), send_with_headers)
        except Full as full:
            turned_away = True
            await _problem_of(full)(scope, receive, send_with_headers)
        except Exception as error:  # answered here, so that it carries the headers and goes no further up
            answer = _refusal(error) if isinstance(error, HTTPException) else _failed(scope, error)
            if status:
                raise Cut from None
            await answer(scope, receive, send_with_headers)
        finally:
            self._note(scope, status, time.perf_counter() - started, told=not turned_away)
            structlog.contextvars.unbind_contextvars("request_id")

    def _note(self, scope: Scope, status: int, took: float, *, told: bool) -> None:
        """`told` is False for who was turned away: a crowd is counted, and must not fill the disk with log lines."""
        route = route_of(scope)
        method = scope["method"] if scope["method"] in METHODS else "other"
        REQUESTS.labels(self._service, method, route, str(status)).inc()
        SECONDS.labels(self._service, method, route).observe(took)
        if told and status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            log.warning("answered", method=method, route=route, status=status, ms=round(took * 1000, 1))
