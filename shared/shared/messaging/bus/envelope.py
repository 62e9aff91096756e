"""Event envelopes as CloudEvents 1.0 in binary mode: attributes in headers, the event's JSON as the body."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from cloudevents.core.base import BaseCloudEvent, EventFactory
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary, to_binary
from cloudevents.core.exceptions import CloudEventValidationError
from cloudevents.core.v1.event import CloudEvent

from shared.messaging.bus.port import EventEnvelope

_REQUIRED = ("ce_id", "ce_source", "ce_type", "ce_subject", "ce_time")


class BadEnvelope(Exception):
    """The record is no event of ours; `fault` says why and repeats nothing that was in it."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


class _UnchangedBody:
    """Format that passes the body on byte for byte; the library would write the JSON again."""

    def write_data(self, data: dict[str, Any] | str | bytes | None, datacontenttype: str | None) -> bytes:
        if not isinstance(data, bytes):
            raise TypeError("The body of an envelope is bytes")
        return data

    def read_data(self, body: bytes, datacontenttype: str | None) -> bytes:
        return body

    def read(self, event_factory: EventFactory | None, data: str | bytes) -> BaseCloudEvent:
        raise NotImplementedError("This bus uses binary mode only")

    def write(self, event: BaseCloudEvent) -> bytes:
        raise NotImplementedError("This bus uses binary mode only")

    def get_content_type(self) -> str:
        return "application/json"


_BODY = _UnchangedBody()


def pack(envelope: EventEnvelope) -> dict[str, bytes]:
    """Return the headers that an envelope travels under."""
    if envelope.time.tzinfo is None:
        raise ValueError("The time of an envelope needs its time zone")
    event = CloudEvent(
        {
            "specversion": "1.0",
            "id": str(envelope.id),
            "source": envelope.source,
            "type": envelope.type,
            "subject": envelope.key,
            "time": envelope.time,
            "datacontenttype": "application/json",
        },
        envelope.body,
    )
    return to_binary(event, _BODY, key_mapper=lambda _: None).headers


def unpack(headers: Mapping[str, bytes | None], body: bytes | None) -> EventEnvelope:
    """Return the envelope that a record holds, or raise BadEnvelope; other headers are left unread."""
    given = {name: value for name, value in headers.items() if name.startswith("ce_") and value is not None}
    if body is None:
        raise BadEnvelope("envelope.no-body")
    if given.get("ce_specversion") != b"1.0":
        raise BadEnvelope("envelope.version")
    # The library would invent an id and a time where there is none.
    if any(not given.get(name) for name in _REQUIRED):
        raise BadEnvelope("envelope.incomplete")
    try:
        return _envelope(from_binary(KafkaMessage(given, None, body), _BODY, CloudEvent), body)
    except (ValueError, CloudEventValidationError):
        raise BadEnvelope("envelope.unreadable") from None


def _envelope(event: BaseCloudEvent, body: bytes) -> EventEnvelope:
    time = event.get_time()
    subject = event.get_subject()
    if time is None or subject is None:
        raise ValueError("An envelope has a time and a subject")
    return EventEnvelope(
        id=UUID(event.get_id()),
        type=event.get_type(),
        source=event.get_source(),
        key=subject,
        time=time,
        body=body,
    )
