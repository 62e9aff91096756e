"""Breaking changes between two versions of the contracts: what a client, a partner or a service could not bear."""

from collections.abc import Iterator, Mapping
from typing import Any

from tools.contracts.schema_changes import ANSWER, EVENT, REQUEST, Comparison, Usage

METHODS = ("get", "put", "post", "delete", "patch", "head", "options")
Document = Mapping[str, Any]


def breaking_changes(old: Mapping[str, Document], new: Mapping[str, Document]) -> list[str]:
    """Return a sentence for each breaking change; both versions are contract documents by path."""
    return [
        change for path, document in old.items() for change in _of_one_file(path, document, new.get(path))
    ]


def _of_one_file(path: str, old: Document, new: Document | None) -> list[str]:
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
    comparison = Comparison(old, new)
    for path, operations in old["paths"].items():
        if path not in new["paths"]:
            yield f"{path}: path removed"
            continue
        for method in METHODS:
            if method not in operations:
                continue
            place = f"{method.upper()} {path}"
            if method in new["paths"][path]:
                yield from _operation(comparison, operations[method], new["paths"][path][method], place)
            else:
                yield f"{place}: operation removed"


def _operation(comparison: Comparison, old: Document, new: Document, place: str) -> Iterator[str]:
    if _needs_sign_in(new) and not _needs_sign_in(old):
        yield f"{place}: now needs signing in"
    yield from _parameters(comparison, old, new, place)
    yield from _body(comparison, old.get("requestBody"), new.get("requestBody"), place)
    for status, answer in old.get("responses", {}).items():
        if status not in new.get("responses", {}):
            yield f"{place}: answer {status} removed"
        else:
            now = new["responses"][status]
            yield from _media_types(comparison, answer, now, ANSWER, f"{place} answer {status}")


def _needs_sign_in(operation: Document) -> bool:
    """Return True unless the operation answers without a token; an empty requirement makes the token optional."""
    security = operation.get("security", [])
    return bool(security) and {} not in security


def _parameters(comparison: Comparison, old: Document, new: Document, place: str) -> Iterator[str]:
    before = {(one["in"], one["name"]): one for one in old.get("parameters", ())}
    now = {(one["in"], one["name"]): one for one in new.get("parameters", ())}
    for key in before.keys() - now.keys():
        yield f"{place}: parameter {key[1]} removed"
    for key, parameter in now.items():
        if parameter.get("required") and not before.get(key, {}).get("required"):
            yield f"{place}: parameter {key[1]} is newly required"
        if key in before:
            schemas = before[key]["schema"], parameter["schema"]
            yield from comparison.changes(*schemas, REQUEST, f"{place} {key[1]}")


def _body(comparison: Comparison, old: Document | None, new: Document | None, place: str) -> Iterator[str]:
    if new and new.get("required") and not (old and old.get("required")):
        yield f"{place}: a body is newly required"
    if old and new:
        yield from _media_types(comparison, old, new, REQUEST, f"{place} body")
    elif old:
        yield f"{place}: body removed"


def _media_types(
    comparison: Comparison, old: Document, new: Document, usage: Usage, place: str
) -> Iterator[str]:
    for media_type, content in old.get("content", {}).items():
        now = new.get("content", {}).get(media_type)
        if now is None:
            yield f"{place}: {media_type} removed"
        else:
            yield from comparison.changes(content.get("schema", {}), now.get("schema", {}), usage, place)


def _event(old: Document, new: Document) -> Iterator[str]:
    for name in ("x-topic", "x-key"):
        if old.get(name) != new.get(name):
            yield f"{name} changed: consumers read another topic, or would lose the order"
    yield from Comparison(old, new).changes(old, new, EVENT, old["title"])


def _asyncapi(old: Document, new: Document) -> Iterator[str]:
    """Compare channels, their messages and the headers; the events themselves are compared file by file."""
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
    yield from Comparison(old, new).changes(before, after, ANSWER, "headers")
