"""Routes to agencies: the contact point that is open at an hour, by the clocks of the United Kingdom."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from referral_service.directory.models import Agency, Channel, ContactPoint, Hours
from referral_service.routing.agency_route import hours_at, next_change, route_to
from shared.domain.vocabulary import Nation, RecipientKind

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
NIGHT = datetime(2026, 3, 4, 23, 0, tzinfo=UTC)
CHRISTMAS = datetime(2026, 12, 25, 12, 0, tzinfo=UTC)


def an_agency(*recipient_kinds: str) -> Agency:
    kinds = list(recipient_kinds or ("police",))
    return Agency(id=uuid4(), agency_code="police:E23000005", name="Police", recipient_kinds=kinds)


def a_point(channel: str, hours: str = "always", phone: str | None = None) -> ContactPoint:
    url = f"https://{hours}.example.org" if channel == "webhook" else None
    return ContactPoint(hours=Hours(hours), channel=Channel(channel), url=url, phone=phone)


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
        ("2026-12-25T12:00:00+00:00", "out_of_hours"),  # Christmas Day, a Friday
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


@pytest.mark.parametrize("nation", list(Nation))
def test_christmas_day_is_no_office_day_in_any_nation(nation: Nation) -> None:
    assert hours_at(CHRISTMAS, nation) == "out_of_hours"


def test_a_bank_holiday_of_one_nation_closes_the_offices_of_that_nation_only() -> None:
    twelfth_of_july = datetime(2027, 7, 12, 12, tzinfo=UTC)
    assert [hours_at(twelfth_of_july, nation) for nation in (Nation.NORTHERN_IRELAND, Nation.SCOTLAND)] == [
        "out_of_hours", "office_hours",
    ]  # fmt: skip


def test_the_next_change_after_christmas_eve_is_in_the_first_nation_that_opens_again() -> None:
    eve = datetime(2027, 12, 24, 18, tzinfo=UTC)
    assert next_change(eve) == datetime(2027, 12, 29, 9, tzinfo=UTC)


def test_a_number_given_for_office_hours_is_not_used_on_the_agencys_bank_holiday() -> None:
    day, night = a_point("phone", "office_hours", "1"), a_point("phone", "out_of_hours", "2")
    assert _number([day, night], CHRISTMAS) == "2"


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


def test_there_is_no_route_to_an_unknown_agency_or_to_one_of_another_kind() -> None:
    assert route_to(None, [], RecipientKind.POLICE, NOON) is None
    assert route_to(an_agency("police"), [], RecipientKind.CHILDREN_SOCIAL_CARE, NOON) is None
