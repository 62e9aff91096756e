"""Validation of every answer that a test gets from a service, against the service's own OpenAPI document."""

import json
import re
from collections.abc import Collection, Mapping
from http import HTTPStatus
from typing import Any

import httpx2
import jsonschema_rs
from fastapi import FastAPI

from shared.service.spec import ServiceSpec

NOT_LISTED = {
    HTTPStatus.METHOD_NOT_ALLOWED: "no operation has this method",
    HTTPStatus.INTERNAL_SERVER_ERROR: "a fault of ours, which some tests bring about",
}
"""Statuses that no operation lists, each with its cause; their bodies are problems all the same."""
OF_A_RECORD = {"etag", "location"}
"""Headers that an operation documents wherever it sends them."""
OF_A_BODY = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE}
"""Answers of admission control, which operations list that take a body; a client may send one to any other too."""
PROBLEM = {"$ref": "#/components/schemas/Problem"}
JSON = re.compile(r"application/(problem\+)?json")
Document = Mapping[str, Any]


class UndocumentedAnswer(AssertionError):
    """A service answered with a status, a media type or a body that its OpenAPI document does not describe."""


class DocumentedAnswers:
    """Answers of one service as its OpenAPI document describes them, with compiled schemas."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._validators: dict[str, Any] = {}
        # A path without parameters comes before one with them, as in routing.
        templates = sorted(document["paths"], key=lambda path: ("{" in path, path))
        self._patterns = [(re.compile(_pattern(template)), template) for template in templates]

    def operation(self, method: str, path: str) -> tuple[str, Document] | None:
        """Return the template and the description of the operation at this path; None where there is none."""
        template = next((one for pattern, one in self._patterns if pattern.fullmatch(path)), None)
        described = self._document["paths"].get(template, {}).get(method.lower())
        return (str(template), described) if described else None

    def check(
        self, method: str, path: str, status: int, media_type: str, body: bytes, headers: Collection[str] = ()
    ) -> None:
        """Raise UndocumentedAnswer unless the document describes this answer, with its ETag and Location."""
        found = self.operation(method, path)
        if found is None:
            return
        template, described = found
        where = f"{method} {template} {status}"
        if status in NOT_LISTED or (status in OF_A_BODY and "requestBody" not in described):
            self._validate(PROBLEM, body, where)
        elif str(status) not in described["responses"]:
            raise UndocumentedAnswer(f"{where}: this status is not documented")
        else:
            answer = described["responses"][str(status)]
            self._check_content(answer.get("content", {}), media_type, body, where)
            _check_headers(answer.get("headers", {}), headers, where)

    def _check_content(self, content: Document, media_type: str, body: bytes, where: str) -> None:
        if not body:
            return
        if media_type not in content:
            raise UndocumentedAnswer(f"{where}: {media_type} is not documented, but {sorted(content)}")
        if JSON.fullmatch(media_type):
            self._validate(content[media_type]["schema"], body, where)

    def _validate(self, schema: Document, body: bytes, where: str) -> None:
        key = json.dumps(schema)
        if key not in self._validators:
            whole = {**schema, "components": self._document["components"]}
            self._validators[key] = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
        for error in self._validators[key].iter_errors(json.loads(body)):
            place = ".".join(map(str, error.instance_path)) or "the whole"
            raise UndocumentedAnswer(f"{where}: {place}: {error.message}"[:500])


def _check_headers(documented: Document, sent: Collection[str], where: str) -> None:
    expected = {name.lower() for name in documented}
    found = {name.lower() for name in sent} & OF_A_RECORD
    if expected != found:
        raise UndocumentedAnswer(f"{where}: {sorted(found)} was sent, but {sorted(expected)} is documented")


def _pattern(template: str) -> str:
    return re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(template))


class ValidatingTransport(httpx2.AsyncBaseTransport):
    """Transport that hands every answer on, after it was found as documented."""

    def __init__(self, inner: httpx2.AsyncBaseTransport, documented: DocumentedAnswers) -> None:
        self._inner = inner
        self._documented = documented

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await self._inner.handle_async_request(request)
        body = await response.aread()
        media_type = response.headers.get("content-type", "").split(";")[0]
        about = (request.method, request.url.path, response.status_code, media_type, body)
        self._documented.check(*about, headers=response.headers.keys())
        return response


_DOCUMENTED: dict[tuple[str, ...], DocumentedAnswers] = {}


def documented_answers(service: ServiceSpec, app: FastAPI) -> DocumentedAnswers:
    """Return the documented answers of a service; its document is generated once in a run."""
    key = (service.name, *(str(id(router)) for router in service.routers))
    if key not in _DOCUMENTED:
        _DOCUMENTED[key] = DocumentedAnswers(app.openapi())
    return _DOCUMENTED[key]
