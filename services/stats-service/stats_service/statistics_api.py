"""The figures that anybody may ask for, and the exact ones for analysts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import NAMESPACE_URL, uuid5

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from shared.access import Uow
from shared.database import UnitOfWork
from stats_service.access import AnalystOrAnyone
from stats_service.counting import count
from stats_service.measures import MEASURES, Cell, Counts, MeasureName, grid
from stats_service.periods import Month, Period, PeriodKind
from stats_service.protection import STATEMENT, Published
from stats_service.publishing import PublishedMonth, published_months
from stats_service.questions import Question, question

router = APIRouter(prefix="/v1/statistics", tags=["statistics"])

EXACT = "Exact figures, for analysts only: small numbers can identify people, so publish the public answer instead."
MONTH = r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$"


class FigureOut(BaseModel):
    """`count` is None where the figure is protected. The true number lies between `at_least` and `at_most`."""

    period: str
    by: dict[str, str]
    count: int | None
    at_least: int | None
    at_most: int | None
    protected: bool


class StatisticsOut(BaseModel):
    """A public answer leaves out periods that are not published yet; an exact one, cells that hold nothing."""

    measure: MeasureName
    unit: str
    period: PeriodKind
    by: list[str]
    protected: bool = Field(
        description="Whether these are the public figures, in which small numbers are protected"
    )
    rounding: str
    as_of: datetime | None = Field(
        description="When the newest of the figures was counted; none where there are no figures"
    )
    figures: list[FigureOut]


@router.get("", summary="How many, by period and kind: protected for everybody, exact for analysts")
async def read_statistics(
    analyst: AnalystOrAnyone,
    uow: Uow,
    measure: Annotated[MeasureName, Query(examples=["contacts"])],
    first: Annotated[str, Query(alias="from", pattern=MONTH, examples=["2026-01"])],
    last: Annotated[str, Query(alias="to", pattern=MONTH, examples=["2026-12"])],
    period: Annotated[
        PeriodKind, Query(description="Whole periods, as far as the range touches them")
    ] = PeriodKind.MONTH,
    by: Annotated[
        str,
        Query(
            max_length=200,
            description="Up to three dimensions with commas between them",
            examples=["exploitation_type,nation"],
        ),
    ] = "",
) -> StatisticsOut:
    asked = question(
        MEASURES[measure], period, Month.read(first), Month.read(last), by, exact=analyst is not None
    )
    return await (_public(asked, uow) if analyst is None else _exact(asked, uow))


async def _exact(asked: Question, uow: UnitOfWork) -> StatisticsOut:
    name = asked.measure.name.value
    uow.record(
        "statistics.exact_read",
        uuid5(NAMESPACE_URL, f"helpline-measure:{name}"),
        measure=name,
        period=asked.kind.value,
        first=str(asked.first),
        last=str(asked.last),
        by="+".join(asked.by),
    )
    counted = await count(uow, asked.measure, asked.by, asked.first, asked.last)
    figures = [figure for period in asked.periods for figure in _exact_figures(asked, period, counted)]
    return _answer(asked, figures, uow.now, protected=False)


def _exact_figures(asked: Question, period: Period, counted: Mapping[Month, Counts]) -> list[FigureOut]:
    totals: dict[Cell, int] = {} if asked.by else {(): 0}
    for month in period.months:
        for cell, number in counted.get(month, {}).items():
            totals[cell] = totals.get(cell, 0) + number
    return [
        FigureOut(
            period=period.name,
            by=dict(zip(asked.by, cell, strict=True)),
            count=number,
            at_least=number,
            at_most=number,
            protected=False,
        )
        for cell, number in sorted(totals.items())
    ]


async def _public(asked: Question, uow: UnitOfWork) -> StatisticsOut:
    tables = await published_months(uow, asked.measure, asked.first, asked.last)
    figures: list[FigureOut] = []
    newest: list[datetime] = []
    for period in asked.periods:
        months = [tables[month] for month in period.months if month in tables and tables[month].has(asked.by)]
        if len(months) == len(period.months):
            figures += _public_figures(asked, period, months)
            newest += [month.published_at for month in months]
    return _answer(asked, figures, max(newest, default=None), protected=True)


def _public_figures(asked: Question, period: Period, months: list[PublishedMonth]) -> list[FigureOut]:
    of_months = [month.figures(asked.by, asked.measure.where) for month in months]
    return [
        _public_figure(asked, period, cell, sum((of_month[cell] for of_month in of_months), Published()))
        for cell in grid(asked.by)
    ]


def _public_figure(asked: Question, period: Period, cell: Cell, sum_of_months: Published) -> FigureOut:
    hidden = sum_of_months.protected
    return FigureOut(
        period=period.name,
        by=dict(zip(asked.by, cell, strict=True)),
        count=None if hidden else sum_of_months.part,
        at_least=None if hidden else sum_of_months.at_least,
        at_most=None if hidden else sum_of_months.at_most,
        protected=hidden,
    )


def _answer(
    asked: Question, figures: list[FigureOut], as_of: datetime | None, *, protected: bool
) -> StatisticsOut:
    return StatisticsOut(
        measure=asked.measure.name,
        unit=asked.measure.unit,
        period=asked.kind,
        by=list(asked.by),
        protected=protected,
        rounding=STATEMENT if protected else EXACT,
        as_of=as_of,
        figures=figures,
    )
