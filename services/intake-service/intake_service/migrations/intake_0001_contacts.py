"""Contacts."""

import sqlalchemy as sa
from alembic import op

revision = "intake_0001"
down_revision = None
branch_labels = ("intake",)
depends_on = ("shared_0001",)

TIME = sa.DateTime(timezone=True)
CODE = sa.String(200)
PURPOSES = ("advice", "reporting", "training_and_information", "access_to_support")
CALLER_TYPES = (
    "potential_victim",
    "survivor",
    "friend",
    "family",
    "intimate_partner",
    "colleague",
    "sex_buyer",
    "ngo",
    "health",
    "education",
    "local_authority",
    "police",
    "other_statutory",
    "legal",
    "faith",
    "housing",
    "financial_services",
    "neighbour_or_community",
    "customer",
    "member_of_public",
    "business",
    "employer_or_labour_provider",
    "media",
    "student_or_academic",
    "unknown",
)


def upgrade() -> None:
    op.create_table(
        "contacts",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("received_at", TIME, nullable=False),
        sa.Column("channel", CODE, nullable=False),
        sa.Column("purpose", CODE, nullable=False),
        sa.Column("caller_type", CODE, nullable=False),
        sa.Column("privacy", CODE, nullable=True),
        sa.Column("language", CODE, nullable=False),
        sa.Column("nation", CODE, nullable=True),
        sa.Column("opens_case", sa.Boolean, nullable=False),
        sa.Column("danger_stated", sa.Boolean, nullable=False),
        sa.Column("child_stated", sa.Boolean, nullable=False),
        sa.Column("receipt", sa.LargeBinary, nullable=False),
        sa.Column("report", sa.LargeBinary, nullable=True),
        sa.Column("not_understood", sa.LargeBinary, nullable=True),
        sa.Column("same_words_as", sa.Uuid, nullable=True),
        sa.Column("look_by", TIME, nullable=True),
        sa.Column("case_id", sa.Uuid, nullable=True),
        sa.Column("imported_at", TIME, nullable=True),
        sa.Column("no_concern_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_contacts"),
        sa.UniqueConstraint("receipt", name="uq_contacts_receipt"),
        sa.CheckConstraint(
            "(imported_at IS NULL) = (case_id IS NULL)", name="ck_contacts_imported_by_a_case"
        ),
        sa.CheckConstraint(
            "imported_at IS NULL OR report IS NULL", name="ck_contacts_one_copy_of_the_report"
        ),
        sa.CheckConstraint(
            "imported_at IS NULL OR not_understood IS NULL", name="ck_contacts_one_copy_of_the_words"
        ),
        sa.CheckConstraint("no_concern_at IS NULL OR NOT opens_case", name="ck_contacts_a_concern_or_none"),
        _one_of("contacts", "channel", "phone", "webform", "app", "email", "post", "other"),
        _one_of("contacts", "purpose", *PURPOSES),
        _one_of("contacts", "caller_type", *CALLER_TYPES),
        _one_of("contacts", "privacy", "share", "confidential", "anonymous"),
        _one_of("contacts", "nation", "England", "Wales", "Scotland", "Northern Ireland"),
    )
    op.execute(
        "CREATE INDEX ix_contacts_urgency ON contacts ((NOT danger_stated), (NOT child_stated), received_at, id)"
    )
    op.create_index(
        "ix_contacts_without_case",
        "contacts",
        ["received_at"],
        postgresql_where=sa.text("opens_case AND imported_at IS NULL"),
    )
    op.create_index(
        "ix_contacts_unreviewed",
        "contacts",
        ["received_at"],
        postgresql_where=sa.text("NOT opens_case AND no_concern_at IS NULL AND imported_at IS NULL"),
    )
    op.create_table(
        "recent_words",
        sa.Column("words", sa.LargeBinary, nullable=False),
        sa.Column("contact_id", sa.Uuid, nullable=False),
        sa.Column("received_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("words", name="pk_recent_words"),
    )


def _one_of(table: str, column: str, *codes: str) -> sa.CheckConstraint:
    """Return the check that a column holds one of these codes, named as the mapped class names it."""
    listed = ", ".join(f"'{code}'" for code in codes)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=f"ck_{table}_{column}_known")


def downgrade() -> None:
    op.drop_table("recent_words")
    op.drop_table("contacts")
