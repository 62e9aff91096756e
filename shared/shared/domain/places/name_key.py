"""Keys of place names: one form for all the ways in which a name is typed."""

import re
import unicodedata
from typing import Final

_ABBREVIATED: Final = {
    "st": "saint",
    "ste": "saint",
    "sth": "south",
    "nth": "north",
    "n": "north",
    "s": "south",
    "gtr": "greater",
}
_TITLES: Final = re.compile(
    r"\b(the|council of|city and county of|royal borough of|london borough of|metropolitan borough of|borough of"
    r"|county borough of|city of(?! london)|county of|metropolitan district of|district of)\b"
)
_KINDS: Final = re.compile(
    r"\b(council|cyngor|comhairle|corporation|county borough|london borough|london boro|royal borough"
    r"|metropolitan borough|metropolitan district|borough|unitary|district|city|county|authority|mbc|mdc|cbc|dc|bc"
    r"|cc|ua|la|lb|rb)\b"
)


def name_key(text: str) -> str:
    """Return a name without accents, capitals and signs: `Ynys Môn` as `ynys mon`, `St. Helens` as `saint helens`."""
    flat = unicodedata.normalize("NFKD", text.replace("&", " and ").replace("+", " and "))
    letters = "".join(
        one for one in flat if not unicodedata.combining(one) and unicodedata.category(one) != "Cf"
    )
    words = re.sub(r"[^\w\s]|_", " ", re.sub(r"['’`´]", "", letters.casefold())).split()
    return " ".join(_ABBREVIATED.get(word, word) if len(words) > 1 else word for word in words)


def short_key(text: str) -> str:
    """Return the key without words for kinds of council; the whole key if nothing else is left."""
    whole = name_key(text)
    short = " ".join(_KINDS.sub(" ", _TITLES.sub(" ", whole)).split())
    return short or whole
