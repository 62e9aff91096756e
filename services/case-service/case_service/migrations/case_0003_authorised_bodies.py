"""A lead's decision to share names the one body that it is about."""

import sqlalchemy as sa
from alembic import op

revision = "case_0003"
down_revision = "case_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("authorisations", sa.Column("body", sa.String(200), nullable=True))


def downgrade() -> None:
    op.drop_column("authorisations", "body")
