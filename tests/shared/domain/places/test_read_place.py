"""Places read from all their words together: which of them decides, and when a person must check."""

from datetime import date

import pytest

from shared.domain.councils import council_register, rows_of
from shared.domain.geography import COASTGUARD, agency, out_of_hours_agency_of
from shared.domain.places import Outside, PlaceReading, PlaceSetting, read_place

TODAY = date(2026, 11, 26)
LEEDS, BRIGHTON = "E08000035", "E06000043"


def test_nothing_said_is_nothing_known() -> None:
    reading = read_place(on=TODAY)
    assert (reading.areas, reading.police, reading.social_care) == ((), (), ())
    assert not reading.is_known
    assert not reading.is_sure


def test_a_contradiction_names_the_agencies_of_both_the_postcodes_first() -> None:
    assert read_place(postcode="LS1 4AP", council=BRIGHTON, on=TODAY) == PlaceReading(
        areas=(LEEDS, BRIGHTON),
        police=("police:E23000010", "police:E23000033"),
        social_care=(f"social_care:{LEEDS}", f"social_care:{BRIGHTON}"),
        is_sure=False,
        contradiction=True,
    )


@pytest.mark.parametrize(
    ("postcode", "council", "area"),
    [
        ("HG1 2SG", "E07000165", "E06000065"),  # Harrogate until 2023
        ("CA1 1AA", "E10000006", "E06000063"),  # Cumbria, which became two
        ("CB2 3QJ", "E10000003", "E07000008"),  # a county and a postcode of one of its districts
        ("SK13 0AD", "E08000008", "E08000008"),  # a split postcode
        ("SK13", "E08000008", "E08000008"),
        ("BT1 5GS", "N09000003", "N09000003"),
        ("LS1 4AP", "Leeds City Council", LEEDS),
    ],
)
def test_a_council_and_a_postcode_that_agree_are_sure_together(
    postcode: str, council: str, area: str
) -> None:
    reading = read_place(postcode=postcode, council=council, on=TODAY)
    assert reading.areas == (area,)
    assert not reading.contradiction
    assert reading.is_sure


def test_a_guess_stays_a_guess_beside_the_council_that_it_leads_to() -> None:
    reading = read_place(postcode="LSI 4AP", council=LEEDS, on=TODAY)
    assert (reading.areas, reading.is_guess, reading.is_sure) == ((LEEDS,), True, False)


@pytest.mark.parametrize("postcode", ["QQ1 1QQ", "not known", "12345"])
def test_a_postcode_that_leads_nowhere_leaves_the_council_and_a_task_to_check(postcode: str) -> None:
    reading = read_place(postcode=postcode, council=LEEDS, on=TODAY)
    assert (reading.areas, reading.is_sure, reading.contradiction) == ((LEEDS,), False, False)


@pytest.mark.parametrize("council", ["E99999999", "nobody knows"])
def test_a_council_that_leads_nowhere_leaves_the_postcode_and_a_task_to_check(council: str) -> None:
    reading = read_place(postcode="LS1 4AP", council=council, on=TODAY)
    assert (reading.areas, reading.is_sure, reading.contradiction) == ((LEEDS,), False, False)


@pytest.mark.parametrize(
    ("address", "areas"),
    [
        ("12 High Street, Leeds", (LEEDS,)),
        ("12 high street leeds", (LEEDS,)),
        ("Flat 3, 10 Elm Street, Newcastle, Co Down", ("N09000010",)),
        ("1 Acacia Avenue, Newport, Isle of Wight", ("E06000046",)),
        ("12 Hill Rd, Manchester M14", ("E08000003",)),
        ("Leeds LS6", (LEEDS,)),
        ("5 The Green, SW1A OAA", ("E09000033",)),
        ("Oban, Scotland", ("S12000035",)),
        ("10 Elm Street, Newcastle", ("E08000021", "E07000195", "N09000010")),
        ("Stratford, London", ("E09000025",)),
        ("Falls Road, Belfast, Ireland", ("N09000003",)),
        ("High Street, Glossop, Derbyshire", ("E07000037",)),
    ],
)
def test_the_end_of_an_address_gives_its_likeliest_area_and_is_not_sure(
    address: str, areas: tuple[str, ...]
) -> None:
    reading = read_place(address=address, on=TODAY)
    assert reading.areas == areas
    assert not reading.is_sure


