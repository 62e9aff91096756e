"""Answers of an application: a problem with a code, security headers, and nothing of what was sent."""

from collections.abc import AsyncIterator

import pytest

from tests.support.sample_service import CANARY
from tests.support.services import RunningService, signed_in

HEADERS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/nowhere/" + CANARY.replace(" ", "-"), None, 404, "not-found"),
        ("DELETE", "/notes", None, 405, "method-not-allowed"),
        ("OPTIONS", "/notes", None, 405, "method-not-allowed"),
        ("POST", "/echo/1", b'{"a": "' + b"x" * 5000 + b'"}', 413, "content-too-large"),
        ("POST", "/echo/1", f'{{"{CANARY}": '.encode(), 422, "invalid"),
        ("POST", "/echo/" + CANARY.split()[0], b"{}", 422, "invalid"),
        ("POST", "/echo/1", f'["{CANARY}"]'.encode(), 422, "invalid"),
        ("POST", "/echo/1", b"\xff\xfe", 422, "invalid"),
        ("GET", "/faults/value", None, 500, "internal-error"),
        ("GET", "/faults/postgres", None, 500, "internal-error"),
        ("GET", "/faults/data", None, 500, "internal-error"),
        ("GET", "/faults/sql/" + CANARY.split()[0], None, 500, "internal-error"),
        ("GET", "/faults/os", None, 503, "unavailable"),
        ("GET", "/faults/postgres-away", None, 503, "unavailable"),
        ("GET", "/faults/interface", None, 503, "unavailable"),
    ],
)
async def test_every_fault_is_a_problem_that_repeats_nothing(
    sample: RunningService, method: str, path: str, body: bytes | None, status: int, code: str
) -> None:
    sent = {"content-type": "application/json"}
    answer = await sample.http.request(method, f"{path}?who=Quillfeather", content=body, headers=sent)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == code
    assert answer.json()["status"] == status
    assert not [word for word in CANARY.split() if word in answer.text + str(answer.headers)]
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert len(answer.headers["x-request-id"]) == 32


async def test_a_head_request_is_refused_without_a_body(sample: RunningService) -> None:
    answer = await sample.http.head("/notes")
    assert (answer.status_code, answer.content) == (405, b"")


async def test_a_body_of_unknown_length_is_read_only_as_far_as_allowed(sample: RunningService) -> None:
    sent = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1000):
            sent += 1
            yield b'"' + b"x" * 999

    answer = await sample.http.post("/echo/1", content=pieces(), headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (413, "content-too-large")
    assert sent < 10


async def test_a_successful_answer_carries_the_same_headers(sample: RunningService) -> None:
    answer = await sample.http.get("/livez")
    assert answer.status_code == 200
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


async def test_a_missing_or_wrong_token_is_answered_with_how_to_sign_in(sample: RunningService) -> None:
    for headers in ({}, {"authorization": "Basic YTpi"}, {"authorization": "Bearer nobody/x"}):
        answer = await sample.http.get("/metrics", headers=headers)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


async def test_measurements_hold_templates_and_known_methods_only(sample: RunningService) -> None:
    await sample.http.post("/echo/424242?who=Quillfeather", json={})
    await sample.http.request("QUILLFEATHER", "/nowhere/Quillfeather")
    answer = await sample.http.get("/metrics", headers=signed_in("operator"))
    assert answer.status_code == 200
    assert '/echo/{number}"' in answer.text
    assert "424242" not in answer.text
    assert "uillfeather" not in answer.text.lower()
