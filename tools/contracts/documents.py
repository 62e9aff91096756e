"""Contract documents: OpenAPI of each service, JSON Schema of each event, AsyncAPI of all events."""

import json
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

from pydantic.json_schema import models_json_schema

from shared.events import EVENTS, TOPICS, Event
from shared.http.app import create_app
from shared.service.context import ServiceContext
from shared.service.spec import ServiceSpec
from tools.contracts.contract_history import FOLDER, Documents
from tools.registry import specs


def generated() -> Documents:
    """Return every contract as the code defines it now."""
    documents = {f"{FOLDER}/openapi/{name}.json": openapi(spec) for name, spec in specs().items()}
    documents |= {f"{FOLDER}/events/{event.type}.json": event_schema(event) for event in EVENTS}
    return documents | {f"{FOLDER}/asyncapi.json": asyncapi()}


def openapi(service: ServiceSpec) -> dict[str, Any]:
    """Return the API description that the service itself serves, without opening a database or a bus."""
    return create_app(service, _never_opened).openapi()


def _never_opened() -> AbstractAsyncContextManager[ServiceContext]:
    raise RuntimeError("a description needs no running service")


def event_schema(event: type[Event]) -> dict[str, Any]:
    """Return the JSON Schema of an event, with its type, topic and key."""
    schema = event.model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "x-type": event.type,
        "x-topic": event.topic,
        "x-key": event.subject_field,
    }


def asyncapi() -> dict[str, Any]:
    """Return all events as one AsyncAPI 3.0 document: a channel per topic, CloudEvents headers on each message."""
    names, schemas = models_json_schema(
        [(event, "validation") for event in EVENTS], ref_template="#/components/schemas/{model}"
    )
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Helpline events",
            "version": "1",
            "description": "Facts that one service announces to the others: ids, codes, times and counts, "
            "never free text.",
        },
        "defaultContentType": "application/json",
        "channels": {topic: _channel(topic) for topic in TOPICS},
        "operations": {
            f"announce_{topic}": {"action": "send", "channel": {"$ref": f"#/channels/{topic}"}}
            for topic in TOPICS
        },
        "components": {
            "messages": {event.type: _message(event, names[event, "validation"]) for event in EVENTS},
            "schemas": schemas["$defs"],
            "messageTraits": {"cloudevent": {"headers": _headers()}},
        },
    }


def _channel(topic: str) -> dict[str, Any]:
    types = [event.type for event in EVENTS if event.topic == topic]
    return {
        "address": topic,
        "description": "In order for each key; delivered at least once.",
        "messages": {type_: {"$ref": f"#/components/messages/{type_}"} for type_ in types},
    }


def _message(event: type[Event], payload: dict[str, Any]) -> dict[str, Any]:
    """Return one message; its Kafka key is the id that keeps one case in order, the same as `ce_subject`."""
    return {
        "name": event.type,
        "title": event.__name__,
        "summary": (event.__doc__ or "").strip(),
        "contentType": "application/json",
        "payload": payload,
        "traits": [{"$ref": "#/components/messageTraits/cloudevent"}],
        "bindings": {
            "kafka": {
                "key": {"type": "string", "format": "uuid", "description": event.subject_field},
                "bindingVersion": "0.5.0",
            }
        },
    }


def _headers() -> dict[str, Any]:
    """Return the headers of CloudEvents 1.0 in binary mode, as Kafka carries them."""
    text = {"type": "string"}
    properties = {
        "ce_specversion": {"type": "string", "const": "1.0"},
        "ce_id": {"type": "string", "format": "uuid", "description": "The same when it is delivered again"},
        "ce_source": {**text, "description": "The service that announces it"},
        "ce_type": {**text, "description": "The message's name"},
        "ce_subject": {"type": "string", "format": "uuid", "description": "The key"},
        "ce_time": {"type": "string", "format": "date-time"},
        "content-type": {"type": "string", "const": "application/json"},
    }
    return {"type": "object", "properties": properties, "required": list(properties)}


def as_text(document: dict[str, Any]) -> str:
    """Return a document as it stands in its file."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def out_of_date(documents: Documents, root: Path) -> list[str]:
    """Return the files that differ from the documents: changed, missing or left over."""
    existing = {str(path.relative_to(root)) for path in (root / FOLDER).rglob("*.json")}
    changed = [
        path
        for path, document in documents.items()
        if path in existing and (root / path).read_text(encoding="utf-8") != as_text(document)
    ]
    return sorted({*changed, *(existing ^ documents.keys())})
