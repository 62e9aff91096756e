"""Tables that every service has in its own database: outbox, inbox, dead letters, audit, keys, stored responses."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Uuid,
    text,
)

from shared.db.columns import CONSTRAINT_NAMES, Codes, CodeText, Digest, EventBody, Sealed, WrappedKey

SHARED_TABLES = MetaData(naming_convention=CONSTRAINT_NAMES)


outbox = Table(
    "outbox",
    SHARED_TABLES,
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
    SHARED_TABLES,
    Column("event_id", Uuid, primary_key=True),
    Column("type", CodeText, nullable=False),
    Column("handled_at", DateTime(timezone=True), nullable=False),
)

dead_letters = Table(
    "dead_letters",
    SHARED_TABLES,
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    Column("event_id", Uuid, nullable=True, unique=True),
    Column("topic", CodeText, nullable=False),
    Column("position", CodeText, nullable=False, unique=True),
    Column("type", CodeText, nullable=False),
    Column("source", CodeText, nullable=False),
    Column("key", CodeText, nullable=False, index=True),
    Column("time", DateTime(timezone=True), nullable=False),
    Column("body", EventBody, nullable=False),
    Column("state", CodeText, nullable=False),
    Column("reason", CodeText, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("failed_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("state IN ('failed', 'blocked')", name="state_known"),
)

audit_entries = Table(
    "audit_entries",
    SHARED_TABLES,
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
    SHARED_TABLES,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("entry_id", Uuid, nullable=False),
)

audit_chain = Table(
    "audit_chain",
    SHARED_TABLES,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("entry_id", Uuid, nullable=False, unique=True),
    Column("link", Digest, nullable=False),
)

remembered_audit_heads = Table(
    "remembered_audit_heads",
    SHARED_TABLES,
    Column("service", CodeText, nullable=False),
    Column("length", BigInteger, nullable=False),
    Column("head", CodeText, nullable=False),
    Column("remembered_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("service", "length", "head"),
)

data_keys = Table(
    "data_keys",
    SHARED_TABLES,
    Column("owner", Uuid, primary_key=True),
    Column("wrapped", WrappedKey, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("erased_at", DateTime(timezone=True), nullable=True),
)

stored_responses = Table(
    "stored_responses",
    SHARED_TABLES,
    Column("key", Digest, primary_key=True),
    Column("fingerprint", Digest, nullable=False),
    Column("status", Integer, nullable=False),
    Column("response", Sealed, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False, index=True),
)
