"""Statistics query, checked: the measure, the periods, and the dimensions of a breakdown."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.errors import Invalid
from stats_service.measures.definitions import Dimension, Measure
from stats_service.measures.periods import Month, Period, PeriodKind, months_between, periods_touching

MAX_MONTHS = 60
MAX_DIMENSIONS = 3


@dataclass(frozen=True)
class StatisticsQuery:
    """Query over whole periods; `first` and `last` are the first and last of their months."""

    measure: Measure
    kind: PeriodKind
    periods: tuple[Period, ...]
    by: tuple[Dimension, ...]

    @property
    def first(self) -> Month:
        return self.periods[0].months[0]

    @property
    def last(self) -> Month:
        return self.periods[-1].months[-1]


def statistics_query(
    measure: Measure,
    kind: PeriodKind,
    first: Month,
    last: Month,
    by: Sequence[Dimension],
    *,
    exact: bool,
) -> StatisticsQuery:
    """Return the checked query; Invalid names the parameter and the rule that it breaks."""
    if last < first:
        raise _refused("query.to", "before_from", "to is a month before from")
    if len(list(months_between(first, last))) > MAX_MONTHS:
        raise _refused("query.to", "range_too_long", f"Ask for at most {MAX_MONTHS} months at a time")
    periods = tuple(periods_touching(kind, first, last))
    return StatisticsQuery(measure, kind, periods, _dimensions(measure, by, exact=exact))


def _dimensions(measure: Measure, by: Sequence[Dimension], *, exact: bool) -> tuple[Dimension, ...]:
    offered = measure.dimensions if exact else measure.public
    sentence = f"{measure.name.value} can be broken down by {', '.join(offered)}"
    if len(set(by)) != len(by):
        raise _refused("query.by", "named_twice", "A dimension is named twice")
    if not set(by) <= set(measure.dimensions):
        raise _refused("query.by", "unknown_dimension", sentence)
    if not set(by) <= set(offered):
        raise _refused("query.by", "for_analysts_only", sentence)
    return tuple(by)


def _refused(field: str, rule: str, sentence: str) -> Invalid:
    return Invalid(sentence, invalid=[{"field": field, "rule": rule}])
