"""Pagination: `{"items": [...], "next": cursor}`, in a stable order, by an opaque cursor.

A cursor holds the sort key of the last row, made of codes, times, numbers and ids.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import Field

from shared.errors import Invalid
from shared.http.schemas import Answer

Item = TypeVar("Item")
Row = TypeVar("Row")
Cursor = Annotated[
    str | None,
    Query(max_length=400, description="`next` of the page before; leave it out for the first page"),
]
PageLimit = Annotated[int, Query(ge=1, le=100, description="Items on a page, at most")]
DEFAULT_LIMIT = 50
LARGEST = 2**63


class InvalidCursor(Invalid):
    """The cursor is not one that this list gave."""

    code = "invalid-cursor"
    title = "This cursor is not one of this list; begin again without it"


class Page(Answer, Generic[Item]):
    """One page of a list."""

    items: list[Item] = Field(description="Items in the order of the list")
    next: str | None = Field(description="Cursor of the next page; null on the last one")


def cut(rows: Sequence[Row], limit: int, key: Callable[[Row], Sequence[Any]]) -> tuple[list[Row], str | None]:
    """Return a page's rows and the next cursor; `rows` holds one row more than `limit` where there is another page."""
    if len(rows) <= limit:
        return list(rows), None
    return list(rows[:limit]), encode(*key(rows[limit - 1]))


def encode(*parts: Any) -> str:
    plain = [part.isoformat() if isinstance(part, datetime) else part for part in parts]
    return base64.urlsafe_b64encode(json.dumps(plain, default=str).encode()).decode().rstrip("=")


def decode(cursor: str, *kinds: type) -> list[Any]:
    """Return the parts of a cursor, read as the given kinds; InvalidCursor where it is none of ours."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        parts = json.loads(base64.urlsafe_b64decode(padded))
        if not isinstance(parts, list) or len(parts) != len(kinds):
            raise InvalidCursor
        return [_read(part, kind) for part, kind in zip(parts, kinds, strict=True)]
    except (binascii.Error, ValueError, TypeError, OverflowError, RecursionError):
        raise InvalidCursor from None


def _read(part: Any, kind: type) -> Any:
    if kind is datetime:
        return _aware(datetime.fromisoformat(part))
    if kind is UUID:
        return UUID(part)
    if type(part) is not kind or not _fits_a_column(part):
        raise TypeError
    return part


def _aware(read: datetime) -> datetime:
    if read.tzinfo is None:
        raise ValueError
    return read.astimezone(UTC)


def _fits_a_column(part: Any) -> bool:
    if isinstance(part, int):
        return abs(part) < LARGEST
    return not isinstance(part, str) or part.isprintable()
