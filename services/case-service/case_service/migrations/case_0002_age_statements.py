"""Each statement of an age has a name of its own, which tells nothing of the age."""

import sqlalchemy as sa
from alembic import op

revision = "case_0002"
down_revision = "case_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("persons", sa.Column("age_statement", sa.Uuid(), nullable=True))
    op.execute("UPDATE persons SET age_statement = gen_random_uuid()")
    op.alter_column("persons", "age_statement", nullable=False)


def downgrade() -> None:
    op.drop_column("persons", "age_statement")
