"""Routing: the right agency for a place in any of the four nations, by whichever way is open at that hour."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from referral_service.agencies import Agency, Channel, ContactPoint, Hours
from referral_service.routing import hours_at, next_change, route_to
from shared.vocabulary import RecipientKind
from tests.referral.doubles import set_points
from tests.running import MovableClock, RunningService, signed_in

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
NIGHT = datetime(2026, 3, 4, 23, 0, tzinfo=UTC)


def an_agency(*serves: str) -> Agency:
    return Agency(id=uuid4(), body="police:x", serves=list(serves or ("police",)))


def a_point(channel: str, hours: str = "always", phone: str | None = None) -> ContactPoint:
    url = f"https://{hours}.example.org" if channel == "webhook" else None
    return ContactPoint(hours=Hours(hours).value, channel=Channel(channel).value, url=url, phone=phone)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-03-04T09:00:00+00:00", "office_hours"),
        ("2026-03-04T08:59:59+00:00", "out_of_hours"),
        ("2026-03-04T16:59:59+00:00", "office_hours"),
        ("2026-03-04T17:00:00+00:00", "out_of_hours"),
        ("2026-07-01T08:00:00+00:00", "office_hours"),  # British Summer Time: nine o'clock
        ("2026-07-01T16:00:00+00:00", "out_of_hours"),
        ("2026-03-07T12:00:00+00:00", "out_of_hours"),  # a Saturday
        ("2026-03-08T12:00:00+00:00", "out_of_hours"),
    ],
)
def test_office_hours_are_those_of_the_clock_on_the_wall_in_the_united_kingdom(
    moment: str, expected: str
) -> None:
    assert hours_at(datetime.fromisoformat(moment)) == expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-03-04T12:00:00+00:00", "2026-03-04T17:00:00+00:00"),
        ("2026-03-04T17:00:00+00:00", "2026-03-05T09:00:00+00:00"),
        ("2026-03-06T18:00:00+00:00", "2026-03-09T09:00:00+00:00"),  # over the weekend
        ("2026-03-27T18:00:00+00:00", "2026-03-30T08:00:00+00:00"),  # into summer time
    ],
)
def test_the_next_change_of_hours_skips_nights_and_weekends(moment: str, expected: str) -> None:
    assert next_change(datetime.fromisoformat(moment)) == datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    ("points", "at", "url"),
    [
        ([a_point("webhook")], NOON, "https://always.example.org"),
        ([a_point("webhook"), a_point("webhook", "out_of_hours")], NOON, "https://always.example.org"),
        ([a_point("webhook"), a_point("webhook", "out_of_hours")], NIGHT, "https://out_of_hours.example.org"),
        ([a_point("webhook", "office_hours")], NIGHT, None),
        ([a_point("link"), a_point("phone", phone="101")], NOON, None),
        ([], NOON, None),
    ],
)
def test_a_webhook_is_used_in_its_hours_only(
    points: list[ContactPoint], at: datetime, url: str | None
) -> None:
    route = route_to(an_agency(), points, RecipientKind.POLICE, at)
    assert route is not None
    assert (route.endpoint.url if route.endpoint else None) == url


def test_the_number_is_that_of_the_hour_and_any_number_is_better_than_none() -> None:
    day, night = a_point("phone", "office_hours", "1"), a_point("phone", "out_of_hours", "2")
    assert _number([day, night], NOON) == "1"
    assert _number([day, night], NIGHT) == "2"
    assert _number([day], NIGHT) == "1"
    assert _number([], NIGHT) is None


def _number(points: list[ContactPoint], at: datetime) -> str | None:
    route = route_to(an_agency(), points, RecipientKind.POLICE, at)
    return route.phone if route else None


def test_there_is_no_route_to_nobody_or_to_an_agency_that_does_not_answer_for_the_kind() -> None:
    assert route_to(None, [], RecipientKind.POLICE, NOON) is None
    assert route_to(an_agency("police"), [], RecipientKind.CHILDREN_SOCIAL_CARE, NOON) is None


@pytest.mark.parametrize(
    ("asked", "police", "social_care"),
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
async def test_a_place_leads_to_its_police_and_its_social_care(
    referral: RunningService, asked: dict[str, str], police: str, social_care: str
) -> None:
    answer = await referral.http.post("/v1/routes", json=asked, headers=signed_in("adviser"))
    routes = {route["kind"]: route["body"] for route in answer.json()["routes"]}
    assert routes == {
        "police": police, "children_social_care": social_care, "adult_social_care": social_care,
    }  # fmt: skip


async def test_a_name_that_fits_several_councils_is_asked_back(referral: RunningService) -> None:
    answer = await referral.http.post("/v1/routes", json={"place": "new"}, headers=signed_in("adviser"))
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
            "/v1/routes", json={"council": "E08000003"}, headers=signed_in("adviser")
        )
        phones = {route["kind"]: route["phone"] for route in answer.json()["routes"]}
        assert phones["children_social_care"] == number


@pytest.mark.parametrize(
    "asked", [{}, {"postcode": "M1 1AE", "place": "Hull"}, {"council": "E99"}, {"council": "E99999999"}]
)
async def test_a_question_without_one_place_is_refused_without_repeating_it(
    referral: RunningService, asked: dict[str, Any]
) -> None:
    answer = await referral.http.post("/v1/routes", json=asked, headers=signed_in("adviser"))
    assert answer.status_code == 422
    assert "M1 1AE" not in answer.text
