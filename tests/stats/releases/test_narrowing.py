"""Attack on everything public: no combination of answers narrows a cell to fewer than five numbers."""

import random
from datetime import UTC, datetime
from itertools import combinations
from typing import Any

import pytest

from shared.domain.vocabulary import CaseClassification, ContactChannel, ExploitationType, Nation
from stats_service.measures.definitions import MEASURES, Cell, Measure, MeasureName, grid
from stats_service.measures.periods import Month
from stats_service.releases.published_months import PublishedMonth
from tests.stats.event_builders import a_case, a_classification, a_contact, give
from tests.stats.releases.narrowing import Figure, narrowed, narrowest
from tests.stats.statistics_client import WHOLE_YEAR, ask, exact
from tests.support.services import MovableClock, RunningService

ENOUGH = 5
MONTHS = {"2026-01": (1,), "2026-02": (2,), "2026-03": (3,), "2026-Q1": (1, 2, 3)}


async def give_three_months_with_many_small_cells(stats: RunningService, seed: int) -> None:
    chance = random.Random(seed)
    for month in (1, 2, 3):
        at = datetime(2026, month, 10, tzinfo=UTC)
        for _ in range(90):
            case = a_case(opened_at=at)
            types = chance.choices(
                list(ExploitationType), [46, 21, 10, 5, 1, 1, 4, 12], k=chance.choice([1, 1, 1, 2])
            )
            classified = a_classification(
                case,
                exploitation_types=tuple(types),
                nation=chance.choices([*Nation, None], [84, 5, 8, 3, 10])[0],
                classification=chance.choices(list(CaseClassification), [31, 8, 26, 28, 2, 7])[0],
                potential_victims=chance.choice([1, 1, 1, 2, 3, 12]),
                children=chance.choice([0, 0, 0, 1]),
            )
            channel = chance.choices(list(ContactChannel), [72, 24, 4, 1, 1, 1])[0]
            contact = a_contact(contact_id=case.contact_id, received_at=at, channel=channel)
            await give(stats, contact, case, classified)


async def everything_public(stats: RunningService, measure: Measure) -> list[dict[str, Any]]:
    """Return each figure of each query that a public client can make of a measure."""
    return [
        figure
        for size in range(min(3, len(measure.public)) + 1)
        for by in combinations(measure.public, size)
        for period in ("month", "quarter", "year")
        for figure in (await ask(stats, measure.name, by=by, period=period, **WHOLE_YEAR)).json()["figures"]
    ]


def bounds_of(
    figures: list[dict[str, Any]], cells: list[tuple[int, dict[str, str]]], hidden: dict[Any, int]
) -> list[Figure]:
    """Return figures as bounds on sums of cells; `hidden` bounds the protected ones, which no reader learns."""
    bounds = []
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
        bounds.append(Figure(summed, figure["at_least"] or 0, at_most))
    return bounds


async def hidden_bounds(
    stats: RunningService, measure: Measure, figures: list[dict[str, Any]]
) -> dict[Any, int]:
    """Return the upper bounds that the service itself has for the figures that it protects."""
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
    await give_three_months_with_many_small_cells(stats, seed)
    clock.forward(days=60)
    await stats.run_loop("publish_settled_months")
    definition = MEASURES[measure]
    figures = await everything_public(stats, definition)
    cells = [
        (month, dict(zip(map(str, definition.public), codes, strict=True)))
        for month in (1, 2, 3)
        for codes in grid(definition.public)
    ]
    bounds = bounds_of(figures, cells, await hidden_bounds(stats, definition, figures))
    left = narrowed(len(cells), bounds)
    truth = await exact(stats, measure, *definition.public, **WHOLE_YEAR)
    for (month, codes), (low, high) in zip(cells, left, strict=True):
        assert low <= truth.get((f"2026-{month:02}", *codes.values()), 0) <= high
    assert narrowest(left) >= ENOUGH
    assert any(not figure["protected"] for figure in figures)


def test_the_attack_finds_exact_totals_over_protected_cells() -> None:
    """A planted release: one cell hidden, the others rounded, and the total as it is."""
    figures = [
        Figure((0,), 8, 12),
        Figure((1,), 8, 12),
        Figure((2,), 0, 4),
        Figure((0, 1, 2), 16, 16),
    ]
    left = narrowed(3, figures)
    assert left[2] == (0, 0)
    assert narrowest(left) < ENOUGH


def test_the_attack_finds_that_rounding_each_figure_by_itself_shows_exact_numbers() -> None:
    """A planted release: four cells of 8 and their sum of 32, each rounded to the nearest 5 by itself."""
    cells = [Figure((place,), 8, 12) for place in range(4)]
    left = narrowed(4, [*cells, Figure((0, 1, 2, 3), 28, 32)])
    assert left == [(8, 8)] * 4


def test_the_attack_finds_differences_between_a_quarter_and_its_months() -> None:
    """A planted release: two months are protected, the quarter and one month are not."""
    figures = [
        Figure((0,), 0, 4),
        Figure((1,), 0, 4),
        Figure((2,), 48, 52),
        Figure((0, 1, 2), 58, 62),
    ]
    assert narrowed(3, figures)[0][0] > 0
