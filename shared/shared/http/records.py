"""Routes of records: an answer with a version carries its ETag, and one that created a record its Location."""

import json
import re
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from inspect import isclass
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel

from shared.http.etags import etag
from shared.http.problems import route_of

ETAG = {
    "description": "Version of the record in quotation marks, to be sent as If-Match with a change",
    "schema": {"type": "string", "examples": ['"3"']},
}
LOCATION = {
    "description": "Address at which the new record, or the record that it is part of, can be read",
    "schema": {"type": "string", "format": "uri-reference"},
}


class RecordRoute(APIRoute):
    """Route whose answers describe a record. `Location` is the nearest address at which the record can be read."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        if not _is_versioned(self.response_model):
            return handle

        async def handle_record(request: Request) -> Response:
            response = await handle(request)
            if response.status_code in (HTTPStatus.OK, HTTPStatus.CREATED):
                record = json.loads(bytes(response.body))
                response.headers["etag"] = etag(record["version"])
                if response.status_code == HTTPStatus.CREATED:
                    response.headers["location"] = location_of(request, record["id"])
            return response

        return handle_record


def documented_headers(route: APIRoute) -> dict[str, dict[str, Any]]:
    """Return the headers that a route's answers about a record carry, by their HTTP status, for the contract."""
    if not isinstance(route, RecordRoute) or not _is_versioned(route.response_model):
        return {}
    return {"200": {"ETag": ETAG}, "201": {"ETag": ETAG, "Location": LOCATION}}


def record_router(*, prefix: str = "", tag: str) -> APIRouter:
    """Return a router of records under one tag."""
    return APIRouter(prefix=prefix, tags=[tag], route_class=RecordRoute)


def location_of(request: Request, record_id: str) -> str:
    """Return the address of a record that this request created, or of the record that it is part of."""
    path = route_of(request.scope)
    routes = iter_route_contexts(request.app.routes)
    readable = {str(route.path) for route in routes if "GET" in (route.methods or ())}
    if any(re.fullmatch(re.escape(path) + r"/\{\w+\}", one) for one in readable):
        return f"{path.format(**request.path_params)}/{record_id}"
    parent = path
    while parent:
        parent = parent.rpartition("/")[0]
        if parent.endswith("}") and parent in readable:
            return parent.format(**request.path_params)
    return path.format(**request.path_params)


def _is_versioned(model: Any) -> bool:
    return isclass(model) and issubclass(model, BaseModel) and {"id", "version"} <= model.model_fields.keys()
