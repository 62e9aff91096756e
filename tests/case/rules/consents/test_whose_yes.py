"""Consents of persons: each counts for the one who gave it, and no reporter stops another adult's (section 3)."""

from typing import Any

import pytest

from tests.case.builders import (
    CONSENTING,
    authorise,
    authorise_and_issue,
    content_of,
    record_consent,
    reporter_of,
    withdraw,
)
from tests.case.conftest import CaseWork
from tests.case.rules.builders import (
    add_person,
    an_adult,
    named,
    names_of,
    says,
    task_kinds,
)

ROWS = {
    "A9 another adult's yes": (
        "test_the_yes_of_a_person_of_concern_needs_no_privacy_choice",
        "test_no_choice_of_a_neighbour_stops_what_a_person_of_concern_agreed_to",
        "test_the_withdrawal_of_a_neighbour_recalls_nothing_of_what_a_person_of_concern_agreed_to",
        "test_the_words_of_a_third_party_stay_until_everybody_whom_they_name_agrees",
        "test_what_a_person_of_concern_agreed_to_says_how_she_can_be_reached",
    ),
    "N16 whose yes counts": (
        "test_a_yes_that_somebody_else_relays_or_may_hear_does_not_count_until_it_is_repeated_in_safety",
        "test_a_no_of_her_own_counts_however_it_was_said",
        "test_a_no_that_somebody_else_says_is_not_hers",
        "test_the_yes_of_a_child_counts_where_an_adviser_records_that_the_child_understands",
        "test_a_yes_beside_a_more_private_choice_is_refused_at_a_staff_door_and_does_not_count_in_public",
    ),
}
YES = {"recipient_kind": "police", "agrees": True}
SECRETIVE = {
    "reporter": {"name": "Rowan Ashdown"},
    "privacy": "confidential",
    "situation_may_be_passed_on": False,
}
HERS = an_adult(phone="+44 7700 900555", exploitation_types=["domestic_servitude"])


async def explained(cases: CaseWork, case_id: Any, kind: str = "police") -> set[tuple[str, str | None, str]]:
    """Return what would go by consent to a recipient kind: group, person and extent."""
    answer = await cases.do("GET", f"/v1/cases/{case_id}/explanation?recipient_kind={kind}")
    return {(one["group"], one["person_id"], one["extent"]) for one in answer.json()["included"]}


async def agreed(cases: CaseWork, **said: Any) -> tuple[Any, str]:
    """Report somebody who then agrees to the police herself; return the case and her id."""
    case_id = await cases.report(**{**SECRETIVE, "persons": [HERS], **said})
    her = await named(cases, case_id, "Petra Novak")
    await record_consent(cases, case_id, her, YES)
    return case_id, her


@pytest.mark.parametrize("kind", ["police", "adult_social_care"])
async def test_the_yes_of_a_person_of_concern_needs_no_privacy_choice(cases: CaseWork, kind: str) -> None:
    case_id = await cases.report(**SECRETIVE, persons=[HERS])
    her = await named(cases, case_id, "Petra Novak")
    assert await explained(cases, case_id, kind) == set()
    await record_consent(cases, case_id, her, {"recipient_kind": kind, "agrees": True})
    assert await explained(cases, case_id, kind) == {
        ("P", her, "full"),
        ("H", her, "full"),
        ("S", her, "own"),
    }
    assert "authorise_disclosure" in await task_kinds(cases, case_id)
    message = await content_of(cases, (await authorise(cases, case_id, kind)).json()["id"])
    assert names_of(message) == {"Petra Novak"}
    assert message["situation"] == {"exploitation_types": ["domestic_servitude"]}
    assert not says(message, "M1 1AE")
    assert not says(message, "Rowan")


@pytest.mark.parametrize(
    "choice", [{"privacy": "confidential"}, {"situation": False}, {"privacy": "anonymous"}]
)
async def test_no_choice_of_a_neighbour_stops_what_a_person_of_concern_agreed_to(
    cases: CaseWork, choice: dict[str, Any]
) -> None:
    case_id, her = await agreed(cases)
    await record_consent(cases, case_id, await reporter_of(cases, case_id), choice)
    assert ("P", her, "full") in await explained(cases, case_id)
    disclosure_id = await authorise_and_issue(cases, case_id)
    assert names_of(await content_of(cases, disclosure_id)) == {"Petra Novak"}


async def test_the_withdrawal_of_a_neighbour_recalls_nothing_of_what_a_person_of_concern_agreed_to(
    cases: CaseWork,
) -> None:
    case_id, her = await agreed(cases)
    hers = await authorise_and_issue(cases, case_id)
    assert (await withdraw(cases, case_id)).json()["recalled"] == []
    assert ("P", her, "full") in await explained(cases, case_id)
    cases.clock.forward(seconds=1)
    assert (await withdraw(cases, case_id, her)).json()["recalled"] == [hers]
    assert await explained(cases, case_id) == set()


