"""Agencies, referrals, their deliveries and one-time links."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "referral_0001"
down_revision = None
branch_labels = ("referral",)
depends_on = ("platform_0001",)

TIME = sa.DateTime(timezone=True)
CODE = sa.String(200)


def upgrade() -> None:
    _agencies()
    _referrals()
    _deliveries()
    _links()


def _agencies() -> None:
    op.create_table(
        "agencies",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("body", CODE, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("nation", CODE, nullable=True),
        sa.Column("serves", JSONB, nullable=False),
        sa.Column("territorial", sa.Boolean, nullable=False),
        sa.Column("encryption_key", sa.String, nullable=True),
        sa.Column("signing_secret", sa.LargeBinary, nullable=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("registered_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_agencies"),
        sa.UniqueConstraint("body", name="uq_agencies_body"),
    )
    op.create_table(
        "contact_points",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("agency_id", sa.Uuid, nullable=False),
        sa.Column("hours", CODE, nullable=False),
        sa.Column("channel", CODE, nullable=False),
        sa.Column("url", sa.String, nullable=True),
        sa.Column("phone", sa.String, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_contact_points"),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name="fk_contact_points_agency_id"),
        sa.UniqueConstraint(
            "agency_id", "hours", "channel", name="uq_contact_points_agency_id_hours_channel"
        ),
        sa.CheckConstraint(
            "(channel = 'webhook') = (url IS NOT NULL)", name="ck_contact_points_webhook_has_address"
        ),
        sa.CheckConstraint(
            "channel <> 'phone' OR phone IS NOT NULL", name="ck_contact_points_phone_has_number"
        ),
    )


def _referrals() -> None:
    op.create_table(
        "referrals",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("leg_id", sa.Uuid, nullable=False),
        sa.Column("agency_id", sa.Uuid, nullable=False),
        sa.Column("recipient", CODE, nullable=False),
        sa.Column("body", CODE, nullable=False),
        sa.Column("state", CODE, nullable=False),
        sa.Column("authorised_at", TIME, nullable=False),
        sa.Column("decision", CODE, nullable=True),
        sa.Column("decline_reason", CODE, nullable=True),
        sa.Column("outcomes", JSONB, nullable=False),
        sa.Column("answer", sa.LargeBinary, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_referrals"),
        sa.UniqueConstraint("leg_id", "agency_id", name="uq_referrals_leg_id_agency_id"),
    )
    op.create_index("ix_referrals_case_id", "referrals", ["case_id"])
    op.create_index("ix_referrals_agency_id", "referrals", ["agency_id"])


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("referral_id", sa.Uuid, nullable=False),
        sa.Column("agency_id", sa.Uuid, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("purpose", CODE, nullable=False),
        sa.Column("disclosure_id", sa.Uuid, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("forced", sa.Boolean, nullable=False),
        sa.Column("urgent", sa.Boolean, nullable=False),
        sa.Column("state", CODE, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("posts", sa.Integer, nullable=False),
        sa.Column("misses", sa.Integer, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("fault", CODE, nullable=True),
        sa.Column("undeliverable_at", TIME, nullable=True),
        sa.Column("sent_at", TIME, nullable=True),
        sa.Column("channel", CODE, nullable=True),
        sa.Column("sent_digest", sa.LargeBinary, nullable=True),
        sa.Column("sent_copy", sa.LargeBinary, nullable=True),
        sa.Column("acknowledged_at", TIME, nullable=True),
        sa.Column("recall_answer", CODE, nullable=True),
        sa.Column("due_at", TIME, nullable=True),
        sa.Column("leased_until", TIME, nullable=True),
        sa.Column("fence", sa.BigInteger, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"], name="fk_deliveries_referral_id"),
        sa.UniqueConstraint("referral_id", "position", name="uq_deliveries_referral_id_position"),
        sa.CheckConstraint("state <> 'sent' OR sent_at IS NOT NULL", name="ck_deliveries_sent_at_a_time"),
        sa.CheckConstraint("misses <= posts", name="ck_deliveries_misses_were_posted"),
    )
    op.create_index("ix_deliveries_due_at", "deliveries", ["due_at"])
    op.execute(
        "CREATE INDEX ix_deliveries_waiting ON deliveries (agency_id, created_at) WHERE state = 'waiting'"
    )


def _links() -> None:
    op.create_table(
        "links",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("referral_id", sa.Uuid, nullable=False),
        sa.Column("token_hash", sa.LargeBinary, nullable=False),
        sa.Column("made_by", CODE, nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("opens", sa.Integer, nullable=False),
        sa.Column("first_opened_at", TIME, nullable=True),
        sa.Column("ended_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_links"),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"], name="fk_links_referral_id"),
        sa.UniqueConstraint("token_hash", name="uq_links_token_hash"),
        sa.CheckConstraint("opens BETWEEN 0 AND 5", name="ck_links_opened_at_most_five_times"),
    )
    op.create_index("ix_links_referral_id", "links", ["referral_id"])


def downgrade() -> None:
    for table in ("links", "deliveries", "referrals", "contact_points", "agencies"):
        op.drop_table(table)
