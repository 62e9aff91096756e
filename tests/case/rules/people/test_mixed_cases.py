"""Mixed cases: what protects a child goes, and what an adult of concern withholds stays (fact 5)."""

from typing import Any

import pytest

from tests.case.builders import put, record_consent
from tests.case.conftest import CaseWork
from tests.case.rules.builders import (
    CARDIFF,
    GLASGOW,
    GREATER_MANCHESTER,
    LEEDS,
    MANCHESTER,
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
    "A14 a supplement that only takes away": (
        "test_an_adult_who_withholds_and_is_added_later_is_announced_to_nobody",
        "test_a_choice_that_takes_away_is_announced_to_nobody",
        "test_what_an_adviser_takes_out_is_announced_to_nobody",
        "test_what_was_added_goes_as_a_supplement",
    ),
    "A24 a reporter's words in other fields": (
        "test_the_reporters_words_in_whatever_field_stay_where_the_account_stays",
        "test_the_reporters_words_in_whatever_field_go_where_the_account_goes",
        "test_the_risk_that_an_adviser_wrote_goes_with_every_override",
    ),
    "N3 coded concerns in a mixed case": (
        "test_of_a_child_of_concern_the_coded_concern_goes_although_an_adult_withholds",
        "test_of_a_household_child_the_coded_concerns_say_how_the_child_is_concerned",
        "test_an_adult_who_agreed_to_one_kind_withholds_from_the_others",
        "test_the_protection_summary_goes_where_an_adult_withholds",
    ),
}
CHILD: dict[str, Any] = {"name": "Mika", "age": {"years": 15}, "exploitation_types": ["criminal"]}
CARE = care_of(MANCHESTER)
WORDS = {
    "when_happened": "every night since Easter",
    "risk_to_approach": "her uncle keeps two dogs",
}


async def test_an_adult_who_withholds_and_is_added_later_is_announced_to_nobody(cases: CaseWork) -> None:
    case_id, read = await send_report(cases, persons=[CHILD])
    assert says(only(read, CARE), "driven to the car wash")
    await add_person(cases, case_id, **an_adult())
    assert await send_what_is_due(cases, case_id, hours=1) == {}
    await put(cases, case_id, f"persons/{await named(cases, case_id, 'Petra Novak')}/age", {"years": 35})
    assert await send_what_is_due(cases, case_id, hours=1) == {}


@pytest.mark.parametrize(
    "choice", [{"privacy": "confidential"}, {"recipient_kind": "police", "agrees": False}]
)
@pytest.mark.parametrize("who", ["Rowan Ashdown", "Petra Novak"])
async def test_a_choice_that_takes_away_is_announced_to_nobody(
    cases: CaseWork, choice: dict[str, Any], who: str
) -> None:
    reporter = {"name": "Rowan Ashdown"}
    said = {"reporter": reporter, "privacy": "share", "share_with": ["police", "children_social_care"]}
    case_id = await cases.report(**said, persons=[CHILD, an_adult()])
    her = await named(cases, case_id, "Petra Novak")
    for kind in ("police", "children_social_care"):
        await record_consent(cases, case_id, her, {"recipient_kind": kind, "agrees": True})
    read = await send(cases, case_id)
    assert says(only(read, GREATER_MANCHESTER), "driven to the car wash")
    await record_consent(cases, case_id, await named(cases, case_id, who), choice)
    assert await send_what_is_due(cases, case_id, hours=1) == {}


@pytest.mark.parametrize("what", ["passages", "summary", "risk"])
async def test_what_an_adviser_takes_out_is_announced_to_nobody(cases: CaseWork, what: str) -> None:
    case_id = await cases.report(persons=[CHILD], reporter={"name": "Rowan Ashdown"})
    await put(cases, case_id, "summary", {"text": "Several people sleep there."})
    await put(cases, case_id, "risk-to-approach", {"text": "A camera at the gate."})
    assert set(await send(cases, case_id)) == {CARE, GREATER_MANCHESTER}
    contact = (await cases.read(case_id))["contact_id"]
    path, body = {
        "passages": (f"accounts/{contact}/struck-passages", {"passages": ["driven to the car wash"]}),
        "summary": ("summary", {"text": None}),
        "risk": ("risk-to-approach", {"text": None}),
    }[what]
    assert (await put(cases, case_id, path, body)).status_code == 200
    assert await send_what_is_due(cases, case_id, hours=1) == {}


@pytest.mark.parametrize("what", ["name", "place", "summary", "danger"])
async def test_what_was_added_goes_as_a_supplement(cases: CaseWork, what: str) -> None:
    case_id, read = await send_report(cases, persons=[{"age": {"years": 15}}])
    assert only(read, CARE)["kind"] == "initial"
    child = next(one["id"] for one in (await cases.read(case_id))["persons"] if one["age"]["years"])
    if what == "danger":
        await record_danger(cases, case_id, person_id=child)
    else:
        path, body = {
            "name": (f"persons/{child}/name", {"name": "Mika"}),
            "place": (f"persons/{child}/places", {"found_at": at(MANCHESTER, "Unit 4, back room")}),
            "summary": ("summary", {"text": "Several people sleep there."}),
        }[what]
        assert (await put(cases, case_id, path, body)).status_code == 200
    supplement = only(await send_what_is_due(cases, case_id, seconds=1), CARE)
    assert supplement["kind"] == "supplement"


