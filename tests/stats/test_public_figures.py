"""What everybody may ask: months that have settled, protected against every way of putting answers together."""

import asyncio
import random
from datetime import UTC, datetime
from itertools import combinations
from typing import Any

import asyncpg
import pytest

from shared.events import Event
from shared.vocabulary import CaseClassification, ContactChannel, ExploitationType, Nation
from stats_service.measures import MEASURES, Cell, Measure, MeasureName, grid
from stats_service.periods import Month
from stats_service.publishing import PublishedMonth, last_settled
from tests.running import MovableClock, RunningService
from tests.stats.asking import asked, exact, public
from tests.stats.attack import Told, narrowed, narrowest
from tests.stats.happenings import a_case, a_contact, an_assessment

WHOLE_YEAR = {"from": "2026-01", "to": "2026-12"}
ENOUGH = 5


async def heard(stats: RunningService, *events: Event) -> None:
    for event in events:
        await stats.given(event)


async def test_counts_under_five_are_protected_and_others_are_multiples_of_five(
    stats: RunningService,
) -> None:
    for nation, number in ((Nation.ENGLAND, 23), (Nation.WALES, 4), (Nation.SCOTLAND, 12)):
        await heard(stats, *(a_contact(nation=nation) for _ in range(number)))
    await stats.run_loop("publish_settled_months")
    assert await public(stats, "contacts") == {"2026-01": 35}
    by_nation = await public(stats, "contacts", "nation")
    assert by_nation[("2026-01", "Wales")] is None
    assert by_nation[("2026-01", "Northern Ireland")] is None
    assert by_nation[("2026-01", "England")] == 20
    assert by_nation[("2026-01", "Scotland")] in (10, 15)


async def test_one_and_none_cannot_be_told_apart(stats: RunningService) -> None:
    await heard(stats, *(a_contact() for _ in range(20)), a_contact(nation=Nation.WALES))
    await stats.run_loop("publish_settled_months")
    figures = (await asked(stats, "contacts", by="nation")).json()["figures"]
    wales, scotland = (
        next(one for one in figures if one["by"]["nation"] == nation) for nation in ("Wales", "Scotland")
    )
    assert {**wales, "by": None} == {**scotland, "by": None}
    assert wales["protected"]


async def test_a_public_answer_says_what_it_is(stats: RunningService) -> None:
    await heard(stats, *(a_contact() for _ in range(7)))
    await stats.run_loop("publish_settled_months")
    body = (await asked(stats, "contacts")).json()
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
        await heard(stats, *(a_contact(received_at=at) for _ in range(10)))
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
    await heard(stats, *(a_contact() for _ in range(10)))
    await stats.run_loop("publish_settled_months")
    await heard(stats, *(a_contact() for _ in range(10)))
    await stats.run_loop("publish_settled_months")
    assert await public(stats, "contacts") == {"2026-01": 10}
    assert await exact(stats, "contacts") == {"2026-01": 20}
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await stats.platform.database.pool.execute("DELETE FROM published_months")


async def test_two_workers_publish_a_month_once(stats: RunningService) -> None:
    await heard(stats, *(a_contact() for _ in range(10)))
    await asyncio.gather(*(stats.run_loop("publish_settled_months") for _ in range(3)))
    assert await public(stats, "contacts") == {"2026-01": 10}


async def test_worlds_that_differ_in_one_matter_after_publication_are_answered_with_the_same_bytes(
    stats: RunningService,
) -> None:
    await heard(stats, *(a_contact() for _ in range(9)))
    await stats.run_loop("publish_settled_months")
    before = [
        (await asked(stats, "contacts", by=by, **WHOLE_YEAR)).content for by in ("", "nation", "channel")
    ]
    case = a_case()
    await heard(stats, a_contact(contact_id=case.contact_id), case, an_assessment(case))
    after = [
        (await asked(stats, "contacts", by=by, **WHOLE_YEAR)).content for by in ("", "nation", "channel")
    ]
    assert before == after


async def _three_months_with_many_small_cells(stats: RunningService, seed: int) -> None:
    chance = random.Random(seed)
    for month in (1, 2, 3):
        at = datetime(2026, month, 10, tzinfo=UTC)
        for _ in range(90):
            case = a_case(opened_at=at)
            types = chance.choices(
                list(ExploitationType), [46, 21, 10, 5, 1, 1, 4, 12], k=chance.choice([1, 1, 1, 2])
            )
            assessed = an_assessment(
                case,
                exploitation_types=tuple(types),
                nation=chance.choices([*Nation, None], [84, 5, 8, 3, 10])[0],
                classification=chance.choices(list(CaseClassification), [31, 8, 26, 28, 2, 7])[0],
                potential_victims=chance.choice([1, 1, 1, 2, 3, 12]),
                children=chance.choice([0, 0, 0, 1]),
            )
            channel = chance.choices(list(ContactChannel), [72, 24, 4, 1, 1, 1])[0]
            contact = a_contact(contact_id=case.contact_id, received_at=at, channel=channel)
            await heard(stats, contact, case, assessed)


