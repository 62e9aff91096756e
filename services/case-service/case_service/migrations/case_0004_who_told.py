"""Who told of a danger, and of somebody who may be a child: only their identity goes along."""

import sqlalchemy as sa
from alembic import op

revision = "case_0004"
down_revision = "case_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dangers", sa.Column("told_by", sa.Uuid, nullable=True))
    op.create_foreign_key(op.f("fk_dangers_told_by"), "dangers", "persons", ["told_by"], ["id"])
    op.add_column("persons", sa.Column("told_by", sa.Uuid, nullable=True))
    op.create_foreign_key(op.f("fk_persons_told_by"), "persons", "persons", ["told_by"], ["id"])


def downgrade() -> None:
    op.drop_column("persons", "told_by")
    op.drop_column("dangers", "told_by")
