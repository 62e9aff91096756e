"""Which changes of a JSON schema would break whoever was written against the old one.

What we are sent (`takes`) may be loosened and never narrowed. What we send (`gives`) keeps every field and type that
was promised. An event is both: others read it now, and we read it again when a log is replayed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Schema = Mapping[str, Any]

LOWER_LIMITS = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
UPPER_LIMITS = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
EXACT_RULES = ("pattern", "multipleOf", "const")


@dataclass(frozen=True)
class Direction:
    """Who relies on the schema: those who send to us, those who read what we send, or both."""

    takes: bool = False
    gives: bool = False


TAKEN = Direction(takes=True)
GIVEN = Direction(gives=True)
BOTH = Direction(takes=True, gives=True)


@dataclass
class Comparison:
    """Two documents held side by side; references are followed in each, and each pair of them once."""

    old: Schema
    new: Schema
    seen: set[tuple[str, str, Direction]] = field(default_factory=set)

    def changes(self, old: Schema, new: Schema, direction: Direction, at: str) -> Iterator[str]:
        """A sentence for each change that breaks; nothing where every change only adds."""
        pair = (old.get("$ref", ""), new.get("$ref", ""), direction)
        if pair[0] and pair[1]:
            if pair in self.seen:
                return
            self.seen.add(pair)
        olds, news = _kinds(self.old, old), _kinds(self.new, new)
        if "anything" in olds and "anything" in news:
            return
        if direction.takes and (refused := olds.keys() - news.keys() if "anything" not in news else ()):
            yield f"{at}: type changed, no longer takes {', '.join(sorted(refused))}"
        if direction.gives and (strange := news.keys() - olds.keys() if "anything" not in olds else ()):
            yield f"{at}: type changed, may now be {', '.join(sorted(strange))}"
        if direction.gives and not direction.takes and not olds.keys() & news.keys():
            yield f"{at}: type changed, is never {', '.join(sorted(olds))} any more"
        for name in olds.keys() & news.keys():
            yield from self._of_one_kind(olds[name], news[name], direction, at)

    def _of_one_kind(self, old: Schema, new: Schema, direction: Direction, at: str) -> Iterator[str]:
        if gone := set(old.get("enum", ())) - set(new.get("enum", old.get("enum", ()))):
            yield f"{at}: value removed: {', '.join(sorted(map(str, gone)))}"
        if "enum" in new and "enum" not in old:
            yield f"{at}: narrowed to a list of values"
        if direction.takes:
            yield from _narrowed(old, new, at)
        yield from self._fields(old, new, direction, at)
        yield from self._members(old, new, direction, at)

    def _fields(self, old: Schema, new: Schema, direction: Direction, at: str) -> Iterator[str]:
        before, now = old.get("properties", {}), new.get("properties", {})
        for name in before.keys() - now.keys():
            yield f"{at}.{name}: field removed"
        needed_before, needed_now = set(old.get("required", ())), set(new.get("required", ()))
        if direction.takes:
            for name in sorted(needed_now - needed_before):
                yield f"{at}.{name}: field is newly required"
        if direction.gives:
            for name in sorted((needed_before - needed_now) & now.keys()):
                yield f"{at}.{name}: field may now be missing"
        for name in before.keys() & now.keys():
            yield from self.changes(before[name], now[name], direction, f"{at}.{name}")

    def _members(self, old: Schema, new: Schema, direction: Direction, at: str) -> Iterator[str]:
        for keyword in ("items", "additionalProperties"):
            before, now = old.get(keyword, True), new.get(keyword, True)
            if isinstance(before, Mapping) and isinstance(now, Mapping):
                yield from self.changes(before, now, direction, f"{at}[]")
            elif direction.takes and before is True and now is not True:
                yield f"{at}: narrowed, {keyword} are no longer free"
            elif direction.gives and before is not True and now is True:
                yield f"{at}: {keyword} are no longer of one type"


def _followed(document: Schema, schema: Schema) -> Schema:
    while "$ref" in schema:
        target: Any = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step.replace("~1", "/").replace("~0", "~")]
        schema = target
    return schema


def _kinds(document: Schema, schema: Schema) -> dict[str, Schema]:
    """The alternatives of a schema by a name that tells them apart: the type, and of a second object which one."""
    found: dict[str, Schema] = {}
    whole = _followed(document, schema)
    for part in whole.get("anyOf", whole.get("oneOf", [whole])):
        alternative = _followed(document, part)
        for name in _types(alternative):
            found[name if name not in found else f"{name} {part.get('$ref', len(found))}"] = alternative
    return found


def _types(schema: Schema) -> list[str]:
    types = schema.get("type")
    if types is None:
        return [f"only {schema['const']}" if "const" in schema else "anything"]
    names = types if isinstance(types, list) else [types]
    return [f"{name} ({schema['format']})" if "format" in schema else name for name in names]


def _narrowed(old: Schema, new: Schema, at: str) -> Iterator[str]:
    for name in LOWER_LIMITS:
        if name in new and (name not in old or new[name] > old[name]):
            yield f"{at}: {name} narrowed"
    for name in UPPER_LIMITS:
        if name in new and (name not in old or new[name] < old[name]):
            yield f"{at}: {name} narrowed"
    for name in EXACT_RULES:
        if name in new and old.get(name) != new[name]:
            yield f"{at}: {name} narrowed or changed"
