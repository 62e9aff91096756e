"""Names of councils: every council, force and authority is reached from its names, old and new, as they are typed."""

from dataclasses import replace
from datetime import date

import pytest

from shared.domain.councils import CouncilRegister, council_register, councils
from shared.domain.geography import agencies
from shared.domain.places import councils_named, read_place

TODAY = date(2026, 11, 26)
EVERY = councils(TODAY)


def ways_of_typing(name: str) -> set[str]:
    return {
        name,
        name.upper(),
        name.lower(),
        f" {name} ",
        name.replace(" and ", " & "),
        name.replace("-", " "),
        name.replace("'", "’"),
    }


@pytest.mark.parametrize("gss", [one.gss for one in EVERY])
def test_every_council_is_reached_from_its_names_however_they_are_typed(gss: str) -> None:
    one = council_register().councils[gss]
    for typed in ways_of_typing(one.name) | ways_of_typing(one.short_name):
        reading = read_place(council=typed, on=TODAY)
        assert reading.areas == (gss,), typed
        assert councils_named(typed, on=TODAY)[0].gss == gss


def not_reached(register: CouncilRegister) -> set[str]:
    """Return the agencies of a territory that no council's name leads to: the law is that there is none."""
    readings = [read_place(council=one.name, on=TODAY, register=register) for one in register.current(TODAY)]
    found = {code for one in readings for code in (*one.police, *one.social_care)}
    return {one.code for one in agencies() if one.territorial} - found


def test_every_force_and_authority_is_reached_from_a_name() -> None:
    assert not_reached(council_register()) == set()


def test_a_force_and_an_authority_that_no_council_leads_to_are_noticed() -> None:
    register = council_register()
    without_the_city = {gss: one for gss, one in register.councils.items() if gss != "E09000001"}
    assert not_reached(replace(register, councils=without_the_city)) == {
        "police:E23000034",
        "social_care:E09000001",
    }


@pytest.mark.parametrize("gss", sorted(council_register().ended))
def test_the_name_of_a_council_that_ended_leads_where_its_code_leads(gss: str) -> None:
    ended = council_register().ended[gss]
    by_code, by_name = read_place(council=gss, on=TODAY), read_place(council=ended.name, on=TODAY)
    assert set(by_code.areas) <= set(by_name.areas)


@pytest.mark.parametrize(
    ("typed", "areas"),
    [
        ("Brighton & Hove", ["E06000043"]),
        ("Newcastle", ["E08000021", "E07000195", "N09000010"]),
        ("Newcastle upon Tyne", ["E08000021"]),
        ("newcastle-under-lyme", ["E07000195"]),
        ("Ynys Môn", ["W06000001"]),
        ("ynys mon", ["W06000001"]),
        ("Anglesey", ["W06000001"]),
        ("Cumbria", ["E06000063", "E06000064"]),
        ("Harrogate", ["E06000065"]),
        ("Hull", ["E06000010"]),
        ("Kingston-upon-Hull", ["E06000010"]),
        ("St Helens", ["E08000013"]),
        ("Saint Helens Council", ["E08000013"]),
        ("City of Leeds", ["E08000035"]),
        ("Royal Borough of Greenwich", ["E09000011"]),
        ("LB Camden", ["E09000007"]),
        ("Camden Borough Council", ["E09000007"]),
        ("City of London", ["E09000001"]),
        ("Caerdydd", ["W06000015"]),
        ("Sir Gâr", ["W06000010"]),
        ("Western Isles", ["S12000013"]),
        ("Na h-Eileanan Siar", ["S12000013"]),
        ("Derry", ["N09000005"]),
        ("Londonderry", ["N09000005"]),
        ("Northern Ireland", ["N92000002"]),
        ("LS1 4AP", ["E08000035"]),
    ],
)
def test_a_name_as_it_is_typed_gives_these_areas(typed: str, areas: list[str]) -> None:
    assert sorted(read_place(council=typed, on=TODAY).areas) == sorted(areas)


def test_a_name_that_several_areas_have_is_never_sure() -> None:
    for typed in ("Newcastle", "Cumbria", "London", "Richmond", "Surrey West", "West Surrey"):
        assert not read_place(council=typed, on=TODAY).is_sure


def test_in_a_search_hull_comes_before_solihull() -> None:
    assert [one.short_name for one in councils_named("hull", on=TODAY)] == ["Kingston upon Hull", "Solihull"]


def test_a_search_for_newcastle_offers_newry_as_well() -> None:
    found = [one.short_name for one in councils_named("Newcastle", on=TODAY)]
    assert found == ["Newcastle upon Tyne", "Newcastle-under-Lyme", "Newry, Mourne and Down"]


@pytest.mark.parametrize("typed", ["no such place", "??", "E99999999", "Leedz"])
def test_words_that_are_no_name_lead_nowhere(typed: str) -> None:
    assert read_place(council=typed, on=TODAY).areas == ()
