"""Published months: each is published once, some days after its end, and never changes afterwards."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.columns import Codes, CodeText
from shared.db.unit_of_work import UnitOfWork
from shared.service.context import ServiceContext
from stats_service.db import Base
from stats_service.measures.definitions import MEASURES, Cell, Dimension, Measure, cell_of, grid
from stats_service.measures.exact_counts import count, first_fact
from stats_service.measures.periods import Month, months_between
from stats_service.protection.rounding import Published, parts_of, published

SETTLED_AFTER = timedelta(days=7)
"""Time for late events, because a published month takes nothing in any more."""


class PublishedMonth(Base):
    """Parts of one measure's table for one month: `dimensions`, and `cells` as codes with the part of each."""

    __tablename__ = "published_months"

    measure: Mapped[str] = mapped_column(CodeText, primary_key=True)
    month: Mapped[str] = mapped_column(CodeText, primary_key=True)
    published_at: Mapped[datetime]
    table: Mapped[dict[str, Any]] = mapped_column(Codes)

    def has(self, dimensions: tuple[str, ...]) -> bool:
        """Return whether the table was published with these dimensions; an older one may lack some."""
        return set(dimensions) <= set(self.table["dimensions"])

    def figures(self, by: tuple[str, ...], where: Mapping[str, str]) -> dict[Cell, Published]:
        """Return, for each combination of codes in these dimensions, the sum over the cells that have it."""
        names = self.table["dimensions"]
        places = defaultdict(list)
        for place, (codes, _) in enumerate(self.table["cells"]):
            known = dict(zip(names, codes, strict=True))
            if where.items() <= known.items():
                places[cell_of(known, by)].append(place)
        parts = [part for _, part in self.table["cells"]]
        return {cell: published(parts, of_cell) for cell, of_cell in places.items()}


def table_of(dimensions: tuple[Dimension, ...], counts: dict[Cell, int]) -> dict[str, Any]:
    cells = grid(dimensions)
    unlisted = counts.keys() - set(cells)
    if unlisted:
        raise ValueError("a counted code is in no public list")
    parts = parts_of([counts.get(cell, 0) for cell in cells])
    return {"dimensions": list(dimensions), "cells": list(zip(cells, parts, strict=True))}


def last_settled(now: datetime) -> Month:
    """Return the newest month that ended long enough ago."""
    this = Month.of(now - SETTLED_AFTER)
    return Month(this.year - (this.number == 1), (this.number - 2) % 12 + 1)


async def publish_settled_months(context: ServiceContext) -> bool:
    """Publish settled months that are not published yet, from the January before the first fact on."""
    async with context.database.unit_of_work("worker:stats") as uow:
        began = await first_fact(uow)
        if began is None:
            return False
        first, last = Month(Month.of(began).year, 1), last_settled(uow.now)
        for measure in MEASURES.values():
            if measure.part_of is None:
                await _publish(uow, measure, first, last)
    return False


async def _publish(uow: UnitOfWork, measure: Measure, first: Month, last: Month) -> None:
    done = select(PublishedMonth.month).where(PublishedMonth.measure == measure.name.value)
    known = set((await uow.session.scalars(done)).all())
    missing = [month for month in months_between(first, last) if str(month) not in known]
    if not missing:
        return
    counted = await count(uow, measure, measure.public, missing[0], missing[-1])
    rows = [
        {
            "measure": measure.name.value,
            "month": str(month),
            "published_at": uow.now,
            "table": table_of(measure.public, dict(counted.get(month, {}))),
        }
        for month in missing
    ]
    await uow.session.execute(insert(PublishedMonth).values(rows).on_conflict_do_nothing())


async def published_months(
    uow: UnitOfWork, measure: Measure, first: Month, last: Month
) -> dict[Month, PublishedMonth]:
    found = select(PublishedMonth).where(
        PublishedMonth.measure == measure.source.value, PublishedMonth.month.between(str(first), str(last))
    )
    return {Month.read(row.month): row for row in (await uow.session.scalars(found)).all()}
