"""Geography: every place in the four nations leads to the right police force and the right social care agency."""

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain import geography
from shared.domain.geography import (
    NATIONAL_DESK,
    TRUSTS_OUT_OF_HOURS,
    AgencyKind,
    CouncilKind,
    UnknownCouncil,
    agencies,
    agency,
    council,
    council_of_postcode,
    councils,
    nation_of,
    police_force_of,
    social_care_of,
)
from shared.domain.vocabulary import Nation

EVERY_COUNCIL = [place.gss for place in councils()]


def of_kind(kind: AgencyKind, *, territorial: bool) -> list[geography.TerritorialAgency]:
    return [one for one in agencies() if one.kind is kind and one.territorial is territorial]


def test_there_are_382_councils() -> None:
    assert len(EVERY_COUNCIL) == len(set(EVERY_COUNCIL)) == 382


def test_there_are_45_territorial_forces() -> None:
    counted = Counter(force.nation for force in of_kind(AgencyKind.POLICE, territorial=True))
    assert counted == {Nation.ENGLAND: 39, Nation.WALES: 4, Nation.SCOTLAND: 1, Nation.NORTHERN_IRELAND: 1}


def test_social_care_is_run_by_153_agencies_in_england_22_in_wales_32_in_scotland_and_5_trusts() -> None:
    counted = Counter(one.nation for one in of_kind(AgencyKind.SOCIAL_CARE, territorial=True))
    assert counted == {Nation.ENGLAND: 153, Nation.WALES: 22, Nation.SCOTLAND: 32, Nation.NORTHERN_IRELAND: 5}


def test_agencies_without_a_place_are_these() -> None:
    assert {one.code for one in of_kind(AgencyKind.POLICE, territorial=False)} == {
        "police:nca",
        "police:btp",
        "police:mdp",
        "police:cnc",
        "police:coastguard",
    }
    assert [one.code for one in of_kind(AgencyKind.SOCIAL_CARE, territorial=False)] == [
        TRUSTS_OUT_OF_HOURS,
    ]


def test_every_agency_has_its_own_code_and_a_name() -> None:
    assert len({one.code for one in agencies()}) == len(agencies()) == 45 + 5 + 153 + 22 + 32 + 5 + 1
    assert all(
        re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.:+-]{0,63}", one.code) and one.name for one in agencies()
    )
    assert agency("police:E23000034").name == "City of London Police"
    assert agency("social_care:hsc-south-eastern").name == "South Eastern HSC Trust"


@pytest.mark.parametrize("gss", EVERY_COUNCIL)
def test_a_council_leads_to_a_force_and_a_social_care_agency_of_its_own_nation(gss: str) -> None:
    force, care = agency(police_force_of(gss)), agency(social_care_of(gss))
    assert (force.kind, force.territorial, force.nation) == (AgencyKind.POLICE, True, nation_of(gss))
    assert (care.kind, care.territorial, care.nation) == (AgencyKind.SOCIAL_CARE, True, nation_of(gss))


def test_every_force_and_every_social_care_agency_is_reached_from_some_council() -> None:
    found = {police_force_of(gss) for gss in EVERY_COUNCIL} | {social_care_of(gss) for gss in EVERY_COUNCIL}
    assert found == {one.code for one in agencies() if one.territorial}


def test_a_district_goes_to_its_county_and_shares_its_force() -> None:
    districts = [place for place in councils() if place.kind is CouncilKind.DISTRICT]
    assert len(districts) == 164
    for place in districts:
        assert place.county is not None
        county = council(place.county)
        assert county.kind is CouncilKind.COUNTY
        assert social_care_of(place.gss) == f"social_care:{county.gss}"
        assert police_force_of(place.gss) == police_force_of(county.gss)


def test_whoever_runs_social_care_answers_for_itself() -> None:
    own = [place for place in councils() if place.runs_social_care]
    assert {social_care_of(place.gss) for place in own} == {f"social_care:{place.gss}" for place in own}


@pytest.mark.parametrize(
    ("district", "trust"),
    [
        ("Antrim and Newtownabbey", "northern"),
        ("Ards and North Down", "south-eastern"),
        ("Armagh City, Banbridge and Craigavon", "southern"),
        ("Belfast", "belfast"),
        ("Causeway Coast and Glens", "northern"),
        ("Derry City and Strabane", "western"),
        ("Fermanagh and Omagh", "western"),
        ("Lisburn and Castlereagh", "south-eastern"),
        ("Mid and East Antrim", "northern"),
        ("Mid Ulster", "northern"),
        ("Newry, Mourne and Down", "southern"),
    ],
)
def test_a_northern_ireland_district_goes_to_its_trust(district: str, trust: str) -> None:
    [place] = [
        place
        for place in councils()
        if place.nation is Nation.NORTHERN_IRELAND and place.name.startswith(district)
    ]
    assert social_care_of(place.gss) == f"social_care:hsc-{trust}"
    assert police_force_of(place.gss) == "police:N99999999"


