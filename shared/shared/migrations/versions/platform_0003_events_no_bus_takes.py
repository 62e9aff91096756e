"""An event that no bus takes is marked and holds its own matter only."""

import sqlalchemy as sa
from alembic import op

revision = "platform_0003"
down_revision = "platform_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("refused", sa.String(200), nullable=True))
    op.create_index("ix_outbox_refused", "outbox", ["key"], postgresql_where=sa.text("refused IS NOT NULL"))


def downgrade() -> None:
    op.drop_index("ix_outbox_refused", "outbox")
    op.drop_column("outbox", "refused")
