"""Where a list goes on: an opaque text that holds the sort key of the last row, made of codes, times and ids."""

import base64
import binascii
import json
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

from shared.errors import Invalid

Cursor = Annotated[
    str | None, Query(max_length=400, description="`next` of the page before; absent for the first")
]
Limit = Annotated[int, Query(ge=1, le=100, description="Rows a page at most")]
LARGEST = 2**63


def encode(*parts: Any) -> str:
    plain = [part.isoformat() if isinstance(part, datetime) else part for part in parts]
    return base64.urlsafe_b64encode(json.dumps(plain, default=str).encode()).decode().rstrip("=")


def decode(cursor: str, *kinds: type) -> list[Any]:
    """The parts of a cursor, read as the given kinds; Invalid where it is none of ours."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        parts = json.loads(base64.urlsafe_b64decode(padded))
        if not isinstance(parts, list) or len(parts) != len(kinds):
            raise Invalid("This cursor is not one of this list")
        return [_read(part, kind) for part, kind in zip(parts, kinds, strict=True)]
    except (binascii.Error, ValueError, TypeError, OverflowError):
        raise Invalid("This cursor is not one of this list") from None


def _read(part: Any, kind: type) -> Any:
    if kind is datetime:
        return _moment(datetime.fromisoformat(part))
    if kind is UUID:
        return UUID(part)
    if type(part) is not kind or not _fits_a_column(part):
        raise TypeError
    return part


def _moment(read: datetime) -> datetime:
    """Without its zone it is no moment, and no cursor of ours."""
    if read.tzinfo is None:
        raise ValueError
    return read.astimezone(UTC)


def _fits_a_column(part: Any) -> bool:
    if isinstance(part, int):
        return abs(part) < LARGEST
    return not isinstance(part, str) or part.isprintable()
