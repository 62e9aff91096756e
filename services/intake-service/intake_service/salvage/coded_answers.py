"""Answers: yes, no, numbers and codes in the spellings in which people and programs write them."""

import json
import re
import unicodedata
from enum import StrEnum
from functools import cache
from importlib.resources import files
from math import ceil
from typing import TypeVar

from intake_service.reports.parts import ascii_digits
from intake_service.salvage.body.values import Cut, Value, is_blank, squashed
from shared.domain.vocabulary import YesNoUnknown

Code = TypeVar("Code", bound=StrEnum)


@cache
def words_for(meaning: str) -> frozenset[str]:
    """Return the words that mean `yes`, `no`, `unknown`, `danger` or `child` where a code was asked for."""
    lists = json.loads(files("intake_service.salvage").joinpath("answer_words.json").read_text("utf-8"))
    return frozenset(lists[meaning])


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
    return not value.strip("?-–—_/*. \t") or squashed(plain(value)) in words_for("unknown")


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
    if text in words_for("yes"):
        return YesNoUnknown.YES
    return YesNoUnknown.NO if text in words_for("no") else None


def code_of(value: Value, kind: type[Code]) -> Code | None:
    """Return the code; None where it is none of the list. Capitals, spaces and hyphens do not count."""
    if not isinstance(value, str) or isinstance(value, Cut):
        return None
    return codes_of(kind).get(squashed(unicodedata.normalize("NFKC", value)))


@cache
def codes_of(kind: type[Code]) -> dict[str, Code]:
    """Return the codes of a list by their plainest spelling."""
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
    """Return the numbers that stand in a value, also in "3-4"; a half more counts as one."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return []
    found = re.findall(r"(?<![\d.-])\d{1,9}(?:\.\d+)?", plain(value).replace(",", ""))
    return [ceil(float(one)) for one in found]
