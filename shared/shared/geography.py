"""Who protects people where: the council of a place, its police force, and the body that runs social care there.

Facts come from the packaged reference files; nothing here asks a network or a clock. An English district
leads to its county's social care, a Northern Ireland district to its Health and Social Care Trust.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final

from shared.errors import Invalid
from shared.postcodes import in_northern_ireland, postcode_directory
from shared.vocabulary import Nation, RecipientKind

NATIONAL_DESK: Final = "police:nca"
"""Police where the place is unknown: the National Crime Agency."""

SOCIAL_CARE_DESK: Final = "desk:social_care"
"""Social care where the place is unknown. No such agency exists: an operator says who answers; until then it is a
telephone task."""

_POLICE_SERVICE_OF_NORTHERN_IRELAND: Final = "police:N99999999"
NORTHERN_IRELAND = "N92000002"
"""The country's own code: somewhere there, in a district that nobody has named yet."""

# Recoded on 1 April 2025, when a boundary between the two moved; the council list still has the codes from before.
_RECODED: Final[Mapping[str, str]] = {"E08000038": "E08000016", "E08000039": "E08000019"}


class UnknownCouncil(Invalid, LookupError):
    code = "unknown-council"
    title = "There is no council with this code"


class CouncilKind(StrEnum):
    """The kinds of the mySociety list, by its abbreviations."""

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
    """Who runs social care instead, for an English district."""
    force: str
    trust: str | None
    population: int
    """Mid-2020 estimate. A county counts its districts' people again."""


class BodyKind(StrEnum):
    POLICE = "police"
    SOCIAL_CARE = "social_care"

    @property
    def serves(self) -> frozenset[RecipientKind]:
        """One council, trust or social work department answers for children and for adults."""
        if self is BodyKind.POLICE:
            return frozenset({RecipientKind.POLICE})
        return frozenset({RecipientKind.CHILDREN_SOCIAL_CARE, RecipientKind.ADULT_SOCIAL_CARE})


@dataclass(frozen=True)
class Body:
    """A police force, a social care authority or a national desk: someone a referral can be addressed to."""

    code: str
    name: str
    nation: Nation | None
    """None where it works in more than one nation."""
    kind: BodyKind
    territorial: bool
    """Responsible for a place of its own. No other body is found from a place."""


def councils() -> tuple[Council, ...]:
    return tuple(_councils().values())


def council(gss: str) -> Council:
    try:
        return _councils()[_RECODED.get(gss, gss)]
    except KeyError:
        raise UnknownCouncil from None


def known_area(gss: str) -> str:
    """The code as it is valid today, of a council or of Northern Ireland as a whole; UnknownCouncil otherwise."""
    return gss if gss == NORTHERN_IRELAND else council(gss).gss


def nation_of(gss: str) -> Nation:
    return Nation.NORTHERN_IRELAND if gss == NORTHERN_IRELAND else council(gss).nation


def police_force_of(gss: str) -> str:
    """One force serves all of Northern Ireland: there, no council needs to be known."""
    if gss == NORTHERN_IRELAND:
        return _POLICE_SERVICE_OF_NORTHERN_IRELAND
    return f"police:{council(gss).force}"


def social_care_of(gss: str) -> str:
    """The body that answers for children and for adults there.

    One trust is named for each Northern Ireland district, although two (Mid Ulster; Newry, Mourne and Down) reach
    into a second one.
    """
    place = council(gss)
    if place.trust is not None:
        return _trust_code(place.trust)
    return f"social_care:{place.county or place.gss}"


def responsible_body(kind: RecipientKind, gss: str | None) -> str | None:
    """The body that answers for a kind of recipient in a place, or its national desk where the place is unknown.

    None for kinds that no place decides (a charity, a first responder): those are chosen, not looked up.
    """
    if kind is RecipientKind.POLICE:
        return NATIONAL_DESK if gss is None else police_force_of(gss)
    if kind in BodyKind.SOCIAL_CARE.serves:
        return SOCIAL_CARE_DESK if gss is None else social_care_of(gss)
    return None


