"""Tolerant JSON: reads what can be read of a text, and keeps keys that come twice.

Single quotes, missing quotes, missing or surplus commas, comments and Python's words are read as what they mean. What
stands between the values is returned beside them.
"""

import json
import math
import re
from dataclasses import dataclass, field
from typing import Any

from intake_service.salvage.body.values import Cut, Members, Value

MAX_DEPTH = 40
"""Objects and lists inside each other; what is deeper is kept as text."""
_GAP = re.compile(r"(?:[\s\ufeff]+|/\*.*?\*/|//[^\n]*\n)*", re.DOTALL)
_STRING = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)("|\\?\Z)', re.DOTALL)
_SINGLE = re.compile(r"'([^'\\]*(?:\\.[^'\\]*)*)('|\\?\Z)", re.DOTALL)
_KEY = re.compile(r"[^\s:=,{}\[\]\"']+")
_NESTED = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]]', re.DOTALL)
_BARE = re.compile(r"[^,:{}\[\]\"'\s][^,:{}\[\]\"\n\r]*")
_INTEGER = re.compile(r"-?\d{1,300}", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,300}(\.\d*)?([eE][+-]?\d{1,4})?", re.ASCII)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.|\Z)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_WORDS: dict[str, Any] = {
    **{"true": True, "false": False, "null": None, "none": None, "undefined": None, "nan": None},
}


@dataclass
class Parsed:
    """Value of a text, the pieces between values that belong to none, and whether the text was broken off."""

    value: Value = None
    stray: list[str] = field(default_factory=list)
    is_cut: bool = False


def parse(text: str) -> Parsed:
    """Read a text that begins with an object or a list."""
    parser = _Parser(text)
    parser.parsed.value = parser.value(0)
    rest = parser.rest().strip()
    if rest:
        parser.parsed.stray.append(rest)
    return parser.parsed


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.parsed = Parsed()

    def rest(self) -> str:
        return self.text[self.at :]

    def value(self, depth: int) -> Value:
        match self._next():
            case "{" | "[" if depth >= MAX_DEPTH:
                return self._skipped()
            case "{":
                return self._object(depth)
            case "[":
                return self._list(depth)
            case '"' | "'":
                return self._string()
            case "":
                self.parsed.is_cut = True
                return None
        return self._bare()

    def _next(self) -> str:
        """Pass over white space and comments; return the character there, or nothing at the end."""
        gap = _GAP.match(self.text, self.at)
        self.at = gap.end() if gap else self.at
        return self.text[self.at : self.at + 1]

    def _object(self, depth: int) -> Members:
        members = Members()
        self.at += 1
        while (mark := self._next()) != "}":
            if not mark:
                self.parsed.is_cut = True
                return members
            if mark in ",;":
                self.at += 1
            elif mark in "]{[:":
                self._stray(mark)
            else:
                members.pairs.append(self._member(depth))
        self.at += 1
        return members

    def _member(self, depth: int) -> tuple[str, Value]:
        key = self._string() if self._next() in "\"'" else self._key()
        mark = self._next()
        if mark not in (":", "="):
            return "", key
        self.at += 1
        return str(key), None if self._next() in ("}", ",") else self.value(depth + 1)

    def _key(self) -> str:
        found = _KEY.match(self.text, self.at)
        text = found.group() if found else self.text[self.at : self.at + 1]
        self.at += len(text)
        return text

    def _list(self, depth: int) -> list[Value]:
        found: list[Value] = []
        self.at += 1
        while (mark := self._next()) != "]":
            if not mark:
                self.parsed.is_cut = True
                return found
            if mark in ",;":
                self.at += 1
            elif mark in "}:":
                self._stray(mark)
            else:
                found.append(self.value(depth + 1))
        self.at += 1
        return found

    def _stray(self, mark: str) -> None:
        self.parsed.stray.append(mark)
        self.at += 1

    def _string(self) -> str:
        pattern = _STRING if self.text[self.at] == '"' else _SINGLE
        found = pattern.match(self.text, self.at)
        assert found is not None, "an opening quote always matches"
        self.at = found.end()
        text = unescaped(found[1])
        if found[2] != found[0][0] or len(found[0]) == 1:
            self.parsed.is_cut = True
            return Cut(text)
        return text

    def _bare(self) -> Value:
        found = _BARE.match(self.text, self.at)
        if found is None:
            self._stray(self.text[self.at])
            return None
        self.at = found.end()
        return self._scalar(found.group().strip())

    def _scalar(self, text: str) -> Value:
        if text.casefold() in _WORDS:
            return _WORDS[text.casefold()]
        number = number_of(text)
        if number is not None:
            return number
        if not self.rest():
            self.parsed.is_cut = True
            return Cut(text)
        return text

    def _skipped(self) -> str:
        """Return the text of an object or list that is nested too deeply, up to its end."""
        start, depth = self.at, 0
        for found in _NESTED.finditer(self.text, self.at):
            mark = found.group()
            depth += (mark in "{[") - (mark in "}]")
            if depth == 0:
                self.at = found.end()
                return self.text[start : self.at]
        self.at = len(self.text)
        self.parsed.is_cut = True
        return Cut(self.text[start:])


def number_of(text: str) -> int | float | None:
    """Return a number; None for what is none, or for one that no machine holds."""
    if _INTEGER.fullmatch(text):
        return int(text)
    number = float(text) if _NUMBER.fullmatch(text) else math.inf
    return number if math.isfinite(number) else None


def unescaped(text: str) -> str:
    """Return the text of a JSON string. Halves of surrogate pairs, which broken devices send, are replaced."""
    if "\\" in text:
        text = _ESCAPE.sub(_character, text)
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _character(found: re.Match[str]) -> str:
    escape = found[1]
    if len(escape) > 1:
        return chr(int(escape[1:], 16))
    return _ESCAPED.get(escape, escape)


def without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object, for `json.loads`; raise DuplicateKey where a key comes twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise DuplicateKey
    return found


class DuplicateKey(ValueError):
    """A key comes twice in one object."""


_WITHOUT_DUPLICATES = json.JSONDecoder(object_pairs_hook=without_duplicates)


def has_duplicate_keys(body: bytes) -> bool:
    """Return whether a key comes twice in an object of a body that is JSON in UTF-8."""
    try:
        _WITHOUT_DUPLICATES.decode(body.decode())
    except DuplicateKey:
        return True
    return False
