"""An answer kept for a retry opens with the key that the retry brings: no data key of its own is stored."""

import sqlalchemy as sa
from alembic import op

revision = "platform_0002"
down_revision = "platform_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The answers of the last day are forgotten with their keys: a retry across this change is a new request."""
    op.execute("DELETE FROM data_keys WHERE owner IN (SELECT owner FROM idempotency_keys)")
    op.execute("DELETE FROM idempotency_keys")
    op.drop_column("idempotency_keys", "owner")


def downgrade() -> None:
    op.execute("DELETE FROM idempotency_keys")
    op.add_column("idempotency_keys", sa.Column("owner", sa.Uuid, nullable=False))
