"""Immigration enforcement: never a recipient (sharing rules, section 1), recognised by its codes and its names.

Its units are on the Home Office's list of first responders; so are the Asylum Group's. The Single Competent Authority,
which decides who is recognised as a victim, enforces nothing and is not meant. Charities that advise migrants have
"immigration" in their names too, so that the word alone decides nothing.
"""

import re
import unicodedata
from typing import Final

_ENFORCEMENT: Final = (
    "immigration enforcement",
    "immigration compliance",
    "immigration removal",
    "immigration removals",
    "immigration returns",
    "immigration detention centre",
    "immigration detention estate",
    "immigration crime",
    "immigration intelligence",
    "immigration investigation",
    "immigration investigations",
    "immigration prison",
    "immigration police",
    "immigration officer",
    "immigration officers",
    "immigration control",
    "immigration raid",
    "immigration raids",
    "immigration and customs",
    "customs and immigration",
    "visas and immigration",
    "visa and immigration",
    "visas immigration",
    "uk immigration",
    "illegal migration",
    "illegal immigration",
    "border force",
    "border agency",
    "borders agency",
    "border security",
    "small boats operational",
    "detention engagement",
    "reporting and offender management",
    "foreign national offender",
    "foreign national offenders",
    "returns command",
    "returns progression",
    "asylum group",
    "asylum and hr casework",
)
_HOME_OFFICE: Final = "home office"
_DECIDES_WHO_IS_A_VICTIM: Final = ("single competent authority", "sca")
_ABBREVIATIONS: Final = frozenset({"ukvi", "ukbf", "ukba", "hoie", "ieca", "fnorc", "nrpc"})
_SHORT: Final = frozenset({"ICE", "IE"})
"""Abbreviations that are words of other names too: they count in capitals, or where a code begins with them."""


def is_immigration_enforcement(*, code: str, name: str = "") -> bool:
    """Return whether the code or the name of an agency is one of immigration enforcement or the Home Office."""
    parts = code.split(":")
    return any(_is_named(part) or _begins_short(part) for part in parts) or _is_named(name) or _is_short(name)


def _is_named(text: str) -> bool:
    words = _words(text)
    if any(_has(words, phrase) for phrase in _ENFORCEMENT) or not _ABBREVIATIONS.isdisjoint(words):
        return True
    return _has(words, _HOME_OFFICE) and not any(_has(words, name) for name in _DECIDES_WHO_IS_A_VICTIM)


def _begins_short(part: str) -> bool:
    return bool(words := _words(part)) and words[0].upper() in _SHORT


def _is_short(name: str) -> bool:
    """Return whether a name has such an abbreviation in capitals, and not only because all of it is."""
    words = re.findall(r"[^\W_]+", _plain(name))
    return not _SHORT.isdisjoint(words[:1] if name.isupper() else words) or [*map(str.upper, words)] == [
        "ICE"
    ]


def _has(words: list[str], phrase: str) -> bool:
    """Return whether a phrase is among the words, also written as one word or within one."""
    wanted = phrase.split()
    together = "".join(wanted)
    in_a_row = any(words[at : at + len(wanted)] == wanted for at in range(len(words)))
    return in_a_row or (len(wanted) > 1 and any(together in word for word in words))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", _plain(text).casefold())


def _plain(text: str) -> str:
    """Return a text without accents and invisible characters, in one form of each letter."""
    letters = unicodedata.normalize("NFKD", text)
    return "".join(one for one in letters if unicodedata.category(one) not in {"Mn", "Cf"})
