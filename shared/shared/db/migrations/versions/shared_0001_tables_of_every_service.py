"""Outbox, inbox, dead letters, audit trail, data keys and stored responses."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "shared_0001"
down_revision = None
branch_labels = ("shared",)
depends_on = None

TIME = sa.DateTime(timezone=True)
CODE = sa.String(200)

QUEUE_FOR_LINKING = """
CREATE FUNCTION queue_audit_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_pending (number, entry_id) SELECT number, id FROM added;
    RETURN NULL;
END $$;
"""
QUEUE_FOR_LINKING_TRIGGER = """
CREATE TRIGGER audit_entries_pending AFTER INSERT ON audit_entries REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION queue_audit_entries();
"""
WRITTEN_ONCE = """
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
        sa.Column("refused", CODE, nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_outbox"),
    )
    op.create_index("ix_outbox_refused", "outbox", ["key"], postgresql_where=sa.text("refused IS NOT NULL"))
    op.create_table(
        "inbox",
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("type", CODE, nullable=False),
        sa.Column("handled_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_inbox"),
    )
    _dead_letters()
    _audit()
    _keys()


def _dead_letters() -> None:
    op.create_table(
        "dead_letters",
        sa.Column("number", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("event_id", sa.Uuid, nullable=True),
        sa.Column("topic", CODE, nullable=False),
        sa.Column("position", CODE, nullable=False),
        sa.Column("type", CODE, nullable=False),
        sa.Column("source", CODE, nullable=False),
        sa.Column("key", CODE, nullable=False),
        sa.Column("time", TIME, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("state", CODE, nullable=False),
        sa.Column("reason", CODE, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("failed_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_dead_letters"),
        sa.UniqueConstraint("event_id", name="uq_dead_letters_event_id"),
        sa.UniqueConstraint("position", name="uq_dead_letters_position"),
        sa.CheckConstraint("state IN ('failed', 'blocked')", name="ck_dead_letters_state_known"),
    )
    op.create_index("ix_dead_letters_key", "dead_letters", ["key"])


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
    op.execute(QUEUE_FOR_LINKING)
    op.execute(QUEUE_FOR_LINKING_TRIGGER)
    op.execute(WRITTEN_ONCE)
    for table in ("audit_entries", "audit_chain"):
        op.execute(
            f"CREATE TRIGGER {table}_written_once BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION is_written_once()"
        )
    op.create_table(
        "remembered_audit_heads",
        sa.Column("service", CODE, nullable=False),
        sa.Column("length", sa.BigInteger, nullable=False),
        sa.Column("head", CODE, nullable=False),
        sa.Column("remembered_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("service", "length", "head", name="pk_remembered_audit_heads"),
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
        "stored_responses",
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("response", sa.LargeBinary, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_stored_responses"),
    )
    op.create_index("ix_stored_responses_expires_at", "stored_responses", ["expires_at"])


def downgrade() -> None:
    for table in (
        "stored_responses",
        "data_keys",
        "remembered_audit_heads",
        "audit_chain",
        "audit_pending",
        "audit_entries",
        "dead_letters",
        "inbox",
        "outbox",
    ):
        op.drop_table(table)
    op.execute("DROP FUNCTION is_written_once")
    op.execute("DROP FUNCTION queue_audit_entries")
