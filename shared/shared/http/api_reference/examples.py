"""Examples of answers, composed from the examples, enums and formats of the properties in the contract."""

from typing import Any

Document = dict[str, Any]
BY_FORMAT = {
    "uuid": "0198c0de-7a11-7000-8000-000000000001",
    "date-time": "2026-03-01T10:00:00Z",
    "date": "2026-03-01",
    "uri": "https://helpline.example.org/",
}
BY_TYPE: dict[str, Any] = {"string": "text", "integer": 1, "number": 1.5, "boolean": False, "null": None}


def example_of(document: Document, schema: Document) -> Any:
    """Return an example of a schema; an explicit example of a schema or property wins."""
    schema = _resolved(document, schema)
    if "examples" in schema:
        return schema["examples"][0]
    for name in ("const", "default", "example"):
        if name in schema and schema[name] not in (None, [], {}):
            return schema[name]
    if "enum" in schema:
        return schema["enum"][0]
    for name in ("anyOf", "oneOf", "allOf"):
        if name in schema:
            return example_of(document, schema[name][0])
    return _by_type(document, schema)


def _by_type(document: Document, schema: Document) -> Any:
    kind = schema.get("type", "object")
    if kind == "object":
        properties = schema.get("properties", {})
        return {name: example_of(document, one) for name, one in properties.items()}
    if kind == "array":
        return [example_of(document, schema["items"])] if "items" in schema else []
    if kind == "string" and "format" in schema:
        return BY_FORMAT.get(schema["format"], "text")
    return schema.get("minimum", BY_TYPE[kind]) if kind == "integer" else BY_TYPE[kind]


def _resolved(document: Document, schema: Document) -> Document:
    while "$ref" in schema:
        target: Any = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        siblings = {name: value for name, value in schema.items() if name != "$ref"}
        schema = {**target, **siblings}
    return schema
