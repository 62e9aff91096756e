"""Measures: everything that is counted and its dimensions, in one declared table that all other code reads.

An exploitation type is one type or `multiple`, so that the types of a table add up to its total and no case is in
two of its cells. Analysts also have the combination label, in the order in which NRM statistics write it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product

from shared.domain.vocabulary import (
    CaseClassification,
    ContactChannel,
    ExploitationType,
    Ground,
    Nation,
    RecipientKind,
    Sector,
)
from shared.events import CaseClassified

UNKNOWN = "unknown"
MULTIPLE = "multiple"
NRM_ORDER = ("sexual", "labour", "domestic_servitude", "organ_harvesting", "criminal")

Codes = Mapping[str, str]
Cell = tuple[str, ...]
Counts = Mapping[Cell, int]
"""Numbers by cell; a cell is one code per dimension, in the order of the dimensions."""


class Dimension(StrEnum):
    """Dimensions of a breakdown."""

    NATION = "nation"
    EXPLOITATION_TYPE = "exploitation_type"
    EXPLOITATION_COMBINATION = "exploitation_combination"
    SECTOR = "sector"
    CLASSIFICATION = "classification"
    UNDER_18 = "under_18"
    POLICE_FORCE = "police_force"
    CHANNEL = "channel"
    CALLER_TYPE = "caller_type"
    PURPOSE = "purpose"
    PRIVACY = "privacy"
    LANGUAGE = "language"
    RECIPIENT_KIND = "recipient_kind"
    GROUND = "ground"
    FORCED = "forced"
    REASON = "reason"
    ACKNOWLEDGED_BY = "acknowledged_by"


def _each(codes: Iterable[str], *more: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*(str(code) for code in codes), *more, UNKNOWN)))


VALUES: Mapping[Dimension, tuple[str, ...]] = {
    Dimension.NATION: _each(Nation),
    Dimension.EXPLOITATION_TYPE: _each(ExploitationType, MULTIPLE),
    Dimension.CHANNEL: _each(ContactChannel),
    Dimension.CLASSIFICATION: _each(CaseClassification),
    Dimension.UNDER_18: ("yes", "no"),
    Dimension.RECIPIENT_KIND: _each(RecipientKind),
    Dimension.GROUND: _each((ground for ground in Ground if ground is not Ground.CONSENT), MULTIPLE),
}
"""Codes that a public dimension can have, so that a public table shows all its cells, the empty ones too."""


class MeasureName(StrEnum):
    """Names of measures."""

    CONTACTS = "contacts"
    CASES = "cases"
    POTENTIAL_VICTIMS = "potential_victims"
    CHILDREN = "children"
    OVERRIDES = "overrides"
    PHONE_HANDOVERS = "phone_handovers"
    WITHHELD = "withheld"
    REFERRALS = "referrals"
    REFERRALS_ACKNOWLEDGED = "referrals_acknowledged"
    REFERRALS_ACCEPTED = "referrals_accepted"
    REFERRALS_DECLINED = "referrals_declined"


@dataclass(frozen=True)
class Measure:
    """One measure.

    `public` are the dimensions of its one published table. Everybody may ask for any of them together, because every
    public figure of a measure is a sum of cells of that table and of nothing else. `exact` are further dimensions for
    analysts. `part_of` names the measure of which this one is the cells `where`: it has no table of its own, so that
    nobody can compare two tables of the same people.
    """

    name: MeasureName
    unit: str
    public: tuple[Dimension, ...]
    exact: tuple[Dimension, ...] = ()
    part_of: MeasureName | None = None
    where: Codes = field(default_factory=dict)

    @property
    def source(self) -> MeasureName:
        return self.part_of or self.name

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        return (*self.public, *self.exact)


_OF_CASES = (Dimension.EXPLOITATION_COMBINATION, Dimension.SECTOR, Dimension.POLICE_FORCE)
_OF_RECIPIENTS = (Dimension.RECIPIENT_KIND, Dimension.NATION, Dimension.EXPLOITATION_TYPE)
_TABLE = (
    Measure(
        MeasureName.CONTACTS,
        "contacts, in the month in which they were received",
        (Dimension.NATION, Dimension.EXPLOITATION_TYPE, Dimension.CHANNEL),
        (
            Dimension.CALLER_TYPE,
            Dimension.PURPOSE,
            Dimension.PRIVACY,
            Dimension.LANGUAGE,
            Dimension.CLASSIFICATION,
            *_OF_CASES,
        ),
    ),
    Measure(
        MeasureName.CASES,
        "cases, in the month in which they were opened",
        (Dimension.CLASSIFICATION, Dimension.NATION, Dimension.EXPLOITATION_TYPE),
        _OF_CASES,
    ),
    Measure(
        MeasureName.POTENTIAL_VICTIMS,
        "potential victims indicated, in the month in which their case was opened",
        (Dimension.UNDER_18, Dimension.NATION, Dimension.EXPLOITATION_TYPE),
        (Dimension.CLASSIFICATION, *_OF_CASES),
    ),
    Measure(
        MeasureName.CHILDREN,
        "potential victims who are or may be under 18, in the month in which their case was opened",
        (Dimension.NATION, Dimension.EXPLOITATION_TYPE),
        (Dimension.CLASSIFICATION, *_OF_CASES),
        part_of=MeasureName.POTENTIAL_VICTIMS,
        where={"under_18": "yes"},
    ),
    Measure(
        MeasureName.OVERRIDES,
        "sharing duties that opened; one for each case recipient, whatever its grounds",
        (Dimension.GROUND, *_OF_RECIPIENTS),
    ),
    Measure(
        MeasureName.PHONE_HANDOVERS,
        "sharing duties that a person fulfilled by telephone",
        (Dimension.NATION, Dimension.EXPLOITATION_TYPE),
    ),
    Measure(
        MeasureName.WITHHELD,
        "disclosures that the rules withheld at the moment of issue",
        _OF_RECIPIENTS,
        (Dimension.REASON,),
    ),
    Measure(MeasureName.REFERRALS, "referrals sent", _OF_RECIPIENTS, (Dimension.FORCED,)),
    Measure(
        MeasureName.REFERRALS_ACKNOWLEDGED,
        "referrals that an agency acknowledged",
        _OF_RECIPIENTS,
        (Dimension.FORCED, Dimension.ACKNOWLEDGED_BY),
    ),
    Measure(MeasureName.REFERRALS_ACCEPTED, "referrals that an agency accepted", _OF_RECIPIENTS),
    Measure(
        MeasureName.REFERRALS_DECLINED,
        "referrals that an agency declined",
        _OF_RECIPIENTS,
        (Dimension.REASON,),
    ),
)
MEASURES: Mapping[MeasureName, Measure] = {measure.name: measure for measure in _TABLE}


def grid(dimensions: Iterable[Dimension]) -> list[Cell]:
    """Return every cell of a public table, in the order of the table."""
    return list(product(*(VALUES[name] for name in dimensions)))


def one_or_multiple(codes: Iterable[str]) -> str:
    different = sorted(set(codes) - {UNKNOWN})
    if not different:
        return UNKNOWN
    return different[0] if len(different) == 1 else MULTIPLE


def forcing_ground(grounds: Iterable[Ground]) -> str:
    """Return the ground of a duty. A consent that was given as well forces nothing and does not count."""
    return one_or_multiple(ground for ground in grounds if ground is not Ground.CONSENT)


def combination(types: Iterable[ExploitationType]) -> str:
    """Return every known type, as `sexual+labour+criminal`, in the order of published NRM statistics."""
    known = set(types) - {ExploitationType.UNKNOWN}
    order = {code: place for place, code in enumerate(NRM_ORDER)}
    return "+".join(sorted(known, key=lambda t: (order.get(t, len(order)), t))) or UNKNOWN


def codes_of_case(event: CaseClassified) -> dict[str, str]:
    """Return the codes of a case, which its contacts and its referrals are counted under too."""
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


def victims_of_case(event: CaseClassified) -> tuple[int, int]:
    """Return the potential victims and the children among them; 0 for a kind of case that has none."""
    if not event.classification.counts_potential_victims:
        return 0, 0
    return max(event.potential_victims, event.children), event.children


def cell_of(codes: Codes, dimensions: Iterable[str]) -> Cell:
    return tuple(codes.get(name, UNKNOWN) for name in dimensions)
