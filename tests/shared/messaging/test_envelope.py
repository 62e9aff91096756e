"""Event envelope: it travels as a CloudEvent, and a record that is none is named without repeating it."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from shared.messaging.bus.adapters import open_bus
from shared.messaging.bus.envelope import BadEnvelope, pack, unpack
from shared.messaging.bus.kafka import read_url
from shared.messaging.bus.port import EventEnvelope, partition_of

ENVELOPE = EventEnvelope(
    id=UUID("0190b3c8-0000-7000-8000-000000000001"),
    type="case.opened.v1",
    source="case",
    key="case-1",
    time=datetime(2026, 3, 1, 12, 30, 0, 250000, tzinfo=UTC),
    body=b'{ "n" : 1 }',
)
HEADERS = {
    "ce_specversion": b"1.0",
    "ce_id": b"0190b3c8-0000-7000-8000-000000000001",
    "ce_source": b"case",
    "ce_type": b"case.opened.v1",
    "ce_subject": b"case-1",
    "ce_time": b"2026-03-01T12:30:00.250000Z",
    "content-type": b"application/json",
}


def test_an_envelope_travels_as_a_cloudevent_in_binary_mode() -> None:
    assert pack(ENVELOPE) == HEADERS


def test_an_envelope_is_read_as_it_was_written_to_the_byte() -> None:
    assert unpack(pack(ENVELOPE), ENVELOPE.body) == ENVELOPE


def test_headers_of_others_are_left_alone() -> None:
    assert unpack({**HEADERS, "traceparent": b"\xff\xfe", "x": None}, ENVELOPE.body) == ENVELOPE


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"ce_specversion": None}, "envelope.version"),
        ({"ce_specversion": b"0.3"}, "envelope.version"),
        *(
            ({name: None}, "envelope.incomplete")
            for name in HEADERS
            if name not in {"ce_specversion", "content-type"}
        ),
        ({"ce_subject": b""}, "envelope.incomplete"),
        ({"ce_id": b"secret-words"}, "envelope.unreadable"),
        ({"ce_type": b"\xff"}, "envelope.unreadable"),
        ({"ce_time": b"yesterday"}, "envelope.unreadable"),
        ({"ce_time": b"2026-03-01T12:30:00"}, "envelope.unreadable"),
        ({"ce_data": b"secret-words"}, "envelope.unreadable"),
    ],
)
def test_a_record_that_is_no_event_is_named_without_repeating_it(
    changed: dict[str, bytes | None], fault: str
) -> None:
    with pytest.raises(BadEnvelope) as bad:
        unpack({**HEADERS, **changed}, ENVELOPE.body)
    assert bad.value.fault == str(bad.value) == fault


def test_a_record_without_a_body_is_no_event() -> None:
    with pytest.raises(BadEnvelope, match="no-body"):
        unpack(HEADERS, None)


def test_a_time_without_a_zone_is_refused() -> None:
    naive = EventEnvelope(**{**ENVELOPE.__dict__, "time": ENVELOPE.time.replace(tzinfo=None)})
    with pytest.raises(ValueError, match="time zone"):
        pack(naive)


def test_a_key_stays_in_its_partition_for_ever() -> None:
    """Partitions are fixed: were one to change, the events of one case would overtake each other."""
    assert [partition_of(key) for key in ("case-1", "case-2", "contact-é", "")] == [6, 4, 2, 0]


def test_a_bus_is_named_by_its_address() -> None:
    assert read_url("kafka://a:9092,b:9093") == (["a:9092", "b:9093"], "")
    assert read_url("kafka://a:9092/north") == (["a:9092"], "north.")
    with pytest.raises(ValueError, match="amqp"):
        open_bus("amqp://a", client="test")
