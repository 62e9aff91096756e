"""Values as they were sent: keys may come twice, and a text knows that it was cut off."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Value = Any
"""Text, number, true, false, null, list, or `Members`."""
BLANK = re.compile(r"[\s\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]*")
"""White space, and marks of direction or width: nothing is said by them. Controls are words that nobody can read."""
_SHOWS = re.compile(r"[^\s\x00-\x1f\x7f-\x9f]")


@dataclass
class Members:
    """Members of an object, in their order; a key may come twice."""

    pairs: list[tuple[str, Value]] = field(default_factory=list)


class Cut(str):
    """Text after which the body broke off."""


def is_blank(value: Value) -> bool:
    """Return whether nothing is said: null, a text without a visible character, an empty list or object."""
    if isinstance(value, str):
        return BLANK.fullmatch(value) is not None
    if isinstance(value, Members):
        return all(is_blank(one) for _, one in value.pairs)
    return value is None or (isinstance(value, list) and all(is_blank(one) for one in value))


def shows_anything(text: str) -> bool:
    """Return whether a text has a character that can be seen."""
    return not is_blank(text) and _SHOWS.search(text) is not None


def spelled(value: Value) -> str:
    """Return a value as it was said: a text as it stands, anything else as JSON."""
    return value if isinstance(value, str) else "".join(_json(value))


def _json(value: Value) -> Iterator[str]:
    if isinstance(value, Members):
        yield "{"
        for number, (key, one) in enumerate(value.pairs):
            yield (", " if number else "") + json.dumps(key, ensure_ascii=False) + ": "
            yield from _json(one)
        yield "}"
    elif isinstance(value, list):
        yield "["
        for number, one in enumerate(value):
            yield ", " if number else ""
            yield from _json(one)
        yield "]"
    else:
        yield json.dumps(value, ensure_ascii=False)


def squashed(name: str) -> str:
    """Return a name without capitals and marks, so that `dangerNow`, `danger-now` and `danger_now` are one."""
    return re.sub(r"[\W_]+", "", name.casefold())
