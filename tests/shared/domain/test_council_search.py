"""Search of councils by name: a short list, names that begin with the text first."""

from datetime import date

import pytest

from shared.domain.places import councils_named

TODAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("camb", "Cambridge City Council"),
        ("ISLE OF A", "Isle of Anglesey"),
        ("kingston upon hull", "Hull"),
        ("hammersmith and", "London Borough of H"),
        (" Antrim ", "Antrim and Newtownabbey"),
    ],
)
def test_an_adviser_finds_a_council_by_the_start_of_its_name(text: str, first: str) -> None:
    assert councils_named(text, on=TODAY)[0].name.startswith(first)


def test_names_that_begin_with_the_text_come_before_names_that_hold_it() -> None:
    names = [place.name for place in councils_named("cambridge", on=TODAY)]
    assert names[:2] == ["Cambridge City Council", "Cambridgeshire County Council"]
    assert "East Cambridgeshire District Council" in names[2:]


@pytest.mark.parametrize("text", ["", "  ", "no such council"])
def test_a_search_for_nothing_finds_nothing(text: str) -> None:
    assert councils_named(text, on=TODAY) == ()


def test_a_search_gives_a_short_list() -> None:
    assert len(councils_named("council", on=TODAY)) == 20
    assert len(councils_named("council", on=TODAY, at_most=3)) == 3
