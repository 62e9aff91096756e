"""Contacts that opened no case are somebody's to look at, those from before as well."""

import sqlalchemy as sa
from alembic import op

revision = "intake_0003"
down_revision = "intake_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contacts", sa.Column("no_concern_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        "ck_contacts_a_concern_or_none", "contacts", "no_concern_at IS NULL OR NOT opens_case"
    )
    op.create_index(
        "ix_contacts_to_look_at",
        "contacts",
        ["received_at"],
        postgresql_where=sa.text("NOT opens_case AND no_concern_at IS NULL AND taken_over_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_contacts_to_look_at", "contacts")
    op.drop_constraint("ck_contacts_a_concern_or_none", "contacts", type_="check")
    op.drop_column("contacts", "no_concern_at")
