"""Problem pages: the address in `type` leads to a page that explains the problem."""

import ast
import asyncio
import contextlib
import html
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from shared.errors import Gone, HelplineError
from shared.http.admission import Limits
from shared.http.app import create_app
from shared.http.problems import PROBLEM_PATH, all_problems
from tests.support.sample_service import SAMPLE
from tests.support.services import RunningService, http_client, signed_in
from tests.tree.source_files import PRODUCT, named, sources, tree_of
from tools.registry import specs


def problems() -> list[type[HelplineError]]:
    assert specs()  # their modules are imported
    return [error for error in all_problems().values() if not error.__module__.startswith("tests.")]


@pytest.mark.parametrize("error", problems(), ids=lambda error: error.code)
def test_every_problem_says_what_it_is_and_what_to_do(error: type[HelplineError]) -> None:
    assert error.__doc__, "the page has nothing to say"
    assert error.title
    assert not error.title.endswith(".")
    assert error.code == error.code.lower().replace("_", "-")


async def test_every_problem_has_a_page_with_its_title_and_meaning(sample: RunningService) -> None:
    for error in problems():
        page = await sample.http.get(PROBLEM_PATH + error.code)
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8"), (
            error.code
        )
        text = html.unescape(page.text)
        assert error.title in text
        assert " ".join((error.__doc__ or "").split("\n\n")[0].split()) in text
        assert "<script" not in page.text


def test_the_page_of_a_code_is_of_its_most_general_problem() -> None:
    assert all_problems()["gone"] is Gone


@pytest.mark.parametrize("code", ["no-such-problem", "%3Cscript%3Ealert(1)%3C%2Fscript%3E", "x" * 80])
async def test_an_unknown_problem_has_no_page_and_is_not_repeated(sample: RunningService, code: str) -> None:
    answer = await sample.http.get(PROBLEM_PATH + code)
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert "script" not in answer.text


async def too_slow() -> AsyncIterator[bytes]:
    yield b"{"
    await asyncio.sleep(5)


NO_SLOT = Limits(concurrent_requests=0)
IMPATIENT = Limits(body_timeout=0.1)
ANSWERED: dict[str, tuple[str, str, dict[str, Any], Limits]] = {
    "unreadable": ("POST", "/echo/1", {"content": b"[" * 1900}, Limits()),
    "not-signed-in": ("GET", "/metrics", {}, Limits()),
    "not-permitted": ("GET", "/metrics", {"headers": signed_in("adviser")}, Limits()),
    "not-found": ("GET", "/nowhere", {}, Limits()),
    "method-not-allowed": ("DELETE", "/notes", {}, Limits()),
    "request-timeout": ("POST", "/echo/1", {"content": too_slow()}, IMPATIENT),
    "content-too-large": ("POST", "/echo/1", {"content": b"x" * 2001}, Limits()),
    "invalid": ("POST", "/echo/one", {"json": {}}, Limits()),
    "internal-error": ("GET", "/faults/value", {}, Limits()),
    "unavailable": ("GET", "/faults/os", {}, Limits()),
    "busy": ("GET", "/notes", {}, NO_SLOT),
}
"""Requests that middleware, handlers and guards answer, whatever the route."""


async def answer_of(sample: RunningService, code: str) -> httpx2.Response:
    method, path, request, limits = ANSWERED[code]
    app = create_app(SAMPLE, lambda: contextlib.nullcontext(sample.context), limits=limits)
    app.state.context = sample.context
    headers = {"content-type": "application/json", **request.pop("headers", {})}
    async with http_client(SAMPLE, app) as http:
        return await http.request(method, path, headers=headers, **request)


@pytest.mark.parametrize("code", ANSWERED)
async def test_the_type_of_every_answer_leads_to_its_page(sample: RunningService, code: str) -> None:
    answer = await answer_of(sample, code)
    problem = answer.json()
    assert (problem["code"], problem["status"]) == (code, answer.status_code)
    page = await sample.http.get(problem["type"])
    assert (page.status_code, problem["title"] in html.unescape(page.text)) == (200, True)


async def test_a_body_that_is_too_large_is_answered_with_how_large_it_may_be(sample: RunningService) -> None:
    assert (await answer_of(sample, "content-too-large")).json()["max_bytes"] == SAMPLE.max_body_bytes


def raises_without_a_page(tree: ast.AST) -> list[int]:
    """Return the lines that raise an error of the framework, which has no page."""
    raised = (node for node in ast.walk(tree) if isinstance(node, ast.Raise) and node.exc is not None)
    return [node.lineno for node in raised if "HTTPException" in ast.unparse(node.exc or node)]


def test_no_code_of_ours_raises_an_error_that_has_no_page() -> None:
    found = {named(path): raises_without_a_page(tree_of(path)) for path in sources(*PRODUCT)}
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_an_error_that_has_no_page_is_noticed() -> None:
    assert raises_without_a_page(ast.parse("raise HTTPException(418) from None"))
    assert raises_without_a_page(ast.parse("if busy:\n    raise exceptions.HTTPException(418)")) == [2]
    assert not raises_without_a_page(ast.parse("try: ...\nexcept HTTPException: raise\nraise NotFound"))
