"""What is counted, and by what it may be broken down: one declared table, read by everything else.

An exploitation type is one type or `multiple`, so that the types of a table add up to its total and no case is in
two of its cells. Analysts also have the combination label, in the order in which NRM statistics write it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product

from shared.events import CaseAssessed
from shared.vocabulary import (
    CaseClassification,
    ContactChannel,
    ExploitationType,
    Ground,
    Nation,
    RecipientKind,
    Sector,
)

UNKNOWN = "unknown"
MULTIPLE = "multiple"
NRM_ORDER = ("sexual", "labour", "domestic_servitude", "organ_harvesting", "criminal")

Codes = Mapping[str, str]
Cell = tuple[str, ...]
Counts = Mapping[Cell, int]
"""How many in each cell; a cell is one code per dimension, in the dimensions' order."""


def _each(codes: Iterable[str], *more: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*(str(code) for code in codes), *more, UNKNOWN)))


VALUES: Mapping[str, tuple[str, ...]] = {
    "nation": _each(Nation),
    "exploitation_type": _each(ExploitationType, MULTIPLE),
    "channel": _each(ContactChannel),
    "classification": _each(CaseClassification),
    "under_18": ("yes", "no"),
    "recipient": _each(RecipientKind),
    "ground": _each((ground for ground in Ground if ground is not Ground.CONSENT), MULTIPLE),
}
"""Every code that a public dimension can have, so that a public table shows all its cells, the empty ones too."""


class MeasureName(StrEnum):
    CONTACTS = "contacts"
    CASES = "cases"
    POTENTIAL_VICTIMS = "potential_victims"
    CHILDREN = "children"
    OVERRIDES = "overrides"
    HANDED_OVER = "handed_over"
    WITHHELD = "withheld"
    REFERRALS = "referrals"
    REFERRALS_ACKNOWLEDGED = "referrals_acknowledged"
    REFERRALS_ACCEPTED = "referrals_accepted"
    REFERRALS_DECLINED = "referrals_declined"


@dataclass(frozen=True)
class Measure:
    """One thing that is counted.

    `public` are the dimensions of its one published table; the public may ask for any of them together, because
    every public figure of a measure is a sum of that table's cells and of nothing else. `exact` are further
    dimensions for analysts. `part_of` names the measure of which this one is the cells `where`: it has no table of
    its own, so that the two cannot be played off against each other.
    """

    name: MeasureName
    unit: str
    public: tuple[str, ...]
    exact: tuple[str, ...] = ()
    part_of: MeasureName | None = None
    where: Codes = field(default_factory=dict)

    @property
    def source(self) -> MeasureName:
        return self.part_of or self.name

    @property
    def dimensions(self) -> tuple[str, ...]:
        return (*self.public, *self.exact)


_OF_CASES = ("exploitation_combination", "sector", "police_force")
_OF_LEGS = ("recipient", "nation", "exploitation_type")
_TABLE = (
    Measure(
        MeasureName.CONTACTS,
        "contacts, in the month in which they were received",
        ("nation", "exploitation_type", "channel"),
        ("caller_type", "purpose", "privacy", "language", "classification", *_OF_CASES),
    ),
    Measure(
        MeasureName.CASES,
        "cases, in the month in which they were opened",
        ("classification", "nation", "exploitation_type"),
        _OF_CASES,
    ),
    Measure(
        MeasureName.POTENTIAL_VICTIMS,
        "potential victims indicated, in the month in which their case was opened",
        ("under_18", "nation", "exploitation_type"),
        ("classification", *_OF_CASES),
    ),
    Measure(
        MeasureName.CHILDREN,
        "potential victims who are or may be under 18, in the month in which their case was opened",
        ("nation", "exploitation_type"),
        ("classification", *_OF_CASES),
        part_of=MeasureName.POTENTIAL_VICTIMS,
        where={"under_18": "yes"},
    ),
    Measure(
        MeasureName.OVERRIDES,
        "duties to share that opened; one for each case and recipient, whatever its grounds",
        ("ground", *_OF_LEGS),
    ),
    Measure(
        MeasureName.HANDED_OVER,
        "duties to share that a person fulfilled by telephone",
        ("nation", "exploitation_type"),
    ),
    Measure(
        MeasureName.WITHHELD,
        "disclosures that the rules kept back at the moment of leaving",
        _OF_LEGS,
        ("reason",),
    ),
    Measure(MeasureName.REFERRALS, "referrals sent", _OF_LEGS, ("forced",)),
    Measure(
        MeasureName.REFERRALS_ACKNOWLEDGED,
        "referrals that an agency acknowledged",
        _OF_LEGS,
        ("forced", "by"),
    ),
    Measure(MeasureName.REFERRALS_ACCEPTED, "referrals that an agency accepted", _OF_LEGS),
    Measure(MeasureName.REFERRALS_DECLINED, "referrals that an agency declined", _OF_LEGS, ("reason",)),
)
MEASURES: Mapping[MeasureName, Measure] = {measure.name: measure for measure in _TABLE}


def grid(dimensions: Iterable[str]) -> list[Cell]:
    """Every cell of a public table, in the table's order."""
    return list(product(*(VALUES[name] for name in dimensions)))


def one_or_multiple(codes: Iterable[str]) -> str:
    different = sorted(set(codes) - {UNKNOWN})
    if not different:
        return UNKNOWN
    return different[0] if len(different) == 1 else MULTIPLE


def forcing_ground(grounds: Iterable[Ground]) -> str:
    """Why something must be shared. A consent that was there as well forces nothing, so it does not count."""
    return one_or_multiple(ground for ground in grounds if ground is not Ground.CONSENT)


def combination(types: Iterable[ExploitationType]) -> str:
    """`sexual+labour+criminal`: every type that is known, in the order of published NRM statistics."""
    known = set(types) - {ExploitationType.UNKNOWN}
    order = {code: place for place, code in enumerate(NRM_ORDER)}
    return "+".join(sorted(known, key=lambda t: (order.get(t, len(order)), t))) or UNKNOWN


def codes_of_case(event: CaseAssessed) -> dict[str, str]:
    """What an assessment says of its case, of each contact that led to it and of each referral that came of it."""
    codes = {
        "classification": event.classification.value,
        "exploitation_type": one_or_multiple(event.exploitation_types),
        "exploitation_combination": combination(event.exploitation_types),
        "sector": one_or_multiple(sector for sector in event.sectors if sector is not Sector.UNKNOWN),
    }
    if event.nation:
        codes["nation"] = event.nation.value
    if event.police_force:
        codes["police_force"] = event.police_force
    return codes


def victims_of_case(event: CaseAssessed) -> tuple[int, int]:
    """Potential victims and the children among them; 0 where a kind of case has none (a question, say)."""
    if not event.classification.counts_potential_victims:
        return 0, 0
    return max(event.potential_victims, event.children), event.children


def cell_of(codes: Codes, dimensions: Iterable[str]) -> Cell:
    return tuple(codes.get(name, UNKNOWN) for name in dimensions)
