"""Application of a service: routes, problems, admission, metrics and security headers."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import ContentTooLarge, RequestTimeout
from shared.http import health
from shared.http.admission import Admission, Limits, TooBusy
from shared.http.api_reference import api_docs
from shared.http.api_reference.openapi import openapi_of
from shared.http.problems import (
    add_problem_handlers,
    problem_of,
    problem_of_failure,
    route_of,
)
from shared.ids import new_id
from shared.observability.metrics import REQUEST_SECONDS, REQUESTS
from shared.service.context import ServiceContext
from shared.service.spec import ServiceSpec

HEADERS = {
    b"cache-control": b"no-store",
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
}
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SHARED_TAGS = {"health": "Health, metrics and remembered audit heads of this service."}

log = structlog.get_logger()
OpenContext = Callable[[], AbstractAsyncContextManager[ServiceContext]]


class ResponseCutOff(Exception):
    """A response that had begun could not be finished; the server closes the connection."""


def create_app(service: ServiceSpec, open_context: OpenContext, *, limits: Limits = Limits()) -> FastAPI:
    """Return the application of one service, over the context that it opens when it starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_context() as context:
            app.state.context = context
            yield

    app = _ServiceApp(
        title=service.title,
        summary=service.summary,
        version="1",
        lifespan=lifespan,
        # FastAPI's own telemetry carries exception text and query strings.
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        generate_unique_id_function=lambda route: route.name,
    )
    app.tags = {**service.tags, **SHARED_TAGS}
    for router in (*service.routers, health.router, api_docs.router):
        app.include_router(router)
    admission = Admission(limits, max_body_bytes=service.max_body_bytes)
    app.add_middleware(RequestMiddleware, service=service.name, admission=admission)
    add_problem_handlers(app)
    return app


class _ServiceApp(FastAPI):
    """FastAPI with our description of the routes."""

    tags: dict[str, str]

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            self.openapi_schema = openapi_of(self, tags=self.tags)
        return self.openapi_schema


class RequestMiddleware:
    """Gives each request a slot, an id, security headers and a measurement, and logs those that fail."""

    def __init__(self, app: ASGIApp, service: str, admission: Admission) -> None:
        self._app = app
        self._service = service
        self._admission = admission

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status, turned_away = 0, False
        request_id = new_id().hex

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                present = {name for name, _ in message["headers"]}
                ours = [(name, value) for name, value in HEADERS.items() if name not in present]
                message["headers"] = [*message["headers"], *ours, (b"x-request-id", request_id.encode())]
            await send(message)

        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            with self._admission.slots_for(scope).slot():
                handed_on = await self._admission.read_body(scope, receive)
                await self._app(scope, handed_on, send_with_headers)
        except (TooBusy, ContentTooLarge, RequestTimeout) as refused:
            turned_away = isinstance(refused, TooBusy)
            await problem_of(refused)(scope, receive, send_with_headers)
        except Exception as error:  # answered here, so that the answer carries the headers
            answer = problem_of_failure(scope, error)
            if status:
                raise ResponseCutOff from None
            await answer(scope, receive, send_with_headers)
        finally:
            self._measure(scope, status, time.perf_counter() - started, logged=not turned_away)
            structlog.contextvars.unbind_contextvars("request_id")

    def _measure(self, scope: Scope, status: int, took: float, *, logged: bool) -> None:
        """Count the request; one that found no slot is not logged, so that load cannot fill the disk."""
        route = route_of(scope)
        method = scope["method"] if scope["method"] in METHODS else "other"
        REQUESTS.labels(self._service, method, route, str(status)).inc()
        REQUEST_SECONDS.labels(self._service, method, route).observe(took)
        if logged and status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            log.warning("answered", method=method, route=route, status=status, ms=round(took * 1000, 1))
