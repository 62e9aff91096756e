"""Route of statistics: protected figures for everybody, exact ones for analysts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import NAMESPACE_URL, uuid5

from fastapi import APIRouter, Query

from shared.db.unit_of_work import UnitOfWork
from shared.http.auth import Uow
from shared.http.schemas import Answer
from stats_service.access import AnalystOrAnyone
from stats_service.measures.definitions import MEASURES, Cell, Counts, Dimension, MeasureName, grid
from stats_service.measures.exact_counts import count
from stats_service.measures.periods import Month, Period, PeriodKind
from stats_service.measures.query import MAX_DIMENSIONS, StatisticsQuery, statistics_query
from stats_service.protection.rounding import STATEMENT, Published
from stats_service.releases.published_months import PublishedMonth, published_months

router = APIRouter(prefix="/v1/statistics", tags=["statistics"])

EXACT = "Exact figures, for analysts only: small numbers can identify people, so publish the public answer instead."
MONTH = r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$"


class FigureOut(Answer):
    """One figure. The true number lies between `at_least` and `at_most`."""

    period: str
    """Period, as 2026-01, 2026-Q1 or 2026."""
    by: dict[str, str]
    """Code of each dimension of the breakdown."""
    count: int | None
    """Number; null where the figure is protected."""
    at_least: int | None
    """Lower bound of the true number; null where the figure is protected."""
    at_most: int | None
    """Upper bound of the true number; null where the figure is protected."""
    protected: bool
    """The figure might be small, and is not shown."""


class StatisticsOut(Answer):
    """Figures of one measure.

    A public answer leaves out periods that are not published yet; an exact one leaves out empty cells.
    """

    measure: MeasureName
    """Measure that was asked for."""
    unit: str
    """Unit that is counted."""
    period: PeriodKind
    """Length of the periods."""
    by: list[Dimension]
    """Dimensions of the breakdown, in their order."""
    protected: bool
    """These are the public figures, in which small numbers are protected."""
    rounding: str
    """Rule by which the figures are rounded and protected."""
    as_of: datetime | None
    """Time at which the newest of the figures was counted; null where there are none."""
    figures: list[FigureOut]
    """Figures by period and cell."""


@router.get("", summary="Count by period and dimension: protected for everybody, exact for analysts")
async def read_statistics(
    analyst: AnalystOrAnyone,
    uow: Uow,
    measure: Annotated[MeasureName, Query(description="What to count", examples=["contacts"])],
    first: Annotated[
        str, Query(alias="from", pattern=MONTH, description="First month", examples=["2026-01"])
    ],
    last: Annotated[str, Query(alias="to", pattern=MONTH, description="Last month", examples=["2026-12"])],
    period: Annotated[
        PeriodKind, Query(description="Whole periods, as far as the range touches them")
    ] = PeriodKind.MONTH,
    by: Annotated[
        list[Dimension],
        Query(
            max_length=MAX_DIMENSIONS,
            description="Dimensions of a breakdown, each as a parameter of its own: by=nation&by=channel",
            examples=[["exploitation_type", "nation"]],
        ),
    ] = [],  # noqa: B006  FastAPI copies it
) -> StatisticsOut:
    query = statistics_query(
        MEASURES[measure], period, Month.read(first), Month.read(last), by, exact=analyst is not None
    )
    return await (_public(query, uow) if analyst is None else _exact(query, uow))


async def _exact(query: StatisticsQuery, uow: UnitOfWork) -> StatisticsOut:
    name = query.measure.name.value
    uow.record(
        "statistics.exact_read",
        uuid5(NAMESPACE_URL, f"helpline-measure:{name}"),
        measure=name,
        period=query.kind.value,
        first=str(query.first),
        last=str(query.last),
        by="+".join(query.by),
    )
    counted = await count(uow, query.measure, query.by, query.first, query.last)
    figures = [figure for period in query.periods for figure in _exact_figures(query, period, counted)]
    return _answer(query, figures, uow.now, protected=False)


def _exact_figures(
    query: StatisticsQuery, period: Period, counted: Mapping[Month, Counts]
) -> list[FigureOut]:
    totals: dict[Cell, int] = {} if query.by else {(): 0}
    for month in period.months:
        for cell, number in counted.get(month, {}).items():
            totals[cell] = totals.get(cell, 0) + number
    return [
        FigureOut(
            period=period.name,
            by=dict(zip(query.by, cell, strict=True)),
            count=number,
            at_least=number,
            at_most=number,
            protected=False,
        )
        for cell, number in sorted(totals.items())
    ]


async def _public(query: StatisticsQuery, uow: UnitOfWork) -> StatisticsOut:
    tables = await published_months(uow, query.measure, query.first, query.last)
    figures: list[FigureOut] = []
    newest: list[datetime] = []
    for period in query.periods:
        months = [tables[month] for month in period.months if month in tables and tables[month].has(query.by)]
        if len(months) == len(period.months):
            figures += _public_figures(query, period, months)
            newest += [month.published_at for month in months]
    return _answer(query, figures, max(newest, default=None), protected=True)


def _public_figures(query: StatisticsQuery, period: Period, months: list[PublishedMonth]) -> list[FigureOut]:
    of_months = [month.figures(query.by, query.measure.where) for month in months]
    return [
        _public_figure(query, period, cell, sum((of_month[cell] for of_month in of_months), Published()))
        for cell in grid(query.by)
    ]


def _public_figure(query: StatisticsQuery, period: Period, cell: Cell, sum_of_months: Published) -> FigureOut:
    hidden = sum_of_months.protected
    return FigureOut(
        period=period.name,
        by=dict(zip(query.by, cell, strict=True)),
        count=None if hidden else sum_of_months.part,
        at_least=None if hidden else sum_of_months.at_least,
        at_most=None if hidden else sum_of_months.at_most,
        protected=hidden,
    )


def _answer(
    query: StatisticsQuery, figures: list[FigureOut], as_of: datetime | None, *, protected: bool
) -> StatisticsOut:
    return StatisticsOut(
        measure=query.measure.name,
        unit=query.measure.unit,
        period=query.kind,
        by=list(query.by),
        protected=protected,
        rounding=STATEMENT if protected else EXACT,
        as_of=as_of,
        figures=figures,
    )
