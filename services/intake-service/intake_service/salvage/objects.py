"""Objects: the fields of an object as they were sent; unknown ones are kept."""

from typing import Any

from intake_service.salvage.body.tolerant_json import parse
from intake_service.salvage.body.values import Cut, Members, Value, is_blank, spelled, squashed
from intake_service.salvage.fields import Reader
from intake_service.salvage.reading import Reading, named_path
from intake_service.salvage.signals import note_code, note_unknown

Read = dict[str, Any]


def read_object(
    reading: Reading, path: str, values: list[Value], readers: dict[str, Reader], scalar: str = ""
) -> Read:
    """Read an object; `scalar` is the field for a text that stands in its place."""
    given = grouped(reading, path, values, readers, scalar)
    found = {
        name: reader(reading, f"{path}.{name}" if path else name, given[name])
        for name, reader in readers.items()
        if name in given
    }
    return {name: value for name, value in found.items() if value is not None}


def grouped(
    reading: Reading, path: str, values: list[Value], known: Any, scalar: str = ""
) -> dict[str, list[Value]]:
    """Return the values of each known field. Unknown ones are kept, and looked at for a danger or a child."""
    names = {squashed(name): name for name in known}
    given: dict[str, list[Value]] = {}
    for value in values:
        one = unwrapped(value)
        if isinstance(one, Members):
            for name, member in one.pairs:
                if squashed(name) in names:
                    given.setdefault(names[squashed(name)], []).append(member)
                else:
                    keep_unknown(reading, path, name, member)
        elif scalar and not is_blank(one) and not isinstance(one, list):
            given.setdefault(scalar, []).append(one)
        else:
            reading.keep(path, one)
            note_code(reading, path, one)
    return given


def keep_unknown(reading: Reading, path: str, name: str, value: Value) -> None:
    """Keep a field that we do not know: its name too, where it is none that could be shown."""
    where = named_path(path, name)
    shown = where.endswith(name) and bool(name)
    reading.keep(
        where if name else path or "body", value if shown or not name else f"{name}: {spelled(value)}"
    )
    note_unknown(reading, where, name, value)


def unwrapped(value: Value) -> Value:
    """Return an object that is written as a text, or alone in a list, as an object."""
    if isinstance(value, list) and len(value) == 1:
        return unwrapped(value[0])
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        parsed = parse(value)
        return value if parsed.stray or isinstance(value, Cut) else unwrapped(parsed.value)
    return value
