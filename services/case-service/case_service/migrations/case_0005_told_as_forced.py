"""A forced disclosure keeps for whom it was forced, and a task whether somebody took it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "case_0005"
down_revision = "case_0004"
branch_labels = None
depends_on = None

FORCED = """
UPDATE disclosures SET opened_for = legs.opened_for FROM legs
WHERE legs.id = disclosures.leg_id AND disclosures.kind <> 'correction'
  AND disclosures.grounds ?| array['override_danger', 'override_child']
"""


def upgrade() -> None:
    op.add_column(
        "disclosures", sa.Column("opened_for", JSONB(), nullable=False, server_default=sa.text("'[]'"))
    )
    op.execute(FORCED)
    op.alter_column("disclosures", "opened_for", server_default=None)
    op.add_column("tasks", sa.Column("taken", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("tasks", "taken", server_default=None)


def downgrade() -> None:
    op.drop_column("tasks", "taken")
    op.drop_column("disclosures", "opened_for")
