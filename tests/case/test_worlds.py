"""Nobody can tell from what they receive what they may not know: pairs of worlds that differ only in that (Q2)."""

import os
from datetime import datetime

import pytest

from case_service import assessments, contents, supplements
from case_service.pages import Page
from shared.events import CaseAssessed
from tests.case.conftest import CaseWork
from tests.case.plants import Plant
from tests.case.test_planted import every_edit_is_news, handling_tells_of_the_source
from tests.case.worlds import pairs, told_to_others

PAIRS = int(os.environ.get("CASE_PAIRS", "200"))
SHARES = 4


@pytest.mark.parametrize("share", range(SHARES))
async def test_what_nothing_covers_makes_no_difference_to_anybody_else(share: int, cases: CaseWork) -> None:
    found = await pairs(cases, count=PAIRS // SHARES, seed=share)
    told = sum(pair.told for pair in found)
    print(f"share {share}: {len(found)} pairs, {told} answers to those who asked for content")  # noqa: T201
    assert [(pair.steps, pair.difference) for pair in found if pair.difference is not None] == []
    assert told > len(found), "hardly anything was asked for"


async def test_whoever_works_on_no_case_is_told_the_same_of_each(cases: CaseWork) -> None:
    one = await cases.report(reporter={"name": "Rowan Ashdown"}, privacy="confidential")
    other = await cases.report(reporter={}, privacy="anonymous", persons=[{"name": "Ion"}], danger_now="yes")
    answers = await told_to_others(cases, one)
    assert answers == await told_to_others(cases, other)
    assert {status for status, _ in answers} == {403}


def own_words_with_the_situation(planted: pytest.MonkeyPatch) -> None:
    whole = contents._whole_situation
    planted.setattr(
        contents, "_whole_situation", lambda *told, **more: whole(*told, **{**more, "own_words": True})
    )


def a_telephone_with_each_person(planted: pytest.MonkeyPatch) -> None:
    planted.setattr(contents, "PERSON_FIELDS", (*contents.PERSON_FIELDS, "phone"))


def as_long_as_the_account(planted: pytest.MonkeyPatch) -> None:
    """Not a word of it, and yet its length."""
    compose = contents._whole_situation

    def padded(page: Page, *told: object, **more: object) -> dict[str, object]:
        length = sum(len(one.what_happened or "") for one in page.accounts)
        return {**compose(page, *told, **more), "padding": " " * length}  # type: ignore[arg-type]  # passed on

    planted.setattr(contents, "_whole_situation", padded)


def a_count_of_names_in_an_event(planted: pytest.MonkeyPatch) -> None:
    assessed = assessments.assessed

    def telling(page: Page, at: datetime) -> CaseAssessed:
        named = sum(1 for _, identity in page.persons if identity.phone)
        return assessed(page, at).model_copy(update={"potential_victims": named})

    planted.setattr(supplements, "assessed", telling)


LEAKS: tuple[Plant, ...] = (
    handling_tells_of_the_source,
    every_edit_is_news,
    own_words_with_the_situation,
    a_telephone_with_each_person,
    as_long_as_the_account,
    a_count_of_names_in_an_event,
)


@pytest.mark.parametrize("leak", LEAKS, ids=lambda leak: leak.__name__)
async def test_pairs_find_a_planted_leak(
    leak: Plant, cases: CaseWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    leak(monkeypatch)
    for seed in range(9, 24):
        if any(pair.difference is not None for pair in await pairs(cases, count=8, seed=seed)):
            return
    pytest.fail("nobody noticed")