@pytest.mark.parametrize(
    "address", ["Flat B12", "on the M25", "Room E1", "7 The Grove", "Unit N4", "the old mill", "12b"]
)
def test_a_room_a_road_or_a_street_is_not_taken_for_a_place(address: str) -> None:
    assert not read_place(address=address, on=TODAY).is_known


def test_a_description_that_names_a_town_gives_its_council() -> None:
    assert read_place(description="a car wash in Bradford, behind the station", on=TODAY).areas == (
        "E08000032",
    )


def test_a_council_in_words_and_a_postcode_in_an_address_are_compared_too() -> None:
    assert read_place(council="Leeds", address="1 Road, BN1 1AA", on=TODAY).contradiction


@pytest.mark.parametrize(
    ("place", "outside"),
    [
        ({"postcode": "IM1 1AA"}, Outside.ISLE_OF_MAN),
        ({"postcode": "im9"}, Outside.ISLE_OF_MAN),
        ({"postcode": "JE2 4WE"}, Outside.JERSEY),
        ({"postcode": "GY1 1WR"}, Outside.GUERNSEY),
        ({"postcode": "GX11 1AA"}, Outside.GIBRALTAR),
        ({"postcode": "BFPO 57"}, Outside.BRITISH_FORCES),
        ({"postcode": "BF1 2AA"}, Outside.BRITISH_FORCES),
        ({"postcode": "D02 X285"}, Outside.ABROAD),
        ({"council": "M99999999"}, Outside.ISLE_OF_MAN),
        ({"council": "Jersey"}, Outside.JERSEY),
        ({"country": "Guernsey"}, Outside.GUERNSEY),
        ({"country": "Romania"}, Outside.ABROAD),
        ({"country": "RO"}, Outside.ABROAD),
        ({"address": "Strada Lunga 4, Bucharest, Romania"}, Outside.ABROAD),
        ({"address": "3 Bath Street, St Helier, Jersey"}, Outside.JERSEY),
        ({"setting": PlaceSetting.ABROAD}, Outside.ABROAD),
    ],
)
def test_a_place_outside_the_united_kingdom_is_said_to_be_what_it_is(
    place: dict[str, str], outside: Outside
) -> None:
    reading = read_place(**place, on=TODAY)  # type: ignore[arg-type] # words and a setting
    assert (reading.outside, reading.areas, reading.is_known) == (outside, (), False)


@pytest.mark.parametrize("country", ["UK", "United Kingdom", "England", "Wales", "GB", "great britain", ""])
def test_a_country_that_is_here_takes_nothing_away(country: str) -> None:
    reading = read_place(postcode="LS1 4AP", country=country, on=TODAY)
    assert (reading.areas, reading.is_sure, reading.outside) == ((LEEDS,), True, None)


def test_a_place_here_beside_a_country_abroad_is_kept_and_checked() -> None:
    reading = read_place(postcode="LS1 4AP", country="Romania", on=TODAY)
    assert (reading.areas, reading.is_sure) == ((LEEDS,), False)


def test_an_island_beside_a_council_is_a_contradiction() -> None:
    reading = read_place(postcode="JE2 4WE", council=LEEDS, on=TODAY)
    assert (reading.areas, reading.outside, reading.contradiction) == ((LEEDS,), Outside.JERSEY, True)


def test_scotland_has_one_police_service_wherever_it_is() -> None:
    assert read_place(country="Scotland", on=TODAY).police == ("police:S23000009",)


