"""Who told of a danger, and of somebody who may be a child: only their identity goes along."""

import sqlalchemy as sa
from alembic import op

revision = "case_0004"
down_revision = "case_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dangers", sa.Column("told_by", sa.Uuid, sa.ForeignKey("persons.id"), nullable=True))
    op.add_column("persons", sa.Column("told_by", sa.Uuid, sa.ForeignKey("persons.id"), nullable=True))


def downgrade() -> None:
    op.drop_column("persons", "told_by")
    op.drop_column("dangers", "told_by")
