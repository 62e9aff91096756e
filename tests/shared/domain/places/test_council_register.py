"""Council register: every code since 2009 leads to the councils of a day, also across a change to come."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

import pytest

from shared.domain.councils import (
    CouncilRegister,
    EndedCouncil,
    UnknownCouncil,
    council,
    council_register,
    councils,
    register_of,
    rows_of,
)
from shared.domain.places import councils_named, read_place

TODAY = date(2026, 11, 26)
REGISTER = council_register()
LAST_DAY, FIRST_DAY = date(2027, 3, 31), date(2027, 4, 1)
GUILDFORD, ELMBRIDGE, SURREY = "E07000209", "E07000207", "E10000030"

# Series of codes that began with these numbers when the councils of 2009 were numbered.
SERIES = ("E06", "E07", "E08", "E09", "E10", "W06", "N09")


def leads_nowhere(register: CouncilRegister, day: date) -> list[str]:
    """Return the ended codes that lead to no council of the day: the law is that there is none."""
    today = {one.gss for one in register.current(day)}
    return [gss for gss in register.ended if not (found := register.areas(gss, day)) or set(found) - today]


def gaps(register: CouncilRegister) -> list[str]:
    """Return the codes between the first and the last of a series that nothing is known of."""
    known = register.councils.keys() | register.ended.keys()
    return [code for series in SERIES for code in _numbered(series, known) if code not in known]


def _numbered(series: str, known: Iterable[str]) -> list[str]:
    last = max(int(code[3:]) for code in known if code.startswith(series))
    return [f"{series}{number:06d}" for number in range(1, last + 1)]


def without(gss: str) -> CouncilRegister:
    return replace(REGISTER, ended={code: one for code, one in REGISTER.ended.items() if code != gss})


@pytest.mark.parametrize("gss", sorted(REGISTER.ended))
def test_a_code_that_ended_leads_to_councils_of_today_and_to_their_agencies(gss: str) -> None:
    reading = read_place(council=gss, on=TODAY)
    assert set(reading.areas) <= {one.gss for one in councils(TODAY)}
    assert len(reading.police) == 1
    assert reading.social_care
    sure = len(reading.areas) == 1 and len(reading.social_care) == 1
    assert reading.is_sure is sure


def test_every_ended_code_leads_somewhere_and_no_code_since_2009_is_missing() -> None:
    assert leads_nowhere(REGISTER, TODAY) == []
    assert gaps(REGISTER) == []


@pytest.mark.parametrize("gss", ["E07000163", "E06000048", "E10000006", "W06000007", "E07000246"])
def test_a_row_that_is_missing_among_the_ended_councils_is_noticed(gss: str) -> None:
    broken = without(gss)
    assert gaps(broken) + leads_nowhere(broken, TODAY) != []


def test_a_successor_that_is_no_council_is_noticed() -> None:
    craven = EndedCouncil("E07000163", "Craven", date(2023, 3, 31), ("E06000999",))
    broken = replace(REGISTER, ended={**REGISTER.ended, "E07000163": craven})
    assert leads_nowhere(broken, TODAY) == ["E07000163"]


def test_a_council_that_ended_twice_over_leads_to_the_last_one() -> None:
    # Taunton Deane became Somerset West and Taunton in 2019, which became Somerset in 2023.
    assert council("E07000190").gss == "E06000066"
    assert REGISTER.areas("E07000190", TODAY) == ("E06000066",)


@pytest.mark.parametrize(
    ("ended", "today"),
    [
        ("E07000163", ["E06000065"]),
        ("E10000006", ["E06000063", "E06000064"]),
        ("E10000021", ["E06000061", "E06000062"]),
        ("E07000056", ["E06000047"]),
        ("E08000020", ["E08000037"]),
        ("E08000038", ["E08000016"]),
        ("S12000046", ["S12000049"]),
        ("S12000043", ["S12000049"]),
        ("S12000015", ["S12000047"]),
        ("95M", ["N09000009"]),
        ("95S", ["N09000007", "N09000003"]),
    ],
)
def test_codes_of_each_reorganisation_lead_to_these_councils(ended: str, today: list[str]) -> None:
    assert sorted(read_place(council=ended, on=TODAY).areas) == sorted(today)


def test_a_council_that_became_several_is_refused_where_one_is_needed() -> None:
    with pytest.raises(UnknownCouncil):
        council("E10000006")


def to_come(gss: str, name: str, replaces: Iterable[str]) -> Mapping[str, str]:
    [row] = [one for one in rows_of("councils_to_come.csv") if one["short_name"] == name]
    return {**row, "gss": gss, "replaces": " ".join(replaces)}


def surrey_with_codes() -> CouncilRegister:
    """Return the register as it will be loaded when the codes are published; the codes here are made up."""
    rows = {row["short_name"]: row for row in rows_of("councils_to_come.csv")}
    coming = [
        to_come("E06900001", "West Surrey", rows["West Surrey"]["replaces"].split()),
        to_come("E06900002", "East Surrey", rows["East Surrey"]["replaces"].split()),
    ]
    return register_of(rows_of("local_authorities.csv"), rows_of("ended_councils.csv"), coming)


def test_a_change_that_was_decided_takes_effect_on_its_day_and_not_before() -> None:
    register = surrey_with_codes()
    before, after = register.current(LAST_DAY), register.current(FIRST_DAY)
    assert len(before) == 382
    assert {one.gss for one in after} - {one.gss for one in before} == {"E06900001", "E06900002"}
    assert len(before) - len(after) == 12 - 2  # eleven districts and their county
    assert register.areas(GUILDFORD, LAST_DAY) == (GUILDFORD,)
    assert register.areas(GUILDFORD, FIRST_DAY) == ("E06900001",)
    assert register.areas(SURREY, FIRST_DAY) == ("E06900001", "E06900002")


def test_the_names_of_a_day_change_with_the_councils_of_that_day() -> None:
    register = surrey_with_codes()
    named = [
        [one.gss for one in councils_named("Guildford", on=day, register=register)]
        for day in (LAST_DAY, FIRST_DAY)
    ]
    assert named == [[GUILDFORD], ["E06900001"]]


def test_a_postcode_leads_to_the_new_council_from_its_first_day() -> None:
    register = surrey_with_codes()
    on_the_eve = read_place(postcode="GU2 4BB", on=LAST_DAY, register=register)
    on_the_day = read_place(postcode="GU2 4BB", on=FIRST_DAY, register=register)
    assert (on_the_eve.areas, on_the_eve.social_care) == ((GUILDFORD,), (f"social_care:{SURREY}",))
    assert (on_the_day.areas, on_the_day.social_care) == (("E06900001",), ("social_care:E06900001",))
    assert on_the_eve.police == on_the_day.police == ("police:E23000031",)
    assert on_the_day.is_sure


def test_the_code_of_a_council_to_come_leads_before_its_day_to_those_it_will_replace() -> None:
    reading = read_place(council="E06900002", on=LAST_DAY, register=surrey_with_codes())
    assert ELMBRIDGE in reading.areas
    assert reading.police == ("police:E23000031",)


def test_the_names_of_the_two_councils_for_surrey_are_known_before_their_codes_are_published() -> None:
    assert len(councils_named("West Surrey", on=TODAY)) == 6
    assert len(councils_named("East Surrey", on=TODAY)) == 5
    assert {one.county for one in councils_named("West Surrey", on=TODAY)} == {SURREY}


def test_every_code_of_a_file_has_the_form_of_one() -> None:
    form = re.compile(r"[ENSW]\d{8}|95[A-Z]")
    assert all(form.fullmatch(code) for code in (*REGISTER.councils, *REGISTER.ended))
