"""Contacts."""

import sqlalchemy as sa
from alembic import op

revision = "intake_0001"
down_revision = None
branch_labels = ("intake",)
depends_on = ("platform_0001",)

TIME = sa.DateTime(timezone=True)
CODE = sa.String(200)


def upgrade() -> None:
    op.create_table(
        "contacts",
        sa.Column("id", sa.Uuid, nullable=False),
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
        sa.Column("case_id", sa.Uuid, nullable=True),
        sa.Column("taken_over_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_contacts"),
        sa.UniqueConstraint("receipt", name="uq_contacts_receipt"),
        sa.CheckConstraint(
            "(taken_over_at IS NULL) = (case_id IS NULL)", name="ck_contacts_taken_over_by_a_case"
        ),
        sa.CheckConstraint(
            "taken_over_at IS NULL OR report IS NULL", name="ck_contacts_one_copy_of_what_was_said"
        ),
    )
    op.execute(
        "CREATE INDEX ix_contacts_urgency ON contacts ((NOT danger_stated), (NOT child_stated), received_at, id)"
    )


def downgrade() -> None:
    op.drop_table("contacts")