@pytest.mark.parametrize(
    ("building", "postcode", "name", "force", "care"),
    [
        (
            "Prime Minister's office",
            "SW1A 2AA",
            "Westminster",
            "Metropolitan Police Service",
            "City of Westminster",
        ),
        ("Guildhall", "EC2V 7HH", "City of London", "City of London Police", "City of London Corporation"),
        (
            "Manchester Town Hall",
            "M2 5DB",
            "Manchester",
            "Greater Manchester Police",
            "Manchester City Council",
        ),
        ("Sheffield Town Hall", "S1 2HH", "Sheffield", "South Yorkshire Police", "Sheffield City Council"),
        (
            "Barnsley Town Hall",
            "S70 2TA",
            "Barnsley",
            "South Yorkshire Police",
            "Barnsley Metropolitan Borough Council",
        ),
        (
            "Cambridge Guildhall",
            "CB2 3QJ",
            "Cambridge",
            "Cambridgeshire Constabulary",
            "Cambridgeshire County Council",
        ),
        (
            "Taunton, Somerset Council",
            "TA1 4DY",
            "Somerset",
            "Avon and Somerset Constabulary",
            "Somerset Council",
        ),
        ("Senedd", "CF99 1SN", "Cardiff", "South Wales Police", "City of Cardiff Council"),
        ("Scottish Parliament", "EH99 1SP", "Edinburgh", "Police Scotland", "City of Edinburgh Council"),
        ("Glasgow City Chambers", "G2 1DU", "Glasgow", "Police Scotland", "Glasgow City Council"),
    ],
)
def test_a_well_known_building_lies_where_it_stands(
    building: str, postcode: str, name: str, force: str, care: str
) -> None:
    gss = council_of_postcode(postcode)
    assert gss is not None, building
    assert name in council(gss).name
    assert agency(police_force_of(gss)).name == force
    assert agency(social_care_of(gss)).name == care


@pytest.mark.parametrize("postcode", ["m25db", " M2 5DB ", "M25DB", "m 2 5 d b", "M2\t5db", "M2\u00a05DB"])
def test_a_postcode_may_be_written_in_any_of_these_ways(postcode: str) -> None:
    assert council_of_postcode(postcode) == "E08000003"


@pytest.mark.parametrize(
    "postcode",
    [
        "",
        " ",
        "M",
        "M2",
        "M2 5",
        "M2 5D",
        "M2 5DBX",
        "5DB",
        "M2-5DB",
        "QQ1 1QQ",
        "M2 0ZZ",
        "M2 5DB M2 5DB",
        "M２ 5DB",
    ],
)
def test_the_directory_does_not_guess_a_wrong_or_partial_postcode(postcode: str) -> None:
    assert council_of_postcode(postcode) is None


@pytest.mark.parametrize("postcode", ["JE1 1BD", "GY1 1FH", "IM1 3PW"])
def test_the_crown_dependencies_have_no_council_here(postcode: str) -> None:
    assert council_of_postcode(postcode) is None


@pytest.mark.parametrize("postcode", ["BT1 5GS", "bt43xx", "BT4 3XX"])
def test_a_postcode_of_northern_ireland_is_not_in_the_directory(postcode: str) -> None:
    assert council_of_postcode(postcode) is None


@given(st.text(max_size=12))
def test_whatever_is_typed_a_postcode_gives_a_council_or_nothing(text: str) -> None:
    gss = council_of_postcode(text)
    assert gss is None or council(gss).gss == gss


@pytest.mark.parametrize(("recoded", "current"), [("E08000038", "E08000016"), ("E08000039", "E08000019")])
def test_a_code_of_2025_leads_to_the_same_council(recoded: str, current: str) -> None:
    assert council(recoded) == council(current)
    assert social_care_of(recoded) == social_care_of(current)


@pytest.mark.parametrize("gss", ["", "E06000999", "Anna lives here", "e08000003"])
def test_an_unknown_council_is_refused_without_repeating_it(gss: str) -> None:
    for ask in (council, nation_of, police_force_of, social_care_of):
        with pytest.raises(UnknownCouncil) as refusal:
            ask(gss)
        assert not gss or gss not in str(refusal.value)
        assert refusal.value.status == 422


def test_the_national_desk_is_an_agency_that_no_place_leads_to() -> None:
    assert agency(NATIONAL_DESK).name == "National Crime Agency"
    assert not agency(NATIONAL_DESK).territorial


def test_a_council_has_people() -> None:
    for place in councils():
        assert place.population > 1_000
