"""Statistics query, checked: the measure, the periods, and the dimensions of a breakdown."""

from dataclasses import dataclass

from shared.errors import Invalid
from stats_service.measures.definitions import Measure
from stats_service.measures.periods import Month, Period, PeriodKind, months_between, periods_touching

MAX_MONTHS = 60
MAX_DIMENSIONS = 3


@dataclass(frozen=True)
class StatisticsQuery:
    """Query over whole periods; `first` and `last` are the first and last of their months."""

    measure: Measure
    kind: PeriodKind
    periods: tuple[Period, ...]
    by: tuple[str, ...]

    @property
    def first(self) -> Month:
        return self.periods[0].months[0]

    @property
    def last(self) -> Month:
        return self.periods[-1].months[-1]


def statistics_query(
    measure: Measure, kind: PeriodKind, first: Month, last: Month, by: str, *, exact: bool
) -> StatisticsQuery:
    """Return the checked query; Invalid names the parameter and the rule that it breaks."""
    if last < first:
        raise _refused("query.to", "before_from", "to is a month before from")
    if len(list(months_between(first, last))) > MAX_MONTHS:
        raise _refused("query.to", "range_too_long", f"Ask for at most {MAX_MONTHS} months at a time")
    periods = tuple(periods_touching(kind, first, last))
    return StatisticsQuery(measure, kind, periods, _dimensions(measure, by, exact=exact))


def _dimensions(measure: Measure, by: str, *, exact: bool) -> tuple[str, ...]:
    query = tuple(name for name in by.split(",") if name)
    offered = measure.dimensions if exact else measure.public
    sentence = f"{measure.name.value} can be broken down by {', '.join(offered)}"
    if len(set(query)) != len(query):
        raise _refused("query.by", "named_twice", "A dimension is named twice")
    if len(query) > MAX_DIMENSIONS:
        raise _refused("query.by", "too_many_dimensions", f"Name at most {MAX_DIMENSIONS} dimensions")
    if not set(query) <= set(measure.dimensions):
        raise _refused("query.by", "unknown_dimension", sentence)
    if not set(query) <= set(offered):
        raise _refused("query.by", "for_analysts_only", sentence)
    return query


def _refused(field: str, rule: str, sentence: str) -> Invalid:
    return Invalid(sentence, invalid=[{"field": field, "rule": rule}])
