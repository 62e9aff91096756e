"""Problem pages: the address in `type` leads to a page that explains the problem."""

import html

import pytest

from shared.errors import Gone, HelplineError
from shared.http.problems import PROBLEM_PATH, all_problems
from tests.support.services import RunningService
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
