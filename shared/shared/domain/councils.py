"""Councils of the United Kingdom with their days: today's, those that ended since 2009, and those to come.

Everything comes from packaged reference files. A change that was decided is loaded before its day as rows of
`councils_to_come.csv`; from its day on, the new council is found, and the old codes lead to it.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache, cached_property
from importlib.resources import files
from typing import Final

from shared.domain.vocabulary import Nation
from shared.errors import Invalid

NORTHERN_IRELAND: Final = "N92000002"
"""GSS code of Northern Ireland as a whole, for a place in a district that nobody has named yet."""

# Recoded on 1 April 2025, when a boundary between the two moved; the council list still has the codes from before.
_RECODED: Final[Mapping[str, str]] = {"E08000038": "E08000016", "E08000039": "E08000019"}


_COUNTY_CODES: Final = "E10"


class UnknownCouncil(Invalid, LookupError):
    """No council has this GSS code, or it ended and several took its place."""

    code = "unknown-council"
    title = "There is no council with this code"


class CouncilKind(StrEnum):
    """Kinds of council, by the abbreviations of the mySociety list."""

    UNITARY = "UA"
    METROPOLITAN_DISTRICT = "MD"
    LONDON_BOROUGH = "LBO"
    CITY_CORPORATION = "CC"
    COUNTY = "CTY"
    DISTRICT = "NMD"
    WELSH = "WPA"
    SCOTTISH = "SCO"
    NORTHERN_IRISH = "NID"


@dataclass(frozen=True)
class Council:
    gss: str
    name: str
    short_name: str
    nation: Nation
    region: str
    kind: CouncilKind
    runs_social_care: bool
    county: str | None
    """GSS code of the county that runs social care instead, for an English district."""
    force: str
    trust: str | None
    population: int
    """Estimate of mid-2020. A county counts its districts' people again."""
    valid_from: date | None = None
    """First day, for a council to come."""
    replaces: tuple[str, ...] = ()
    """GSS codes of the councils that end the day before, for a council to come."""

    def exists_on(self, day: date) -> bool:
        return self.valid_from is None or self.valid_from <= day


@dataclass(frozen=True)
class EndedCouncil:
    gss: str
    name: str
    valid_until: date
    """Last day."""
    successors: tuple[str, ...]
    """GSS codes of the councils that it became, likeliest first."""


@dataclass(frozen=True, eq=False)
class CouncilRegister:
    """Every council that is, was since 2009 or will be, by GSS code."""

    councils: Mapping[str, Council]
    ended: Mapping[str, EndedCouncil]
    without_code: Mapping[str, tuple[str, ...]]
    """Names of councils to come whose code is not published yet, with the codes of those that each will replace."""

    @cached_property
    def replaced_by(self) -> Mapping[str, list[Council]]:
        """Return the councils to come by the code of each that they replace."""
        found: dict[str, list[Council]] = {}
        for one in self.councils.values():
            for old in one.replaces:
                found.setdefault(old, []).append(one)
        return found

    def last_change(self, day: date) -> date:
        """Return the first day of the newest council by a day; the first of all days where none is new."""
        days = (one.valid_from for one in self.councils.values() if one.valid_from is not None)
        return max((first for first in days if first <= day), default=date.min)

    def current(self, day: date) -> tuple[Council, ...]:
        """Return the councils of a day: without those that ended by then or are still to come."""
        return tuple(one for one in self.councils.values() if self.areas(one.gss, day) == (one.gss,))

    def areas(self, gss: str, day: date) -> tuple[str, ...]:
        """Return the codes of that day's councils where this code's area lies; empty for an unknown code.

        An ended council leads to its successors, one to come to those that it will replace.
        """
        known = _RECODED.get(gss, gss)
        found: dict[str, None] = {}
        for code in self._next_codes(known, day):
            found |= dict.fromkeys((code,) if code == known else self.areas(code, day))
        return tuple(found)

    def _next_codes(self, gss: str, day: date) -> tuple[str, ...]:
        if gss in self.ended:
            return self.ended[gss].successors
        if gss not in self.councils:
            return ()
        if not self.councils[gss].exists_on(day):
            return self.councils[gss].replaces
        newer = tuple(one.gss for one in self.replaced_by.get(gss, ()) if one.exists_on(day))
        return newer or (gss,)

    def council(self, gss: str) -> Council:
        """Return the council with this code, or the only one that it became; UnknownCouncil otherwise."""
        known = self.councils.get(_RECODED.get(gss, gss))
        if known is not None:
            return known
        ended = self.ended.get(gss)
        if ended is None or len(ended.successors) != 1:
            raise UnknownCouncil
        return self.council(ended.successors[0])


def councils(on: date | None = None) -> tuple[Council, ...]:
    """Return the councils of a day; without one, all of the packaged list, whatever their first day."""
    register = council_register()
    return tuple(register.councils.values()) if on is None else register.current(on)


def council(gss: str) -> Council:
    """Return the council with this GSS code, or the only one that it became; UnknownCouncil otherwise."""
    return council_register().council(gss)


@cache
def council_register() -> CouncilRegister:
    return register_of(
        rows_of("local_authorities.csv"), rows_of("ended_councils.csv"), rows_of("councils_to_come.csv")
    )


def register_of(
    today: Iterable[Mapping[str, str]],
    ended: Iterable[Mapping[str, str]],
    to_come: Iterable[Mapping[str, str]] = (),
) -> CouncilRegister:
    """Return a register of the rows of the three files.

    A council to come whose code is not published yet is known by its name only, which leads to those it replaces.
    """
    coming = list(to_come)
    every = [_council(row) for row in (*today, *(row for row in coming if row["gss"]))]
    return CouncilRegister(
        {one.gss: one for one in every},
        {one.gss: one for one in map(_ended, ended)},
        {row["short_name"]: _districts_of(row) for row in coming if not row["gss"]},
    )


def _districts_of(row: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(gss for gss in row["replaces"].split() if not gss.startswith(_COUNTY_CODES))


def rows_of(name: str) -> list[dict[str, str]]:
    """Return the rows of a packaged reference file."""
    with (files("shared.domain") / "reference" / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _council(row: Mapping[str, str]) -> Council:
    valid_from = row.get("valid_from")
    return Council(
        gss=row["gss"],
        name=row["name"].strip(),
        short_name=row["short_name"].strip(),
        nation=Nation(row["nation"]),
        region=row["region"],
        kind=CouncilKind(row["type"]),
        runs_social_care=row["social_care_authority"] == "yes",
        county=row["upper_tier_gss"] or None,
        force=row["pfa_code"],
        trust=row["hsc_trust"] or None,
        population=round(float(row["pop_2020"])),
        valid_from=date.fromisoformat(valid_from) if valid_from else None,
        replaces=tuple(row.get("replaces", "").split()),
    )


def _ended(row: Mapping[str, str]) -> EndedCouncil:
    successors = tuple(row["successors"].split())
    return EndedCouncil(row["gss"], row["name"], date.fromisoformat(row["valid_until"]), successors)
