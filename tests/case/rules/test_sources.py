"""Sources: each fact has those who told it, and an adviser or the rules decide who is named (fact 3)."""

from typing import Any

import pytest

from tests.case.builders import confirm, put, record_consent
from tests.case.conftest import CaseWork
from tests.case.rules.builders import (
    CARDIFF,
    GREATER_MANCHESTER,
    LEEDS,
    NATIONAL_DESK,
    NO_PLACE,
    SOUTH_WALES,
    WEST_YORKSHIRE,
    add_person,
    an_adult,
    at,
    care_of,
    deliver,
    named,
    only,
    record_danger,
    says,
    send,
    send_report,
    send_what_is_due,
)

ROWS = {
    "A7 sources per case recipient and fact": (
        "test_a_child_that_a_second_reporter_told_of_does_not_name_the_first",
        "test_a_danger_that_a_second_reporter_told_of_does_not_name_the_first",
        "test_with_two_reporters_nobody_is_guessed_as_the_source",
    ),
    "A8 the maker of a report": (
        "test_who_is_named_with_the_role_of_a_reporter_made_no_report",
        "test_the_code_word_of_the_maker_goes_to_nobody_about_another_person",
    ),
    "A24 R is not recorded as left where none was held": (
        "test_an_identity_that_is_not_held_is_not_recorded_as_sent",
    ),
    "N1 when a source is named": (
        "test_a_source_who_is_silent_is_not_named_and_the_message_says_whether_they_can_be_reached",
        "test_a_source_who_shares_with_this_kind_is_named_and_an_adviser_may_leave_them_out",
        "test_a_source_in_danger_or_caring_for_the_child_is_named_whatever_the_choice",
        "test_a_source_is_named_where_nobody_knows_the_place_of_the_danger",
        "test_an_adviser_adds_a_source_with_a_coded_reason",
        "test_words_without_a_name_are_marked_as_from_a_source_to_protect",
    ),
}
CONFIDENTIAL = {"privacy": "confidential", "reporter": {"name": "Rowan Ashdown", "phone": "+44 7700 900123"}}
SHARING = {**CONFIDENTIAL, "privacy": "share", "share_with": ["police"]}
GIRL = {"name": "Mika", "age": {"years": 15}, "found_at": at(CARDIFF), "lives_at": at(CARDIFF)}


async def second_reporter(cases: CaseWork, case_id: Any, **said: Any) -> str:
    """Add a second reporter who shares with the police and with social care."""
    reporter = await add_person(cases, case_id, roles=["reporter"], name="Sam Underhill", **said)
    for choice in (
        {"privacy": "share"},
        {"recipient_kind": "police", "agrees": True},
        {"recipient_kind": "children_social_care", "agrees": True},
    ):
        await record_consent(cases, case_id, reporter, choice)
    return reporter


async def test_a_child_that_a_second_reporter_told_of_does_not_name_the_first(cases: CaseWork) -> None:
    case_id = await cases.report(**CONFIDENTIAL, persons=[an_adult()])
    second = await second_reporter(cases, case_id)
    await add_person(
        cases, case_id, name="Mika", age={"years": 15}, lives_at=at(CARDIFF), source_reporter_id=second
    )
    read = await send_what_is_due(cases, case_id, seconds=1)
    for agency in (SOUTH_WALES, care_of(CARDIFF)):
        message = only(read, agency)
        assert says(message, "Sam Underhill")
        assert not says(message, "Rowan Ashdown")
        assert not says(message, "driven to the car wash")


async def test_a_danger_that_a_second_reporter_told_of_does_not_name_the_first(cases: CaseWork) -> None:
    case_id = await cases.report(**SHARING, persons=[an_adult()])
    second = await second_reporter(cases, case_id)
    await record_danger(cases, case_id, council=CARDIFF, source_reporter_id=second)
    message = only(await send_what_is_due(cases, case_id, seconds=1), SOUTH_WALES)
    assert says(message, "Sam Underhill")
    assert not says(message, "Rowan Ashdown")
    assert not says(message, "driven to the car wash")