async def _everything_public(stats: RunningService, measure: Measure) -> list[dict[str, Any]]:
    """Each figure of each question that a public client can ask of a measure."""
    return [
        figure
        for size in range(min(3, len(measure.public)) + 1)
        for by in combinations(measure.public, size)
        for period in ("month", "quarter", "year")
        for figure in (await asked(stats, measure.name, by=",".join(by), period=period, **WHOLE_YEAR)).json()[
            "figures"
        ]
    ]


MONTHS = {"2026-01": (1,), "2026-02": (2,), "2026-03": (3,), "2026-Q1": (1, 2, 3)}


def _told(
    figures: list[dict[str, Any]], cells: list[tuple[int, dict[str, str]]], hidden: dict[Any, int]
) -> list[Told]:
    """Figures as bounds on sums of cells. A protected one is bounded by `hidden`: more than anybody is told."""
    told = []
    for figure in figures:
        wanted = figure["by"].items()
        summed = tuple(
            at
            for at, (month, codes) in enumerate(cells)
            if month in MONTHS[figure["period"]] and wanted <= codes.items()
        )
        at_most = (
            figure["at_most"] if not figure["protected"] else hidden[figure["period"], frozenset(wanted)]
        )
        told.append(Told(summed, figure["at_least"] or 0, at_most))
    return told


async def _hidden_bounds(
    stats: RunningService, measure: Measure, figures: list[dict[str, Any]]
) -> dict[Any, int]:
    """The upper bounds that the service itself knows for what it did not show."""
    rows = await stats.fetch('SELECT month, "table" FROM published_months WHERE measure = $1', measure.source)
    tables = {Month.read(row["month"]).number: PublishedMonth(table=row["table"]) for row in rows}
    bounds = {}
    known: dict[Any, dict[Cell, Any]] = {}
    for figure in figures:
        by = tuple(figure["by"])
        months = MONTHS[figure["period"]]
        for month in months:
            if (month, by) not in known:
                known[month, by] = tables[month].figures(by, measure.where)
        cell = tuple(figure["by"].values())
        total = sum(known[month, by][cell].at_most for month in months)
        bounds[figure["period"], frozenset(figure["by"].items())] = total
    return bounds


@pytest.mark.parametrize(
    ("measure", "seed"),
    [
        (MeasureName.CONTACTS, 1),
        (MeasureName.CASES, 2),
        (MeasureName.POTENTIAL_VICTIMS, 3),
        (MeasureName.CHILDREN, 4),
    ],
)
async def test_no_combination_of_public_answers_narrows_any_cell_to_fewer_than_five_numbers(
    stats: RunningService, clock: MovableClock, measure: MeasureName, seed: int
) -> None:
    await _three_months_with_many_small_cells(stats, seed)
    clock.forward(days=60)
    await stats.run_loop("publish_settled_months")
    asked_of = MEASURES[measure]
    figures = await _everything_public(stats, asked_of)
    cells = [
        (month, dict(zip(asked_of.public, codes, strict=True)))
        for month in (1, 2, 3)
        for codes in grid(asked_of.public)
    ]
    told = _told(figures, cells, await _hidden_bounds(stats, asked_of, figures))
    left = narrowed(len(cells), told)
    truth = await exact(stats, measure, ",".join(asked_of.public), **WHOLE_YEAR)
    for (month, codes), (low, high) in zip(cells, left, strict=True):
        assert low <= truth.get((f"2026-{month:02}", *codes.values()), 0) <= high
    assert narrowest(left) >= ENOUGH
    assert any(not figure["protected"] for figure in figures)


def test_the_attack_finds_exact_totals_over_protected_cells() -> None:
    """A planted release: one cell hidden, the others rounded, and the total as it is."""
    told = [Told((0,), 8, 12), Told((1,), 8, 12), Told((2,), 0, 4), Told((0, 1, 2), 16, 16)]
    left = narrowed(3, told)
    assert left[2] == (0, 0)
    assert narrowest(left) < ENOUGH


def test_the_attack_finds_that_rounding_each_figure_by_itself_tells_exact_numbers() -> None:
    """A planted release: four cells of 8 and their sum of 32, each rounded to the nearest 5 by itself."""
    cells = [Told((place,), 8, 12) for place in range(4)]
    left = narrowed(4, [*cells, Told((0, 1, 2, 3), 28, 32)])
    assert left == [(8, 8)] * 4


def test_the_attack_finds_differences_between_a_quarter_and_its_months() -> None:
    """A planted release: two months are protected, the quarter and one month are not."""
    told = [Told((0,), 0, 4), Told((1,), 0, 4), Told((2,), 48, 52), Told((0, 1, 2), 58, 62)]
    assert narrowed(3, told)[0][0] > 0
