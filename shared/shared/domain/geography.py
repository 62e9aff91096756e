"""Geography: councils of the United Kingdom, and the agencies that protect people in each.

Everything comes from the packaged reference files; nothing here asks a network or a clock. An English district leads
to its county's social care, a Northern Ireland district to its Health and Social Care Trust.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from shared.domain.councils import (
    NORTHERN_IRELAND,
    Council,
    CouncilKind,
    UnknownCouncil,
    council,
    councils,
    rows_of,
)
from shared.domain.postcodes import postcode_directory
from shared.domain.vocabulary import Nation, RecipientKind

__all__ = [
    "NORTHERN_IRELAND",
    "Council",
    "CouncilKind",
    "UnknownCouncil",
    "council",
    "councils",
]

NATIONAL_DESK: Final = "police:nca"
"""Code of the police where the place is unknown: the National Crime Agency."""

POLICE_SCOTLAND: Final = "police:S23000009"
BRITISH_TRANSPORT_POLICE: Final = "police:btp"
COASTGUARD: Final = "police:coastguard"
"""Code of His Majesty's Coastguard: told beside the police of the port where somebody is in danger at sea."""

TRUSTS_OUT_OF_HOURS: Final = "social_care:hsc-resws"
"""Code of the Regional Emergency Social Work Service: the contact point of each trust out of hours."""

_TRUST: Final = "social_care:hsc-"
_POLICE_SERVICE_OF_NORTHERN_IRELAND: Final = "police:N99999999"

# The five trusts of 2007 were made of whole districts of that time; four districts of 2015 join two of these that had
# different trusts: Magherafelt and Cookstown with Dungannon; Newry and Mourne with Down; Lisburn with Castlereagh;
# Coleraine, Ballymoney and Moyle with Limavady. The council list names the first trust of each.
_SECOND_TRUST: Final[Mapping[str, str]] = {
    "N09000009": "Southern HSC Trust",
    "N09000010": "South Eastern HSC Trust",
    "N09000007": "Belfast HSC Trust",
    "N09000004": "Western HSC Trust",
}


class AgencyKind(StrEnum):
    """Kinds of agency that a place decides."""

    POLICE = "police"
    SOCIAL_CARE = "social_care"

    @property
    def recipient_kinds(self) -> frozenset[RecipientKind]:
        """Return the recipient kinds; one social care authority answers for children and for adults."""
        if self is AgencyKind.POLICE:
            return frozenset({RecipientKind.POLICE})
        return frozenset({RecipientKind.CHILDREN_SOCIAL_CARE, RecipientKind.ADULT_SOCIAL_CARE})


@dataclass(frozen=True)
class TerritorialAgency:
    """Police force, social care authority or national desk."""

    code: str
    name: str
    nation: Nation | None
    """None where it works in more than one nation."""
    kind: AgencyKind
    territorial: bool
    """It is responsible for a place of its own; no other is found from a place."""


def nation_of(gss: str) -> Nation:
    return Nation.NORTHERN_IRELAND if gss == NORTHERN_IRELAND else council(gss).nation


def known_nation_of(gss: str | None) -> Nation | None:
    """Return the nation of an area, None where the area is not known."""
    try:
        return nation_of(gss) if gss is not None else None
    except UnknownCouncil:
        return None


def police_force_of(gss: str) -> str:
    """Return the agency code of the police force; in Northern Ireland it is one, whatever the council."""
    if gss == NORTHERN_IRELAND:
        return _POLICE_SERVICE_OF_NORTHERN_IRELAND
    return f"police:{council(gss).force}"


def social_care_of(gss: str) -> str:
    """Return the agency code of the social care authority, for children and for adults.

    The likeliest trust, for the four districts of Northern Ireland that reach into two.
    """
    place = council(gss)
    if place.trust is not None:
        return trust_code(place.trust)
    return f"social_care:{place.county or place.gss}"


def social_care_agencies_of(gss: str) -> tuple[str, ...]:
    """Return the agency codes of every social care authority it may be, likeliest first.

    Two for four districts of Northern Ireland, and every trust, by people served, for Northern Ireland as a whole.
    """
    if gss == NORTHERN_IRELAND:
        return _trusts_by_population()
    second = _SECOND_TRUST.get(gss)
    return (social_care_of(gss), *((trust_code(second),) if second else ()))


@cache
def _trusts_by_population() -> tuple[str, ...]:
    people: Counter[str] = Counter()
    for place in councils():
        if place.trust is not None:
            people[trust_code(place.trust)] += place.population
    return tuple(code for code, _ in people.most_common())


def out_of_hours_agency_of(agency_code: str) -> str | None:
    """Return the agency that answers for this one out of hours, where there is one of its own."""
    is_trust = agency_code.startswith(_TRUST) and agency_code != TRUSTS_OUT_OF_HOURS
    return TRUSTS_OUT_OF_HOURS if is_trust else None


def council_of_postcode(postcode: str) -> str | None:
    """Return the council's code for a postcode that is exactly in the directory, None for every other text.

    `shared.domain.places` reads postcodes as people write them.
    """
    code = postcode_directory().code_of(postcode)
    if code is None:
        return None
    try:
        return council(code).gss
    except UnknownCouncil:  # The Channel Islands and the Isle of Man have no council here.
        return None


def agencies() -> tuple[TerritorialAgency, ...]:
    """Return every agency that a place decides, and the national desks and forces, in a fixed order."""
    return tuple(_agencies().values())


def agency(code: str) -> TerritorialAgency:
    """Return the agency with this code; KeyError if there is none, because codes come from here."""
    return _agencies()[code]


@cache
def _agencies() -> Mapping[str, TerritorialAgency]:
    emergency = TerritorialAgency(
        TRUSTS_OUT_OF_HOURS,
        "Regional Emergency Social Work Service",
        Nation.NORTHERN_IRELAND,
        AgencyKind.SOCIAL_CARE,
        territorial=False,
    )
    every = (*_police(), *_social_care_councils(), *_trusts(), emergency)
    return {one.code: one for one in every}


def _police() -> list[TerritorialAgency]:
    return [_police_force(row) for row in rows_of("police_forces.csv")]


def _police_force(row: Mapping[str, str]) -> TerritorialAgency:
    nation = Nation(row["nation"]) if row["ons_code"] else None
    code = row["ons_code"] or _ABBREVIATIONS[row["name"]]
    return TerritorialAgency(
        f"police:{code}", row["name"], nation, AgencyKind.POLICE, territorial=bool(row["ons_code"])
    )


# Forces without a territory have no official code.
_ABBREVIATIONS: Final[Mapping[str, str]] = {
    "National Crime Agency": "nca",
    "British Transport Police": "btp",
    "Ministry of Defence Police": "mdp",
    "Civil Nuclear Constabulary": "cnc",
    "His Majesty's Coastguard": "coastguard",
}


def _social_care_councils() -> list[TerritorialAgency]:
    return [
        TerritorialAgency(
            f"social_care:{place.gss}", place.name, place.nation, AgencyKind.SOCIAL_CARE, territorial=True
        )
        for place in councils()
        if place.runs_social_care
    ]


def _trusts() -> list[TerritorialAgency]:
    names = sorted({place.trust for place in councils() if place.trust is not None})
    return [
        TerritorialAgency(
            trust_code(name), name, Nation.NORTHERN_IRELAND, AgencyKind.SOCIAL_CARE, territorial=True
        )
        for name in names
    ]


def trust_code(name: str) -> str:
    return _TRUST + name.removesuffix(" HSC Trust").lower().replace(" ", "-")
