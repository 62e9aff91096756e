"""Places in words: the town, council or county that an address ends with, or that a description names."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from shared.domain.councils import CouncilRegister
from shared.domain.places.council_names import areas_with_whole_name
from shared.domain.places.name_key import name_key
from shared.domain.places.outside import HOME_NAMES, Outside, outside_by_name

_BETWEEN_PARTS: Final = re.compile(r"[,;\n\r|]+")
_POSTCODE_WORDS: Final = re.compile(r"\b[A-Za-z]{1,2}[0-9][A-Za-z0-9]?(\s*[0-9][A-Za-z]{2})?\b")
_LONGEST_NAME: Final = 5
_NAME_WORD: Final = r"(?:[A-Z][\w'’-]*|upon|on|under|le|the|and|of|in)"
_AFTER: Final = re.compile(
    rf"\b(?:in|at|near|outside|around|from|to|of)\s+((?=[A-Z]){_NAME_WORD}(?: {_NAME_WORD})*)"
)


def areas_in_address(text: str, *, on: date, register: CouncilRegister) -> tuple[str, ...]:
    """Return the areas of the name with which an address ends, narrowed by the name before it. Never sure."""
    found: tuple[str, ...] = ()
    for part in _parts(text):
        areas = _areas_at_end(part, on, register)
        if not found:
            found = areas
        elif narrower := narrowed(areas, found, register):
            return narrower
    return found


def areas_in_description(text: str, *, on: date, register: CouncilRegister) -> tuple[str, ...]:
    """Return the areas of the first place that is named after a word like `in` or `near`. Never sure."""
    for match in _AFTER.finditer(text):
        words = match[1].split()
        for length in range(min(len(words), _LONGEST_NAME), 0, -1):
            name = " ".join(words[:length])
            if areas := areas_with_whole_name(name, on=on, register=register, villages=False):
                return areas
    return ()


def outside_in_address(text: str) -> Outside | None:
    """Return where an address is whose last part is the name of a country or island."""
    last = next(_parts(text), "")
    return outside_by_name(last) if last else None


def narrowed(areas: tuple[str, ...], wider: tuple[str, ...], register: CouncilRegister) -> tuple[str, ...]:
    """Return those of the areas that are, or lie in the county of, one of the others."""
    return tuple(one for one in areas if one in wider or _county_of(one, register) in wider)


def _county_of(area: str, register: CouncilRegister) -> str | None:
    council = register.councils.get(area)
    return council.county if council else None


def _parts(text: str) -> Iterator[str]:
    """Yield the parts of an address from its end, without postcodes and the names of the nations."""
    for part in reversed(_BETWEEN_PARTS.split(text)):
        words = _POSTCODE_WORDS.sub(" ", part).strip(" .\t")
        if words and name_key(words) not in HOME_NAMES:
            yield words


def _areas_at_end(part: str, on: date, register: CouncilRegister) -> tuple[str, ...]:
    """Return the areas of the name that ends a part; a village only where it is the whole part."""
    words = part.split()
    for length in range(min(len(words), _LONGEST_NAME), 0, -1):
        name, is_all = " ".join(words[-length:]), length == len(words)
        if areas := areas_with_whole_name(name, on=on, register=register, villages=is_all):
            return areas
    return ()
