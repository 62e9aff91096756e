"""Rules of the API style, each as a function of an OpenAPI document that returns the places which break it."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.contracts.documents.style_exceptions import (
    FORMS_OF_A_PAGE,
    NOT_CODED,
    NOWHERE_TO_READ,
    OWN_RETRY,
    REFUSED_AGAIN,
    TAKES_EVERYTHING,
)

Document = dict[str, Any]
METHODS = ("get", "put", "post", "delete", "patch")
VERBS = frozenset(
    {
        "accept", "acknowledge", "add", "answer", "assess", "assign", "authorise", "check", "claim", "close",
        "complete", "confirm", "correct", "countersign", "create", "decide", "decline", "explain", "find",
        "issue", "leave", "list", "merge", "name", "open", "propose", "read", "record", "redirect", "register",
        "report", "send", "set", "show", "sign", "start", "strike", "withdraw", "write",
    }
)  # fmt: skip
CODED = frozenset(
    {
        "state", "kind", "recipient_kind", "recipient_kinds", "reason", "outcome", "channel", "privacy", "purpose",
        "hours", "ground", "grounds", "classification", "age_status", "role", "roles", "gender", "nation", "group",
        "extent", "answer", "caller_type", "sectors", "exploitation_types", "measure",
    }
)  # fmt: skip
"""Names of properties that hold a code of a closed list, wherever they stand."""
PROBLEM = "application/problem+json"


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    described: Document

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"

    @property
    def id(self) -> str:
        return str(self.described.get("operationId", ""))

    @property
    def statuses(self) -> set[str]:
        return set(self.described.get("responses", {}))

    def parameters(self, place: str) -> dict[str, Document]:
        listed = self.described.get("parameters", ())
        return {one["name"].lower(): one for one in listed if one["in"] == place}

    def answer(self, status: str) -> Document:
        """Return the JSON schema of an answer; empty where it is no JSON."""
        content = self.described.get("responses", {}).get(status, {}).get("content", {})
        schema: Document = content.get("application/json", {}).get("schema", {})
        return schema


def operations(document: Document) -> list[Operation]:
    return [
        Operation(method, path, described)
        for path, methods in document["paths"].items()
        for method, described in methods.items()
        if method in METHODS
    ]


def resolved(document: Document, schema: Document) -> Document:
    while "$ref" in schema:
        target: Any = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        schema = target
    return schema


def unreadable_operation_ids(document: Document) -> list[str]:
    """Not snake_case, without a verb in front, or used twice."""
    counted = Counter(one.id for one in operations(document))
    return [
        str(one)
        for one in operations(document)
        if not re.fullmatch(r"[a-z]+(_[a-z]+)+", one.id)
        or one.id.split("_")[0] not in VERBS
        or counted[one.id] > 1
    ]


def undescribed_operations(document: Document) -> list[str]:
    """Without a summary, or under a tag that nothing describes."""
    described = {tag["name"] for tag in document.get("tags", ()) if tag.get("description")}
    return [
        str(one)
        for one in operations(document)
        if not one.described.get("summary")
        or not one.described.get("tags")
        or set(one.described["tags"]) - described
    ]


def undocumented_problems(document: Document) -> list[str]:
    """Without the problems that each request may meet, or with one that has no code, no title or no example."""
    found = []
    for one in operations(document):
        needed = {"503"}
        takes_everything = str(one) in TAKES_EVERYTHING  # also a token that is none
        needed |= {"401"} if one.described.get("security") and not takes_everything else set()
        needed |= {"408", "413"} if one.described.get("requestBody") else set()
        if not takes_everything:
            needed |= (
                {"422"} if one.described.get("parameters") or one.described.get("requestBody") else set()
            )
            needed |= {"400"} if one.described.get("requestBody") else set()
        needed |= {"404"} if "_id}" in one.path and one.id.split("_")[0] not in {"list"} else set()
        incomplete = [status for status in one.statuses if status >= "400" and not _is_problem(one, status)]
        surplus = one.statuses & {"400", "422"} if takes_everything else set()
        found += [f"{one} {status}" for status in sorted((needed - one.statuses) | set(incomplete) | surplus)]
    return found


def _is_problem(operation: Operation, status: str) -> bool:
    content = operation.described["responses"][status].get("content", {})
    if PROBLEM not in content:
        return "text/html" in content or (status == "503" and "application/json" in content)
    examples = [one["value"] for one in content[PROBLEM].get("examples", {}).values()]
    return bool(examples) and all(
        {"type", "title", "status", "code"} <= one.keys() and str(one["status"]) == status for one in examples
    )


def properties_of(document: Document) -> Iterator[tuple[str, str, Document]]:
    """Yield where each property of each schema stands, its name and its schema."""
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        for one, described in schema.get("properties", {}).items():
            yield f"{name}.{one}", one, described


def undescribed_properties(document: Document) -> list[str]:
    return [place for place, _, schema in properties_of(document) if not schema.get("description")]


def is_text(document: Document, schema: Document) -> bool:
    """Return whether any text would fit."""
    schema = resolved(document, schema)
    if parts := schema.get("anyOf") or schema.get("oneOf"):
        return any(is_text(document, part) for part in parts)
    if schema.get("type") == "array":
        return is_text(document, schema.get("items", {}))
    return schema.get("type") == "string" and not {"enum", "const", "format"} & schema.keys()


def is_enum(document: Document, schema: Document) -> bool:
    schema = resolved(document, schema)
    parts = schema.get("anyOf") or schema.get("oneOf") or [schema[one] for one in ("items",) if one in schema]
    return "enum" in schema or any(is_enum(document, part) for part in parts)


def open_codes(document: Document) -> list[str]:
    """Properties that any text would fit, although their name, here or elsewhere, stands for a code of a list."""
    enums = {name for _, name, schema in properties_of(document) if is_enum(document, schema)}
    return [
        place
        for place, name, schema in properties_of(document)
        if name in CODED | enums and place not in NOT_CODED and is_text(document, schema)
    ]


def lists_of_another_shape(document: Document) -> list[str]:
    """Answers with a bare list, and list operations whose answer is not exactly `items` and `next`."""
    found = []
    for one in operations(document):
        schema = resolved(document, one.answer("200"))
        pages = one.id.startswith("list_") and set(schema.get("properties", {})) != {"items", "next"}
        if pages or schema.get("type") == "array":
            found.append(str(one))
    return found


def lists_without_pages(document: Document) -> list[str]:
    """List operations that a client cannot read page by page."""
    return [
        str(one)
        for one in operations(document)
        if one.id.startswith("list_") and not {"cursor", "limit"} <= one.parameters("query").keys()
    ]


def creations_without_idempotency(document: Document) -> list[str]:
    """POSTs whose retry might act twice: without Idempotency-Key, and not known to answer the same again."""
    return [
        str(one)
        for one in operations(document)
        if one.method == "post"
        and str(one) not in OWN_RETRY | FORMS_OF_A_PAGE | REFUSED_AGAIN
        and "idempotency-key" not in one.parameters("header")
    ]


def changes_without_precondition(document: Document) -> list[str]:
    """PUTs that answer with a version and need no If-Match, and If-Match that is not documented whole."""
    found = []
    for one in operations(document):
        if_match = one.parameters("header").get("if-match")
        versioned = "version" in resolved(document, one.answer("200")).get("properties", {})
        if one.method == "put" and versioned and if_match is None:
            found.append(str(one))
        if if_match is not None and not (if_match.get("required") and {"412", "428"} <= one.statuses):
            found.append(str(one))
    return found


def answers_without_their_headers(document: Document) -> list[str]:
    """Answers about a record whose ETag is not documented, and creations that do not say where the record is."""
    found = []
    for one in operations(document):
        for status in ("200", "201"):
            record = {"id", "version"} <= resolved(document, one.answer(status)).get("properties", {}).keys()
            documented = one.described.get("responses", {}).get(status, {}).get("headers", {}).keys()
            needed = {"ETag"} if record else set()
            needed |= {"Location"} if status == "201" and str(one) not in NOWHERE_TO_READ else set()
            found += [
                f"{one} {status} {name}" for name in sorted(needed - documented) if status in one.statuses
            ]
    return found


def undescribed_parameters(document: Document) -> list[str]:
    return [
        f"{one} {name}"
        for one in operations(document)
        for place in ("query", "header")
        for name, parameter in one.parameters(place).items()
        if not parameter.get("description")
    ]


def bodies_without_example(document: Document) -> list[str]:
    """Requests with a JSON body that neither the operation nor the body's schema shows by an example."""
    found = []
    for one in operations(document):
        content = one.described.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None:
            continue
        schema = resolved(document, content["schema"])
        kinds = [resolved(document, part) for part in schema.get("anyOf", [schema])]  # a body may be optional
        if not (
            content.get("example") or content.get("examples") or any(kind.get("examples") for kind in kinds)
        ):
            found.append(str(one))
    return found


def loose_bodies(document: Document) -> list[str]:
    """Requests whose JSON body, or an object in it, takes fields that nobody reads; only the public form may."""
    found = []
    for one in operations(document):
        content = one.described.get("requestBody", {}).get("content", {}).get("application/json")
        if content is not None and str(one) not in TAKES_EVERYTHING:
            found += [f"{one} {name}" for name in sorted(_open_objects(document, content["schema"], "body"))]
    return found


def _open_objects(document: Document, schema: Document, name: str) -> set[str]:
    schema = resolved(document, schema)
    found = {name} if "properties" in schema and schema.get("additionalProperties") is not False else set()
    inner = {**schema.get("properties", {}), **({name: schema["items"]} if "items" in schema else {})}
    for part in schema.get("anyOf", ()):
        found |= _open_objects(document, part, name)
    for one, described in inner.items():
        found |= _open_objects(document, described, one)
    return found


RULES = (
    unreadable_operation_ids,
    undescribed_operations,
    undescribed_parameters,
    undocumented_problems,
    undescribed_properties,
    open_codes,
    lists_of_another_shape,
    lists_without_pages,
    creations_without_idempotency,
    changes_without_precondition,
    answers_without_their_headers,
    bodies_without_example,
    loose_bodies,
)