async def test_the_reporters_words_in_whatever_field_stay_where_the_account_stays(cases: CaseWork) -> None:
    child = {**CHILD, "description": "red coat", "relation_to_child": "niece of the foreman"}
    adult = an_adult(role="household_member", household="h", relation_to_child="her foreman's wife")
    said = {**WORDS, "persons": [an_adult(name="Ioana Marin"), {**child, "household": "h"}, adult]}
    _, read = await send_report(cases, **said)
    for agency in (CARE, GREATER_MANCHESTER):
        for words in ("Easter", "two dogs", "red coat", "foreman", "driven to the car wash"):
            assert not says(only(read, agency), words), (agency, words)


async def test_the_reporters_words_in_whatever_field_go_where_the_account_goes(cases: CaseWork) -> None:
    child = {**CHILD, "description": "red coat", "relation_to_child": "niece of the foreman"}
    _, read = await send_report(cases, **WORDS, persons=[child])
    for agency in (CARE, GREATER_MANCHESTER):
        for words in ("Easter", "two dogs", "red coat", "niece of the foreman", "driven to the car wash"):
            assert says(only(read, agency), words), (agency, words)


@pytest.mark.parametrize(
    "said", [{"persons": [CHILD, an_adult()]}, {"danger_now": "yes", "persons": [an_adult()]}]
)
async def test_the_risk_that_an_adviser_wrote_goes_with_every_override(
    cases: CaseWork, said: dict[str, Any]
) -> None:
    case_id = await cases.report(**said)
    assert (
        await put(cases, case_id, "risk-to-approach", {"text": "A camera at the gate."})
    ).status_code == 200
    for messages in (await send(cases, case_id)).values():
        assert says(messages[0]["risk_to_approach"], "A camera at the gate.")


@pytest.mark.parametrize("asked", [None, False])
async def test_of_a_child_of_concern_the_coded_concern_goes_although_an_adult_withholds(
    cases: CaseWork, asked: bool | None
) -> None:
    adult = an_adult(exploitation_types=["sexual"])
    case_id = await cases.report(persons=[CHILD, adult], exploitation_types=["labour", "sexual"])
    if asked is not None:
        her = await named(cases, case_id, "Petra Novak")
        await record_consent(cases, case_id, her, {"recipient_kind": "children_social_care", "agrees": asked})
    message = only(await send(cases, case_id), CARE)
    assert message["children"][0]["concerns"] == ["harmed_or_exploited"]
    assert message["situation"]["exploitation_types"] == ["criminal"]
    for secret in ("sexual", "labour", "driven to the car wash", "car_wash", "Petra"):
        assert not says(message, secret)


@pytest.mark.parametrize(
    ("adult", "concern"),
    [
        ({}, "lives_where_people_may_be_exploited"),
        ({"cares_for_child": True}, "carer_may_be_controlled"),
        ({"in_danger": "yes"}, "lives_with_somebody_in_danger"),
    ],
)
async def test_of_a_household_child_the_coded_concerns_say_how_the_child_is_concerned(
    cases: CaseWork, adult: dict[str, Any], concern: str
) -> None:
    child = {**CHILD, "role": "household_member", "lives_at": at(LEEDS), "household": "h"}
    child.pop("exploitation_types")
    case_id = await cases.report(place=at(GLASGOW), persons=[child, an_adult(household="h", **adult)])
    message = only(await send(cases, case_id), care_of(LEEDS))
    assert concern in message["children"][0]["concerns"]
    assert "harmed_or_exploited" not in message["children"][0]["concerns"]
    assert not says(message, GLASGOW)


@pytest.mark.parametrize(("kind", "reads"), [("police", GREATER_MANCHESTER), ("children_social_care", CARE)])
async def test_an_adult_who_agreed_to_one_kind_withholds_from_the_others(
    cases: CaseWork, kind: str, reads: str
) -> None:
    case_id = await cases.report(persons=[CHILD, an_adult()])
    her = await named(cases, case_id, "Petra Novak")
    await record_consent(cases, case_id, her, {"recipient_kind": kind, "agrees": True})
    for agency, messages in (await send(cases, case_id)).items():
        assert says(messages[0], "driven to the car wash") is (agency == reads)
        assert messages[0]["children"][0]["concerns"] == ["harmed_or_exploited"]


async def test_the_protection_summary_goes_where_an_adult_withholds(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[{**CHILD, "found_at": at(CARDIFF)}, an_adult()])
    await put(cases, case_id, "summary", {"text": "Petra works there at night."})
    await put(cases, case_id, "protection-summary", {"text": "The child is alone at night."})
    message = only(await send(cases, case_id), care_of(CARDIFF))
    assert says(message, "alone at night")
    assert not says(message, "Petra works")
    assert await deliver(cases, case_id) == {}


@pytest.mark.parametrize("concern", ["missing", "harmed_or_exploited"])
async def test_a_concern_that_an_adviser_records_goes_with_those_that_the_case_tells(
    cases: CaseWork, concern: str
) -> None:
    child = {"name": "Mika", "age": {"years": 6}, "role": "household_member", "lives_at": at(LEEDS)}
    adult = an_adult(household="h", in_danger="yes", found_at=at(GLASGOW))
    case_id = await cases.report(place=at(GLASGOW), persons=[{**child, "household": "h"}, adult])
    path = f"persons/{await named(cases, case_id, 'Mika')}/relations"
    assert (await put(cases, case_id, path, {"coded_concerns": [concern]})).status_code == 200
    message = only(await send(cases, case_id), care_of(LEEDS))
    assert {concern, "lives_with_somebody_in_danger"} <= set(message["children"][0]["concerns"])
