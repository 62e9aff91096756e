"""Forms: a body that a browser or a script sends as fields and not as JSON."""

import re
from collections.abc import Iterable
from urllib.parse import unquote_plus

from intake_service.salvage.body.values import Members, Value

_FIRST_FIELD = re.compile(r"[\w.\[\]%-]{1,80}=")
_LINE = re.compile(r"\s*([\w.\[\]-]{1,80})\s*[:=]\s*(.*)")
_STEPS = re.compile(r"[^\[\].]+")
_DISPOSITION = re.compile(r'content-disposition:[^\n]*?\bname="?([^";\n]*)"?', re.IGNORECASE)
MAX_FIELDS = 2000
MAX_STEPS = 8


def is_form(text: str) -> bool:
    """Return whether a text looks like `name=value&…`: no sentence of a person does."""
    return _FIRST_FIELD.match(text) is not None and not re.search(r"\s", text.strip())


def read_form(text: str) -> Members:
    """Return the fields of `name=value&…`, also of a text/plain form with a line for each."""
    between = "&" if "&" in text else "\n"
    pairs = (one.partition("=") for one in text.strip().split(between, MAX_FIELDS) if one.strip())
    return nested((unquote_plus(name), unquote_plus(value).rstrip("\r")) for name, _, value in pairs)


def read_lines(text: str) -> Members | None:
    """Return the fields of a text with a line `name: value` or `name=value` for each; None where it is none."""
    fields: list[tuple[str, str]] = []
    for line in text.splitlines()[:MAX_FIELDS]:
        found = _LINE.match(line)
        if found:
            fields.append((found[1], found[2]))
        elif fields:
            fields[-1] = (fields[-1][0], f"{fields[-1][1]}\n{line}")
        else:
            return None
    return nested(fields) if fields else None


def read_multipart(text: str, boundary: str) -> Members | None:
    """Return the fields of a multipart form; None where it has none that can be read."""
    boundary = boundary or text.lstrip().split("\n", 1)[0].strip().removeprefix("--")
    if not boundary:
        return None
    parts = text.split(f"--{boundary}", MAX_FIELDS)
    fields = []
    for part in parts:
        head, gap, content = part.replace("\r\n", "\n").lstrip("\n").partition("\n\n")
        name = _DISPOSITION.search(head)
        if gap and name:
            fields.append((name[1], content.removesuffix("\n")))
    return nested(fields) if fields else None


def nested(fields: Iterable[tuple[str, str]]) -> Members:
    """Return fields named `persons[0][name]` or `persons.0.name` as objects in objects."""
    found = Members()
    for name, value in fields:
        steps = _STEPS.findall(name)[:MAX_STEPS] or [""]
        _put(found, steps, value)
    return found


def _put(members: Members, steps: list[str], value: Value) -> None:
    if len(steps) == 1:
        members.pairs.append((steps[0], value))
        return
    inner = next((one for name, one in members.pairs if name == steps[0] and isinstance(one, Members)), None)
    if inner is None:
        inner = Members()
        members.pairs.append((steps[0], inner))
    _put(inner, steps[1:], value)
