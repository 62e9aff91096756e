"""Exact counts by month and cell, always from the facts: there is no second number that could be wrong."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import text

from shared.db.unit_of_work import UnitOfWork
from stats_service.measures.definitions import Counts, Measure, MeasureName, cell_of
from stats_service.measures.periods import Month

_FACTS = text("""
SELECT to_char(f.at AT TIME ZONE 'Europe/London', 'YYYY-MM') AS month, coalesce(c.codes, '{}') || f.codes AS codes,
       count(*) AS number
FROM facts f
LEFT JOIN case_contacts l ON f.measure = 'contacts' AND l.contact_id = f.subject
LEFT JOIN counted_cases o ON o.case_id = coalesce(f.case_id, l.case_id)
LEFT JOIN counted_cases c ON c.case_id = coalesce(o.merged_into, o.case_id)
WHERE f.measure = :measure AND f.at >= :starts AND f.at < :ends
GROUP BY 1, 2
""")
_CASES = text("""
SELECT to_char(opened_at AT TIME ZONE 'Europe/London', 'YYYY-MM') AS month, codes, count(*) AS number
FROM counted_cases WHERE opened_at >= :starts AND opened_at < :ends AND merged_into IS NULL
GROUP BY 1, 2
""")
_VICTIMS = text("""
SELECT to_char(opened_at AT TIME ZONE 'Europe/London', 'YYYY-MM') AS month,
       codes || jsonb_build_object('under_18', v.under_18) AS codes, sum(v.number)::int AS number
FROM counted_cases,
     LATERAL (VALUES ('yes', children), ('no', potential_victims - children)) AS v(under_18, number)
WHERE opened_at >= :starts AND opened_at < :ends AND merged_into IS NULL AND v.number > 0
GROUP BY 1, 2
""")
_FIRST = text("SELECT least((SELECT min(at) FROM facts), (SELECT min(opened_at) FROM counted_cases))")
_SOURCES = {MeasureName.CASES: _CASES, MeasureName.POTENTIAL_VICTIMS: _VICTIMS}


async def count(
    uow: UnitOfWork, measure: Measure, dimensions: Iterable[str], first: Month, last: Month
) -> Mapping[Month, Counts]:
    """Return the exact number in each cell of each month."""
    query = tuple(dimensions)
    statement = _SOURCES.get(measure.source, _FACTS)
    limits = {"starts": first.starts, "ends": last.ends}
    named = {"measure": measure.source.value} if statement is _FACTS else {}
    counted: dict[Month, Counter[tuple[str, ...]]] = defaultdict(Counter)
    for row in await uow.session.execute(statement, {**limits, **named}):
        if measure.where.items() <= row.codes.items():
            counted[Month.read(row.month)][cell_of(row.codes, query)] += row.number
    return counted


async def first_fact(uow: UnitOfWork) -> datetime | None:
    at: datetime | None = await uow.session.scalar(_FIRST)
    return at
