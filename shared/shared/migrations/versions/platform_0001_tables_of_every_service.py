"""Outbox, inbox, failed events, audit trail, witnesses, data keys and idempotency keys."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "platform_0001"
down_revision = None
branch_labels = ("platform",)
depends_on = None

TIME = sa.DateTime(timezone=True)
CODE = sa.String(200)

PENDING = """
CREATE FUNCTION audit_entries_wait_for_their_link() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_pending (number, entry_id) SELECT number, id FROM added;
    RETURN NULL;
END $$;
"""
PENDING_TRIGGER = """
CREATE TRIGGER audit_entries_pending AFTER INSERT ON audit_entries REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_wait_for_their_link();
"""
FOREVER = """
CREATE FUNCTION is_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is written once and never changed', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


def upgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column("number", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("topic", CODE, nullable=False),
        sa.Column("type", CODE, nullable=False),
        sa.Column("key", sa.Uuid, nullable=False),
        sa.Column("time", TIME, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_outbox"),
    )
    op.create_table(
        "inbox",
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("type", CODE, nullable=False),
        sa.Column("handled_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_inbox"),
    )
    _failed_events()
    _audit()
    _keys()


def _failed_events() -> None:
    op.create_table(
        "failed_events",
        sa.Column("number", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("event_id", sa.Uuid, nullable=True),
        sa.Column("topic", CODE, nullable=False),
        sa.Column("place", CODE, nullable=False),
        sa.Column("type", CODE, nullable=False),
        sa.Column("source", CODE, nullable=False),
        sa.Column("key", CODE, nullable=False),
        sa.Column("time", TIME, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("state", CODE, nullable=False),
        sa.Column("reason", CODE, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("failed_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_failed_events"),
        sa.UniqueConstraint("event_id", name="uq_failed_events_event_id"),
        sa.UniqueConstraint("place", name="uq_failed_events_place"),
        sa.CheckConstraint("state in ('failed', 'held')", name="ck_failed_events_state_known"),
    )
    op.create_index("ix_failed_events_key", "failed_events", ["key"])


def _audit() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("number", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor", CODE, nullable=False),
        sa.Column("action", CODE, nullable=False),
        sa.Column("subject", sa.Uuid, nullable=False),
        sa.Column("codes", postgresql.JSONB, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entries"),
    )
    op.create_index("ix_audit_entries_subject", "audit_entries", ["subject"])
    op.create_index("ix_audit_entries_number", "audit_entries", ["number"])
    op.create_table(
        "audit_pending",
        sa.Column("number", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.Uuid, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_pending"),
    )
    op.create_table(
        "audit_chain",
        sa.Column("position", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.Uuid, nullable=False),
        sa.Column("link", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_audit_chain"),
        sa.UniqueConstraint("entry_id", name="uq_audit_chain_entry_id"),
    )
    op.execute(PENDING)
    op.execute(PENDING_TRIGGER)
    op.execute(FOREVER)
    for table in ("audit_entries", "audit_chain"):
        op.execute(
            f"CREATE TRIGGER {table}_written_once BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION is_written_once()"
        )
    op.create_table(
        "witnessed_heads",
        sa.Column("service", CODE, nullable=False),
        sa.Column("length", sa.BigInteger, nullable=False),
        sa.Column("head", CODE, nullable=False),
        sa.Column("witnessed_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("service", "length", "head", name="pk_witnessed_heads"),
    )


def _keys() -> None:
    op.create_table(
        "data_keys",
        sa.Column("owner", sa.Uuid, nullable=False),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("erased_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("owner", name="pk_data_keys"),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("owner", sa.Uuid, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("answer", sa.LargeBinary, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_idempotency_keys"),
    )
    op.create_index("ix_idempotency_keys_expires_at", "idempotency_keys", ["expires_at"])


def downgrade() -> None:
    for table in (
        "idempotency_keys",
        "data_keys",
        "witnessed_heads",
        "audit_chain",
        "audit_pending",
        "audit_entries",
        "failed_events",
        "inbox",
        "outbox",
    ):
        op.drop_table(table)
    op.execute("DROP FUNCTION is_written_once")
    op.execute("DROP FUNCTION audit_entries_wait_for_their_link")