async def test_with_two_reporters_nobody_is_guessed_as_the_source(cases: CaseWork) -> None:
    case_id = await cases.report(**SHARING, persons=[an_adult()])
    await second_reporter(cases, case_id)
    await record_danger(cases, case_id, council=CARDIFF)
    message = only(await send_what_is_due(cases, case_id, seconds=1), SOUTH_WALES)
    assert "reporter" not in message
    assert "account" not in message


@pytest.mark.parametrize("first", [True, False], ids=["before", "after"])
async def test_who_is_named_with_the_role_of_a_reporter_made_no_report(cases: CaseWork, first: bool) -> None:
    other = {"name": "Sam Underhill", "role": "reporter"}
    persons = [other, GIRL] if first else [GIRL, other]
    case_id, read = await send_report(cases, **SHARING, persons=persons)
    made = {one["name"]: one["made_report"] for one in (await cases.read(case_id))["persons"]}
    assert made == {"Rowan Ashdown": True, "Sam Underhill": False, "Mika": False}
    message = only(read, SOUTH_WALES)
    assert [one["name"] for one in message["reporter"]] == ["Rowan Ashdown"]
    assert not says(message, "Sam Underhill")


@pytest.mark.parametrize("role", ["reporter", "person_of_concern"])
async def test_the_code_word_of_the_maker_goes_to_nobody_about_another_person(
    cases: CaseWork, role: str
) -> None:
    contact = {"may_contact": "yes", "code_word": "sparrow", "when": "after six", "channels": ["phone"]}
    other = {"name": "Sam Underhill", "role": role, "in_danger": "yes", "found_at": at(LEEDS)}
    _, read = await send_report(cases, **CONFIDENTIAL, safe_contact=contact, persons=[other])
    message = only(read, WEST_YORKSHIRE)
    assert says(message, "Sam Underhill")
    assert not says(message, "sparrow")
    _, named_too = await send_report(cases, **SHARING, safe_contact=contact, persons=[other])
    handling = only(named_too, WEST_YORKSHIRE)["handling"]
    reporter = only(named_too, WEST_YORKSHIRE)["reporter"][0]["ref"]
    assert [one["ref"] for one in handling if "sparrow" in str(one)] == [reporter]


@pytest.mark.parametrize("reporter", [{}, {"gender": "female"}], ids=["nothing-said", "no-identity"])
async def test_an_identity_that_is_not_held_is_not_recorded_as_sent(
    cases: CaseWork, reporter: dict[str, str]
) -> None:
    said: dict[str, Any] = {**NO_PLACE, "danger_now": "yes", "persons": [an_adult()]}
    case_id, read = await send_report(cases, **said, privacy="anonymous", reporter=reporter)
    assert "reporter" not in only(read, NATIONAL_DESK)
    listed = (await cases.do("GET", f"/v1/cases/{case_id}/disclosures")).json()["items"]
    groups = {part["group"] for one in listed for record in one["records"] for part in record["included"]}
    assert "R" not in groups


async def test_a_source_who_is_silent_is_not_named_and_the_message_says_whether_they_can_be_reached(
    cases: CaseWork,
) -> None:
    contact = {"may_contact": "yes", "when": "after six", "code_word": "sparrow"}
    for privacy in ("confidential", None):
        said = {**CONFIDENTIAL, "privacy": privacy, "danger_now": "yes", "persons": [an_adult()]}
        _, read = await send_report(cases, **said, safe_contact=contact)
        message = only(read, GREATER_MANCHESTER)
        assert not says(message, "Rowan Ashdown")
        assert not says(message, "sparrow")
        assert message["source"] == {"helpline_can_reach": True, "when": ["after six"]}
    _, read = await send_report(cases, **CONFIDENTIAL, danger_now="yes", persons=[an_adult()])
    assert only(read, GREATER_MANCHESTER)["source"] == {"helpline_can_reach": False}


async def test_a_source_who_shares_with_this_kind_is_named_and_an_adviser_may_leave_them_out(
    cases: CaseWork,
) -> None:
    _, read = await send_report(cases, **SHARING, persons=[GIRL])
    assert says(only(read, SOUTH_WALES), "Rowan Ashdown")
    assert not says(only(read, care_of(CARDIFF)), "Rowan Ashdown")
    case_id = await cases.report(**SHARING, persons=[GIRL])
    reporter = await named(cases, case_id, "Rowan Ashdown")
    left_out = {"choice": "leave_out", "reason": "source_at_risk_if_identified"}
    assert (await put(cases, case_id, f"persons/{reporter}/source-decision", left_out)).status_code == 200
    assert not says(only(await send(cases, case_id), SOUTH_WALES), "Rowan Ashdown")


