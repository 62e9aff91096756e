"""Retry schedule: danger in seconds, other messages over days, and a pause that an agency asks for within limits."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referral_service.deliveries.retry_schedule import delay, retry_after

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def test_danger_is_tried_in_seconds_and_then_every_half_minute() -> None:
    pauses = [delay(n, urgent=True, spread=0.9).total_seconds() for n in range(1, 11)]
    assert pauses == [1, 2, 3, 5, 8, 10, 15, 30, 30, 30]


def test_other_messages_follow_the_schedule_of_standard_webhooks_and_then_go_on_daily() -> None:
    pauses = [delay(n, urgent=False, spread=0).total_seconds() for n in range(1, 12)]
    hour = 3600
    assert pauses == [
        5, 300, 1800, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour, 24 * hour, 24 * hour,
    ]  # fmt: skip


@given(st.integers(0, 10_000), st.booleans(), st.floats(0, 0.999), st.none() | st.timedeltas())
def test_there_is_always_a_next_attempt_at_most_a_day_and_a_tenth_away(
    failures: int, urgent: bool, spread: float, asked_for: timedelta | None
) -> None:
    pause = delay(failures, urgent=urgent, spread=spread, asked_for=asked_for)
    assert timedelta(0) < pause <= (timedelta(seconds=30) if urgent else DAY * 1.1)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("", None),
        ("120", timedelta(seconds=120)),
        ("999999999999999999999", DAY),
        ("-5", None),
        ("soon", None),
        ("Wed, 04 Mar 2026 12:10:00 GMT", timedelta(minutes=10)),
        ("Wed, 04 Mar 2026 11:00:00 GMT", timedelta(0)),
        ("Wed, 04 Mar 2126 12:10:00 GMT", DAY),
        ("Wed, 04 Mar 2026 12:10:00", None),
        ("٣", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(header: str | None, expected: timedelta | None) -> None:
    assert retry_after(header, NOW) == expected


@given(st.text(max_size=60))
def test_no_header_of_an_agency_can_break_the_schedule(header: str) -> None:
    pause = retry_after(header, NOW)
    assert pause is None or timedelta(0) <= pause <= DAY
