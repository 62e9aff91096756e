"""Responsible agencies: police and social care for a place in any of the four nations, and their numbers now."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.referral.partner_double import set_points
from tests.support.services import MovableClock, RunningService, signed_in

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
NIGHT = datetime(2026, 3, 4, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("place", "police", "social_care"),
    [
        ({"postcode": "M1 1AE"}, "police:E23000005", "social_care:E08000003"),
        ({"council": "E07000008"}, "police:E23000023", "social_care:E10000003"),  # Cambridge: its county
        ({"postcode": "CF10 3NP"}, "police:W15000003", "social_care:W06000015"),
        ({"postcode": "EH1 1YZ"}, "police:S23000009", "social_care:S12000036"),
        ({"council": "N09000003"}, "police:N99999999", "social_care:hsc-belfast"),
        ({"council": "E07000163"}, "police:E23000009", "social_care:E06000065"),  # Craven, until 2023
        ({"postcode": "BT1 5GS"}, "police:N99999999", "social_care:hsc-belfast"),
        ({"postcode": "M1-1AE."}, "police:E23000005", "social_care:E08000003"),
        ({"place": "Hartlepool"}, "police:E23000013", "social_care:E06000001"),
    ],
)
async def test_a_place_has_its_police_and_its_social_care(
    referral: RunningService, place: dict[str, str], police: str, social_care: str
) -> None:
    answer = await referral.http.post("/v1/responsible-agencies", json=place, headers=signed_in("adviser"))
    agencies = {agency["recipient_kind"]: agency["agency_code"] for agency in answer.json()["agencies"]}
    assert agencies == {
        "police": police, "children_social_care": social_care, "adult_social_care": social_care,
    }  # fmt: skip


async def asked(referral: RunningService, **place: str) -> dict[str, Any]:
    answer = await referral.http.post("/v1/responsible-agencies", json=place, headers=signed_in("adviser"))
    return dict(answer.json())


def codes_of(answer: dict[str, Any], kind: str) -> list[tuple[str, bool]]:
    found = [agency for agency in answer["agencies"] if agency["recipient_kind"] == kind]
    return [(agency["agency_code"], agency["likeliest"]) for agency in found]


async def test_an_unknown_place_leads_to_the_national_police_desk_for_a_child_and_to_nobody_for_an_adult(
    referral: RunningService,
) -> None:
    answer = await asked(referral, postcode="ZZ99 9ZZ")
    assert codes_of(answer, "police") == codes_of(answer, "children_social_care") == [("police:nca", True)]
    assert codes_of(answer, "adult_social_care") == []
    assert not answer["is_sure"]


async def test_a_split_postcode_shows_every_candidate_and_which_is_likeliest(
    referral: RunningService,
) -> None:
    answer = await asked(referral, postcode="SK13 0AD")
    assert codes_of(answer, "police") == [("police:E23000018", True), ("police:E23000005", False)]
    assert [choice["gss"] for choice in answer["choices"]] == ["E07000037", "E08000008"]
    assert (answer["is_sure"], answer["contradiction"]) == (False, False)


async def test_a_contradiction_of_council_and_postcode_is_shown_with_the_agencies_of_both(
    referral: RunningService,
) -> None:
    answer = await asked(referral, postcode="LS1 4AP", council="E06000043")
    assert codes_of(answer, "police") == [("police:E23000010", True), ("police:E23000033", False)]
    assert answer["contradiction"]


async def test_the_isle_of_man_is_said_to_be_outside(referral: RunningService) -> None:
    assert (await asked(referral, postcode="IM1 1AA"))["outside"] == "isle_of_man"


async def test_a_place_on_the_railway_adds_the_british_transport_police(referral: RunningService) -> None:
    answer = await asked(referral, postcode="LS1 4AP", setting="railway")
    assert codes_of(answer, "police") == [("police:E23000010", True), ("police:btp", False)]


async def test_out_of_hours_a_trust_is_reached_at_the_regional_emergency_service(
    referral: RunningService, clock: MovableClock
) -> None:
    for code, phone in (("social_care:hsc-western", "1"), ("social_care:hsc-resws", "2")):
        point = {"channel": "phone", "hours": "always", "phone": f"028 0000 000{phone}"}
        await set_points(referral, code, {"contact_points": [point]})
    numbers = []
    for clock.fixed in (NOON, NIGHT):
        agencies = (await asked(referral, council="N09000006"))["agencies"]
        numbers += [one["phone"][-1] for one in agencies if one["recipient_kind"] == "children_social_care"]
    assert numbers == ["1", "2"]


async def test_the_answer_describes_no_record_and_has_no_version(referral: RunningService) -> None:
    answer = await referral.http.post(
        "/v1/responsible-agencies", json={"postcode": "M1 1AE"}, headers=signed_in("adviser")
    )
    assert (answer.status_code, "etag" in answer.headers) == (200, False)


async def test_an_unknown_council_has_a_problem_of_its_own(referral: RunningService) -> None:
    answer = await referral.http.post(
        "/v1/responsible-agencies", json={"council": "E99999999"}, headers=signed_in("adviser")
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown-council")


async def test_a_name_that_fits_several_councils_is_answered_with_choices(referral: RunningService) -> None:
    answer = await referral.http.post(
        "/v1/responsible-agencies", json={"place": "new"}, headers=signed_in("adviser")
    )
    assert answer.json()["council"] is None
    assert len(answer.json()["choices"]) > 1


async def test_an_adviser_is_given_the_number_that_is_answered_now(
    referral: RunningService, clock: MovableClock
) -> None:
    points = [
        {"channel": "phone", "hours": "office_hours", "phone": "0161 234 5001"},
        {"channel": "phone", "hours": "out_of_hours", "phone": "0161 234 5002"},
    ]
    await set_points(referral, "social_care:E08000003", {"contact_points": points})
    for moment, number in ((NOON, "0161 234 5001"), (NIGHT, "0161 234 5002")):
        clock.fixed = moment
        answer = await referral.http.post(
            "/v1/responsible-agencies", json={"council": "E08000003"}, headers=signed_in("adviser")
        )
        phones = {agency["recipient_kind"]: agency["phone"] for agency in answer.json()["agencies"]}
        assert phones["children_social_care"] == number


@pytest.mark.parametrize(
    "place",
    [
        {},
        {"postcode": "M1 1AE", "place": "Hull", "council": "E06000010"},
        {"council": "E99"},
        {"council": "E99999999"},
    ],
)
async def test_a_request_without_a_place_or_with_two_councils_is_refused_without_repeating_it(
    referral: RunningService, place: dict[str, Any]
) -> None:
    answer = await referral.http.post("/v1/responsible-agencies", json=place, headers=signed_in("adviser"))
    assert answer.status_code == 422
    assert "M1 1AE" not in answer.text
