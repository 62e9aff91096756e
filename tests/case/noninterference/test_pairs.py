"""Pairs of cases that differ only in what others may not know: they receive the same of both."""

import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from case_service.cases import case_file
from case_service.disclosures import payload
from case_service.sharing.facts import Classification
from tests.case.checks.check_mutants import every_change_is_news, handling_tells_of_the_source
from tests.case.conftest import CaseWork
from tests.case.histories.history_mutants import own_words_go_with_the_situation
from tests.case.noninterference.paired_cases import answers_to_others, pairs
from tests.support.mutants import Mutant, Right, mutant, planted

PAIRS = int(os.environ.get("CASE_PAIRS", "200"))
SHARES = 4


@pytest.mark.parametrize("share", range(SHARES))
async def test_what_nothing_covers_makes_no_difference_to_anybody_else(share: int, cases: CaseWork) -> None:
    found = await pairs(cases, count=PAIRS // SHARES, seed=share)
    received = sum(pair.received for pair in found)
    print(f"share {share}: {len(found)} pairs, {received} answers to those who asked for content")  # noqa: T201
    assert [(pair.steps, pair.difference) for pair in found if pair.difference is not None] == []
    assert received > len(found), "hardly anything was asked for"


async def test_everybody_who_works_on_no_case_is_told_the_same_of_each(cases: CaseWork) -> None:
    one = await cases.report(reporter={"name": "Rowan Ashdown"}, privacy="confidential")
    other = await cases.report(reporter={}, privacy="anonymous", persons=[{"name": "Ion"}], danger_now="yes")
    answers = await answers_to_others(cases, one)
    assert answers == await answers_to_others(cases, other)
    assert {status for status, _ in answers} == {403}


@mutant(payload, "_person")
def a_telephone_with_each_person(person_in_payload: Right) -> Right:
    def with_phone(person: Any, *values: Any, **named: Any) -> dict[str, Any]:
        return {**person_in_payload(person, *values, **named), "phone": person.identity.phone}

    return with_phone


@mutant(payload, "_whole_situation")
def as_long_as_the_account(whole_situation: Right) -> Right:
    """Send not a word of it, and yet its length."""

    def padded(case_file: Any, *values: Any, **named: Any) -> dict[str, Any]:
        length = sum(len(one.account.what_happened or "") for one in case_file.accounts)
        return {**whole_situation(case_file, *values, **named), "padding": " " * length}

    return padded


@mutant(case_file, "classify")
def a_count_of_names_in_an_event(classify: Right) -> Right:
    def telling(case: Any, situation: Any, persons: Any, at: Any) -> Classification:
        named = sum(1 for one in persons if one.identity.phone)
        classified: Classification = classify(case, situation, persons, at)
        return replace(classified, potential_victims=named)

    return telling


LEAKS: tuple[tuple[Mutant, set[str]], ...] = (
    (handling_tells_of_the_source, {"safe_contact", "code_word"}),
    (every_change_is_news, {"disclosure.authorised.v1"}),
    (own_words_go_with_the_situation, {"when", "description"}),
    (a_telephone_with_each_person, {"phone"}),
    (as_long_as_the_account, {"padding"}),
    (a_count_of_names_in_an_event, {"potential_victims"}),
)
"""Each leak, and the members or events of which one must differ."""


@pytest.mark.parametrize(("leak", "by"), LEAKS, ids=lambda one: getattr(one, "__name__", ""))
async def test_pairs_notice_a_planted_leak(leak: Mutant, by: set[str], cases: CaseWork) -> None:
    differences: list[Any] = []
    with planted(leak):
        for seed in range(9, 24):
            found = await pairs(cases, count=8, seed=seed)
            differences += [pair.difference for pair in found if pair.difference is not None]
            if differences:
                break
    assert differences, "nobody noticed"
    noticed = {word for one, other in differences for word in differing(one, other)}
    assert by & noticed, f"noticed by something else: {noticed}"


def differing(one: Any, other: Any) -> Iterator[str]:
    """Yield the members that differ, and the events that only one of two lists holds."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in one.keys() | other.keys():
            if one.get(name) != other.get(name):
                yield name
                yield from differing(one.get(name), other.get(name))
    elif isinstance(one, list) and isinstance(other, list):
        if len(one) == len(other):
            for first, second in zip(one, other, strict=True):
                yield from differing(first, second)
        for entry in (*one, *other) if len(one) != len(other) else ():
            yield str(entry[0]) if isinstance(entry, list) else str(entry)


async def test_pairs_that_follow_others_on_one_database_are_told_apart_by_nothing(cases: CaseWork) -> None:
    """Otherwise a leak would be noticed by the time of day alone."""
    for seed in (1, 2):
        assert [pair.difference for pair in await pairs(cases, count=4, seed=seed)] == [None] * 4


def test_what_differs_is_named() -> None:
    one = [["a.v1", {"size": 3, "same": 1}], ["b.v1", {}]]
    assert set(differing(one, [["a.v1", {"size": 4, "same": 1}], ["b.v1", {}]])) == {"size"}
    assert set(differing([["c.v1", {}]], [])) == {"c.v1"}
