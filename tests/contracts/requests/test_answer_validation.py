"""Validation of answers in tests: it notices everything that an OpenAPI document does not describe."""

import json
from typing import Any

import httpx2
import pytest

from tests.support.answer_validation import DocumentedAnswers, UndocumentedAnswer, ValidatingTransport

PROBLEM = {"type": "/problems/busy", "title": "Busy", "status": 503, "code": "busy"}
DOCUMENT: dict[str, Any] = {
    "components": {
        "schemas": {
            "Problem": {"type": "object", "required": ["type", "title", "status", "code"]},
            "State": {"type": "string", "enum": ["open", "closed"]},
            "Case": {
                "type": "object",
                "required": ["id", "state"],
                "properties": {
                    "id": {"type": "string", "format": "uuid"},
                    "state": {"$ref": "#/components/schemas/State"},
                },
            },
        }
    },
    "paths": {
        "/v1/cases/{case_id}": {
            "get": {
                "responses": {
                    "200": {
                        "headers": {"ETag": {"schema": {"type": "string"}}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Case"}}},
                    },
                    "503": {
                        "content": {
                            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                        }
                    },
                }
            }
        },
        "/v1/cases/newest": {"get": {"responses": {"204": {}}}},
    },
}
CASE = {"id": "0198c0de-7a11-7000-8000-000000000001", "state": "open"}
JSON, PROBLEM_JSON = "application/json", "application/problem+json"


def check(
    status: int,
    body: Any,
    media_type: str = JSON,
    path: str = "/v1/cases/7",
    method: str = "GET",
    headers: tuple[str, ...] = ("etag",),
) -> None:
    sent = headers if status == 200 else ()
    DocumentedAnswers(DOCUMENT).check(
        method, path, status, media_type, json.dumps(body).encode() if body else b"", sent
    )


@pytest.mark.parametrize(
    ("status", "body", "media_type"),
    [
        (200, CASE, JSON),
        (200, {**CASE, "more": 1}, JSON),
        (503, PROBLEM, PROBLEM_JSON),
        (500, PROBLEM, PROBLEM_JSON),
    ],
)
def test_a_documented_answer_passes(status: int, body: Any, media_type: str) -> None:
    check(status, body, media_type)


def test_the_more_exact_path_describes_the_answer() -> None:
    check(204, None, path="/v1/cases/newest")
    with pytest.raises(UndocumentedAnswer, match="not documented"):
        check(200, CASE, path="/v1/cases/newest")


def test_an_address_or_method_that_no_operation_has_is_not_described() -> None:
    check(404, PROBLEM, path="/nowhere")
    check(405, PROBLEM, method="DELETE")


@pytest.mark.parametrize(
    ("status", "body", "media_type", "complaint"),
    [
        (201, CASE, JSON, "this status is not documented"),
        (200, CASE, PROBLEM_JSON, "application/problem.json is not documented"),
        (200, "<p>", "text/html", "text/html is not documented"),
        (200, {"id": CASE["id"]}, JSON, "state"),
        (200, {**CASE, "state": "waiting"}, JSON, "state"),
        (200, {**CASE, "id": "seven"}, JSON, "id"),
        (200, [CASE], JSON, "the whole"),
        (503, {"detail": "busy"}, PROBLEM_JSON, "type"),
        (500, {"detail": "broken"}, PROBLEM_JSON, "type"),
    ],
)
def test_an_undocumented_answer_is_noticed(status: int, body: Any, media_type: str, complaint: str) -> None:
    with pytest.raises(UndocumentedAnswer, match=complaint):
        check(status, body, media_type)


@pytest.mark.parametrize("headers", [(), ("etag", "location")])
def test_a_header_that_is_missing_or_not_documented_is_noticed(headers: tuple[str, ...]) -> None:
    check(200, CASE, headers=("etag", "x-request-id"))
    with pytest.raises(UndocumentedAnswer, match="etag"):
        check(200, CASE, headers=headers)


async def test_the_transport_raises_it_to_the_test_that_asked() -> None:
    inner = httpx2.MockTransport(lambda _: httpx2.Response(200, json={"id": "seven"}))
    transport = ValidatingTransport(inner, DocumentedAnswers(DOCUMENT))
    async with httpx2.AsyncClient(transport=transport, base_url="http://service") as http:
        with pytest.raises(UndocumentedAnswer, match=r"GET /v1/cases/\{case_id\} 200"):
            await http.get("/v1/cases/7")
        assert (await http.get("/nowhere")).status_code == 200
