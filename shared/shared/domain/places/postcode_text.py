"""Postcodes in text: found as people paste them, with other signs between, around and instead of their letters."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import product
from typing import Final, NamedTuple


class Candidate(NamedTuple):
    """Text that has the form of a postcode or of its beginning; `inward` is empty, one digit, or the whole."""

    outward: str
    inward: str = ""

    def __str__(self) -> str:
        return f"{self.outward} {self.inward}"


# NPT was the first word of Newport's postcodes until the nineties; the directory still has them.
_OUTWARD: Final = r"(?:[A-Z]{1,2}[0-9][A-Z0-9]?|NPT)"
_START, _END = r"(?<![A-Z0-9])", r"(?![A-Z0-9])"
# Between the two words of a postcode: nothing, or up to three signs that are neither letters nor digits.
_GAP: Final = r"[^A-Z0-9]{0,3}"
_NARROW_GAP: Final = r"[ \-.·]{0,2}"
_WHOLE: Final = re.compile(rf"{_START}({_OUTWARD}){_GAP}([0-9][A-Z]{{2}}){_END}")
_WHOLE_IN_TEXT: Final = re.compile(rf"{_START}({_OUTWARD}){_NARROW_GAP}([0-9][A-Z]{{2}}){_END}")
_FORM: Final = re.compile(rf"({_OUTWARD})([0-9][A-Z]{{2}})")
_PART: Final = re.compile(rf"{_START}({_OUTWARD})(?:{_GAP}([0-9])[A-Z]?)?{_END}")
_LIKE_WHOLE: Final = re.compile(rf"(?={_START}([A-Z0-9]{{2,4}}){_NARROW_GAP}([A-Z0-9]{{3}}){_END})")
_MIXED: Final = re.compile(r"(?=.*[0-9])[A-Z0-9]{5,7}")

_AT_END: Final = re.compile(rf"([A-Z]*)[\W_]+({_OUTWARD})(?: ([0-9])[A-Z]?)?[\W_]*$")
_ROOMS: Final = frozenset(
    [
        "FLAT",
        "ROOM",
        "UNIT",
        "BLOCK",
        "GATE",
        "BAY",
        "DOOR",
        "APARTMENT",
        "APT",
        "PLOT",
        "PITCH",
        "BERTH",
        "PLATFORM",
        "STAND",
        "THE",
    ]
)
_CITIES: Final = {
    "B": ("BIRMINGHAM", "SOLIHULL"),
    "E": ("LONDON",),
    "G": ("GLASGOW",),
    "L": ("LIVERPOOL",),
    "M": ("MANCHESTER", "SALFORD"),
    "N": ("LONDON",),
    "S": ("SHEFFIELD", "ROTHERHAM", "BARNSLEY"),
    "W": ("LONDON",),
}

# Letters of other alphabets that look like Latin ones, as keyboards for Greek, Russian or Ukrainian type them.
_LOOK_ALIKE: Final = str.maketrans("АВЕКМНОРСТУХІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEKMHOPCTYXIJSABEZHIKMNOPTYX")

_CONFUSED: Final = {"0": "0O", "O": "O0", "1": "1IL", "I": "I1", "L": "L1"}
_CONFUSED_MORE: Final = {**_CONFUSED, "5": "5S", "S": "S5", "8": "8B", "B": "B8", "2": "2Z", "Z": "Z2"}


def plain(text: str) -> str:
    """Return a text in capitals, with ASCII digits and plain spaces, without signs that cannot be seen."""
    if text.isascii():
        return text.upper()
    wide = unicodedata.normalize("NFKC", text)
    seen = (one for one in wide if unicodedata.category(one) != "Cf")
    return "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in seen).upper()


def without_look_alikes(text: str) -> str:
    return text.translate(_LOOK_ALIKE)


def whole_postcodes(text: str) -> Iterator[Candidate]:
    """Yield what has the form of a whole postcode in a field for one; every other sign may stand between."""
    for match in _WHOLE.finditer(text):
        yield Candidate(match[1], match[2])
    if joined := _FORM.fullmatch(_joined(text)):
        yield Candidate(joined[1], joined[2])


def whole_postcodes_in_words(text: str) -> Iterator[Candidate]:
    """Yield what has the form of a whole postcode in an address or other words."""
    for match in _WHOLE_IN_TEXT.finditer(text):
        yield Candidate(match[1], match[2])


def parts(text: str) -> Iterator[Candidate]:
    """Yield what has the form of a part; a joined one is read with and without its last digit."""
    for match in _PART.finditer(text):
        yield Candidate(match[1], match[2] or "")
        if not match[2] and match[1][-1].isdigit() and match[1][-2].isalnum() and len(match[1]) > 2:
            yield Candidate(match[1][:-1], match[1][-1])
    if joined := re.fullmatch(rf"({_OUTWARD})([0-9])[A-Z]?", _joined(text)):
        yield Candidate(joined[1], joined[2])


def part_at_end(text: str) -> Iterator[Candidate]:
    """Yield the part of a postcode with which an address clearly ends, which is no room, flat or road.

    One letter and digits is also a room or a road, so that the letter's city must stand before it: `Manchester M14`.
    """
    if (match := _AT_END.search(text)) and match[1] not in _ROOMS:
        letters = re.match(r"[A-Z]+", match[2])
        if letters and (len(letters[0]) > 1 or match[1] in _CITIES.get(letters[0], ())):
            yield Candidate(match[2], match[3] or "")


def guesses(text: str, *, more: bool = False) -> frozenset[Candidate]:
    """Return the whole postcodes that a text may be if digits and letters were confused."""
    found = {match[1] + match[2] for match in _LIKE_WHOLE.finditer(text)} | {_joined(text)}
    return frozenset(
        Candidate(match[1], match[2])
        for one in found
        if _MIXED.fullmatch(one) or more
        for reading in _readings(one, _CONFUSED_MORE if more else _CONFUSED)
        if (match := _FORM.fullmatch(reading))
    )


def outward_guesses(text: str) -> frozenset[str]:
    return frozenset(one for one in _readings(_joined(text), _CONFUSED) if re.fullmatch(_OUTWARD, one))


def _readings(text: str, confused: dict[str, str]) -> Iterator[str]:
    if len(text) <= 7:
        for letters in product(*(confused.get(one, one) for one in text)):
            yield "".join(letters)


def _joined(text: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", text)