def council_of_postcode(postcode: str) -> str | None:
    """The council's code; None for a part of a postcode, an unknown one, or one outside Great Britain.

    Postcodes of Northern Ireland are not licensed for this: the adviser picks the council.
    """
    code = postcode_directory().code_of(postcode)
    if code is None:
        return None
    current = _RECODED.get(code, code)
    # The Channel Islands and the Isle of Man have no council here.
    return current if current in _councils() else None


def area_of_postcode(postcode: str) -> str | None:
    """The council's code; for any postcode of Northern Ireland, or the beginning of one, the country's own."""
    return NORTHERN_IRELAND if in_northern_ireland(postcode) else council_of_postcode(postcode)


def police_force_of_postcode(postcode: str) -> str | None:
    area = area_of_postcode(postcode)
    return police_force_of(area) if area is not None else None


def councils_named(text: str, *, at_most: int = 20) -> tuple[Council, ...]:
    """Councils with the text in their full or short name, those that begin with it first; capitals do not matter."""
    wanted = text.strip().casefold()
    if not wanted:
        return ()
    found = [place for place in councils() if any(wanted in name for name in _names(place))]
    found.sort(key=lambda place: (not any(name.startswith(wanted) for name in _names(place)), place.name))
    return tuple(found[:at_most])


def _names(place: Council) -> tuple[str, str]:
    return place.name.casefold(), place.short_name.casefold()


def bodies() -> tuple[Body, ...]:
    """Everyone a referral may be addressed to by place, and the national desks and forces, in a steady order."""
    return tuple(_bodies().values())


def body(code: str) -> Body:
    """The body with this code; KeyError if there is none, because codes come from here."""
    return _bodies()[code]


@cache
def _bodies() -> Mapping[str, Body]:
    desk = Body(SOCIAL_CARE_DESK, "National social care desk", None, BodyKind.SOCIAL_CARE, territorial=False)
    every = (*_police(), *_social_care_councils(), *_trusts(), desk)
    return {one.code: one for one in every}


def _police() -> list[Body]:
    return [_police_body(row) for row in _rows("police_forces.csv")]


def _police_body(row: Mapping[str, str]) -> Body:
    nation = Nation(row["nation"]) if row["ons_code"] else None
    code = row["ons_code"] or _ABBREVIATIONS[row["name"]]
    return Body(f"police:{code}", row["name"], nation, BodyKind.POLICE, territorial=bool(row["ons_code"]))


# Forces without a territory have no official code.
_ABBREVIATIONS: Final[Mapping[str, str]] = {
    "National Crime Agency": "nca",
    "British Transport Police": "btp",
    "Ministry of Defence Police": "mdp",
    "Civil Nuclear Constabulary": "cnc",
}


def _social_care_councils() -> list[Body]:
    return [
        Body(f"social_care:{place.gss}", place.name, place.nation, BodyKind.SOCIAL_CARE, territorial=True)
        for place in councils()
        if place.runs_social_care
    ]


def _trusts() -> list[Body]:
    names = sorted({place.trust for place in councils() if place.trust is not None})
    return [
        Body(_trust_code(name), name, Nation.NORTHERN_IRELAND, BodyKind.SOCIAL_CARE, territorial=True)
        for name in names
    ]


def _trust_code(name: str) -> str:
    return "social_care:hsc-" + name.removesuffix(" HSC Trust").lower().replace(" ", "-")


@cache
def _councils() -> Mapping[str, Council]:
    return {row["gss"]: _council(row) for row in _rows("local_authorities.csv")}


def _council(row: Mapping[str, str]) -> Council:
    return Council(
        gss=row["gss"],
        name=row["name"],
        short_name=row["short_name"],
        nation=Nation(row["nation"]),
        region=row["region"],
        kind=CouncilKind(row["type"]),
        runs_social_care=row["social_care_authority"] == "yes",
        county=row["upper_tier_gss"] or None,
        force=row["pfa_code"],
        trust=row["hsc_trust"] or None,
        population=round(float(row["pop_2020"])),
    )


def _rows(name: str) -> list[dict[str, str]]:
    with (files("shared") / "reference" / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))
