"""Answers: yes, no, numbers and codes in the spellings in which people and programs write them."""

import re
import unicodedata
from enum import StrEnum
from typing import TypeVar

from intake_service.reports.parts import ascii_digits
from intake_service.salvage.values import Cut, Value, is_blank, squashed
from shared.domain.vocabulary import YesNoUnknown

Code = TypeVar("Code", bound=StrEnum)
_YES = frozenset(
    [
        "yes",
        "y",
        "true",
        "t",
        "1",
        "on",
        "yeah",
        "yep",
        "yup",
        "si",
        "sí",
        "sim",
        "oui",
        "ja",
        "da",
        "tak",
        "evet",
        "igen",
        "ano",
        "áno",
        "taip",
        "jah",
        "jā",
        "是",
        "对",
        "有",
        "vâng",
        "có",
        "ναι",
        "да",
        "так",
        "نعم",
        "بله",
        "هاں",
        "हाँ",
        "ਹਾਂ",
        "হ্যাঁ",
        "haa",
        "haan",
    ]
)
_NO = frozenset(
    [
        "no",
        "n",
        "false",
        "f",
        "0",
        "off",
        "nope",
        "none",
        "never",
        "non",
        "nein",
        "nee",
        "não",
        "nao",
        "nie",
        "nu",
        "nem",
        "hayır",
        "hayir",
        "nei",
        "nej",
        "ei",
        "không",
        "khong",
        "όχι",
        "нет",
        "ні",
        "لا",
        "نه",
        "نہیں",
        "नहीं",
        "ਨਹੀਂ",
        "না",
        "否",
        "不",
        "没有",
    ]
)
_UNKNOWN = frozenset(
    [
        "unknown",
        "unsure",
        "notsure",
        "dontknow",
        "donotknow",
        "idontknow",
        "dunno",
        "idk",
        "na",
        "notapplicable",
        "notknown",
        "notsaid",
        "notstated",
        "noidea",
        "prefernottosay",
        "prefernotsay",
        "unspecified",
        "notspecified",
        "undefined",
        "null",
        "nil",
        "nan",
    ]
)


def plain(value: Value) -> str:
    """Return a scalar as text in its plainest form: ASCII digits, usual width, no capitals, no outer marks."""
    text = str(value) if not isinstance(value, bool) else str(value).lower()
    text = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return str(ascii_digits(text)).strip(" \t\r\n\v\f\u200b\u200e\u200f\ufeff.,;:!\"'`´“”„‘")


def is_no_answer(value: Value) -> bool:
    """Return whether a value says no, or nothing."""
    return is_unknown(value) or yes_or_no(value) is YesNoUnknown.NO


def is_unknown(value: Value) -> bool:
    """Return whether a value says nothing: blank, `unknown`, `?`, `-`, `n/a`."""
    if is_blank(value):
        return True
    if not isinstance(value, str):
        return False
    text = plain(value)
    return not text.strip("?-–—_/ *") or squashed(text) in _UNKNOWN


def yes_or_no(value: Value) -> YesNoUnknown | None:
    """Return the answer; None where it cannot be understood."""
    if isinstance(value, Cut):
        return None
    if isinstance(value, list) and len(value) == 1:
        return yes_or_no(value[0])
    if is_unknown(value):
        return YesNoUnknown.UNKNOWN
    if isinstance(value, float):
        value = int(value) if value in (0, 1) else value
    text = plain(value) if isinstance(value, str | int | float) else ""
    if text in _YES:
        return YesNoUnknown.YES
    return YesNoUnknown.NO if text in _NO else None


def code_of(value: Value, kind: type[Code]) -> Code | None:
    """Return the code; None where it is none of the list. Capitals, spaces and hyphens do not count."""
    if not isinstance(value, str) or isinstance(value, Cut):
        return None
    return _codes(kind).get(squashed(unicodedata.normalize("NFKC", value)))


def _codes(kind: type[Code]) -> dict[str, Code]:
    return {squashed(one.value): one for one in kind}


def whole_number(value: Value) -> int | None:
    """Return a number that is whole: 3, 3.0, "3", "３", "3 people"; None for anything else."""
    if isinstance(value, (bool, Cut)):
        return None
    if isinstance(value, int | float):
        return int(value) if value == int(value) else None
    if not isinstance(value, str):
        return None
    found = re.fullmatch(r"(\d{1,9})(?:\.0+)?(?:\s*[a-z]+)?", plain(value))
    return int(found[1]) if found else None


def numbers_in(value: Value) -> list[int]:
    """Return the whole numbers that stand in a value, also in "3-4", "about 10" and 2.5."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return []
    return [int(one) for one in re.findall(r"\d{1,9}", plain(value).replace(",", ""))]
