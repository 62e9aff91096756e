"""History of the model: what stays and what gives way when more is said of a case.

Facts 0, 8, 10 and 13.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from tools.simulation.rules_model.duties.duty_life import DutyLife
from tools.simulation.rules_model.places import Way
from tools.simulation.rules_model.required import OPEN, RequiredSharing
from tools.simulation.rules_model.world import AgencyKey, Fact

FactAtAgency = tuple[Fact, AgencyKey]


def of_fact(way: Way) -> FactAtAgency:
    return way.fact, way.key


def followed(
    before: Iterable[Way], now: RequiredSharing, *, by_adviser: bool, already_sent: set[FactAtAgency]
) -> frozenset[Way]:
    """Return what leads to whom after something was said: at the public door, or recorded by an adviser.

    Publicly said, it adds and replaces nothing. An adviser's place replaces what was not told yet, as long as the
    fact leads somewhere.
    """
    led, kinds = {of_fact(way) for way in now.ways}, {(way.fact, way.key[0]) for way in now.ways}
    lost = [way for way in before if of_fact(way) not in led]
    gives_way = {
        of_fact(way)
        for way in lost
        if by_adviser and of_fact(way) not in already_sent and (way.fact, way.key[0]) in kinds
    }
    kept = {way for way in lost if of_fact(way) not in gives_way}
    return now.ways | {_as_open(way) if of_fact(way) in already_sent else way for way in kept}


def _as_open(way: Way) -> Way:
    return Way(way.fact, way.key, OPEN)


@dataclass(frozen=True)
class KeptDuty:
    """Duty with its clock and sources, as two cases that become one bring it along."""

    at: datetime
    sources: frozenset[str]


def merged(
    one: Mapping[FactAtAgency, KeptDuty], other: Mapping[FactAtAgency, KeptDuty]
) -> dict[FactAtAgency, KeptDuty]:
    """Return one duty for each fact and agency, with the earlier clock and all sources (fact 13)."""
    both = dict(one)
    for key, duty in other.items():
        mine = both.get(key)
        both[key] = duty if mine is None else KeptDuty(min(mine.at, duty.at), mine.sources | duty.sources)
    return both


def may_close(
    lives: Iterable[DutyLife], *, ages_unasked: bool, reviews_open: bool, searches_open: bool
) -> bool:
    """Return whether a case may be closed, erased or left to nobody."""
    return not (any(one.is_open for one in lives) or ages_unasked or reviews_open or searches_open)


def reopened(life: DutyLife, *, carrier_ended: bool) -> DutyLife:
    """Return a duty that another case carried as its duplicate: open again where that one ended otherwise."""
    return replace(life, ended=False, signed=()) if life.ended and carrier_ended else life
