"""Column types that declare what a column may hold; a test holds every table of every service to them.

`Sealed` is the only type for what people said. All others hold codes, ids, numbers, times and digests.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Enum, LargeBinary, MetaData, String, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

CODE_LENGTH = 200
CONSTRAINT_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Sealed(TypeDecorator[bytes]):
    """Personal data sealed under a data key."""

    impl = LargeBinary
    cache_ok = True


class Digest(TypeDecorator[bytes]):
    """Hash or fingerprint; tells nothing without the key or the original."""

    impl = LargeBinary
    cache_ok = True


class WrappedKey(TypeDecorator[bytes]):
    """Data key wrapped under the key-encryption key; empty once it was destroyed."""

    impl = LargeBinary
    cache_ok = True


class EventBody(TypeDecorator[bytes]):
    """JSON of an event, whose fields are ids, codes, times and counts only."""

    impl = LargeBinary
    cache_ok = True


class CodeText(TypeDecorator[str]):
    """Code, id in text, or name given by an operator: at most 200 characters."""

    impl = String(CODE_LENGTH)
    cache_ok = True


class Codes(TypeDecorator[Any]):
    """Codes, ids, numbers and times in a JSON object or list."""

    impl = JSONB
    cache_ok = True


class CodeSet(TypeDecorator[frozenset[Any]]):
    """Set of codes of one closed list, as a sorted JSON list."""

    impl = JSONB
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: frozenset[Any] | None, dialect: Any) -> list[str] | None:
        return None if value is None else sorted(self.kind(one).value for one in value)

    def process_result_value(self, value: Any, dialect: Any) -> frozenset[Any] | None:
        return None if value is None else frozenset(self.kind(one) for one in value)


class PublicText(TypeDecorator[str]):
    """Text that is nobody's secret: an agency's name, an endpoint's address, a rule version."""

    impl = String
    cache_ok = True


def code_of(kind: type[StrEnum], *, name: str) -> Enum:
    """Return a column type for one code of a closed list: text, with a check of this name."""
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=CODE_LENGTH,
        values_callable=lambda members: [member.value for member in members],
    )


ANNOTATIONS: dict[Any, Any] = {datetime: DateTime(timezone=True), UUID: Uuid()}
"""Storage of times and ids in mapped classes of every service."""


def new_metadata() -> MetaData:
    """Return metadata for one service's own tables."""
    return MetaData(naming_convention=CONSTRAINT_NAMES)
