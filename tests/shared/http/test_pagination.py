"""Pagination cursor: it is one of ours or it is refused; nothing written into one reaches a statement."""

import base64
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Invalid
from shared.http.pagination import decode, encode

KINDS = (bool, int, str, datetime)


@given(st.booleans(), st.integers(-(2**63) + 1, 2**63 - 1), st.datetimes(timezones=st.just(UTC)), st.uuids())
def test_a_cursor_is_read_as_it_was_written(flag: bool, number: int, moment: datetime, key: Any) -> None:
    assert decode(encode(flag, number, moment, str(key)), bool, int, datetime, str) == [
        flag,
        number,
        moment,
        str(key),
    ]


GOOD: list[Any] = [True, 1, "a", "2026-03-01T12:00:00+00:00"]


@pytest.mark.parametrize(
    "parts",
    [
        GOOD[:3],
        [*GOOD, 1],
        {"a": 1},
        [1, *GOOD[1:]],
        [True, True, *GOOD[2:]],
        [True, 2**63, *GOOD[2:]],
        [True, 1, "a\0", GOOD[3]],
        [True, 1, "\ud800", GOOD[3]],
        [*GOOD[:3], "2026-03-01T12:00:00"],
        [*GOOD[:3], "0001-01-01T00:00:00+14:00"],
        [*GOOD[:3], 7],
        [*GOOD[:3], None],
    ],
)
def test_a_cursor_with_other_contents_is_refused(parts: Any) -> None:
    forged = base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()
    with pytest.raises(Invalid):
        decode(forged, *KINDS)


@given(st.text(max_size=400))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        decode(text, *KINDS)


def test_a_moment_is_read_in_utc() -> None:
    moment = datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=5)))
    (read,) = decode(encode(moment), datetime)
    assert (read, read.tzinfo) == (moment, UTC)
