"""Retry schedule: danger in seconds, other messages over days, and a pause that an agency asks for within limits."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referral_service.deliveries.retry_schedule import (
    CHILD,
    ORDINARY,
    RECALL,
    URGENT,
    delay,
    retry_after,
    schedule_of,
)

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def test_danger_is_tried_in_seconds_and_then_every_half_minute() -> None:
    pauses = [delay(n, URGENT, spread=0.9).total_seconds() for n in range(1, 11)]
    assert pauses == [1, 2, 3, 5, 8, 10, 15, 30, 30, 30]


def test_other_messages_follow_the_schedule_of_standard_webhooks_and_then_go_on_daily() -> None:
    pauses = [delay(n, ORDINARY, spread=0).total_seconds() for n in range(1, 12)]
    hour = 3600
    assert pauses == [
        5, 300, 1800, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour, 24 * hour, 24 * hour,
    ]  # fmt: skip


SCHEDULES = st.sampled_from([URGENT, RECALL, CHILD, ORDINARY])


@given(st.integers(0, 10_000), SCHEDULES, st.floats(0, 0.999), st.none() | st.timedeltas())
def test_there_is_always_a_next_attempt_at_most_a_day_and_a_tenth_away(
    failures: int, steps: Sequence[int], spread: float, asked_for: timedelta | None
) -> None:
    pause = delay(failures, steps, spread=spread, asked_for=asked_for)
    assert timedelta(0) < pause <= timedelta(seconds=steps[-1]) * (1 if steps is URGENT else 1.1)


def test_a_recall_is_tried_every_minute_and_what_concerns_a_child_every_five_minutes() -> None:
    recall = schedule_of(urgent=False, forced=False, is_recall=True)
    child = schedule_of(urgent=False, forced=True, is_recall=False)
    assert [delay(n, recall, spread=0).total_seconds() for n in range(1, 7)] == [5, 15, 30, 60, 60, 60]
    assert [delay(n, child, spread=0).total_seconds() for n in range(1, 7)] == [5, 30, 60, 120, 300, 300]
    assert schedule_of(urgent=True, forced=True, is_recall=True) is URGENT


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
