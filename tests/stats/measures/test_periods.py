"""Periods of figures: months end at midnight in the United Kingdom, and longer periods are their sums."""

from datetime import UTC, datetime

import pytest

from tests.stats.event_builders import a_contact, give
from tests.stats.statistics_client import exact
from tests.support.services import RunningService


@pytest.mark.parametrize(
    ("received_at", "month"),
    [
        ("2026-03-31T22:59:59Z", "2026-03"),  # 23:59:59 in British Summer Time
        ("2026-03-31T23:00:00Z", "2026-04"),  # midnight in British Summer Time
        ("2026-10-31T23:59:59Z", "2026-10"),  # Greenwich time again
        ("2026-11-01T00:00:00Z", "2026-11"),
        ("2026-01-01T00:30:00+01:00", "2025-12"),
    ],
)
async def test_a_month_ends_at_midnight_in_the_united_kingdom(
    stats: RunningService, received_at: str, month: str
) -> None:
    await give(stats, a_contact(received_at=datetime.fromisoformat(received_at.replace("Z", "+00:00"))))
    counted = await exact(stats, "contacts", **{"from": "2025-12", "to": "2026-12"})
    assert [name for name, number in counted.items() if number] == [month]


async def test_quarters_and_years_are_the_sums_of_their_months(stats: RunningService) -> None:
    for month in (1, 3, 4, 12):
        await give(stats, a_contact(received_at=datetime(2026, month, 2, tzinfo=UTC)))
    whole = {"from": "2026-01", "to": "2026-12"}
    assert await exact(stats, "contacts", period="quarter", **whole) == {
        "2026-Q1": 2, "2026-Q2": 1, "2026-Q3": 0, "2026-Q4": 1,
    }  # fmt: skip
    assert await exact(stats, "contacts", period="year", **{"from": "2026-05", "to": "2026-05"}) == {
        "2026": 4
    }
