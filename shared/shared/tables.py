"""The tables that every service has in its own database: outbox, inbox, failed events, audit, keys, witnesses.

Column types say what a column may hold. `Sealed` is the only type for what people told us; `Codes` and ids, numbers,
times and digests are all the rest may be. A test holds every table of every service to this.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Sealed(TypeDecorator[bytes]):
    """Personal data under a data key; nothing else may be kept of what people said."""

    impl = LargeBinary
    cache_ok = True


class Digest(TypeDecorator[bytes]):
    """A hash or keyed index: tells nothing without the key or the original."""

    impl = LargeBinary
    cache_ok = True


class WrappedKey(TypeDecorator[bytes]):
    """A data key under the key-encryption key; empty once it was destroyed."""

    impl = LargeBinary
    cache_ok = True


class EventBody(TypeDecorator[bytes]):
    """The JSON of an event, whose fields are ids, codes, times and counts only."""

    impl = LargeBinary
    cache_ok = True


class CodeText(TypeDecorator[str]):
    """One word of a controlled list, an id in text or a name given by an operator: at most 200 characters."""

    impl = String(200)
    cache_ok = True


class Codes(TypeDecorator[Any]):
    """Codes, ids, numbers and times in a JSON object or list."""

    impl = JSONB
    cache_ok = True


class PublicText(TypeDecorator[str]):
    """Text that is no person's secret: an agency's name, an endpoint's address, a rule version."""

    impl = String
    cache_ok = True


PLATFORM = MetaData(naming_convention=NAMES)


ANNOTATIONS: dict[Any, Any] = {datetime: DateTime(timezone=True), UUID: Uuid()}
"""How mapped classes of every service store times and ids."""


def new_metadata() -> MetaData:
    """Metadata of one service's own tables: a service knows no other's."""
    return MetaData(naming_convention=NAMES)


outbox = Table(
    "outbox",
    PLATFORM,
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    Column("id", Uuid, nullable=False),
    Column("topic", CodeText, nullable=False),
    Column("type", CodeText, nullable=False),
    Column("key", Uuid, nullable=False),
    Column("time", DateTime(timezone=True), nullable=False),
    Column("body", EventBody, nullable=False),
    Column("refused", CodeText, nullable=True),
    Index("ix_outbox_refused", "key", postgresql_where=text("refused IS NOT NULL")),
)

inbox = Table(
    "inbox",
    PLATFORM,
    Column("event_id", Uuid, primary_key=True),
    Column("type", CodeText, nullable=False),
    Column("handled_at", DateTime(timezone=True), nullable=False),
)

failed_events = Table(
    "failed_events",
    PLATFORM,
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    Column("event_id", Uuid, nullable=True, unique=True),
    Column("topic", CodeText, nullable=False),
    Column("place", CodeText, nullable=False, unique=True),
    Column("type", CodeText, nullable=False),
    Column("source", CodeText, nullable=False),
    Column("key", CodeText, nullable=False, index=True),
    Column("time", DateTime(timezone=True), nullable=False),
    Column("body", EventBody, nullable=False),
    Column("state", CodeText, nullable=False),
    Column("reason", CodeText, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("failed_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("state in ('failed', 'held')", name="state_known"),
)

audit_entries = Table(
    "audit_entries",
    PLATFORM,
    Column("id", Uuid, primary_key=True),
    Column("number", BigInteger, Identity(always=True), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", CodeText, nullable=False),
    Column("action", CodeText, nullable=False),
    Column("subject", Uuid, nullable=False),
    Column("codes", Codes, nullable=False),
    Index("ix_audit_entries_subject", "subject"),
    Index("ix_audit_entries_number", "number"),
)

audit_pending = Table(
    "audit_pending",
    PLATFORM,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("entry_id", Uuid, nullable=False),
)

audit_chain = Table(
    "audit_chain",
    PLATFORM,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("entry_id", Uuid, nullable=False, unique=True),
    Column("link", Digest, nullable=False),
)

witnessed_heads = Table(
    "witnessed_heads",
    PLATFORM,
    Column("service", CodeText, nullable=False),
    Column("length", BigInteger, nullable=False),
    Column("head", CodeText, nullable=False),
    Column("witnessed_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("service", "length", "head"),
)

data_keys = Table(
    "data_keys",
    PLATFORM,
    Column("owner", Uuid, primary_key=True),
    Column("wrapped", WrappedKey, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("erased_at", DateTime(timezone=True), nullable=True),
)

idempotency_keys = Table(
    "idempotency_keys",
    PLATFORM,
    Column("key", Digest, primary_key=True),
    Column("fingerprint", Digest, nullable=False),
    Column("status", Integer, nullable=False),
    Column("answer", Sealed, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False, index=True),
)