@pytest.mark.parametrize("standing", ["in_danger", "carer", "child"])
async def test_a_source_in_danger_or_caring_for_the_child_is_named_whatever_the_choice(
    cases: CaseWork, standing: str
) -> None:
    reporter: dict[str, Any] = {"name": "Rowan Ashdown", "lives_at": at(CARDIFF)}
    reporter |= {"in_danger": "yes"} if standing == "in_danger" else {}
    reporter |= {"cares_for_child": True} if standing == "carer" else {}
    reporter |= {"age": {"years": 16}, "is_person_of_concern": True} if standing == "child" else {}
    persons = [GIRL] if standing == "carer" else []
    said = {**CONFIDENTIAL, **NO_PLACE, "reporter": reporter, "persons": persons}
    case_id = await cases.report(**said)
    message = only(await send(cases, case_id), SOUTH_WALES)
    assert [one["name"] for one in message["reporter"]] == ["Rowan Ashdown"]
    assert message["protect_source"] is True
    person = await named(cases, case_id, "Rowan Ashdown")
    left_out = {"choice": "leave_out", "reason": "source_at_risk_if_identified"}
    refused = await put(cases, case_id, f"persons/{person}/source-decision", left_out)
    assert refused.status_code == 409
    assert refused.json()["code"] == "source-goes-anyway"


@pytest.mark.parametrize("known", [False, True])
async def test_a_source_is_named_where_nobody_knows_the_place_of_the_danger(
    cases: CaseWork, known: bool
) -> None:
    said = {**CONFIDENTIAL, "danger_now": "yes", "persons": [an_adult()]}
    said |= {"place": at(LEEDS) if known else {}}
    _, read = await send_report(cases, **said)
    message = only(read, WEST_YORKSHIRE if known else NATIONAL_DESK)
    assert says(message, "Rowan Ashdown") is not known


@pytest.mark.parametrize("when", ["before", "after"])
async def test_an_adviser_adds_a_source_with_a_coded_reason(cases: CaseWork, when: str) -> None:
    case_id = await cases.report(**CONFIDENTIAL, persons=[GIRL])
    reporter = await named(cases, case_id, "Rowan Ashdown")
    path = f"persons/{reporter}/source-decision"
    if when == "after":
        assert not says(await send(cases, case_id), "Rowan Ashdown")
    wrong = await put(cases, case_id, path, {"choice": "name", "reason": "source_at_risk_if_identified"})
    assert wrong.status_code == 422
    decision = {"choice": "name", "reason": "needed_to_find_the_person"}
    assert (await put(cases, case_id, path, decision)).status_code == 200
    read = await send(cases, case_id) if when == "before" else await deliver(cases, case_id)
    for agency in (SOUTH_WALES, care_of(CARDIFF)):
        assert says(only(read, agency), "Rowan Ashdown")
    assert (await cases.read(case_id))["source_decisions"][0]["decided_by"] == "user:ada"


async def test_words_without_a_name_are_marked_as_from_a_source_to_protect(cases: CaseWork) -> None:
    _, read = await send_report(cases, **CONFIDENTIAL, danger_now="yes", persons=[an_adult()])
    message = only(read, GREATER_MANCHESTER)
    assert "reporter" not in message
    assert says(message, "driven to the car wash")
    assert message["protect_source"] is True
    case_id = await cases.report(**CONFIDENTIAL, danger_now="yes", persons=[an_adult()])
    reporter = await named(cases, case_id, "Rowan Ashdown")
    silent = {"choice": "leave_out_with_words", "reason": "words_would_identify_the_source"}
    assert (await put(cases, case_id, f"persons/{reporter}/source-decision", silent)).status_code == 200
    await confirm(cases, case_id)
    message = only(await deliver(cases, case_id), GREATER_MANCHESTER)
    assert "account" not in message
    assert message["protect_source"] is False
