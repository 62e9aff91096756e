"""Pairs of worlds that differ only in what others may not know: every recipient is sent the same of both.

The product's own rules and payloads run over opened case files in memory; no database is asked. 2,000 pairs of each law
are the gate of a release: `CASE_PAIRS=2000`.
"""

import os
from typing import Any

import pytest

from case_service.disclosures.payload import compose, persons, situation
from case_service.disclosures.payload.message import Message
from case_service.sharing.decisions import by_consent, by_override
from case_service.sharing.facts import CaseFacts
from tests.case.checks.check_mutants import every_change_is_news, every_source_is_named
from tests.case.conftest import CaseWork
from tests.case.noninterference.laws import LAWS, Law, broken, reads_something
from tests.support.mutants import Mutant, Right, mutant, planted
from tests.support.services import signed_in

PAIRS = int(os.environ.get("CASE_PAIRS", "40"))
PAIRS_OF_A_FAULT = 120
"""Pairs in which a planted leak is looked for; it is found in the first few."""


def named(one: Any) -> str:
    return str(getattr(one, "__name__", one))


@pytest.mark.timeout(max(300, 3 * PAIRS))
@pytest.mark.parametrize("law", LAWS, ids=named)
def test_nobody_learns_what_nothing_covers(law: Law) -> None:
    assert list(broken(law, pairs=PAIRS)) == []


def test_the_worlds_have_messages_in_which_something_could_be_learnt() -> None:
    assert reads_something(20) > 40


# Planted leaks


@mutant(persons, "_cut_down")
def a_telephone_of_everybody_in_the_house(cut_down: Right) -> Right:
    def with_phone(person: Any, message: Message) -> dict[str, Any]:
        return {**cut_down(person, message), "phone": person.identity.phone}

    return with_phone


@mutant(compose, "handling")
def handling_of_the_source(handling: Right) -> Right:
    def of_everybody(message: Message) -> list[dict[str, Any]]:
        rules = [one.account.safe_contact for one in message.case_file.accounts if one.account.safe_contact]
        return [*handling(message), *(one.model_dump(mode="json") for one in rules)]

    return of_everybody


@mutant(situation, "_whole")
def as_long_as_the_account(whole: Right) -> Right:
    """Send not a word of it, and yet its length."""

    def padded(message: Message) -> dict[str, Any]:
        length = sum(len(one.account.what_happened or "") for one in message.case_file.accounts)
        return {**whole(message), "padding": " " * length}

    return padded


@mutant(compose, "risk_to_approach")
def the_reporters_words_of_the_risk(risk_to_approach: Right) -> Right:
    def all_words(message: Message, *, forced: bool) -> list[str]:
        own = [one.account.risk_to_approach for one in message.case_file.accounts]
        return [*risk_to_approach(message, forced=forced), *(one for one in own if one)]

    return all_words


@mutant(situation, "_whole")
def a_count_of_everybody_on_the_case(whole: Right) -> Right:
    return lambda message: {**whole(message), "persons": len(message.case_file.persons)}


@mutant(by_override, "household_of")
def every_person_is_of_the_household(household_of: Right) -> Right:
    return lambda facts, child_ids: child_ids | {one.id for one in facts.persons}


@mutant(by_consent, "agrees_to")
def a_yes_to_anybody_is_a_yes_to_all(agrees_to: Right) -> Right:
    def to_any(facts: CaseFacts, person: Any, kind: Any, at: Any) -> bool:
        said = [one for one in facts.consents if one.person == person.id and one.agrees]
        return bool(said) or bool(agrees_to(facts, person, kind, at))

    return to_any


@mutant(situation, "_of_children")
def a_mark_on_what_is_cut_down(of_children: Right) -> Right:
    return lambda message: {**of_children(message), "withheld": True}


WORDS, STRANGERS, KINDS, LESS = LAWS
LEAKS: tuple[tuple[Mutant, Law], ...] = (
    (a_telephone_of_everybody_in_the_house, WORDS),
    (handling_of_the_source, WORDS),
    (as_long_as_the_account, WORDS),
    (the_reporters_words_of_the_risk, WORDS),
    (every_source_is_named, WORDS),
    (a_count_of_everybody_on_the_case, STRANGERS),
    (every_person_is_of_the_household, STRANGERS),
    (a_yes_to_anybody_is_a_yes_to_all, KINDS),
    (every_change_is_news, LESS),
    (a_mark_on_what_is_cut_down, LESS),
)


@pytest.mark.parametrize(("leak", "law"), LEAKS, ids=named)
def test_a_planted_leak_is_found(leak: Mutant, law: Law) -> None:
    with planted(leak):
        found = next(broken(law, pairs=PAIRS_OF_A_FAULT), None)
    assert found is not None, f"nothing told the two worlds apart in {PAIRS_OF_A_FAULT} pairs"


# People who work on no case


OTHERS = ("analyst", "operator", "data_protection_officer", "agency", "service")


async def answers_to_others(cases: CaseWork, case_id: Any) -> list[tuple[int, str]]:
    """Return what everybody who works on no case is answered about one."""
    answers = []
    for role in OTHERS:
        for path in ("", "/consents", "/disclosures", "/explanation?recipient_kind=police"):
            answer = await cases.service.http.get(
                f"/v1/cases/{case_id}{path}", headers=signed_in(role, "intake")
            )
            answers.append((answer.status_code, answer.text.replace(str(case_id), "")))
    return answers


async def test_everybody_who_works_on_no_case_is_told_the_same_of_each(cases: CaseWork) -> None:
    one = await cases.report(reporter={"name": "Rowan Ashdown"}, privacy="confidential")
    other = await cases.report(reporter={}, privacy="anonymous", persons=[{"name": "Ion"}], danger_now="yes")
    answers = await answers_to_others(cases, one)
    assert answers == await answers_to_others(cases, other)
    assert {status for status, _ in answers} == {403}
