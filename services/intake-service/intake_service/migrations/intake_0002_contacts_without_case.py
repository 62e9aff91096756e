"""Contacts that wait for their case are found at once, however many have one."""

import sqlalchemy as sa
from alembic import op

revision = "intake_0002"
down_revision = "intake_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_contacts_without_case",
        "contacts",
        ["received_at"],
        postgresql_where=sa.text("opens_case AND taken_over_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_contacts_without_case", "contacts")
