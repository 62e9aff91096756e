"""A question to the statistics, checked: what is counted, over which periods, broken down by what."""

from dataclasses import dataclass

from shared.errors import Invalid
from stats_service.measures import Measure
from stats_service.periods import Month, Period, PeriodKind, months_between, periods_touching

MOST_MONTHS = 60
MOST_DIMENSIONS = 3


@dataclass(frozen=True)
class Question:
    """`first` and `last` are the months of the whole periods that were asked for."""

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


def question(
    measure: Measure, kind: PeriodKind, first: Month, last: Month, by: str, *, exact: bool
) -> Question:
    """Invalid names the parameter and the rule that it breaks."""
    if last < first:
        raise _refused("query.to", "before_from", "to is a month before from")
    if len(list(months_between(first, last))) > MOST_MONTHS:
        raise _refused("query.to", "range_too_long", f"Ask for at most {MOST_MONTHS} months at a time")
    periods = tuple(periods_touching(kind, first, last))
    return Question(measure, kind, periods, _dimensions(measure, by, exact=exact))


def _dimensions(measure: Measure, by: str, *, exact: bool) -> tuple[str, ...]:
    asked = tuple(name for name in by.split(",") if name)
    offered = measure.dimensions if exact else measure.public
    said = f"{measure.name.value} can be broken down by {', '.join(offered)}"
    if len(set(asked)) != len(asked):
        raise _refused("query.by", "named_twice", "A dimension is named twice")
    if len(asked) > MOST_DIMENSIONS:
        raise _refused("query.by", "too_many_dimensions", f"Name at most {MOST_DIMENSIONS} dimensions")
    if not set(asked) <= set(measure.dimensions):
        raise _refused("query.by", "unknown_dimension", said)
    if not set(asked) <= set(offered):
        raise _refused("query.by", "for_analysts_only", said)
    return asked


def _refused(field: str, rule: str, sentence: str) -> Invalid:
    return Invalid(sentence, fields=[{"field": field, "rule": rule}])
