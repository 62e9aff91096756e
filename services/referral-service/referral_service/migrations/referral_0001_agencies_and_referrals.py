"""Agencies, referrals, their deliveries and access links."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "referral_0001"
down_revision = None
branch_labels = ("referral",)
depends_on = ("shared_0001",)

TIME = sa.DateTime(timezone=True)
CODE = sa.String(200)


def upgrade() -> None:
    _create_agencies()
    _create_contact_points()
    _create_referrals()
    _create_deliveries()
    _create_access_links()


def _create_agencies() -> None:
    op.create_table(
        "agencies",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("agency_code", CODE, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("nation", CODE, nullable=True),
        sa.Column("recipient_kinds", JSONB, nullable=False),
        sa.Column("territorial", sa.Boolean, nullable=False),
        sa.Column("encryption_key", sa.String, nullable=True),
        sa.Column("signing_secret", sa.LargeBinary, nullable=True),
        sa.Column("registered_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_agencies"),
        sa.UniqueConstraint("agency_code", name="uq_agencies_agency_code"),
        _one_of("agencies", "nation", "England", "Wales", "Scotland", "Northern Ireland"),
    )


def _create_contact_points() -> None:
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
        _one_of("contact_points", "hours", "always", "office_hours", "out_of_hours"),
        _one_of("contact_points", "channel", "webhook", "link", "phone"),
    )


RECIPIENT_KINDS = (
    "police",
    "children_social_care",
    "adult_social_care",
    "nrm_first_responder",
    "service_provider",
    "labour_enforcement",
    "health",
)
REFERRAL_STATES = (
    "authorised",
    "sent",
    "acknowledged",
    "accepted",
    "declined",
    "outcome",
    "withheld",
    "undeliverable",
    "recalled",
)
DECLINE_REASONS = (
    "not_our_area",
    "not_our_remit",
    "insufficient_information",
    "duplicate",
    "no_capacity",
    "other",
)
RECALL_KEPT_REASONS = (
    "court_order",
    "criminal_investigation",
    "safeguarding_duty",
    "statutory_record",
    "legal_claim",
)


def _create_referrals() -> None:
    op.create_table(
        "referrals",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("recipient_id", sa.Uuid, nullable=False),
        sa.Column("agency_id", sa.Uuid, nullable=False),
        sa.Column("recipient_kind", CODE, nullable=False),
        sa.Column("agency_code", CODE, nullable=False),
        sa.Column("state", CODE, nullable=False),
        sa.Column("authorised_at", TIME, nullable=False),
        sa.Column("decision", CODE, nullable=True),
        sa.Column("decline_reason", CODE, nullable=True),
        sa.Column("outcomes", JSONB, nullable=False),
        sa.Column("acts", JSONB, nullable=False),
        sa.Column("agency_answer", sa.LargeBinary, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_referrals"),
        sa.UniqueConstraint("recipient_id", "agency_id", name="uq_referrals_recipient_id_agency_id"),
        _one_of("referrals", "recipient_kind", *RECIPIENT_KINDS),
        _one_of("referrals", "state", *REFERRAL_STATES),
        _one_of("referrals", "decision", "accepted", "declined"),
        _one_of("referrals", "decline_reason", *DECLINE_REASONS),
    )
    op.create_index("ix_referrals_case_id", "referrals", ["case_id"])
    op.create_index("ix_referrals_agency_id", "referrals", ["agency_id"])


def _create_deliveries() -> None:
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
        sa.Column("recall_kept_reason", CODE, nullable=True),
        sa.Column("due_at", TIME, nullable=True),
        sa.Column("leased_until", TIME, nullable=True),
        sa.Column("fence", sa.BigInteger, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        *_constraints_of_deliveries(),
    )
    op.create_index("ix_deliveries_due_at", "deliveries", ["due_at"])
    op.create_index(
        "ix_deliveries_waiting",
        "deliveries",
        ["agency_id", "created_at"],
        postgresql_where=sa.text("state = 'waiting'"),
    )


def _constraints_of_deliveries() -> tuple[sa.Constraint, ...]:
    return (
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"], name="fk_deliveries_referral_id"),
        sa.UniqueConstraint("referral_id", "position", name="uq_deliveries_referral_id_position"),
        sa.CheckConstraint("state <> 'sent' OR sent_at IS NOT NULL", name="ck_deliveries_sent_at_a_time"),
        sa.CheckConstraint("misses <= posts", name="ck_deliveries_misses_were_posted"),
        _one_of("deliveries", "purpose", "disclosure", "recall"),
        _one_of("deliveries", "kind", "initial", "supplement", "correction", "recall"),
        _one_of("deliveries", "state", "waiting", "sent", "withheld", "stopped"),
        _one_of("deliveries", "channel", "webhook", "link", "phone"),
        sa.CheckConstraint(
            "(recall_answer IS NOT DISTINCT FROM 'kept') = (recall_kept_reason IS NOT NULL)",
            name="ck_deliveries_kept_for_a_reason",
        ),
        _one_of("deliveries", "recall_answer", "destroyed", "kept", "not_held"),
        _one_of("deliveries", "recall_kept_reason", *RECALL_KEPT_REASONS),
    )


def _create_access_links() -> None:
    op.create_table(
        "access_links",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("referral_id", sa.Uuid, nullable=False),
        sa.Column("token_hash", sa.LargeBinary, nullable=False),
        sa.Column("created_by", CODE, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("openings", sa.Integer, nullable=False),
        sa.Column("first_opened_at", TIME, nullable=True),
        sa.Column("ended_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_access_links"),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"], name="fk_access_links_referral_id"),
        sa.UniqueConstraint("token_hash", name="uq_access_links_token_hash"),
        sa.CheckConstraint("openings BETWEEN 0 AND 5", name="ck_access_links_opened_at_most_five_times"),
    )
    op.create_index("ix_access_links_referral_id", "access_links", ["referral_id"])


def _one_of(table: str, column: str, *codes: str) -> sa.CheckConstraint:
    """Return the check that a column holds one of these codes, named as the mapped class names it."""
    listed = ", ".join(f"'{code}'" for code in codes)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=f"ck_{table}_{column}_known")


def downgrade() -> None:
    for table in ("access_links", "deliveries", "referrals", "contact_points", "agencies"):
        op.drop_table(table)
