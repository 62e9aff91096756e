"""What the services promise to others, as files: written from the code, and checked against it and against the past.

`write` puts the contracts into `contracts/`; `check` fails when they differ from what the code gives, and when what
the code gives would break somebody who relies on the version before (`contract_history.py` says which that is).
"""

import json
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from pydantic.json_schema import models_json_schema

from case_service.app import CASE
from deploy.contract_changes import breaking_changes
from deploy.contract_history import FOLDER, Documents, HistoryUnreadable, earlier
from intake_service.app import INTAKE
from referral_service.app import REFERRAL
from shared.bus import TOPICS
from shared.events import EVENTS, Event
from shared.platform import Platform, Service
from shared.web import create_app
from stats_service.app import STATS

ROOT = Path(__file__).resolve().parent.parent
SERVICES = {service.name: service for service in (INTAKE, CASE, REFERRAL, STATS)}

commands = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)


def generated() -> Documents:
    """Every contract as the code gives it now."""
    documents = {f"{FOLDER}/openapi/{name}.json": openapi(service) for name, service in SERVICES.items()}
    documents |= {f"{FOLDER}/events/{event.type}.json": event_schema(event) for event in EVENTS}
    return documents | {f"{FOLDER}/asyncapi.json": asyncapi()}


def openapi(service: Service) -> dict[str, Any]:
    """The API description that the service itself serves, without opening a database or a bus."""
    return create_app(service, _never_opened).openapi()


def _never_opened() -> AbstractAsyncContextManager[Platform]:
    raise RuntimeError("a description needs no running service")


def event_schema(event: type[Event]) -> dict[str, Any]:
    schema = event.model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "x-type": event.type,
        "x-topic": event.topic,
        "x-key": event.subject_field,
    }


def asyncapi() -> dict[str, Any]:
    """All events as one AsyncAPI 3.0 document: a channel per topic, each message under CloudEvents headers."""
    names, schemas = models_json_schema(
        [(event, "validation") for event in EVENTS], ref_template="#/components/schemas/{model}"
    )
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Helpline events",
            "version": "1",
            "description": "Facts that one service tells the others: ids, codes, times and counts, never words.",
        },
        "defaultContentType": "application/json",
        "channels": {topic: _channel(topic) for topic in TOPICS if _events_of(topic)},
        "operations": {
            f"announce_{topic}": {"action": "send", "channel": {"$ref": f"#/channels/{topic}"}}
            for topic in TOPICS
            if _events_of(topic)
        },
        "components": {
            "messages": {event.type: _message(event, names[event, "validation"]) for event in EVENTS},
            "schemas": schemas["$defs"],
            "messageTraits": {"cloudevent": {"headers": _headers()}},
        },
    }


def _events_of(topic: str) -> list[type[Event]]:
    return [event for event in EVENTS if event.topic == topic]


def _channel(topic: str) -> dict[str, Any]:
    return {
        "address": topic,
        "description": "In order for each key; delivered at least once.",
        "messages": {
            event.type: {"$ref": f"#/components/messages/{event.type}"} for event in _events_of(topic)
        },
    }


def _message(event: type[Event], payload: dict[str, Any]) -> dict[str, Any]:
    """`key` is the id that keeps one matter in order; it is also the event's `ce_subject`."""
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
    """CloudEvents 1.0 in binary mode, as Kafka carries it."""
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
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def out_of_date(documents: Documents, root: Path) -> list[str]:
    """Files whose content is not what the code gives: changed, missing, or left over."""
    there = {str(path.relative_to(root)) for path in (root / FOLDER).rglob("*.json")}
    differing = [
        path for path, one in documents.items() if path in there and (root / path).read_text() != as_text(one)
    ]
    return sorted({*differing, *(there ^ documents.keys())})


def broken(old: Documents, new: Documents) -> list[str]:
    return [
        change for path, document in old.items() for change in breaking_changes(path, document, new.get(path))
    ]


@commands.command(help="Write the contracts as the code gives them.")
def write() -> None:
    documents = generated()
    for path in out_of_date(documents, ROOT):
        file = ROOT / path
        if path in documents:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(as_text(documents[path]))
        else:
            file.unlink()
        typer.echo(f"{'written' if path in documents else 'removed'}: {path}")


@commands.command(help="Fail when files and code differ, or when a change would break somebody.")
def check(
    base: Annotated[
        str | None, typer.Option(help="A version in git to which changes may only add; else the one before")
    ] = None,
) -> None:
    documents = generated()
    if stale := out_of_date(documents, ROOT):
        _fail("Contracts differ from the code; run `python -m deploy.contracts write`:", stale)
    try:
        past = earlier(ROOT, base)
    except HistoryUnreadable as error:
        _fail("Nothing was compared with an earlier version:", [str(error)])
    if changes := broken(past.documents, documents):
        _fail(
            f"These changes would break whoever relies on {past.version}; add instead, or make a new version:",
            changes,
        )
    typer.echo(f"{len(documents)} contracts are as the code gives them.")
    if past.missing:
        typer.echo(f"NOT COMPARED with an earlier version: {past.missing}.", err=True)
    else:
        typer.echo(f"{len(past.documents)} of them compared with {past.version}: nothing breaks.")


def _fail(sentence: str, lines: list[str]) -> NoReturn:
    typer.echo("\n  ".join([sentence, *lines]), err=True)
    raise typer.Exit(1)


if __name__ == "__main__":
    commands()
