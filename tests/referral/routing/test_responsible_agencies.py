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
        ({"postcode": "BT1 5GS"}, "police:N99999999", "desk:social_care"),
        ({"place": "Hartlepool"}, "police:E23000013", "social_care:E06000001"),
        ({"postcode": "ZZ99 9ZZ"}, "police:nca", "desk:social_care"),
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
    "place", [{}, {"postcode": "M1 1AE", "place": "Hull"}, {"council": "E99"}, {"council": "E99999999"}]
)
async def test_a_request_without_exactly_one_place_is_refused_without_repeating_it(
    referral: RunningService, place: dict[str, Any]
) -> None:
    answer = await referral.http.post("/v1/responsible-agencies", json=place, headers=signed_in("adviser"))
    assert answer.status_code == 422
    assert "M1 1AE" not in answer.text
