"""Which changes of what the services promise would break a client, a partner or another service."""

from collections.abc import Iterator, Mapping
from typing import Any

from deploy.schema_changes import BOTH, GIVEN, TAKEN, Comparison

METHODS = ("get", "put", "post", "delete", "patch", "head", "options")
Document = Mapping[str, Any]


def breaking_changes(path: str, old: Document, new: Document | None) -> list[str]:
    """A sentence for each breaking change in one contract file; `new` is None where it is gone."""
    if new is None:
        return [f"{path}: removed"]
    if "openapi" in old:
        found = _openapi(old, new)
    elif "asyncapi" in old:
        found = _asyncapi(old, new)
    else:
        found = _event(old, new)
    return [f"{path}: {change}" for change in dict.fromkeys(found)]


def _openapi(old: Document, new: Document) -> Iterator[str]:
    both = Comparison(old, new)
    for path, operations in old["paths"].items():
        if path not in new["paths"]:
            yield f"{path}: path removed"
            continue
        for method in METHODS:
            if method not in operations:
                continue
            at = f"{method.upper()} {path}"
            if method in new["paths"][path]:
                yield from _operation(both, operations[method], new["paths"][path][method], at)
            else:
                yield f"{at}: operation removed"


def _operation(both: Comparison, old: Document, new: Document, at: str) -> Iterator[str]:
    if new.get("security") and not old.get("security"):
        yield f"{at}: now needs signing in"
    yield from _parameters(both, old, new, at)
    yield from _body(both, old.get("requestBody"), new.get("requestBody"), at)
    for status, answer in old.get("responses", {}).items():
        if status not in new.get("responses", {}):
            yield f"{at}: answer {status} removed"
        else:
            now = new["responses"][status]
            yield from _contents(both, answer, now, GIVEN, f"{at} answer {status}")


def _parameters(both: Comparison, old: Document, new: Document, at: str) -> Iterator[str]:
    before = {(one["in"], one["name"]): one for one in old.get("parameters", ())}
    now = {(one["in"], one["name"]): one for one in new.get("parameters", ())}
    for key in before.keys() - now.keys():
        yield f"{at}: parameter {key[1]} removed"
    for key, parameter in now.items():
        if parameter.get("required") and not before.get(key, {}).get("required"):
            yield f"{at}: parameter {key[1]} is newly required"
        if key in before:
            yield from both.changes(before[key]["schema"], parameter["schema"], TAKEN, f"{at} {key[1]}")


def _body(both: Comparison, old: Document | None, new: Document | None, at: str) -> Iterator[str]:
    if new and new.get("required") and not (old and old.get("required")):
        yield f"{at}: a body is newly required"
    if old and new:
        yield from _contents(both, old, new, TAKEN, f"{at} body")
    elif old:
        yield f"{at}: body removed"


def _contents(both: Comparison, old: Document, new: Document, direction: Any, at: str) -> Iterator[str]:
    for media, content in old.get("content", {}).items():
        now = new.get("content", {}).get(media)
        if now is None:
            yield f"{at}: {media} removed"
        else:
            yield from both.changes(content.get("schema", {}), now.get("schema", {}), direction, at)


def _event(old: Document, new: Document) -> Iterator[str]:
    for name in ("x-topic", "x-key"):
        if old.get(name) != new.get(name):
            yield f"{name} changed: others would look for it elsewhere, or lose its order"
    yield from Comparison(old, new).changes(old, new, BOTH, old["title"])


def _asyncapi(old: Document, new: Document) -> Iterator[str]:
    """Channels, their messages and the envelope; what is in the messages is compared event by event."""
    for name, channel in old["channels"].items():
        now = new["channels"].get(name)
        if now is None:
            yield f"channel {name} removed"
            continue
        if channel["address"] != now["address"]:
            yield f"channel {name}: address changed"
        for message in channel["messages"].keys() - now["messages"].keys():
            yield f"channel {name}: message {message} removed"
    before = old["components"]["messageTraits"]["cloudevent"]["headers"]
    after = new["components"]["messageTraits"]["cloudevent"]["headers"]
    yield from Comparison(old, new).changes(before, after, GIVEN, "headers")