@pytest.mark.parametrize(
    ("said", "included"),
    [
        ({"persons": [HERS]}, True),
        ({"persons": [HERS, an_adult(name="Ioana Marin")]}, False),
        ({"persons": [HERS], "how_many": 4}, False),
        ({"persons": []}, False),
    ],
    ids=["all-agree", "another-was-not-asked", "others-by-number", "nobody-recorded"],
)
async def test_the_words_of_a_third_party_stay_until_everybody_whom_they_name_agrees(
    cases: CaseWork, said: dict[str, Any], included: bool
) -> None:
    case_id = await cases.report(**CONSENTING, **said)
    assert "A" not in {group for group, _, _ in await explained(cases, case_id)}
    if said["persons"]:
        await record_consent(cases, case_id, await named(cases, case_id, "Petra Novak"), YES)
    message = await content_of(cases, (await authorise(cases, case_id)).json()["id"])
    assert says(message, "driven to the car wash") is included
    assert message["protect_source"] is True


async def test_what_a_person_of_concern_agreed_to_says_how_she_can_be_reached(cases: CaseWork) -> None:
    case_id, _ = await agreed(cases)
    message = await content_of(cases, (await authorise(cases, case_id)).json()["id"])
    assert message["persons"][0]["phone"] == "+44 7700 900555"
    contact = {"may_contact": "yes", "channels": ["phone"], "when": "after six"}
    own = {"name": "Petra Novak", "phone": "+44 7700 900555", "is_person_of_concern": True}
    report = {**CONSENTING, "reporter": own, "safe_contact": contact}
    message = await content_of(cases, await authorise_and_issue(cases, await cases.report(**report)))
    assert message["persons"][0]["phone"] == "+44 7700 900555"
    assert message["handling"][0]["safe_contact"]["when"] == "after six"


@pytest.mark.parametrize("how", [{"relayed": True}, {"overheard": True}])
@pytest.mark.parametrize("of_concern", [True, False], ids=["person-of-concern", "reporter"])
async def test_a_yes_that_somebody_else_relays_or_may_hear_does_not_count_until_it_is_repeated_in_safety(
    cases: CaseWork, how: dict[str, bool], of_concern: bool
) -> None:
    report = SECRETIVE if of_concern else {"reporter": {"name": "Rowan Ashdown"}, "privacy": "share"}
    case_id = await cases.report(**report, persons=[HERS])
    who = await named(cases, case_id, "Petra Novak" if of_concern else "Rowan Ashdown")
    group = "P" if of_concern else "R"
    await record_consent(cases, case_id, who, {**YES, **how})
    assert (group, who, "full") not in await explained(cases, case_id)
    await record_consent(cases, case_id, who, YES)
    assert (group, who, "full") in await explained(cases, case_id)


@pytest.mark.parametrize("how", [{"overheard": True}, {"given_how": "message"}, {}])
async def test_a_no_of_her_own_counts_however_it_was_said(cases: CaseWork, how: dict[str, Any]) -> None:
    case_id, her = await agreed(cases)
    await record_consent(cases, case_id, her, {"recipient_kind": "police", "agrees": False, **how})
    assert await explained(cases, case_id) == set()


@pytest.mark.parametrize(
    "choice", [{"recipient_kind": "police", "agrees": False}, {"privacy": "confidential"}]
)
async def test_a_no_that_somebody_else_says_is_not_hers(cases: CaseWork, choice: dict[str, Any]) -> None:
    case_id, her = await agreed(cases)
    await authorise_and_issue(cases, case_id)
    entry = await record_consent(cases, case_id, her, {**choice, "relayed": True})
    assert entry["recalled"] == []
    assert ("P", her, "full") in await explained(cases, case_id)


@pytest.mark.parametrize("age", [{"years": 16}, {"may_be_under_18": True}])
async def test_the_yes_of_a_child_counts_where_an_adviser_records_that_the_child_understands(
    cases: CaseWork, age: dict[str, Any]
) -> None:
    case_id = await cases.report(**SECRETIVE, persons=[{"name": "Mika", "age": age}])
    child = await named(cases, case_id, "Mika")
    await record_consent(cases, case_id, child, YES)
    assert await explained(cases, case_id) == set()
    await record_consent(cases, case_id, child, {**YES, "understood": True})
    assert ("P", child, "full") in await explained(cases, case_id)


@pytest.mark.parametrize("privacy", ["confidential", "anonymous", None])
async def test_a_yes_beside_a_more_private_choice_is_refused_at_a_staff_door_and_does_not_count_in_public(
    cases: CaseWork, privacy: str | None
) -> None:
    case_id = await cases.report(**{**CONSENTING, "privacy": privacy})
    reporter = await reporter_of(cases, case_id)
    assert {group for group, _, _ in await explained(cases, case_id)} == {"S"}
    if privacy is not None:
        path = f"/v1/cases/{case_id}/persons/{reporter}/consents"
        refused = await cases.do("POST", path, YES)
        assert (refused.status_code, refused.json()["code"]) == (422, "privacy-choice-forbids")
    await record_consent(cases, case_id, reporter, {"privacy": "share"})
    await record_consent(cases, case_id, reporter, YES)
    assert ("S", None, "full") in await explained(cases, case_id)


async def test_the_yes_of_a_neighbour_for_somebody_else_is_not_hers(cases: CaseWork) -> None:
    case_id = await cases.report(**CONSENTING, persons=[HERS])
    her = await named(cases, case_id, "Petra Novak")
    assert ("P", her, "full") not in await explained(cases, case_id)
    added = await add_person(cases, case_id, name="Ioana Marin", age={"years": 30})
    assert ("P", added, "full") not in await explained(cases, case_id)
