"""Signals: words in coded values and in names of unknown fields that may mean a danger or a child.

Free text is not searched: only what stands where a code was asked for, or under a name that says what it is.
"""

import itertools
import re

from intake_service.salvage.ages import allows_child
from intake_service.salvage.body.values import Members, Value, is_blank
from intake_service.salvage.coded_answers import is_no_answer, words_for
from intake_service.salvage.reading import Reading

_AGE = frozenset(["age", "aged", "ages", "years"])
_BIRTH = frozenset(["dob", "birth", "born", "birthday", "birthdate", "birthyear", "yob"])
_TOKEN = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+\d*|\d+|[^\W\d_]+")
_FREE_TEXT = 80
"""Longer texts are an account and no code."""


def tokens_of(text: str) -> frozenset[str]:
    found = [token.casefold() for token in _TOKEN.findall(text)]
    pairs = ["".join(pair) for pair in itertools.pairwise(found)]
    return frozenset(found) | frozenset(pairs)


def note_code(reading: Reading, path: str, value: Value) -> None:
    """Note a danger or a child that a coded value may mean which is none of ours."""
    if isinstance(value, str) and len(value) <= _FREE_TEXT:
        _note(reading, path, tokens_of(value))
    elif isinstance(value, Members):
        note_members(reading, path, value)
    elif isinstance(value, list):
        for one in value:
            note_code(reading, path, one)


def note_unknown(reading: Reading, path: str, name: str, value: Value) -> None:
    """Note a danger or a child that a field may mean which we do not know."""
    if is_blank(value) or is_no_answer(value):
        return
    if isinstance(value, Members):
        note_members(reading, path, value)
    elif isinstance(value, list):
        for one in value:
            note_unknown(reading, path, name, one)
    tokens = tokens_of(name)
    if tokens & (_AGE | _BIRTH):
        is_scalar = not isinstance(value, list)
        if is_scalar and allows_child(value, reading.on, is_birth=bool(tokens & _BIRTH)):
            reading.may_be_child(path)
    else:
        _note(reading, path, tokens)
    if isinstance(value, str) and len(value) <= _FREE_TEXT and not tokens & (_AGE | _BIRTH):
        _note(reading, path, tokens_of(value) if _is_one_code(value) else frozenset())


def note_members(reading: Reading, path: str, members: Members) -> None:
    for name, value in members.pairs:
        note_unknown(reading, path, name, value)


def _is_one_code(text: str) -> bool:
    return re.fullmatch(r"[\w\s-]{1,40}", text) is not None and len(text.split()) <= 3


def _note(reading: Reading, path: str, tokens: frozenset[str]) -> None:
    if tokens & words_for("danger"):
        reading.may_be_danger(path)
    if tokens & words_for("child"):
        reading.may_be_child(path)