def test_the_railway_adds_the_british_transport_police_after_the_force_of_the_place() -> None:
    reading = read_place(postcode="LS1 4AP", setting=PlaceSetting.RAILWAY, on=TODAY)
    assert reading.police == ("police:E23000010", "police:btp")
    assert reading.is_sure
    somewhere = read_place(setting=PlaceSetting.RAILWAY, on=TODAY)
    assert (somewhere.police, somewhere.is_known, somewhere.is_sure) == (("police:btp",), True, False)


def test_the_railway_of_northern_ireland_is_its_own_polices() -> None:
    reading = read_place(council="N09000003", setting=PlaceSetting.RAILWAY, on=TODAY)
    assert reading.police == ("police:N99999999",)


def test_a_ship_has_the_force_of_its_port_and_the_coastguard_is_an_agency() -> None:
    reading = read_place(council="Southampton", setting=PlaceSetting.SEA, on=TODAY)
    assert (reading.police, reading.setting) == (("police:E23000030",), PlaceSetting.SEA)
    assert agency(COASTGUARD).name == "His Majesty's Coastguard"


NORTH, SOUTH, BELFAST, SOUTH_EAST, WEST = (
    f"social_care:hsc-{name}" for name in ("northern", "southern", "belfast", "south-eastern", "western")
)


@pytest.mark.parametrize(
    ("district", "trusts"),
    [
        ("N09000009", (NORTH, SOUTH)),  # Mid Ulster
        ("N09000010", (SOUTH, SOUTH_EAST)),  # Newry, Mourne and Down
        ("N09000007", (SOUTH_EAST, BELFAST)),  # Lisburn and Castlereagh
        ("N09000004", (NORTH, WEST)),  # Causeway Coast and Glens
        ("N09000003", (BELFAST,)),
        ("N92000002", (NORTH, SOUTH, BELFAST, SOUTH_EAST, WEST)),
    ],
)
def test_a_district_that_two_trusts_share_leads_to_both(district: str, trusts: tuple[str, ...]) -> None:
    reading = read_place(council=district, on=TODAY)
    assert (reading.areas, reading.social_care) == ((district,), trusts)
    assert reading.police == ("police:N99999999",)
    assert reading.is_sure is (len(trusts) == 1)


@pytest.mark.parametrize(
    "row", rows_of("northern_ireland_districts.csv"), ids=lambda row: row["postcode_district"]
)
def test_a_postcode_district_of_northern_ireland_leads_to_its_police_and_its_likeliest_trust(
    row: dict[str, str],
) -> None:
    for typed in (row["postcode_district"], f"{row['postcode_district'].lower()} 1aa"):
        reading = read_place(postcode=typed, on=TODAY)
        assert (reading.areas, reading.police) == (("N92000002",), ("police:N99999999",))
        assert reading.social_care[0] == f"social_care:hsc-{row['trusts'].split()[0]}"
        assert not reading.is_sure
    trusts = {
        trust for area in row["councils"].split() for trust in read_place(council=area, on=TODAY).social_care
    }
    assert set(reading.social_care) <= trusts


def test_a_district_and_a_postcode_of_it_name_the_trust_of_the_postcode_first() -> None:
    dungannon = read_place(postcode="BT71 6DT", council="N09000009", on=TODAY)
    assert (dungannon.areas, dungannon.social_care) == (("N09000009",), (SOUTH, NORTH))


def test_out_of_hours_every_trust_is_reached_at_the_regional_emergency_service_and_no_council_is() -> None:
    assert {out_of_hours_agency_of(one) for one in (NORTH, SOUTH, BELFAST, SOUTH_EAST, WEST)} == {
        "social_care:hsc-resws"
    }
    assert out_of_hours_agency_of("social_care:hsc-resws") is None
    assert out_of_hours_agency_of(f"social_care:{LEEDS}") is None


def test_each_area_of_the_packaged_names_and_towns_is_a_council_of_today() -> None:
    known = council_register().councils.keys() | {"N92000002", "E08000038", "E08000039"}
    for name in ("place_names.csv", "towns.csv"):
        assert {area for row in rows_of(name) for area in row["areas"].split()} <= known, name
