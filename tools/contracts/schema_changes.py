"""Comparison of two JSON schemas: changes that break a program written for the old one.

A request schema may be loosened and never narrowed, because clients send what the old one allowed. An answer schema
keeps every field and type that it promised, because clients read them. An event schema keeps both promises: others
read new events, and we read old ones again when a log is replayed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Schema = Mapping[str, Any]

LOWER_LIMITS = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
UPPER_LIMITS = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
EXACT_RULES = ("pattern", "multipleOf", "const")


@dataclass(frozen=True)
class Usage:
    """Use of a schema: we read values that others wrote, others read values that we wrote, or both."""

    read_by_us: bool = False
    read_by_others: bool = False


REQUEST = Usage(read_by_us=True)
ANSWER = Usage(read_by_others=True)
EVENT = Usage(read_by_us=True, read_by_others=True)


@dataclass
class Comparison:
    """Two documents; references are followed in each of them, and each pair of references once."""

    old: Schema
    new: Schema
    seen: set[tuple[str, str, Usage]] = field(default_factory=set)

    def changes(self, old: Schema, new: Schema, usage: Usage, path: str) -> Iterator[str]:
        """Yield a sentence for each change that breaks; none where every change only adds."""
        pair = (old.get("$ref", ""), new.get("$ref", ""), usage)
        if pair[0] and pair[1]:
            if pair in self.seen:
                return
            self.seen.add(pair)
        before, now = _alternatives(self.old, old), _alternatives(self.new, new)
        if "anything" in before and "anything" in now:
            return
        yield from _changed_types(before, now, usage, path)
        for name in before.keys() & now.keys():
            yield from self._of_one_type(before[name], now[name], usage, path)

    def _of_one_type(self, old: Schema, new: Schema, usage: Usage, path: str) -> Iterator[str]:
        if gone := set(old.get("enum", ())) - set(new.get("enum", old.get("enum", ()))):
            yield f"{path}: value removed: {', '.join(sorted(map(str, gone)))}"
        if "enum" in new and "enum" not in old:
            yield f"{path}: narrowed to a list of values"
        if usage.read_by_us:
            yield from _narrowed(old, new, path)
        yield from self._fields(old, new, usage, path)
        yield from self._members(old, new, usage, path)

    def _fields(self, old: Schema, new: Schema, usage: Usage, path: str) -> Iterator[str]:
        before, now = old.get("properties", {}), new.get("properties", {})
        for name in before.keys() - now.keys():
            yield f"{path}.{name}: field removed"
        required_before, required_now = set(old.get("required", ())), set(new.get("required", ()))
        if usage.read_by_us:
            for name in sorted(required_now - required_before):
                yield f"{path}.{name}: field is newly required"
        if usage.read_by_others:
            for name in sorted((required_before - required_now) & now.keys()):
                yield f"{path}.{name}: field may now be missing"
        for name in before.keys() & now.keys():
            yield from self.changes(before[name], now[name], usage, f"{path}.{name}")

    def _members(self, old: Schema, new: Schema, usage: Usage, path: str) -> Iterator[str]:
        for keyword in ("items", "additionalProperties"):
            before, now = old.get(keyword, True), new.get(keyword, True)
            if isinstance(before, Mapping) and isinstance(now, Mapping):
                yield from self.changes(before, now, usage, f"{path}[]")
            elif usage.read_by_us and before is True and now is not True:
                yield f"{path}: narrowed, {keyword} are no longer free"
            elif usage.read_by_others and before is not True and now is True:
                yield f"{path}: {keyword} are no longer of one type"


def _changed_types(
    before: Mapping[str, Schema], now: Mapping[str, Schema], usage: Usage, path: str
) -> Iterator[str]:
    gone = before.keys() - now.keys() if "anything" not in now else set()
    added = now.keys() - before.keys() if "anything" not in before else set()
    if usage.read_by_us and gone:
        yield f"{path}: type changed, no longer takes {', '.join(sorted(gone))}"
    if usage.read_by_others and added:
        yield f"{path}: type changed, may now be {', '.join(sorted(added))}"
    if usage == ANSWER and not before.keys() & now.keys():
        yield f"{path}: type changed, is never {', '.join(sorted(before))} any more"


def _alternatives(document: Schema, schema: Schema) -> dict[str, Schema]:
    """Return the alternatives of a schema by type; further ones of a type by type and reference."""
    found: dict[str, Schema] = {}
    whole = _followed(document, schema)
    for part in whole.get("anyOf", whole.get("oneOf", [whole])):
        alternative = _followed(document, part)
        for name in _types(alternative):
            found[name if name not in found else f"{name} {part.get('$ref', len(found))}"] = alternative
    return found


def _followed(document: Schema, schema: Schema) -> Schema:
    while "$ref" in schema:
        target: Any = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step.replace("~1", "/").replace("~0", "~")]
        schema = target
    return schema


def _types(schema: Schema) -> list[str]:
    types = schema.get("type")
    if types is None:
        return [f"only {schema['const']}" if "const" in schema else "anything"]
    names = types if isinstance(types, list) else [types]
    return [f"{name} ({schema['format']})" if "format" in schema else name for name in names]


def _narrowed(old: Schema, new: Schema, path: str) -> Iterator[str]:
    for name in LOWER_LIMITS:
        if name in new and (name not in old or new[name] > old[name]):
            yield f"{path}: {name} narrowed"
    for name in UPPER_LIMITS:
        if name in new and (name not in old or new[name] < old[name]):
            yield f"{path}: {name} narrowed"
    for name in EXACT_RULES:
        if name in new and old.get(name) != new[name]:
            yield f"{path}: {name} narrowed or changed"
