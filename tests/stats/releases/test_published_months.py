"""Published months: protected, final once they are out, and only when they have ended and settled."""

import asyncio
from datetime import UTC, datetime

import asyncpg
import pytest

from shared.domain.vocabulary import Nation
from stats_service.releases.published_months import last_settled
from tests.stats.event_builders import a_case, a_classification, a_contact, give
from tests.stats.statistics_client import WHOLE_YEAR, ask, exact, public
from tests.support.services import MovableClock, RunningService


async def test_counts_under_five_are_protected_and_others_are_multiples_of_five(
    stats: RunningService,
) -> None:
    for nation, number in ((Nation.ENGLAND, 23), (Nation.WALES, 4), (Nation.SCOTLAND, 12)):
        await give(stats, *(a_contact(nation=nation) for _ in range(number)))
    await stats.run_loop("publish_settled_months")
    assert await public(stats, "contacts") == {"2026-01": 35}
    by_nation = await public(stats, "contacts", "nation")
    assert by_nation[("2026-01", "Wales")] is None
    assert by_nation[("2026-01", "Northern Ireland")] is None
    assert by_nation[("2026-01", "England")] == 20
    assert by_nation[("2026-01", "Scotland")] in (10, 15)


async def test_one_and_none_cannot_be_told_apart(stats: RunningService) -> None:
    await give(stats, *(a_contact() for _ in range(20)), a_contact(nation=Nation.WALES))
    await stats.run_loop("publish_settled_months")
    figures = (await ask(stats, "contacts", by=["nation"])).json()["figures"]
    wales, scotland = (
        next(one for one in figures if one["by"]["nation"] == nation) for nation in ("Wales", "Scotland")
    )
    assert {**wales, "by": None} == {**scotland, "by": None}
    assert wales["protected"]


async def test_a_public_answer_says_what_it_is(stats: RunningService) -> None:
    await give(stats, *(a_contact() for _ in range(7)))
    await stats.run_loop("publish_settled_months")
    body = (await ask(stats, "contacts")).json()
    assert body["protected"] is True
    assert body["unit"] == "contacts, in the month in which they were received"
    assert "at_least" in body["rounding"]
    assert datetime.fromisoformat(body["as_of"]) == datetime(2026, 2, 20, 12, tzinfo=UTC)
    assert body["figures"] == [
        {"period": "2026-01", "by": {}, "count": 5, "at_least": 5, "at_most": 9, "protected": False}
    ]


async def test_only_periods_that_have_ended_and_settled_are_public(
    stats: RunningService, clock: MovableClock
) -> None:
    for month in (1, 2, 3):
        at = datetime(2026, month, 10, tzinfo=UTC)
        await give(stats, *(a_contact(received_at=at) for _ in range(10)))
    await stats.run_loop("publish_settled_months")
    assert await public(stats, "contacts", **WHOLE_YEAR) == {"2026-01": 10}
    assert await public(stats, "contacts", period="quarter", **WHOLE_YEAR) == {}
    assert await exact(stats, "contacts", period="year", **WHOLE_YEAR) == {"2026": 30}
    clock.forward(days=49)  # 10 April
    await stats.run_loop("publish_settled_months")
    assert await public(stats, "contacts", period="quarter", **WHOLE_YEAR) == {"2026-Q1": 30}


@pytest.mark.parametrize(
    ("now", "month"),
    [
        ("2026-02-07T23:59:59+00:00", "2025-12"),
        ("2026-02-08T00:00:00+00:00", "2026-01"),
        ("2026-07-07T22:59:59+00:00", "2026-05"),  # 23:59:59 on the seventh in British Summer Time
        ("2026-07-07T23:00:00+00:00", "2026-06"),
        ("2026-01-20T12:00:00+00:00", "2025-12"),
    ],
)
def test_a_month_settles_seven_days_after_its_end_in_the_united_kingdom(now: str, month: str) -> None:
    assert str(last_settled(datetime.fromisoformat(now))) == month


async def test_a_published_month_stays_as_it_was_whatever_is_corrected_later(stats: RunningService) -> None:
    await give(stats, *(a_contact() for _ in range(10)))
    await stats.run_loop("publish_settled_months")
    await give(stats, *(a_contact() for _ in range(10)))
    await stats.run_loop("publish_settled_months")
    assert await public(stats, "contacts") == {"2026-01": 10}
    assert await exact(stats, "contacts") == {"2026-01": 20}
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await stats.context.database.pool.execute("DELETE FROM published_months")


async def test_two_workers_publish_a_month_once(stats: RunningService) -> None:
    await give(stats, *(a_contact() for _ in range(10)))
    await asyncio.gather(*(stats.run_loop("publish_settled_months") for _ in range(3)))
    assert await public(stats, "contacts") == {"2026-01": 10}


BREAKDOWNS: tuple[list[str], ...] = ([], ["nation"], ["channel"])


async def test_a_further_case_after_publication_changes_no_byte_of_the_public_answers(
    stats: RunningService,
) -> None:
    await give(stats, *(a_contact() for _ in range(9)))
    await stats.run_loop("publish_settled_months")
    before = [(await ask(stats, "contacts", by=by, **WHOLE_YEAR)).content for by in BREAKDOWNS]
    case = a_case()
    await give(stats, a_contact(contact_id=case.contact_id), case, a_classification(case))
    after = [(await ask(stats, "contacts", by=by, **WHOLE_YEAR)).content for by in BREAKDOWNS]
    assert before == after
