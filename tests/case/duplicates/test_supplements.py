"""Supplements of duplicates: each agency gets what only the duplicate knows, as its own rules let it go."""

import json
from typing import Any

import pytest

from case_service.disclosures.payload import parts
from tests.case.builders import (
    MANCHESTER_POLICE,
    content_of,
    disclosures_of,
    person_of,
    recipients_of,
    supplements,
)
from tests.case.conftest import CaseWork
from tests.case.duplicates.builders import (
    BOTH,
    KNOWS_MORE,
    PHONE,
    WORDS,
    duplicate_of,
    other_case,
    passed_on,
)
from tests.support.builders import a_child, a_reporter


async def each_agency_gets_what_only_the_duplicate_knows(cases: CaseWork) -> None:
    other = await other_case(cases)
    firsts = {str(one["agency_code"]): one["id"] for one in await disclosures_of(cases, other)}
    threads = {one["agency_code"]: one["id"] for one in await recipients_of(cases, other)}
    case_id = await duplicate_of(cases, other, **KNOWS_MORE, what_happened=WORDS)
    events = await passed_on(cases)
    assert {event.agency_code for event in events} == BOTH, "the agencies were not told"
    assert len(events) == 2, "told twice the same"
    for event in events:
        assert (event.case_id, str(event.recipient_id)) == (other, threads[event.agency_code])
        assert event.grounds == ("override_child",)
        message = await content_of(cases, event.disclosure_id)
        assert [one.get("phone") for one in message["persons"]] == [PHONE], "another case's content went"
        assert (message["agency"], message["kind"]) == (event.agency_code, "supplement")
        assert message["supplements"] == firsts[event.agency_code]
        assert "may_be_the_same_matter_as" not in message
        assert message["account"] == [WORDS]
        assert (message["led_by"], message["place_is_sure"]) == ("premises", True)
        assert message["agencies_informed_of_the_same"] == sorted(BOTH - {event.agency_code})
        mika = await person_of(cases, case_id)
        assert message["facts"] == [{"kind": "child", "ref": mika, "verified": False}]


async def test_each_agency_gets_what_only_the_duplicate_knows(cases: CaseWork) -> None:
    await each_agency_gets_what_only_the_duplicate_knows(cases)


async def what_both_know_is_not_told_again(cases: CaseWork) -> None:
    other = await other_case(cases)
    await duplicate_of(cases, other)
    assert await passed_on(cases) == [], "told twice the same"


async def test_what_both_know_is_not_told_again(cases: CaseWork) -> None:
    await what_both_know_is_not_told_again(cases)


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ({"persons": [a_child(), a_child(name="Sami")]}, "Sami"),
        ({"persons": [a_child(), {"name": "Jo", "role": "alleged_exploiter"}]}, "Jo"),
        ({"place": {"postcode": "M1 1AE", "description": "behind the arch"}}, "behind the arch"),
        ({"what_happened": WORDS}, WORDS),
        ({"persons": [a_child(name="Mika Ray")]}, "Mika Ray"),
    ],
    ids=["child", "exploiter", "place", "words", "name"],
)
async def test_another_person_place_or_word_is_told(cases: CaseWork, said: Any, text: str) -> None:
    other = await other_case(cases)
    await duplicate_of(cases, other, **said)
    events = await passed_on(cases)
    assert {event.agency_code for event in events} == BOTH
    for event in events:
        assert text in json.dumps(await content_of(cases, event.disclosure_id))


async def test_persons_without_a_name_are_the_same_only_where_everything_is(cases: CaseWork) -> None:
    nameless = a_child(name=None)
    other = await other_case(cases, persons=[nameless])
    await duplicate_of(cases, other, persons=[nameless])
    assert await passed_on(cases) == []
    await duplicate_of(cases, other, persons=[a_child(name=None, description="blue coat")])
    assert len(await passed_on(cases)) == 2


async def test_two_of_one_name_are_not_taken_for_each_other(cases: CaseWork) -> None:
    twins = [a_child(phone=PHONE), a_child(age={"years": 12})]
    other = await other_case(cases, persons=twins)
    case_id = await duplicate_of(cases, other, persons=[a_child(phone=PHONE)])
    assert len(await passed_on(cases)) == 2
    assert (await cases.read(case_id))["passed_on"] != []


async def an_unnamed_source_stays_unnamed(cases: CaseWork) -> None:
    other = await other_case(cases)
    await duplicate_of(cases, other, **KNOWS_MORE, reporter=a_reporter(), privacy="confidential")
    for event in await passed_on(cases):
        message = await content_of(cases, event.disclosure_id)
        assert "Rowan" not in json.dumps(message), "a confidential source was named"
        assert message["protect_source"] is True
    assert len(await supplements(cases)) == 2, "the agencies were not told"


async def test_an_unnamed_source_stays_unnamed(cases: CaseWork) -> None:
    await an_unnamed_source_stays_unnamed(cases)


async def test_a_source_who_shares_with_one_kind_is_named_to_that_kind_alone(cases: CaseWork) -> None:
    other = await other_case(cases)
    sharing = {"reporter": a_reporter(), "privacy": "share", "share_with": ["police"]}
    await duplicate_of(cases, other, **sharing)
    (event,) = await passed_on(cases)
    assert event.agency_code == MANCHESTER_POLICE, "to the council there is nothing new"
    assert "Rowan" in json.dumps(await content_of(cases, event.disclosure_id))


async def an_adult_who_withholds_there_keeps_her_words(cases: CaseWork) -> None:
    """The choices of the duplicate decide about what it told, whatever the other case lets go."""
    other = await other_case(cases)
    adult = {"name": "Ana", "age": {"years": 30}}
    await duplicate_of(cases, other, persons=[a_child(phone=PHONE), adult], what_happened=WORDS)
    events = await passed_on(cases)
    assert len(events) == 2, "the agencies were not told"
    for event in events:
        message = json.dumps(await content_of(cases, event.disclosure_id))
        assert (PHONE in message, WORDS in message) == (True, False)


async def test_an_adult_who_withholds_there_keeps_her_words(cases: CaseWork) -> None:
    await an_adult_who_withholds_there_keeps_her_words(cases)


def test_persons_are_compared_by_their_names() -> None:
    one = {
        "persons": [{"ref": "1", "name": "Mika", "phone": "7"}],
        "children": [{"ref": "1", "concerns": []}],
    }
    other = {
        "persons": [{"ref": "2", "name": "Mika", "phone": "7"}],
        "children": [{"ref": "2", "concerns": []}],
    }
    assert parts.named(one) == parts.named(other) != one
