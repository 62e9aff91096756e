"""Spellings of postcodes: every council, force and authority is reached in ten ways of writing one."""

from collections.abc import Callable
from datetime import date
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.councils import CouncilKind, councils
from shared.domain.geography import agencies, police_force_of, social_care_of
from shared.domain.places import PlaceReading, PlaceSetting, read_place
from shared.domain.postcodes import postcode_directory

TODAY = date(2026, 11, 26)
WITH_POSTCODES = [one.gss for one in councils() if one.kind is not CouncilKind.COUNTY and one.gss[0] != "N"]

WIDE = str.maketrans({chr(one): chr(one + 0xFEE0) for one in range(0x21, 0x7F)} | {" ": "\u3000"})
SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "in small letters": str.lower,
    "joined": lambda text: text.replace(" ", ""),
    "with a hyphen": lambda text: text.replace(" ", "-"),
    "with a full stop": lambda text: f"{text}.",
    "with signs that cannot be seen": lambda text: "\ufeff" + text.replace(" ", "\u200b ") + "\u200d",
    "with a space that does not break": lambda text: text.replace(" ", "\u00a0"),
    "in full-width letters": lambda text: text.translate(WIDE),
    "with a town after it": lambda text: f"{text}, London",
    "in brackets": lambda text: f'("{text}")',
}


@cache
def examples() -> dict[str, str]:
    """Return one postcode of each council that lies far from every border."""
    rows = postcode_directory()._table.execute(
        "SELECT gss, max(postcode) FROM postcodes JOIN councils ON councils.number = postcodes.council "
        "WHERE postcode NOT IN (SELECT postcode FROM across_border) GROUP BY gss"
    )
    today = {"E08000038": "E08000016", "E08000039": "E08000019"}
    return {today.get(gss, gss): f"{key[:4].strip()} {key[4:]}" for gss, key in rows}


@pytest.mark.parametrize("gss", WITH_POSTCODES)
def test_a_postcode_of_every_council_is_read_in_ten_spellings(gss: str) -> None:
    postcode = examples()[gss]
    readings = {name: read_place(postcode=write(postcode), on=TODAY) for name, write in SPELLINGS.items()}
    expected = PlaceReading((gss,), (police_force_of(gss),), (social_care_of(gss),))
    assert readings == dict.fromkeys(SPELLINGS, expected)


@pytest.mark.parametrize("gss", WITH_POSTCODES)
def test_a_postcode_inside_an_address_or_a_description_is_found(gss: str) -> None:
    postcode = examples()[gss]
    for words in (f"Flat 2, 7 The Grove, {postcode}", f"7 The Grove {postcode.lower()} (blue door)"):
        assert read_place(address=words, on=TODAY).areas == (gss,)
        assert read_place(description=words, on=TODAY).areas == (gss,)


def test_every_force_and_authority_of_great_britain_is_reached_from_a_postcode() -> None:
    readings = [read_place(postcode=postcode, on=TODAY) for postcode in examples().values()]
    found = {code for one in readings for code in (*one.police, *one.social_care)}
    territorial = {one.code for one in agencies() if one.territorial and one.nation != "Northern Ireland"}
    assert territorial <= found


@pytest.mark.parametrize(
    ("typed", "area"),
    [
        ("SW1A IAA", "E09000033"),
        ("SWIA 1AA", "E09000033"),
        ("SWlA 1AA", "E09000033"),
        ("S014 7LY", "E06000045"),
        ("SO14 7LY, Southampton", None),
        ("M2 SDB", "E08000003"),
        ("\u041c2 5DB", "E08000003"),
        ("LE1 6TH", None),
        ("0X1 1BX", "E07000178"),
        ("S014", "E06000045"),
    ],
)
def test_a_letter_taken_for_a_digit_is_read_and_marked_as_a_guess(typed: str, area: str | None) -> None:
    reading = read_place(postcode=typed, on=TODAY)
    assert reading.is_guess is (area is not None)
    if area is not None:
        assert reading.areas[0] == area
        assert not reading.is_sure


def test_a_postcode_that_exists_as_it_is_typed_is_never_read_otherwise() -> None:
    for postcode in examples().values():
        assert not read_place(postcode=postcode, on=TODAY).is_guess


@pytest.mark.parametrize(
    ("typed", "areas", "sure"),
    [
        ("SK13 0AD", ("E07000037", "E08000008"), False),
        ("RG21 4AH", ("E07000084", "E07000089"), False),
        ("SA34 0XX", ("W06000010", "W06000009"), False),
        ("DA5 2BD", ("E07000107", "E09000004"), False),
        ("SK13", ("E07000037", "E08000008"), False),
        ("WC2", ("E09000033", "E09000007", "E09000001", "E09000019", "E09000013"), False),
        ("BT", ("N92000002",), False),
        ("M2 5", ("E08000003",), False),
        ("LS99 9ZZ", ("E08000035",), False),
        ("LS1 4AP or BD1 1HX", ("E08000035", "E08000032"), False),
        ("Leeds", ("E08000035",), False),
        ("QQ1 1QQ", (), False),
        ("75001", (), False),
    ],
)
def test_what_a_postcode_does_not_say_for_sure_is_said_to_be_unsure(
    typed: str, areas: tuple[str, ...], sure: bool
) -> None:
    reading = read_place(postcode=typed, on=TODAY)
    assert (reading.areas, reading.is_sure, reading.is_guess) == (areas, sure, False)


TEXTS = st.none() | st.text(max_size=40) | st.from_regex(r"[A-Z0-9 ,.]{0,12}", fullmatch=True)


@given(TEXTS, TEXTS, TEXTS, TEXTS, st.sampled_from([None, *PlaceSetting]), TEXTS)
def test_whatever_is_written_a_place_is_read_and_names_agencies_that_exist(
    postcode: str | None,
    council: str | None,
    address: str | None,
    description: str | None,
    setting: PlaceSetting | None,
    country: str | None,
) -> None:
    reading = read_place(
        postcode=postcode,
        council=council,
        address=address,
        description=description,
        setting=setting,
        country=country,
        on=TODAY,
    )
    known = {one.code for one in agencies()}
    assert {*reading.police, *reading.social_care} <= known
    assert len(set(reading.police)) == len(reading.police)
    assert not (reading.is_guess and reading.is_sure)
    assert not (reading.contradiction and reading.is_sure)
