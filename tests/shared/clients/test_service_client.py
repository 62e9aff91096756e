"""Calls between services: they carry a token to the right host and bring back an answer or a code."""

import json
import traceback
from collections.abc import AsyncIterator
from typing import Any

import pytest

from shared.clients.service_client import ServiceClient, ServiceRefused, ServiceUnreachable
from shared.errors import Unavailable
from tests.support.local_http import Answer, Asked, LocalHttp, serving


class TestTokens:
    __test__ = False

    def __init__(self) -> None:
        self.number = 1

    async def for_audience(self, audience: str) -> str:
        return f"{audience}-token-{self.number}"

    def discard(self, audience: str, token: str) -> None:
        assert token == f"{audience}-token-{self.number}"
        self.number += 1


def _problem(status: int, body: Any) -> Answer:
    return Answer(json.dumps(body).encode(), status, {"content-type": "application/problem+json"})


PROBLEMS = {
    "/v1/gone": (_problem(410, {"code": "gone", "title": "x"}), (410, "gone")),
    "/v1/no-code": (_problem(409, {"title": "x"}), (409, "unknown")),
    "/v1/odd-code": (_problem(422, {"code": "Ada Lovelace was here"}), (422, "unknown")),
    "/v1/long-code": (_problem(422, {"code": "a" * 65}), (422, "unknown")),
    "/v1/list": (_problem(400, ["gone"]), (400, "unknown")),
    "/v1/page": (Answer(b"<h1>Bad gateway</h1>", 502), (502, "unreadable")),
    "/v1/moved": (Answer(b"", 307, {"location": "https://elsewhere.example"}), (307, "unknown")),
    "/v1/not-json": (Answer(b"hello"), (200, "unreadable")),
    "/v1/forbidden": (_problem(403, {"code": "not-permitted"}), (403, "not-permitted")),
    "/v1/never": (_problem(401, {"code": "not-signed-in"}), (401, "not-signed-in")),
}


@pytest.fixture
async def case_service() -> AsyncIterator[LocalHttp]:
    async def answer(request: Asked) -> Answer:
        if request.path in PROBLEMS:
            return PROBLEMS[request.path][0]
        if request.path == "/v1/renewed" and request.headers["authorization"] != "Bearer case-token-2":
            return _problem(401, {"code": "not-signed-in"})
        if request.path == "/v1/nothing":
            return Answer(status=204)
        return Answer(json.dumps({"path": request.path, "sent": request.body.decode()}).encode())

    async with serving(answer) as http:
        yield http


@pytest.fixture
async def client(case_service: LocalHttp) -> AsyncIterator[ServiceClient]:
    async with ServiceClient(case_service.url, "case", TestTokens()) as client:
        yield client


async def test_another_service_is_asked_with_our_own_token(
    client: ServiceClient, case_service: LocalHttp
) -> None:
    assert await client.get("/v1/cases", {"limit": "5"}) == {"path": "/v1/cases?limit=5", "sent": ""}
    assert (await client.post("/v1/cases", {"a": 1}, idempotency_key="k"))["sent"] == '{"a":1}'
    assert await client.post("/v1/nothing", None) is None
    assert {request.headers["authorization"] for request in case_service.asked} == {"Bearer case-token-1"}
    assert case_service.asked[1].headers["idempotency-key"] == "k"


async def test_a_refused_token_is_renewed_once(client: ServiceClient, case_service: LocalHttp) -> None:
    assert (await client.post("/v1/renewed", {"a": 1}))["sent"] == '{"a":1}'
    with pytest.raises(ServiceRefused):
        await client.get("/v1/never")
    assert (case_service.count("/v1/renewed"), case_service.count("/v1/never")) == (2, 2)


@pytest.mark.parametrize("path", PROBLEMS)
async def test_a_problem_comes_back_as_status_and_code_only(client: ServiceClient, path: str) -> None:
    with pytest.raises(ServiceRefused) as refusal:
        await client.get(path)
    assert (refusal.value.status, refusal.value.code) == PROBLEMS[path][1]
    assert "Lovelace" not in "".join(traceback.format_exception(refusal.value))


async def test_a_service_that_is_away_is_unreachable(case_service: LocalHttp) -> None:
    client = ServiceClient("http://127.0.0.1:1", "case", TestTokens())
    with pytest.raises(ServiceUnreachable) as failure:
        await client.get("/v1/cases")
    await client.aclose()
    assert isinstance(failure.value, Unavailable)
    assert "case-token-1" not in "".join(traceback.format_exception(failure.value))


@pytest.mark.parametrize("path", ["https://elsewhere.example/", "//elsewhere.example/", "v1/cases", ""])
async def test_a_token_goes_to_no_other_host(
    client: ServiceClient, case_service: LocalHttp, path: str
) -> None:
    with pytest.raises(ValueError, match="slash"):
        await client.get(path)
    assert case_service.asked == []
