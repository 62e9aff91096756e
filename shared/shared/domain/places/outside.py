"""Places outside the United Kingdom, and the forces' post: said as what they are, never as an unknown place."""

import re
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final

from shared.domain.places.name_key import name_key


class Outside(
    StrEnum
):  # this platform's own; where no council, police force or trust of the United Kingdom answers
    ISLE_OF_MAN = "isle_of_man"
    JERSEY = "jersey"
    GUERNSEY = "guernsey"
    GIBRALTAR = "gibraltar"
    BRITISH_FORCES = "british_forces"
    ABROAD = "abroad"


_POSTCODES: Final = (
    (Outside.ISLE_OF_MAN, re.compile(r"^IM$|\bIM[1-9]\d?(\b|\d[A-Z]{2}\b)")),
    (Outside.JERSEY, re.compile(r"^JE$|\bJE[1-9]\d?(\b|\d[A-Z]{2}\b)")),
    (Outside.GUERNSEY, re.compile(r"^GY$|\bGY(10|[1-9])(\b|\d[A-Z]{2}\b)")),
    (Outside.GIBRALTAR, re.compile(r"\bGX11(\b|1AA\b)")),
    (Outside.BRITISH_FORCES, re.compile(r"\b(BFPO|BF1(\b|\d[A-Z]{2}\b))")),
    (Outside.ABROAD, re.compile(r"\b(ASCN|BBND|BIQQ|FIQQ|PCRN|SIQQ|STHL|TDCU|TKCA)\W?1ZZ\b")),
    # Routing keys and codes of Ireland, such as D02 X285.
    (Outside.ABROAD, re.compile(r"\b([AC-FHKNPRTV-Y]\d\d|D6W)\W?(?=\w{0,3}\d)[0-9AC-FHKNPRTV-Y]{4}\b")),
)
_SPACED: Final = re.compile(r"(?<=\d)[^A-Z0-9]+(?=\d[A-Z]{2}\b)")

_NAMES: Final = {
    "isle of man": Outside.ISLE_OF_MAN,
    "ellan vannin": Outside.ISLE_OF_MAN,
    "im": Outside.ISLE_OF_MAN,
    "imn": Outside.ISLE_OF_MAN,
    "jersey": Outside.JERSEY,
    "je": Outside.JERSEY,
    "jey": Outside.JERSEY,
    "guernsey": Outside.GUERNSEY,
    "alderney": Outside.GUERNSEY,
    "sark": Outside.GUERNSEY,
    "herm": Outside.GUERNSEY,
    "gg": Outside.GUERNSEY,
    "ggy": Outside.GUERNSEY,
    "gibraltar": Outside.GIBRALTAR,
    "gi": Outside.GIBRALTAR,
    "gib": Outside.GIBRALTAR,
    "bfpo": Outside.BRITISH_FORCES,
    "british forces": Outside.BRITISH_FORCES,
    "abroad": Outside.ABROAD,
    "overseas": Outside.ABROAD,
}
_COUNCIL_CODES: Final = {"M99999999": Outside.ISLE_OF_MAN}
HOME_NAMES: Final = frozenset(
    {
        "uk",
        "u k",
        "gb",
        "gbr",
        "united kingdom",
        "the united kingdom",
        "great britain",
        "britain",
        "england",
        "wales",
    }
    | {
        "cymru",
        "scotland",
        "alba",
        "northern ireland",
        "united kingdom of great britain and northern ireland",
    }
)


def outside_by_postcode(plain: str) -> Outside | None:
    """Return where a postcode of a Crown dependency, of a territory, of the forces or of Ireland is."""
    joined = _SPACED.sub("", plain.strip())
    return next((place for place, pattern in _POSTCODES if pattern.search(joined)), None)


def outside_by_name(text: str) -> Outside | None:
    """Return where the named country or island is, None for the United Kingdom or an unknown name."""
    key = name_key(text)
    if key in _NAMES:
        return _NAMES[key]
    return Outside.ABROAD if key in _countries() else None


def outside_by_country(text: str) -> Outside | None:
    """Return where a country is that was said to be one; any two or three letters may be its code."""
    key = name_key(text)
    if not key or key in HOME_NAMES:
        return None
    is_code = len(key) in (2, 3) and key.isalpha() and text.strip().isupper()
    return outside_by_name(text) or (Outside.ABROAD if is_code else None)


def outside_by_council_code(code: str) -> Outside | None:
    return _COUNCIL_CODES.get(code)


@cache
def _countries() -> frozenset[str]:
    text = (files("shared.domain") / "reference" / "countries.txt").read_text(encoding="utf-8")
    return frozenset(name_key(line) for line in text.splitlines()) - HOME_NAMES
